"""Registers the app notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """notifications"""

    name = "notifications"

    def ready(self) -> None:
        """Connect the receivers."""
        from notifications import receivers

"""Registers the app chat."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """chat"""

    name = "chat"

    def ready(self) -> None:
        """Listen to the apps below."""
        from chat import receivers

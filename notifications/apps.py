"""Registers the app notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """notifications"""

    name = "notifications"

"""Registers the app chat."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """chat"""

    name = "chat"

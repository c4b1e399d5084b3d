"""Registers the app scheduling."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """scheduling"""

    name = "scheduling"

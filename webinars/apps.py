"""Registers the app webinars."""

from django.apps import AppConfig


class WebinarsConfig(AppConfig):
    """webinars"""

    name = "webinars"

"""Registers the app videos."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """videos"""

    name = "videos"

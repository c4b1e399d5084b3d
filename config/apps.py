"""The project package as an app: its commands, the Celery app that tasks belong to, and the news it hears."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the wiring with Django, once all apps are loaded."""

    name = "config"
    verbose_name = "Matinee"

    def ready(self) -> None:
        """Make our Celery app the one of every process, and hear the news that the wiring takes part in."""
        from config import celery, receivers

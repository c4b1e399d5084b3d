"""The project package as an app: its commands, and the Celery app that shared tasks belong to."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the wiring with Django."""

    name = "config"
    verbose_name = "Matinee"

    def ready(self) -> None:
        """Make our Celery app the one that tasks are bound to, in every process."""
        from config import celery

"""Makes the demo theatre, once; its film follows in the background."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demo
from scheduling.due import database_now


class Command(BaseCommand):
    """manage.py demo"""

    help = "Make the team Demo theatre with a webinar, moderators and people; nothing when it exists."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refused in production, where a known address with known people has no place."""
        if not settings.DEMO:
            raise CommandError("The demo belongs to local mode. In production there is none.")
        made = demo.make(database_now())
        self.stdout.write("The demo is made; its film follows." if made else "The demo exists already.")

"""Prints what a conversation's automation said, what it did not, and what is to come, each with its reason."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from chat.models import Conversation
from chat.services.why import Explained, as_json, explain

FIRST_YEAR, LAST_YEAR = 1970, 2999


class Command(BaseCommand):
    """manage.py why CONVERSATION [--json] [--at INSTANT]"""

    help = "Print what was said by itself in a conversation, what was not and why, and what is to come; times in UTC."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Ids and instants come as text, so that each mistake is answered in one sentence."""
        parser.add_argument("conversation", help="its id, as in the inbox's address")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--at", help="as of when; without an offset it is UTC; else now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 2 and one sentence for what cannot be answered."""
        at = _instant(options["at"])
        try:
            conversation = _conversation(options["conversation"])
            found = explain(conversation, at or timezone.now(), **({"until": at} if at else {}))
        except (OperationalError, InterfaceError) as error:
            raise _refusal("The database does not answer; is Matinee running?") from error
        for one in found:
            self.stdout.write(json.dumps(as_json(one), ensure_ascii=False) if options["json"] else _line(one))
        if not found and not options["json"]:
            self.stdout.write("Nothing was said by itself here, and nothing is to come.")


def _refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


def _conversation(text: str) -> Conversation:
    try:
        pk = uuid.UUID(text)
    except ValueError as error:
        raise _refusal(
            "That is no conversation’s id; it looks like 5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10."
        ) from error
    found = Conversation.objects.select_related("registration__session").filter(pk=pk).first()
    if found is None:
        raise _refusal(f"There is no conversation {pk}.")
    return found


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refusal("--at wants a date and a time such as 2026-10-25T00:30, or with an offset.") from error
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise _refusal(f"--at lies outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)


def _line(one: Explained) -> str:
    """One line for people: when, what became of it, which message, the rule, the reason, and the times."""
    parts = [
        f"{one.stands_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z",
        f"{one.state:<7}",
        f"{one.name:<14}",
        f"message {one.seq}" if one.seq else f"question {one.question}" if one.question else "",
        one.rule,
        one.sentence,
        f"due {one.due_at.astimezone(UTC):%H:%M:%S}Z" if one.due_at else "",
        f"said {one.at.astimezone(UTC):%H:%M:%S}Z" if one.at and one.state == "said" else "",
        f"answer promised by {one.promised.due_at.astimezone(UTC):%Y-%m-%d %H:%M}Z" if one.promised else "",
    ]
    return "  ".join(part for part in parts if part)

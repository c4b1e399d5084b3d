"""Prints what a visitor in a zone is offered at an instant, from a webinar or from a calendar file."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from scheduling import calendar_rules, slots, zones
from scheduling.recurrence import resolve
from webinars import standing
from webinars.models import Webinar

MOST = 10_000
FIRST_YEAR, LAST_YEAR = 1970, 2999
FILE_BYTES = 4_000_000

WORDS = {
    None: "offered",
    slots.Why.BLACKOUT: "nothing starts on that date",
    slots.Why.HOURS: "outside the hours",
    slots.Why.CUT_OFF: "registration has closed for it",
    slots.Why.CANCELLED: "it was cancelled",
    slots.Why.SHUT: "it takes no registrations",
    slots.Why.MOVED: "it was moved to another time",
    slots.Why.EXCLUDED: "taken out of the schedule",
    slots.Why.FULL: "full, and full ones are hidden",
    slots.Why.SAME_INSTANT: "another one starts at the same instant",
    slots.Why.NOT_BEGUN: "it waits for the first session",
    slots.Why.COUNT: "enough are offered already",
    slots.Why.TOO_FAR: "too far ahead",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be printed: for whom, when, and how many."""

    zone: ZoneInfo
    at: datetime
    count: int | None


class Command(BaseCommand):
    """manage.py sessions SLUG --zone ZONE --at INSTANT --count N [--json] [--explain]"""

    help = (
        "Print the sessions a visitor in ZONE would be offered at an instant, one a line, as the registration page "
        "shows them. With --ics FILE instead of SLUG: those a calendar file means."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Numbers and instants come as text, so that each mistake is answered in one sentence."""
        parser.add_argument("slug", nargs="?", help="the webinar's address, or team/address")
        parser.add_argument(
            "--ics", metavar="FILE", help="a calendar file instead of a webinar (- reads standard input)"
        )
        parser.add_argument(
            "--local", action="store_true", help="read the file's times as the attendee's own"
        )
        parser.add_argument("--zone", help="the visitor's IANA zone; else that of the schedule")
        parser.add_argument("--at", help="when; without an offset, wall time in ZONE; else now")
        parser.add_argument("--count", metavar="N", help="replaces both limits on what is offered")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument(
            "--explain", action="store_true", help="also what is not offered, with the reason"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 2 and one sentence for what cannot be answered."""
        if (options["slug"] is None) == (options["ics"] is None):
            raise _refusal("Name a webinar, or a calendar file with --ics, and not both.")
        if options["local"] and options["ics"] is None:
            raise _refusal("--local belongs to --ics.")
        found = _of_file(options) if options["ics"] is not None else _of_webinar(options)
        for one in found:
            if options["explain"] or one.left_out is None:
                self.stdout.write(_line(one, as_json=options["json"], explain=options["explain"]))


def _refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


def _of_webinar(options: dict[str, Any]) -> list[slots.Offer]:
    """As the registration page; `standing.considered` is what it shows, too."""
    try:
        webinar = _webinar(options["slug"])
        asked = _asked(options, standing.zone_of(webinar.schedule.zone))
        if webinar.video is None or webinar.video.current is None:
            raise _refusal(f"{options['slug']} has no film that is ready, so nothing is offered.")
        return standing.considered(webinar, asked.zone, asked.at, asked.count)
    except (OperationalError, InterfaceError) as error:
        raise _refusal("The database does not answer; is Matinee running?") from error


def _webinar(name: str) -> Webinar:
    team, _, slug = name.rpartition("/")
    if not name.isprintable():
        raise _refusal("There is no webinar with this address.")
    found = Webinar.objects.filter(slug=slug).select_related(
        "team", "schedule__jit_hours", "chat_hours", "video__current"
    )
    if team:
        found = found.filter(team__slug=team)
    several = list(found.order_by("team__slug")[:5])
    if not several:
        raise _refusal(f"There is no webinar {name}.")
    if len(several) > 1:
        names = ", ".join(f"{webinar.team.slug}/{webinar.slug}" for webinar in several)
        raise _refusal(f"Several teams have a webinar {slug}: say which, such as {names}.")
    return several[0]


def _of_file(options: dict[str, Any]) -> list[slots.Offer]:
    """What the file's rules give, as if they were the schedule of a webinar without any other setting."""
    try:
        imported = calendar_rules.read(_text(options["ics"]), local=options["local"])
    except calendar_rules.Refused as refused:
        raise _refusal(str(refused)) from refused
    asked = _asked(options, imported.zone or ZoneInfo("UTC"))
    rules = slots.ScheduleRules(
        slots.EventType.RECURRING,
        imported.zone or asked.zone,
        length=timedelta(0),
        recurrences=imported.rules,
        attendee_zone=imported.zone is None,
        excluded=imported.excluded,
    )
    return slots.offers(rules, asked.zone, asked.at, count=asked.count)


def _text(name: str) -> str:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(FILE_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refusal("The calendar file cannot be read.") from error
    if len(content) > FILE_BYTES:
        raise _refusal(f"The calendar file is larger than {FILE_BYTES // 10**6} MB.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refusal("The calendar file is not written in UTF-8.") from error


def _asked(options: dict[str, Any], own: ZoneInfo) -> Asked:
    zone = own
    if options["zone"] is not None:
        try:
            zone = zones.named(options["zone"])
        except zones.UnknownZone as error:
            raise _refusal("--zone wants an IANA zone such as Europe/Paris, or UTC.") from error
    return Asked(zone, _instant(options["at"], zone), _count(options["count"]))


def _instant(text: str | None, zone: ZoneInfo) -> datetime:
    """The instant in UTC; a wall time in a gap, or that comes twice, as in a schedule."""
    if text is None:
        return timezone.now()
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refusal("--at wants a date and a time such as 2026-10-25T00:30, or with an offset.") from error
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise _refusal(f"--at lies outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return given.astimezone(UTC) if given.tzinfo else resolve(given, zone)


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST):
        raise _refusal(f"--count wants a whole number from 1 to {MOST}.")
    return int(text)


def _line(one: slots.Offer, *, as_json: bool, explain: bool) -> str:
    slot = one.slot
    starts_at = slot.starts_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if slot.starts_at else None
    local = slot.local.isoformat() if slot.local else None
    if as_json:
        found: dict[str, Any] = {
            "kind": slot.kind.value,
            "starts_at": starts_at,
            "local": local,
            "places": slot.places,
        }
        if explain:
            found |= {"offered": one.left_out is None, "why": WORDS[one.left_out]}
        return json.dumps(found)
    return "  ".join(part for part in _parts(one, starts_at, local, explain=explain) if part).rstrip()


def _parts(one: slots.Offer, starts_at: str | None, local: str | None, *, explain: bool) -> Iterator[str]:
    """The columns of a line for people."""
    yield f"{one.slot.kind.value:<12}"
    yield f"{local or 'at any time':<25}"
    yield f"{starts_at or '':<20}"
    if one.slot.places is not None:
        yield "full" if one.slot.full else f"{one.slot.places} left"
    if explain:
        yield ("+ " if one.left_out is None else "- ") + WORDS[one.left_out]

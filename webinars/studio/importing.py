"""Brings a host's calendar file into the typed schedule, and hands the saved rules out as one."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from scheduling import calendar_rules, models, recurrence, wording
from scheduling.calendar_lines import Refused
from scheduling.forms import MOST_SESSIONS
from scheduling.models import EventType, Frequency
from scheduling.reshaping import LIMITS, add
from scheduling.values import calendar_of, ended, rows_of
from webinars import standing
from webinars.studio.editor import may_edit, webinar_of

MOST_BYTES = 256 * 1024
SHOWN = 10
_PLACED = re.compile(r"^DTSTART[^:\r\n]*;TZID=|^DTSTART[^\r\n]*Z\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass
class Found:
    """What a calendar file says, or why it cannot be brought in."""

    text: str
    error: str = ""
    line: str = ""
    rows: list[models.Recurrence] = field(default_factory=list)
    zone: ZoneInfo | None = None
    excluded: list[datetime] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)

    @property
    def rules(self) -> list[str]:
        """Each rule in words."""
        return [wording.rule(row) for row in self.rows]


def found_in(request: HttpRequest, now: datetime) -> Found:
    """What the pasted text or the uploaded file says; a file goes before the text."""
    file = request.FILES.get("ics_file")
    if file is not None and (file.size or 0) > MOST_BYTES:
        return Found("", _("This file is larger than 256 KiB; that is more than a schedule has."))
    text = file.read().decode("utf-8", "replace") if file is not None else request.POST.get("ics", "")
    text = text.replace("\x00", "").strip()
    if not text or len(text) > MOST_BYTES:
        return Found(text[:MOST_BYTES], _("Paste a rule or choose a calendar file of at most 256 KiB."))
    try:
        read = calendar_rules.read(_whole(text), local=not _PLACED.search(text))
    except Refused as refusal:
        sentence = _("%(name)s cannot be brought in: %(why)s")
        words = sentence % {"name": refusal.name, "why": refusal.sentence}
        return Found(text, words, _line_of(text, refusal.name))
    short = tuple(piece for rule in read.rules for piece in _short(rule))
    rows, _taken_out = rows_of(replace(read, rules=short))
    found = Found(text, rows=rows, zone=read.zone, excluded=sorted(read.excluded, key=str))
    if len(rows) > LIMITS["rule"]:
        found.error = _("This gives %(n)s rules; a schedule has at most %(most)s.") % {
            "n": len(rows),
            "most": LIMITS["rule"],
        }
    elif len(read.excluded) > LIMITS["exclusion"]:
        found.error = _("This takes %(n)s starts out; a schedule takes at most %(most)s out.") % {
            "n": len(read.excluded),
            "most": LIMITS["exclusion"],
        }
    gone = {at if at.tzinfo else at.replace(tzinfo=UTC) for at in read.excluded}
    starts = recurrence.occurrences(read.rules, read.zone or ZoneInfo("UTC"), now)
    found.starts = list(islice((at for at in islice(starts, 1000) if at not in gone), SHOWN))
    return found


def _whole(text: str) -> str:
    """A calendar around lines that were pasted without one."""
    if "BEGIN:VCALENDAR" in text.upper():
        return text
    inside = f"RRULE:{text}" if text.upper().startswith("FREQ=") else text
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def _line_of(text: str, name: str) -> str:
    """The line with the property or part at fault."""
    lines = [line.strip() for line in text.splitlines()]
    starts = (line for line in lines if line.upper().startswith((f"{name};", f"{name}:")))
    holds = (line for line in lines if name.upper() in line.upper())
    return (next(starts, None) or next(holds, ""))[:200]


def _short(rule: recurrence.Recurrence) -> Iterator[recurrence.Recurrence]:
    """The rule with a count that the editor shows; a larger one becomes an end."""
    if rule.count is not None and rule.count > MOST_SESSIONS:
        yield from ended(rule, recurrence.last_counted(rule))
    else:
        yield rule


def filled(data: QueryDict, found: Found) -> QueryDict:
    """The typed form with what was found in place of its times; nothing is saved."""
    data = data.copy()
    repeats = [row for row in found.rows if row.frequency != Frequency.ONCE]
    name = "rule" if repeats else "date"
    data["event_type"] = EventType.RECURRING if repeats else EventType.SPECIFIC
    data["clock"] = "fixed" if found.zone else "own"
    if found.zone:
        data["zone"] = found.zone.key
    data["ics"], data["end"], data["ends_on"], data["sessions"] = "", "none", "", ""
    firsts = {row.starts_on for row in repeats}
    common = firsts.pop() if len(firsts) == 1 else None
    if common:
        data["starts_on"] = common.isoformat()
    data[f"{name}-TOTAL_FORMS"] = data["exclusion-TOTAL_FORMS"] = "0"
    for row in found.rows:
        add(data, name, _typed(row, lifted=common is not None))
    for at in found.excluded:
        wall = at.astimezone(found.zone).replace(tzinfo=None) if found.zone else at
        add(data, "exclusion", {"at": [f"{wall:%Y-%m-%dT%H:%M}"]})
    return data


def _typed(row: models.Recurrence, *, lifted: bool) -> dict[str, list[str]]:
    """A row as its controls send it; `lifted`: the first day is said for all."""
    fortnight = row.frequency == Frequency.FORTNIGHTLY
    return {
        "frequency": [row.frequency],
        "weekdays": [str(day) for day in row.weekdays],
        "nth": ["1" if fortnight else str(row.nth or 1)],
        "week": [str(row.nth) if fortnight else "1"],
        "day": [str(row.day or "")],
        "on": [row.on.isoformat() if row.on else ""],
        "times": [f"{at:%H:%M}" for at in row.times],
        "count": [str(row.count or "")],
        "starts_on": ["" if lifted or not row.starts_on else row.starts_on.isoformat()],
        "ends_on": [row.ends_on.isoformat() if row.ends_on else ""],
        "week_start": [str(row.week_start) if fortnight else ""],
    }


@team_page(may_edit)
@require_GET
def rules_file(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """The saved rules of the event type in force as a calendar file."""
    row = webinar_of(membership, webinar)
    uid = f"{row.pk}@{request.get_host()}"
    text = calendar_of(
        row.schedule, title=row.title, uid=uid, length=standing.film_of(row), now=timezone.now()
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.slug}.ics"'
    return response

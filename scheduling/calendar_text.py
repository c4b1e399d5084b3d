"""Writes the rules of a schedule as a calendar file (RFC 5545) that gives the same sessions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from scheduling.calendar_lines import LAST_YEAR
from scheduling.calendar_parts import DAYS
from scheduling.recurrence import (
    EveryDay,
    EveryWeekday,
    Fortnightly,
    MonthlyDay,
    MonthlyWeekday,
    Once,
    Recurrence,
    Weekly,
    contains,
    last_counted,
    occurrences,
    resolve,
)

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class About:
    """What the events of the file are called, by whom, and when it was made (`stamp`, UTC)."""

    title: str
    uid: str
    stamp: datetime
    length: timedelta = timedelta(0)


def write(
    rules: Sequence[Recurrence], zone: ZoneInfo | None, excluded: Iterable[datetime], about: About
) -> str:
    """The calendar file; `zone` None writes times without a zone, the attendee's own.

    `excluded` as in `calendar_rules.Imported`. A rule that never gives anything is left out; one whose times no
    single RRULE can say becomes several events.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Matinee//EN")
    calendar.add("version", "2.0")
    out = sorted(excluded, key=str)
    pieces = [piece for rule in rules for piece in _pieces(rule)]
    for number, piece in enumerate(pieces, 1):
        event = _event(piece, zone, [at for at in out if _takes_out(piece, zone, at)])
        if event is not None:
            _describe(event, about, number)
            calendar.add_component(event)
    if rules:
        calendar.add_missing_timezones(first_date=min(rule.starts_on for rule in rules))
    return bytes(calendar.to_ical()).decode()


def _describe(event: Event, about: About, number: int) -> None:
    name, _, host = about.uid.partition("@")
    event.add("uid", f"{name}-{number}@{host}")
    event.add("dtstamp", about.stamp.astimezone(UTC))
    event.add("summary", about.title)
    if about.length:
        event.add("duration", about.length)


def _pieces(rule: Recurrence) -> Iterator[Recurrence]:
    """The rule as such whose times are all hours with all minutes; what is counted is shared out among them."""
    hours, minutes = {at.hour for at in rule.times}, {at.minute for at in rule.times}
    if isinstance(rule.pattern, Once) or len(hours) * len(minutes) == len(rule.times):
        yield rule
        return
    for index, at in enumerate(rule.times):
        count = None if rule.count is None else -((index - rule.count) // len(rule.times))
        if count != 0 and (count is None or count > 0):
            yield replace(rule, times=(at,), count=count)


def _event(rule: Recurrence, zone: ZoneInfo | None, excluded: list[datetime]) -> Event | None:
    since = datetime.combine(rule.starts_on, time.min, UTC)
    walls = (instant.replace(tzinfo=None) for instant in occurrences([rule], _UTC, since))
    first = next(walls, None)
    if first is None:
        return None
    event = Event()
    event.add("dtstart", first.replace(tzinfo=zone))
    if isinstance(rule.pattern, Once):
        for wall in walls:
            event.add("rdate", [wall.replace(tzinfo=zone)])
    else:
        event.add("rrule", _rule(rule, zone))
    for at in excluded:
        event.add("exdate", at if zone is None else at.astimezone(zone))
    return event


def _takes_out(rule: Recurrence, zone: ZoneInfo | None, at: datetime) -> bool:
    """Whether an excluded instant, or wall time where there is no zone, is one of the rule's."""
    if zone is None:
        return at.tzinfo is None and contains([rule], _UTC, at.replace(tzinfo=UTC))
    return at.tzinfo is not None and contains([rule], zone, at)


def _rule(rule: Recurrence, zone: ZoneInfo | None) -> dict[str, Any]:
    found = _frequency(rule)
    if len(rule.times) > 1:  # what reads calendars knows the time of the first date better than these
        found["BYHOUR"] = sorted({at.hour for at in rule.times})
        found["BYMINUTE"] = sorted({at.minute for at in rule.times})
    ends_on = rule.ends_on if rule.ends_on and rule.ends_on.year <= LAST_YEAR else None
    if rule.count is not None and (ends_on is None or last_counted(rule).date() <= ends_on):
        found["COUNT"] = rule.count
    elif ends_on is not None:
        walls = [datetime.combine(ends_on, at) for at in rule.times]
        # What a clock change moved on the last day still belongs to it.
        found["UNTIL"] = walls[-1] if zone is None else max(resolve(wall, zone) for wall in walls)
    return found


def _frequency(rule: Recurrence) -> dict[str, Any]:
    match rule.pattern:
        case EveryDay():
            return {"FREQ": "DAILY"}
        case EveryWeekday():
            return {"FREQ": "WEEKLY", "BYDAY": list(DAYS[:5])}
        case Weekly(days):
            return {"FREQ": "WEEKLY", "BYDAY": [DAYS[day] for day in sorted(days)]}
        case Fortnightly(days):
            by_day = [DAYS[day] for day in sorted(days)]
            return {"FREQ": "WEEKLY", "INTERVAL": 2, "WKST": DAYS[rule.week_start], "BYDAY": by_day}
        case MonthlyWeekday(nth, day):
            return {"FREQ": "MONTHLY", "BYDAY": f"{nth}{DAYS[day]}"}
        case MonthlyDay(day):
            return {"FREQ": "MONTHLY", "BYMONTHDAY": day}
        case Once():
            raise ValueError("One date is no frequency.")

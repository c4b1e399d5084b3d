"""A table of wall times made by walking through UTC minutes: what the recurrence code is compared with."""

import calendar
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from scheduling import recurrence as r
from scheduling import zones

# A search goes this many times deeper than in every run of the tests: MATINEE_DEEPER=50 pytest tests/unit
DEEPER = int(os.environ.get("MATINEE_DEEPER", "1"))
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

# A zone and a day near which its clocks change; Kathmandu's never do.
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Pacific/Chatham", date(2026, 9, 27)),
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Asia/Kathmandu", date(2026, 3, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


@cache
def table(zone: str, middle: date) -> dict[datetime, datetime]:
    """Every wall minute of the days around `middle`, with the instant it means.

    The first time it is shown; for one that is never shown, as long after the jump as it lies behind the last
    minute before it, which is the same as moving it forward by the jump.
    """
    shown: dict[datetime, datetime] = {}
    clock = zones.named(zone)
    instant = datetime.combine(middle - 6 * DAY, time(), UTC)
    before = instant.astimezone(clock).replace(tzinfo=None)
    while instant.date() <= middle + 6 * DAY:
        wall = instant.astimezone(clock).replace(tzinfo=None, fold=0)
        skipped = before + MINUTE
        while skipped < wall:
            shown.setdefault(skipped, instant + (skipped - before - MINUTE))
            skipped += MINUTE
        shown.setdefault(wall, instant)
        before, instant = wall, instant + MINUTE
    return shown


def is_on(rule: r.Recurrence, day: date) -> bool:
    """Whether the rule's pattern means this day, told by counting on a calendar."""
    weekday = calendar.weekday(day.year, day.month, day.day)
    match rule.pattern:
        case r.EveryWeekday():
            means = weekday not in {5, 6}
        case r.Weekly(days):
            means = weekday in days
        case r.Fortnightly(days, week):
            means = weekday in days and _weeks_since(rule, day) % 2 == week - 1
        case r.MonthlyWeekday(nth, wanted):
            weeks = calendar.monthcalendar(day.year, day.month)
            such = [week[wanted] for week in weeks if week[wanted]]
            means = day.day in (such[-1:] if nth == -1 else such[nth - 1 : nth])
        case r.MonthlyDay(number):
            means = day.day == number
        case pattern:
            means = pattern == r.EveryDay() or day == rule.starts_on
    return means


def _weeks_since(rule: r.Recurrence, day: date) -> int:
    first = rule.starts_on
    while first.weekday() != rule.week_start:
        first -= DAY
    return (day - first).days // 7


def walls(rule: r.Recurrence, until: date) -> list[datetime]:
    """The rule's wall times up to `until`, by trying every day since its start and counting."""
    found: list[datetime] = []
    day = rule.starts_on
    while day <= min(until, rule.ends_on or until):
        if is_on(rule, day):
            found += [datetime.combine(day, at) for at in sorted(set(rule.times))]
        day += DAY
    return found[: rule.count]


def instants(rules: Sequence[r.Recurrence], zone: str, middle: date, days: int = 3) -> list[datetime]:
    """What the rules start on the days around `middle`, without doubles, ascending."""
    known = table(zone, middle)
    low, high = bounds(zone, middle, days)
    meant = {known[wall] for rule in rules for wall in walls(rule, middle + 5 * DAY) if wall in known}
    return sorted(instant for instant in meant if low <= instant < high)


def bounds(zone: str, middle: date, days: int = 3) -> tuple[datetime, datetime]:
    """The instants at which the days around `middle` begin and end."""
    known = table(zone, middle)
    return known[datetime.combine(middle - days * DAY, time())], known[
        datetime.combine(middle + days * DAY, time())
    ]


def of_day(known: dict[datetime, datetime], day: date) -> int:
    """How many minutes lie between this midnight and the next."""
    return (known[datetime.combine(day + DAY, time())] - known[datetime.combine(day, time())]) // MINUTE


def covered(known: dict[datetime, datetime], spans: Iterable[tuple[datetime, datetime]]) -> set[datetime]:
    """The UTC minutes covered by spans of wall time, their ends left out."""
    found: set[datetime] = set()
    for opens, closes in spans:
        if opens in known and closes in known:
            minute = known[opens]
            while minute < known[closes]:
                found.add(minute)
                minute += MINUTE
    return found

"""Row `sessions`: the next twenty sessions of a rule, and of a picker's forty, against dateutil, young and old."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from scheduling import hours, recurrence, slots
from tests.load.measure import Figure
from tests.load.site import Site

NEXT = 20
ROUNDS = 7
ZONE = ZoneInfo("Europe/Paris")
AFTER = datetime(2026, 3, 26, 12, tzinfo=UTC)  # three days before the clocks change
TIMES = [wall_time(hour) for hour in (9, 12, 15, 18)]
AGES = {"last week": 7, "a year ago": 365, "two years ago": 730, "ten years ago": 3650}
TARGETS = {"last week": "REF ≥ 8x", "two years ago": "REF ≥ 100x"}


def run(_site: Site) -> list[Figure]:
    """Four times a weekday in a zone, across a clock change, for rules that began earlier and earlier."""
    figures = []
    for name, days in AGES.items():
        ours, reference = _ours(days), _reference(days)
        assert ours() == reference()
        mine: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            mine.append(_timed(ours, 200))
            theirs.append(_timed(reference, 5))
        target = TARGETS.get(name, "as cheap as last week's")
        figures.append(Figure(f"sessions: next 20, begun {name}", "CPU µs", mine, None, theirs, target))
    return [*figures, _picker()]


def _picker() -> Figure:
    """All a schedule can hold: REF only finds the next twenty of its forty rules, without hours or dates taken out."""
    starts = [_start(700 + number) for number in range(40)]
    rules = _full(starts)
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        mine.append(_timed(lambda: slots.offer(rules, ZONE, AFTER, count=NEXT), 20))
        theirs.append(_timed(lambda: _forty(starts), 1))
    what = "sessions: next 20 of 40 recurrences with hours, blackouts, holidays"
    return Figure(what, "CPU µs", mine, None, theirs, "less than the page")


def _full(starts: list[date]) -> slots.ScheduleRules:
    week = tuple(
        hours.Window(day, wall_time(opens), wall_time(closes))
        for day in range(7)
        for opens, closes in ((8, 12), (13, 19), (20, 2))
    )
    first = AFTER.date()
    return slots.ScheduleRules(
        slots.EventType.RECURRING,
        ZONE,
        timedelta(hours=1),
        tuple(
            recurrence.Recurrence(recurrence.EveryWeekday(), (wall_time(9 + number % 10, number),), day)
            for number, day in enumerate(starts)
        ),
        hours=hours.Hours(week, ZONE, country="FR"),
        hours_limit=frozenset(slots.Kind),
        hours_hold_end=True,
        blackouts=tuple(
            slots.Blackout(first + timedelta(days=30 * n), first + timedelta(days=30 * n)) for n in range(20)
        ),
    )


def _forty(starts: list[date]) -> list[datetime]:
    after = AFTER.astimezone(ZONE).replace(tzinfo=None)
    found: set[datetime] = set()
    for number, day in enumerate(starts):
        start = datetime.combine(day, wall_time(9 + number % 10, number))
        rule = rrule.rrule(rrule.DAILY, dtstart=start, byweekday=(0, 1, 2, 3, 4))
        found.update(islice(rule.xafter(after, inc=True), NEXT))
    return [local.replace(tzinfo=ZONE).astimezone(UTC) for local in sorted(found)[:NEXT]]


def _timed(act: Callable[[], Any], times: int) -> float:
    before = time.process_time()
    for _ in range(times):
        act()
    return 1e6 * (time.process_time() - before) / times


def _start(days: int) -> date:
    return AFTER.date() - timedelta(days=days)


def _ours(days: int) -> Callable[[], list[datetime]]:
    rule = recurrence.Recurrence(recurrence.EveryWeekday(), tuple(TIMES), _start(days))
    return lambda: list(islice(recurrence.occurrences([rule], ZONE, AFTER), NEXT))


def _reference(days: int) -> Callable[[], list[datetime]]:
    """The stock way: a naive rule from its start, each result put into the zone, from the first one wanted."""
    start = datetime.combine(_start(days), TIMES[0])
    after = AFTER.astimezone(ZONE).replace(tzinfo=None)

    def act() -> list[datetime]:
        rule = rrule.rrule(
            rrule.DAILY,
            dtstart=start,
            byweekday=(0, 1, 2, 3, 4),
            byhour=[one.hour for one in TIMES],
            byminute=0,
            bysecond=0,
        )
        wall = islice(rule.xafter(after, inc=True), NEXT)
        return [local.replace(tzinfo=ZONE).astimezone(UTC) for local in wall]

    return act

"""Row `sessions`: the next twenty sessions of a rule, against dateutil, young and old."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from scheduling import recurrence
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
            mine.append(_timed(ours, 20))
            theirs.append(_timed(reference, 3))
        target = TARGETS.get(name, "as cheap as last week's")
        figures.append(Figure(f"sessions: next 20, begun {name}", "CPU µs", mine, None, theirs, target))
    return figures


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

"""Finds where clock changes meet a schedule, so that a host is told before an attendee is surprised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.recurrence import Recurrence, contains, is_repeated, is_skipped, resolve

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """Clocks of a zone jump at `at` (UTC): `before` and `after` are the naive wall times on both sides of it."""

    at: datetime
    before: datetime
    after: datetime

    @property
    def forward(self) -> bool:
        """Whether an hour is left out, not repeated."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Oddity:
    """A wall time of a rule that a clock change leaves out (`skipped`) or gives twice; `starts_at` is what it means."""

    wall: datetime
    starts_at: datetime
    skipped: bool


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[ClockChange]:
    """Each clock change of the zone between two aware instants, ascending."""
    day = first.astimezone(UTC)
    while day < last:
        following = min(day + _DAY, last.astimezone(UTC))
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield _change_between(zone, day, following)
        day = following


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> ClockChange:
    """The one change between two instants with different offsets, to the second."""
    offset = low.astimezone(zone).utcoffset() or timedelta(0)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    at = high.replace(microsecond=0)
    return ClockChange(
        at, (at + offset).replace(tzinfo=None), at.astimezone(zone).replace(tzinfo=None, fold=0)
    )


def oddities(rules: Sequence[Recurrence], zone: ZoneInfo, now: datetime, days: int = 366) -> list[Oddity]:
    """The rules' wall times within `days` from `now` that do not exist or exist twice in the zone, ascending."""
    found = {
        Oddity(wall, resolve(wall, zone), is_skipped(wall, zone))
        for change in changes(zone, now, now + days * _DAY)
        for rule in rules
        for wall in _walls_near(rule, change.before.date())
        if (is_skipped(wall, zone) or is_repeated(wall, zone)) and _means(rule, wall, zone)
    }
    return sorted(found, key=lambda odd: odd.starts_at)


def _walls_near(rule: Recurrence, day: date) -> Iterator[datetime]:
    for near in (day - _DAY, day, day + _DAY):
        for at in rule.times:
            yield datetime.combine(near, at)


def _means(rule: Recurrence, wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the rule asks for this very wall time (another of its times may lead to the same instant)."""
    return contains([replace(rule, times=(wall.time(),))], zone, resolve(wall, zone))

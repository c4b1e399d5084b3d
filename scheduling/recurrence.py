"""Turns wall-clock rules of a schedule into instants, lazily and at a cost that does not grow with a rule's age."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import heappop, heappush, merge
from itertools import islice
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

_LAST_DATE = date.max.toordinal() - 2
_LONGEST_GAP = timedelta(days=1)  # Pacific/Apia left out 30 December 2011 altogether


@dataclass(frozen=True, slots=True)
class EveryDay:
    """Every day."""


@dataclass(frozen=True, slots=True)
class EveryWeekday:
    """Monday to Friday."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Each week on the chosen days (Monday is 0)."""

    days: frozenset[int]

    def __post_init__(self) -> None:
        _check_days(self.days)


@dataclass(frozen=True, slots=True)
class Fortnightly:
    """Every second week on the chosen days, in the first (1) or second (2) week.

    The first week is the one that holds the start date, and begins on the rule's `week_start`.
    """

    days: frozenset[int]
    week: int = 1

    def __post_init__(self) -> None:
        _check_days(self.days)
        if self.week not in (1, 2):
            raise ValueError("The week of a fortnight is 1 or 2.")


@dataclass(frozen=True, slots=True)
class MonthlyWeekday:
    """The nth (1 to 5) or last (-1) such weekday of each month; no fifth one, no session that month."""

    nth: int
    day: int

    def __post_init__(self) -> None:
        _check_days({self.day})
        if self.nth not in (1, 2, 3, 4, 5, -1):
            raise ValueError("The nth weekday is 1 to 5, or -1 for the last.")


@dataclass(frozen=True, slots=True)
class MonthlyDay:
    """A day number (1 to 31) of each month; where it does not exist, no session that month."""

    day: int

    def __post_init__(self) -> None:
        if not 1 <= self.day <= 31:
            raise ValueError("The day of the month is 1 to 31.")


@dataclass(frozen=True, slots=True)
class Once:
    """One date: the rule's start date."""


Pattern = EveryDay | EveryWeekday | Weekly | Fortnightly | MonthlyWeekday | MonthlyDay | Once


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One row of a schedule: on which dates, at which wall times, from when, until when.

    `times` are minutes of the day without a zone, kept sorted and unique. `ends_on` is included. `count` is the
    number of wall-clock occurrences from the start, before gaps, blackouts and doubles are taken out.
    Raises ValueError for what cannot be meant.
    """

    pattern: Pattern
    times: tuple[time, ...]
    starts_on: date
    ends_on: date | None = None
    count: int | None = None
    week_start: int = SUNDAY

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", tuple(sorted(set(self.times))))
        if not self.times or any(t.second or t.microsecond or t.tzinfo for t in self.times):
            raise ValueError("A rule needs at least one time of day, in whole minutes.")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("A rule cannot end before it starts.")
        if self.count is not None and self.count < 1:
            raise ValueError("The number of sessions is at least one.")
        _check_days({self.week_start})


def _check_days(days: Iterable[int]) -> None:
    chosen = set(days)
    if not chosen or not chosen <= set(range(7)):
        raise ValueError("Days of the week are 0 (Monday) to 6, and at least one.")


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall time in a zone; the one place where wall time becomes an instant.

    A wall time that does not exist moves forward by the gap; one that exists twice means the first (RFC 5545 §3.3.5).
    Raises OverflowError at the far ends of the calendar.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)

"""Turns wall-clock rules of a schedule into instants, as cheaply for an old rule as for a new one."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import heappop, heappush, merge
from itertools import dropwhile, islice, pairwise
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

_DAY = timedelta(days=1)
# Two days from either end of the calendar no zone can push an instant over it.
_FIRST_DATE = date.min + 2 * _DAY
_LAST_DATE = date.max - 2 * _DAY
_FIRST_DAY, _LAST_DAY = _FIRST_DATE.toordinal(), _LAST_DATE.toordinal()
# Days whose beginnings are looked up together and kept.
_FRAME = 14
_NONE_KNOWN: tuple[datetime | None, ...] = (None,) * _FRAME


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

    `times` are minutes of the day without a zone, kept sorted and unique. `ends_on` is included. `count` is
    the number of wall-clock occurrences from the start, before gaps, blackouts and doubles are taken out.
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


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall time in a zone; the one place where wall time becomes an instant.

    A wall time that does not exist moves forward by the gap; one that exists twice means the first
    (RFC 5545 §3.3.5).
    Raises OverflowError at the far ends of the calendar.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks jump over this naive wall time, so that it moves forward."""
    return resolve(local, zone).astimezone(zone).replace(tzinfo=None, fold=0) != local


def is_repeated(local: datetime, zone: ZoneInfo) -> bool:
    """Whether this naive wall time exists twice, so that the first is meant."""
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_skipped(local, zone)


def occurrences(rules: Sequence[Recurrence], zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The UTC instants at which the rules start something, from `after` (aware) on, `after` itself included.

    Strictly increasing, so no instant comes twice, and lazy: it may have no end. Wall times are read in
    `zone`, the attendee's for a schedule in the attendee's own zone. The age of the rules costs nothing.
    """
    first = _first_day(after, zone)
    streams = [_instants(rule, zone, first) for rule in rules]
    every = streams[0] if len(streams) == 1 else _each_once(merge(*streams))
    return dropwhile(after.__gt__, every)


def _each_once(instants: Iterable[datetime]) -> Iterator[datetime]:
    last: datetime | None = None
    for instant in instants:
        if instant != last:
            yield instant
        last = instant


def contains(rules: Sequence[Recurrence], zone: ZoneInfo, instant: datetime) -> bool:
    """Whether the rules start something exactly at `instant` (aware)."""
    return next(occurrences(rules, zone, instant), None) == instant


def _first_day(instant: datetime, zone: ZoneInfo) -> int:
    """The wall date, as its ordinal, from which on rules can start something at `instant` or later.

    After a clock change that is the day before: what a gap moves lands up to a day later (Pacific/Apia left out
    all of 30 December 2011).
    """
    try:
        day = instant.astimezone(zone).toordinal()
    except OverflowError:
        return (date.min if instant.year == date.min.year else date.max).toordinal()
    for near in (day, day - 1):
        if _midnights(zone, near // _FRAME)[near % _FRAME] is None:
            return day - 1
    return day


@lru_cache(maxsize=8192)
def _midnights(zone: ZoneInfo, frame: int) -> tuple[datetime | None, ...]:
    """When each day of a stretch begins, in UTC; None for a day with a clock change, and beyond the calendar.

    On a day with a beginning a wall time is that beginning and the time of day, without asking the zone again.
    """
    days = range(frame * _FRAME, (frame + 1) * _FRAME + 1)
    if days[0] < _FIRST_DAY or days[-1] > _LAST_DAY:
        return _NONE_KNOWN
    begins = [datetime.combine(date.fromordinal(day), time.min, zone) for day in days]
    # No zone has changed its clocks twice within three days since 1970: equal ends, an even day.
    return tuple(
        begin.astimezone(UTC) if begin.utcoffset() == end.utcoffset() else None
        for begin, end in pairwise(begins)
    )


def _instants(rule: Recurrence, zone: ZoneInfo, first: int) -> Iterator[datetime]:
    """The rule's instants on wall dates from `first` on, strictly ascending: what a gap moved waits for its turn."""
    steps, begins_on, last_day = _plan(rule)
    moved: list[datetime] = []
    frame, midnights = -1, _NONE_KNOWN
    for day in _days(rule, max(first, begins_on)):
        if day > last_day:
            break
        if frame != day // _FRAME:
            frame = day // _FRAME
            midnights = _midnights(zone, frame)
        midnight = midnights[day % _FRAME]
        if midnight is not None and day < last_day and not moved:
            for step in steps:
                yield midnight + step
        else:
            yield from _one_by_one(_walls(rule, day), zone, moved)
    while moved:
        yield heappop(moved)


def _walls(rule: Recurrence, day: int) -> list[datetime]:
    """The rule's wall times of one of its days, as far as its end or count allows."""
    bound = _bound(rule)
    walls = [datetime.combine(date.fromordinal(day), at) for at in rule.times]
    return [wall for wall in walls if wall <= bound]


def _one_by_one(walls: list[datetime], zone: ZoneInfo, moved: list[datetime]) -> Iterator[datetime]:
    """The instants of wall times that exist, preceded by those of `moved` that are due; adds to `moved`."""
    for wall in walls:
        instant = resolve(wall, zone)
        if is_skipped(wall, zone):
            heappush(moved, instant)
            continue
        while moved and moved[0] <= instant:
            due = heappop(moved)
            if due < instant:
                yield due
        yield instant


@lru_cache(maxsize=4096)
def _plan(rule: Recurrence) -> tuple[tuple[timedelta, ...], int, int]:
    """The rule's times as what has passed of the day, and the ordinals of its first and last day."""
    steps = tuple(timedelta(hours=at.hour, minutes=at.minute) for at in rule.times)
    return steps, max(rule.starts_on.toordinal(), _FIRST_DAY), _bound(rule).toordinal()


@lru_cache(maxsize=4096)
def _bound(rule: Recurrence) -> datetime:
    """The last wall time that the rule's end or count allows."""
    end = datetime.combine(rule.ends_on or _LAST_DATE, time.max)
    if rule.count is None:
        return end
    return min(end, last_counted(rule))


def last_counted(rule: Recurrence) -> datetime:
    """The naive wall time of the last session that the rule's `count` allows; the calendar's end where none does."""
    days_before, index = divmod((rule.count or 1) - 1, len(rule.times))
    day = _nth_day(rule, days_before)
    return datetime.combine(date.fromordinal(_LAST_DAY if day is None else day), rule.times[index])


def _nth_day(rule: Recurrence, number: int) -> int | None:
    """The date of the rule with this number, its first one being 0; None beyond the calendar."""
    start = rule.starts_on.toordinal()
    cycle = _cycle(rule)
    if cycle is None:
        return next(islice(_days(rule, start), number, None), None)
    _, period, offsets = cycle
    cycles, index = divmod(number, len(offsets))
    day = next(islice(_days(rule, start), index, None), _LAST_DAY) + cycles * period
    return day if day <= _LAST_DAY else None


def _days(rule: Recurrence, first: int) -> Iterator[int]:
    """The rule's dates as ordinals from `first` on (not before its start), ascending, without regard to its end."""
    cycle = _cycle(rule)
    if cycle is not None:
        return _cyclic_days(*cycle, first)
    if isinstance(rule.pattern, MonthlyWeekday | MonthlyDay):
        return _monthly_days(rule.pattern, first)
    only = rule.starts_on.toordinal()
    return iter([only] if first <= only else [])


@lru_cache(maxsize=4096)
def _cycle(rule: Recurrence) -> tuple[int, int, tuple[int, ...]] | None:
    """Where a cycle begins, its length and the days in it; None for what does not repeat after whole days."""
    start = rule.starts_on
    match rule.pattern:
        case EveryDay():
            return start.toordinal(), 1, (0,)
        case EveryWeekday():
            return _week_of(start, MONDAY), 7, (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
        case Weekly(days):
            return _week_of(start, MONDAY), 7, tuple(sorted(days))
        case Fortnightly(days, week):
            offsets = sorted((day - rule.week_start) % 7 + 7 * (week - 1) for day in days)
            return _week_of(start, rule.week_start), 14, tuple(offsets)
        case _:
            return None


def _week_of(day: date, week_start: int) -> int:
    """The ordinal of the first day of the week that holds `day`; it may lie before the calendar."""
    return day.toordinal() - (day.weekday() - week_start) % 7


def _cyclic_days(anchor: int, period: int, offsets: tuple[int, ...], first: int) -> Iterator[int]:
    base = first - (first - anchor) % period
    while base <= _LAST_DAY:
        for offset in offsets:
            day = base + offset
            if first <= day <= _LAST_DAY:
                yield day
        base += period


def _monthly_days(pattern: MonthlyWeekday | MonthlyDay, first: int) -> Iterator[int]:
    if first > _LAST_DAY:
        return
    since = date.fromordinal(max(first, _FIRST_DAY))
    for month in range(since.year * 12 + since.month - 1, _LAST_DATE.year * 12 + 11):
        day = _day_of_month(pattern, month // 12, month % 12 + 1)
        if day is not None and day >= first:
            yield day


def _day_of_month(pattern: MonthlyWeekday | MonthlyDay, year: int, month: int) -> int | None:
    weekday_of_first, length = monthrange(year, month)
    if isinstance(pattern, MonthlyDay):
        number = pattern.day
    elif pattern.nth == -1:
        number = length - (weekday_of_first + length - 1 - pattern.day) % 7
    else:
        number = 1 + (pattern.day - weekday_of_first) % 7 + 7 * (pattern.nth - 1)
    return date(year, month, number).toordinal() if number <= length else None


def _check_days(days: Iterable[int]) -> None:
    chosen = set(days)
    if not chosen or not chosen <= set(range(7)):
        raise ValueError("Days of the week are 0 (Monday) to 6, and at least one.")

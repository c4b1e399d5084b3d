"""Reads the parts of one RRULE (RFC 5545) and says which patterns of the schedule they are."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from scheduling.calendar_lines import Refused, date_time, quoted
from scheduling.recurrence import (
    MONDAY,
    EveryDay,
    EveryWeekday,
    Fortnightly,
    MonthlyDay,
    MonthlyWeekday,
    Pattern,
    Weekly,
)

MAX_TIMES = 96
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_KNOWN = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYDAY", "BYMONTHDAY", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"),
}
_NUMBER = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_DATE_ONLY = re.compile(r"\d{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parts:
    """One RRULE: its patterns, each with its times of day, and where it ends.

    `until` is a naive date-time and whether it is in UTC. `week_start` (Monday is 0) counts for fortnights.
    """

    pairs: tuple[tuple[Pattern, tuple[time, ...]], ...]
    count: int | None
    until: tuple[datetime, bool] | None
    week_start: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """The parts as they stand, by name."""

    parts: dict[str, str]

    def numbers(self, name: str, low: int, high: int) -> list[int]:
        """The numbers of a part, ascending, each once; none where it is missing."""
        if name not in self.parts:
            return []
        found = {_number(name, item) for item in self.parts[name].split(",")}
        if not all(low <= number <= high for number in found):
            raise Refused(name, f"{quoted(self.parts[name])} cannot be brought in.")
        return sorted(found)

    def refuse(self, *names: str) -> None:
        for name in names:
            if name in self.parts:
                raise Refused(name, f"it cannot be brought in together with FREQ={self.parts['FREQ']}.")

    def days(self) -> list[tuple[int | None, int]]:
        """BYDAY as (which one of the month, day of the week); None: every one."""
        found = []
        for item in self.parts["BYDAY"].split(",") if "BYDAY" in self.parts else []:
            day = _DAY.fullmatch(item.strip())
            if day is None:
                raise Refused("BYDAY", f"{quoted(item)} is no day.")
            found.append((int(day[1]) if day[1] else None, DAYS.index(day[2])))
        return found


def parts_of(value: str, start: datetime) -> Parts:
    """The parts of an RRULE that begins at a naive wall time; Refused names what the schedule has no form for."""
    rule = _Rule(_split(value))
    kind = rule.parts.get("FREQ", "")
    if kind not in _PAIRS:
        raise Refused(f"FREQ={kind}" if kind else "FREQ", "only DAILY, WEEKLY and MONTHLY can be brought in.")
    rule.numbers("BYSECOND", 0, 0)  # sessions start at whole minutes
    count = rule.numbers("COUNT", 1, 10**12)
    until = rule.parts.get("UNTIL")
    if until is not None and _DATE_ONLY.fullmatch(until):
        raise Refused("UNTIL", "a date without a time cannot be brought in.")
    return Parts(
        pairs=tuple(dict.fromkeys(_PAIRS[kind](rule, start))),
        count=count[0] if count else None,
        until=None if until is None else date_time("UNTIL", until),
        week_start=_week_start(rule),
    )


def _split(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in value.upper().strip().rstrip(";").split(";"):
        name, _, text = item.partition("=")
        name = name.strip()
        if name not in _KNOWN:
            raise Refused(quoted(name) if not name.isalnum() else name[:40], "a schedule has no such rule.")
        if name in found or not text.strip():
            raise Refused(name, "it stands twice in the rule, or is empty.")
        found[name] = text.strip()
    return found


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()):
        raise Refused(name, f"{quoted(text)} is no number.")
    return int(text)


def _week_start(rule: _Rule) -> int:
    name = rule.parts.get("WKST", DAYS[MONDAY])
    if name not in DAYS:
        raise Refused("WKST", f"{quoted(name)} is no day.")
    return DAYS.index(name)


def _interval(rule: _Rule, longest: int) -> int:
    every = rule.numbers("INTERVAL", 1, longest)
    return every[0] if every else 1


def _times(rule: _Rule, start: datetime) -> tuple[time, ...]:
    hours = rule.numbers("BYHOUR", 0, 23) or [start.hour]
    minutes = rule.numbers("BYMINUTE", 0, 59) or [start.minute]
    if len(hours) * len(minutes) > MAX_TIMES:
        raise Refused("BYMINUTE", f"with BYHOUR it gives more than {MAX_TIMES} times a day.")
    return tuple(time(hour, minute) for hour in hours for minute in minutes)


def _on_days(days: set[int]) -> Pattern:
    if len(days) == len(DAYS):
        return EveryDay()
    return EveryWeekday() if days == {0, 1, 2, 3, 4} else Weekly(frozenset(days))


def _plain_days(rule: _Rule) -> set[int]:
    days = rule.days()
    if any(nth is not None for nth, _ in days):
        raise Refused("BYDAY", f"a number before a day has no meaning with FREQ={rule.parts['FREQ']}.")
    return {day for _, day in days}


def _daily(rule: _Rule, start: datetime) -> list[tuple[Pattern, tuple[time, ...]]]:
    rule.refuse("BYMONTHDAY", "BYSETPOS")
    _interval(rule, 1)
    return [(_on_days(_plain_days(rule) or set(range(7))), _times(rule, start))]


def _weekly(rule: _Rule, start: datetime) -> list[tuple[Pattern, tuple[time, ...]]]:
    rule.refuse("BYMONTHDAY", "BYSETPOS")
    days = _plain_days(rule) or {start.weekday()}
    pattern = _on_days(days) if _interval(rule, 2) == 1 else Fortnightly(frozenset(days))
    return [(pattern, _times(rule, start))]


def _monthly(rule: _Rule, start: datetime) -> list[tuple[Pattern, tuple[time, ...]]]:
    _interval(rule, 1)
    times = _times(rule, start)
    if "BYSETPOS" in rule.parts:
        return _at_positions(rule, times)
    if "BYDAY" not in rule.parts:
        days = rule.numbers("BYMONTHDAY", 1, 31) or [start.day]
        return [(MonthlyDay(day), times) for day in days]
    rule.refuse("BYMONTHDAY")
    found = rule.days()
    every = {day for nth, day in found if nth is None}
    of_month = [(MonthlyWeekday(_nth("BYDAY", nth), day), times) for nth, day in found if nth is not None]
    return [*([(_on_days(every), times)] if every else []), *of_month]


def _at_positions(rule: _Rule, times: tuple[time, ...]) -> list[tuple[Pattern, tuple[time, ...]]]:
    """BYSETPOS counts all starts of the month, so with several times a day it also means one of them."""
    rule.refuse("BYMONTHDAY")
    days = _plain_days(rule)
    if len(days) != 1:
        raise Refused("BYSETPOS", "it can only be brought in together with one day of the week.")
    found: list[tuple[Pattern, tuple[time, ...]]] = []
    for position in rule.numbers("BYSETPOS", -366, 366):
        if position == 0:
            raise Refused("BYSETPOS", "positions count from 1, or from the end.")
        nth, index = divmod(position - 1 if position > 0 else position, len(times))
        found.append((MonthlyWeekday(_nth("BYSETPOS", nth + (position > 0)), *days), (times[index],)))
    return found


def _nth(name: str, nth: int) -> int:
    if nth not in {1, 2, 3, 4, 5, -1}:
        raise Refused(name, "only the first to fifth and the last such day of a month can be brought in.")
    return nth


_PAIRS: dict[str, Callable[[_Rule, datetime], list[tuple[Pattern, tuple[time, ...]]]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
}

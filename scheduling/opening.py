"""Says in words when a human answers in the days to come, on the clock of whoever asks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scheduling.hours import Hours, Span, open_spans
from scheduling.recurrence import resolve

DAYS = 7
AHEAD = 14  # days for which dates that differ from the week are named


@dataclass(frozen=True, slots=True)
class Line:
    """Days one after another with the same hours: `words` such as "Mon to Fri", `times` none where closed."""

    words: str
    times: tuple[str, ...]


def week(hours: Hours, zone: ZoneInfo, now: datetime) -> list[Line]:
    """The seven days from today on the clock of `zone`; nothing where somebody is always there."""
    if not hours.windows and not hours.exceptions and not hours.country:
        return []
    return list(_together(_cut(hours, zone, now, range(DAYS))))


def fortnight(hours: Hours, zone: ZoneInfo, now: datetime) -> list[Line]:
    """The week, and of the week after it the days that differ from what is usual on them."""
    lines = week(hours, zone, now)
    if not lines:
        return []
    later = range(DAYS, AHEAD)
    usual = dict(_cut(replace(hours, exceptions=(), country="", region=""), zone, now, later))
    return lines + [
        Line(_days(day, day), times) for day, times in _cut(hours, zone, now, later) if times != usual[day]
    ]


def _cut(hours: Hours, zone: ZoneInfo, now: datetime, which: range) -> list[tuple[date, tuple[str, ...]]]:
    """What is open on each of some days from today, on the clock of `zone`."""
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(which.start, which.stop + 1)]
    bounds = [resolve(datetime.combine(day, time(0)), zone) for day in days]
    spans = open_spans(hours, bounds[0], bounds[-1], zone)
    cut = [_times(spans, begin, end, zone) for begin, end in pairwise(bounds)]
    return list(zip(days, cut, strict=False))


def _together(days: list[tuple[date, tuple[str, ...]]]) -> Iterator[Line]:
    begin = 0
    for index in range(1, len(days) + 1):
        if index == len(days) or days[index][1] != days[begin][1]:
            yield Line(_days(days[begin][0], days[index - 1][0]), days[begin][1])
            begin = index


def _days(first: date, last: date) -> str:
    if first == last:
        return date_format(first, "D j M")
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, "D j M"),
        "last": date_format(last, "D j M"),
    }


def _times(spans: list[Span], begin: datetime, end: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """What of the spans lies in one day."""
    pieces = [(max(start, begin), min(stop, end)) for start, stop in spans if start < end and stop > begin]
    if pieces == [(begin, end)]:
        return (_("all day"),)
    return tuple(f"{_clock(start, zone)}\N{EN DASH}{_clock(stop, zone, end)}" for start, stop in pieces)


def _clock(instant: datetime, zone: ZoneInfo, midnight: datetime | None = None) -> str:
    return "24:00" if instant == midnight else f"{instant.astimezone(zone):%H:%M}"

"""Says when somebody can be expected to answer: weekly windows in wall time, with dated exceptions."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling import holidays
from scheduling.recurrence import resolve

_MIDNIGHT = time(0)
_FIRST_DAY, _LAST_DAY = 3, date.max.toordinal() - 2  # as far as instants can be told in every zone
_HORIZONS = (9, 40, 400)  # days looked ahead: a week answers nearly always
_WEEK = 7
_KEPT = 500  # weeks worked out, before those of one clock are forgotten

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Window:
    """Open each week on `day` (Monday is 0) from `opens` until just before `closes`.

    A window that closes at or before it opens runs into the next day; midnight to midnight is the whole day.
    """

    day: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.day <= 6:
            raise ValueError("Days of the week are 0 (Monday) to 6.")
        _check_span(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class DatedException:
    """Otherwise than in the week on one date: open or closed, the whole day unless times are given.

    Where they meet, open on a date wins over closed on a date, and both over the week: closed on 24
    December and open on 24 December from 10 to 12 means open from 10 to 12. A closed day also ends what
    began the night before, and nothing of the week begins on it.
    """

    on: date
    open: bool
    opens: time = _MIDNIGHT
    closes: time = _MIDNIGHT
    name: str = ""

    def __post_init__(self) -> None:
        _check_span(self.opens, self.closes)

    @property
    def is_closed_day(self) -> bool:
        """Whether it closes the whole date."""
        return not self.open and self.opens == self.closes


@dataclass(frozen=True, slots=True)
class Hours:
    """Chat hours. No weekly windows at all means always open (but for the closed exceptions).

    `zone` is whose wall clock the times are read on. With `attendee_zone` it is only the fallback, and the
    functions read the times on the clock of the attendee's zone that they are given. They are closed on the public
    holidays of `country` (ISO 3166-1, empty: of none) and its `region`, on the same clock, except where an open
    exception stands on that date.
    """

    windows: tuple[Window, ...]
    zone: ZoneInfo
    exceptions: tuple[DatedException, ...] = ()
    attendee_zone: bool = False
    country: str = ""
    region: str = ""

    @property
    def never_close(self) -> bool:
        """Whether nothing at all is set."""
        return not (self.windows or self.exceptions or self.country)


def _check_span(opens: time, closes: time) -> None:
    if opens == closes != _MIDNIGHT:
        raise ValueError("Hours cannot close when they open.")
    if opens.tzinfo or closes.tzinfo:
        raise ValueError("Hours are wall times without a zone.")


def is_open(hours: Hours, instant: datetime, attendee_zone: ZoneInfo | None = None) -> bool:
    """Whether the aware `instant` lies inside: at an opening yes, at a closing no.

    `attendee_zone` counts only where the hours are kept in the attendee's own zone.
    """
    if hours.never_close:
        return True
    stretches = _stretches(hours, _clock(hours, attendee_zone), instant, 1)
    return any(start <= instant < end for start, end in stretches)


@dataclass(slots=True)
class Openings:
    """Hours on one clock, asked again and again: worked out a week at a time, and kept."""

    hours: Hours
    zone: ZoneInfo
    _weeks: dict[int, tuple[list[datetime], list[datetime]]] = field(default_factory=dict)

    def is_open(self, instant: datetime) -> bool:
        """As the function `is_open`."""
        if self.hours.never_close:
            return True
        number = instant.astimezone(UTC).toordinal() // _WEEK
        week = self._weeks.get(number)
        if week is None:
            week = self._week(number)
        index = bisect_right(week[0], instant) - 1
        return index >= 0 and instant < week[1][index]

    def _week(self, number: int) -> tuple[list[datetime], list[datetime]]:
        # A day either side for the zone's offset, two before as for any stretch.
        spans = _between(self.hours, self.zone, number * _WEEK - 3, (number + 1) * _WEEK + 1)
        if len(self._weeks) >= _KEPT:
            self._weeks.clear()
        self._weeks[number] = week = [start for start, _ in spans], [end for _, end in spans]
        return week


@lru_cache(maxsize=512)
def _openings(hours: Hours, clock: ZoneInfo) -> Openings:
    return Openings(hours, clock)


def openings(hours: Hours, attendee_zone: ZoneInfo | None = None) -> Openings:
    """The hours on the clock that counts, the attendee's where they are kept in their zone."""
    return _openings(hours, _clock(hours, attendee_zone))


def closes_at(hours: Hours, instant: datetime, attendee_zone: ZoneInfo | None = None) -> datetime | None:
    """The UTC instant at which hours that are open at `instant` close; windows that touch are one.

    None if they are closed, or stay open for more than a year.
    """
    if hours.never_close:
        return None
    zone = _clock(hours, attendee_zone)
    for days in _HORIZONS:
        stretches = _stretches(hours, zone, instant, days)
        end = next((end for start, end in stretches if start <= instant < end), None)
        if end is None or end < instant + timedelta(days=days - 2):
            return end
    return None


def next_opening(hours: Hours, instant: datetime, attendee_zone: ZoneInfo | None = None) -> datetime | None:
    """The first UTC instant from `instant` on at which hours are open: `instant` itself if they are.

    None if they do not open within a year.
    """
    if hours.never_close:
        return instant
    zone = _clock(hours, attendee_zone)
    for days in _HORIZONS:
        for start, end in _stretches(hours, zone, instant, days):
            if end > instant:
                return max(start, instant)
    return None


def open_spans(
    hours: Hours, begin: datetime, end: datetime, attendee_zone: ZoneInfo | None = None
) -> list[Span]:
    """What is open between two aware instants, cut at both, ascending and apart from each other."""
    if hours.never_close:
        return [(begin, end)]
    days = (end - begin).days + 2
    spans = _stretches(hours, _clock(hours, attendee_zone), begin, days)
    return [(max(a, begin), min(b, end)) for a, b in spans if a < end and b > begin]


def _clock(hours: Hours, attendee_zone: ZoneInfo | None) -> ZoneInfo:
    return attendee_zone if hours.attendee_zone and attendee_zone is not None else hours.zone


def _stretches(hours: Hours, zone: ZoneInfo, instant: datetime, days: int) -> list[Span]:
    """What is open around `instant` and for some days on, ascending, apart from each other.

    It begins two days back: a window may run over midnight, and a gap may move it by up to a day.
    """
    today = instant.astimezone(zone).date().toordinal()
    return _between(hours, zone, today - 2, today + days)


def _between(hours: Hours, zone: ZoneInfo, first: int, last: int) -> list[Span]:
    """What begins to be open on the days from `first` through `last`, given as ordinals."""
    first, last = max(first, _FIRST_DAY), min(last, _LAST_DAY)
    dated = [exception for exception in hours.exceptions if first <= exception.on.toordinal() <= last]
    dated += _holidays(hours, first, last)
    closed = {exception.on.toordinal() for exception in dated if exception.is_closed_day}
    week = [
        _span(date.fromordinal(day), window.opens, window.closes, zone)
        for day in range(first, last + 1)
        for window in hours.windows or _always(day)
        if window.day == (day - 1) % 7 and day not in closed
    ]
    for exception in dated:
        if not exception.open:
            hole = _span(exception.on, exception.opens, exception.closes, zone)
            week = [piece for span in week for piece in _without(span, hole)]
    opened = [_span(extra.on, extra.opens, extra.closes, zone) for extra in dated if extra.open]
    return _merged(week + opened)


def _holidays(hours: Hours, first: int, last: int) -> Iterator[DatedException]:
    if not hours.country or first > last:
        return
    years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
    for on, name in holidays.public(hours.country, hours.region, years).items():
        if first <= on.toordinal() <= last:
            yield DatedException(on, open=False, name=name)


def _always(day: int) -> tuple[Window, ...]:
    return (Window((day - 1) % 7, _MIDNIGHT, _MIDNIGHT),)


def _span(day: date, opens: time, closes: time, zone: ZoneInfo) -> Span:
    """A wall-time window as instants; clock changes move its ends exactly as they move a session's start."""
    end_day = day if closes > opens else day + timedelta(days=1)
    return resolve(datetime.combine(day, opens), zone), resolve(datetime.combine(end_day, closes), zone)


def _without(span: Span, hole: Span) -> list[Span]:
    (start, end), (hole_start, hole_end) = span, hole
    pieces = [(start, min(end, hole_start)), (max(start, hole_end), end)]
    return [piece for piece in pieces if piece[0] < piece[1]]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged

"""Brings the rules of a calendar file (RFC 5545) into the form the schedule has; what has none is refused by name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from scheduling.calendar_lines import (
    LAST_YEAR,
    Event,
    Line,
    Moment,
    Refused,
    check_year,
    events,
    moment,
    moments,
)
from scheduling.calendar_parts import Parts, parts_of
from scheduling.recurrence import (
    SUNDAY,
    Fortnightly,
    MonthlyDay,
    MonthlyWeekday,
    Once,
    Pattern,
    Recurrence,
    contains,
    last_counted,
    occurrences,
    resolve,
)

__all__ = ["MAX_COUNT", "MAX_EXCLUDED", "MAX_RULES", "MAX_TIMES", "Imported", "Refused", "read"]

MAX_RULES = 300
MAX_EXCLUDED = 500
MAX_COUNT = 5_000  # sessions that are kept as a number; more become an end
MAX_TIMES = 8  # of a row of the editor; a rule with more becomes several rows

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")

# The last day on which a time of day still takes place; None: no end.
Ends = Callable[[time], date | None]
Pair = tuple[Pattern, tuple[time, ...]]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a calendar file says, in the schedule's own terms.

    `zone` is the fixed zone; None: the times are the attendee's own. `rules` may hold single dates (`Once`).
    `excluded` are taken out: UTC instants, or naive wall times where `zone` is None.
    """

    zone: ZoneInfo | None
    rules: tuple[Recurrence, ...]
    excluded: frozenset[datetime]


@dataclass(frozen=True, slots=True)
class _Read:
    """One event: the rules it gives and what it takes out of them."""

    rules: list[Recurrence]
    excluded: frozenset[datetime]


def read(text: str, *, local: bool = False) -> Imported:
    """The schedule that a calendar file means; Refused names the property that stands in the way.

    Times have the zone of their TZID (UTC for those with Z). With `local` wall times stand as they are and are
    the attendee's own; without it a file whose times have no zone is refused.
    """
    found = events(text)
    if not found:
        raise Refused("VEVENT", "the file holds no event.")
    starts = [_start(event) for event in found]
    zone = None if local else _zone(found, starts)
    single: list[_Read] = []
    for event, start in zip(found, starts, strict=True):
        single.append(_event(event, start, zone))
        _check_size(single)
    rules = tuple(dict.fromkeys(rule for one in single for rule in one.rules))
    return Imported(zone, rules, _excluded(single, zone or _UTC))


def _check_size(single: list[_Read]) -> None:
    if sum(len(one.rules) for one in single) > MAX_RULES:
        raise Refused("VEVENT", f"the events give more than {MAX_RULES} rules and dates.")
    if sum(len(one.excluded) for one in single) > MAX_EXCLUDED:
        raise Refused("EXDATE", f"more than {MAX_EXCLUDED} of them.")


def _start(event: Event) -> Moment:
    for name in ("RECURRENCE-ID", "EXRULE"):
        if event.all(name):
            raise Refused(name, "changes to single dates of a series cannot be brought in.")
    lines = event.all("DTSTART")
    if len(lines) != 1:
        raise Refused("DTSTART", "each event needs one, and only one.")
    return _whole_minute("DTSTART", moment(lines[0], lines[0].value))


def _whole_minute(name: str, at: Moment) -> Moment:
    if at.wall.second:
        raise Refused(name, "sessions start at whole minutes.")
    return check_year(name, at)


def _zone(found: list[Event], starts: list[Moment]) -> ZoneInfo:
    """The one zone of the file: that of what repeats in it, else of its first event."""
    if any(start.zone is None for start in starts):
        raise Refused("DTSTART", "a time without a zone can only be read as the attendee's own (local).")
    repeating = [start for event, start in zip(found, starts, strict=True) if event.all("RRULE")]
    names = {start.zone.key: start.zone for start in repeating or starts[:1] if start.zone is not None}
    if len(names) > 1:
        raise Refused("TZID", "events that repeat in different time zones do not fit into one schedule.")
    return next(iter(names.values()))


def _event(event: Event, start: Moment, zone: ZoneInfo | None) -> _Read:
    """One event's rules; `zone` as in `Imported`."""
    dates = [("RDATE", _whole_minute("RDATE", at)) for at in moments(event.all("RDATE"))]
    rules: list[Recurrence] = []
    for line in event.all("RRULE"):
        rules += _rules(line, start, zone)
        _check_size([_Read(rules, frozenset())])
    if not event.all("RRULE"):
        dates.append(("DTSTART", start))
    excluded = [check_year("EXDATE", at) for at in moments(event.all("EXDATE"))]
    walls = {_wall(name, at, start, zone) for name, at in dates}
    return _Read(
        rules + [_once(day, list(of_day)) for day, of_day in groupby(sorted(walls), key=datetime.date)],
        frozenset(_excluded_one(at, start, zone) for at in excluded),
    )


def _once(day: date, walls: Iterable[datetime]) -> Recurrence:
    return Recurrence(Once(), tuple(wall.time() for wall in walls), day)


def _wall(name: str, at: Moment, start: Moment, zone: ZoneInfo | None) -> datetime:
    """A single date as a wall time on the schedule's clock, or where that is the attendee's, on the event's."""
    if zone is None:
        return _on_clock(at, start.zone)
    if at.zone is None:
        raise Refused(name, "a time without a zone can only be read as the attendee's own (local).")
    wall = _on_clock(at, zone)
    if resolve(wall, zone) != at.instant:
        raise Refused(name, f"{wall:%Y-%m-%d %H:%M} comes twice, and only the first can be meant.")
    return wall


def _on_clock(at: Moment, zone: ZoneInfo | None) -> datetime:
    if at.zone is None or zone is None or at.zone.key == zone.key:
        return at.wall
    return at.instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _excluded_one(at: Moment, start: Moment, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        return _on_clock(at, start.zone)
    if at.zone is None:
        raise Refused("EXDATE", "a time without a zone can only be read as the attendee's own (local).")
    return at.instant


def _excluded(single: list[_Read], zone: ZoneInfo) -> frozenset[datetime]:
    """What is taken out of the whole: not what another event of the file still gives."""
    every = frozenset(instant for one in single for instant in one.excluded)
    if len(single) == 1:
        return every
    return frozenset(instant for instant in every if not _still_given(single, zone, instant))


def _still_given(single: list[_Read], zone: ZoneInfo, instant: datetime) -> bool:
    rules = [rule for one in single if instant not in one.excluded for rule in one.rules]
    return contains(rules, zone, _aware(instant))


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _rules(line: Line, start: Moment, zone: ZoneInfo | None) -> list[Recurrence]:
    """One RRULE as rules whose first and last days are right for each time of day."""
    parts = parts_of(line.value, start.wall)
    week_start = parts.week_start if any(isinstance(p, Fortnightly) for p, _ in parts.pairs) else SUNDAY
    whole = [
        Recurrence(pattern, times, start.wall.date(), None, None, week_start)
        for pattern, times in parts.pairs
    ]
    if not contains(whole, _UTC, start.wall.replace(tzinfo=UTC)):
        raise Refused("DTSTART", "the first date does not match its rule.")
    ends = _until(parts, start, zone)
    if parts.count is not None:
        first = whole[0].times
        complete = len(whole) == 1 and first[0] == start.wall.time() and len(first) <= MAX_TIMES
        if complete and not parts.until and parts.count <= MAX_COUNT:
            return [replace(whole[0], count=parts.count)]
        ends = _earlier(ends, _through(_counted(whole, start.wall, parts.count)))
    return [rule for one in whole for rule in _bounded(one, start.wall, ends)]


def _until(parts: Parts, start: Moment, zone: ZoneInfo | None) -> Ends:
    """The end that UNTIL sets: an instant, but a wall time where the times are the attendee's or it has no zone."""
    if parts.until is None or parts.until[0].year > LAST_YEAR:
        return lambda at: None
    wall, is_utc = parts.until
    until = Moment(wall, _UTC if is_utc else None)
    if until.wall.date() < start.wall.date() - _DAY or (
        until.instant < start.instant if is_utc else until.wall < start.wall
    ):
        raise Refused("UNTIL", "the rule ends before it starts.")
    if zone is None or not is_utc:
        return _through(_on_clock(until, start.zone))
    return lambda at: _last_day(at, until.instant, zone)


def _last_day(at: time, until: datetime, zone: ZoneInfo) -> date:
    """The last day on which this time of day comes at or before an instant."""
    day = until.astimezone(zone).date() + _DAY
    while resolve(datetime.combine(day, at), zone) > until:
        day -= _DAY
    return day


def _through(last: datetime) -> Ends:
    """Up to this wall time, included."""
    if last.year > LAST_YEAR:
        return lambda at: None
    return lambda at: last.date() if at <= last.time() else last.date() - _DAY


def _earlier(one: Ends, other: Ends) -> Ends:
    def ends(at: time) -> date | None:
        days = [day for day in (one(at), other(at)) if day is not None]
        return min(days, default=None)

    return ends


def _counted(whole: list[Recurrence], start: datetime, count: int) -> datetime:
    """The wall time of the last session, where the rules have so many in all, the first at `start`."""
    of_month = isinstance(whole[0].pattern, MonthlyDay | MonthlyWeekday)
    if len(whole) == 1 and not of_month:
        before = sum(at < start.time() for at in whole[0].times)
        return last_counted(replace(whole[0], count=min(count, 10**9) + before))
    if count > MAX_COUNT:
        raise Refused("COUNT", f"more than {MAX_COUNT} sessions on days of a month cannot be counted.")
    every = occurrences(whole, _UTC, start.replace(tzinfo=UTC))
    return list(islice(every, count))[-1].replace(tzinfo=None)


def _bounded(rule: Recurrence, start: datetime, ends: Ends) -> Iterator[Recurrence]:
    """The rule from `start` on and through its last days, in as many pieces as its times of day need."""

    def span(at: time) -> tuple[date, date | None]:
        return start.date() + (_DAY if at < start.time() else timedelta(0)), ends(at)

    pieces: dict[tuple[date, date | None], list[time]] = {}
    for at in rule.times:
        pieces.setdefault(span(at), []).append(at)
    for (first, last), times in pieces.items():
        if last is None or last >= first:
            yield replace(rule, pattern=_from(rule, first), times=tuple(times), starts_on=first, ends_on=last)


def _from(rule: Recurrence, first: date) -> Pattern:
    """The pattern, counted from another first day: a fortnight may then begin with its second week."""
    if not isinstance(rule.pattern, Fortnightly):
        return rule.pattern
    weeks = [(day.toordinal() - 1 - rule.week_start) // 7 for day in (rule.starts_on, first)]
    return rule.pattern if weeks[0] == weeks[1] else Fortnightly(rule.pattern.days, 3 - rule.pattern.week)

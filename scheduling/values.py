"""Hands the rows of a schedule to the pure modules as values."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from scheduling import calendar_text, models
from scheduling import recurrence as pure
from scheduling.calendar_rules import MAX_TIMES, Imported
from scheduling.zones import named


def recurrences_of(schedule: models.Schedule) -> list[pure.Recurrence]:
    """The rules of the event type in force; no query where the rows were prefetched."""
    kept = sorted(schedule.recurrences.all(), key=lambda row: row.pk or 0)
    used = [row for row in kept if row.event_type == schedule.event_type]
    if schedule.event_type == models.EventType.ONE_TIME:
        used = used[:1]
    return [rule for row in used for rule in rules_of_row(schedule, row)]


def rules_of_row(schedule: models.Schedule, row: models.Recurrence) -> list[pure.Recurrence]:
    """One row of the schedule as rules, one for each weekday where it is monthly on several: these share its count."""
    rules = [_rule(schedule, row, pattern) for pattern in _patterns(row)]
    return [*counted_together(tuple(rules))] if row.count and len(rules) > 1 else rules


@lru_cache(maxsize=1024)
def counted_together(rules: tuple[pure.Recurrence, ...]) -> tuple[pure.Recurrence, ...]:
    """Rules of one count, which end once they have had so many sessions in all, as rules that end by date."""
    endless = [replace(rule, count=None) for rule in rules]
    since = datetime.combine(min(rule.starts_on for rule in rules), time.min, UTC)
    walls = list(islice(pure.occurrences(endless, ZoneInfo("UTC"), since), rules[0].count))
    if len(walls) < (rules[0].count or 0):
        return tuple(endless)
    return tuple(piece for rule in endless for piece in ended(rule, walls[-1].replace(tzinfo=None)))


def ended(rule: pure.Recurrence, last: datetime) -> Iterator[pure.Recurrence]:
    """The rule without its count through a wall time: in two pieces where that lies between times of a day."""
    until = {at: last.date() if at <= last.time() else last.date() - timedelta(days=1) for at in rule.times}
    for day in sorted(set(until.values())):
        end = min(day, rule.ends_on or day)
        if end >= rule.starts_on:
            times = tuple(at for at in rule.times if until[at] == day)
            yield replace(rule, times=times, ends_on=end, count=None)


def _rule(schedule: models.Schedule, row: models.Recurrence, pattern: pure.Pattern) -> pure.Recurrence:
    once = isinstance(pattern, pure.Once)
    return pure.Recurrence(
        pattern=pattern,
        times=tuple(row.times),
        starts_on=(row.on if once else row.starts_on) or schedule.starts_on,
        ends_on=None if once else row.ends_on or schedule.ends_on,
        count=row.count,
        week_start=schedule.week_start if row.week_start is None else row.week_start,
    )


def _patterns(row: models.Recurrence) -> list[pure.Pattern]:
    days = frozenset(row.weekdays)
    if row.frequency == models.Frequency.MONTHLY_WEEKDAY:
        return [pure.MonthlyWeekday(row.nth or 1, day) for day in sorted(days)]
    return [_PATTERNS[row.frequency](days, row)]


_PATTERNS: dict[str, Callable[[frozenset[int], models.Recurrence], pure.Pattern]] = {
    models.Frequency.DAILY: lambda days, row: pure.EveryDay(),
    models.Frequency.WEEKDAYS: lambda days, row: pure.EveryWeekday(),
    models.Frequency.WEEKLY: lambda days, row: pure.Weekly(days),
    models.Frequency.FORTNIGHTLY: lambda days, row: pure.Fortnightly(days, row.nth or 1),
    models.Frequency.MONTHLY_DAY: lambda days, row: pure.MonthlyDay(row.day or 1),
    models.Frequency.ONCE: lambda days, row: pure.Once(),
}


def excluded_of(schedule: models.Schedule) -> frozenset[datetime]:
    """What is taken out of the schedule: UTC instants, and naive wall times of whoever watches."""
    rows = schedule.exclusions.all()
    return frozenset(row.at.replace(tzinfo=None) if row.floating else row.at for row in rows)


def rows_of(imported: Imported) -> tuple[list[models.Recurrence], list[models.Exclusion]]:
    """What a calendar file says as unsaved rows of a recurring schedule; the caller sets their schedule and its zone.

    A schedule that takes them over has no last day of its own, for rows without one follow it.
    """
    rows = [_row(rule) for whole in imported.rules for rule in _short(whole)]
    taken_out = [
        models.Exclusion(at=at if at.tzinfo else at.replace(tzinfo=UTC), floating=at.tzinfo is None)
        for at in sorted(imported.excluded, key=str)
    ]
    return rows, taken_out


def calendar_of(schedule: models.Schedule, *, title: str, uid: str, length: timedelta, now: datetime) -> str:
    """The rules in force as a calendar file, which `calendar_rules.read` turns into the same sessions again.

    `uid` names the series for calendars (`name@host`). The times have no zone where they are the attendee's own.
    """
    return calendar_text.write(
        recurrences_of(schedule),
        None if schedule.attendee_zone else named(str(schedule.zone)),
        excluded_of(schedule),
        calendar_text.About(title, uid, now, length),
    )


def _short(rule: pure.Recurrence) -> Iterator[pure.Recurrence]:
    """The rule in pieces of as many times as a row holds; a counted one is never longer."""
    for index in range(0, len(rule.times), MAX_TIMES):
        yield replace(rule, times=rule.times[index : index + MAX_TIMES])


def _row(rule: pure.Recurrence) -> models.Recurrence:
    row = models.Recurrence(
        event_type=models.EventType.RECURRING,
        starts_on=rule.starts_on,
        ends_on=rule.ends_on,
        week_start=rule.week_start,
        times=list(rule.times),
        count=rule.count,
    )
    match rule.pattern:
        case pure.EveryDay():
            row.frequency = models.Frequency.DAILY
        case pure.EveryWeekday():
            row.frequency = models.Frequency.WEEKDAYS
        case pure.Weekly(days):
            row.frequency, row.weekdays = models.Frequency.WEEKLY, sorted(days)
        case pure.Fortnightly(days, week):
            row.frequency, row.weekdays, row.nth = models.Frequency.FORTNIGHTLY, sorted(days), week
        case pure.MonthlyWeekday(nth, day):
            row.frequency, row.weekdays, row.nth = models.Frequency.MONTHLY_WEEKDAY, [day], nth
        case pure.MonthlyDay(number):
            row.frequency, row.day = models.Frequency.MONTHLY_DAY, number
        case pure.Once():
            row.frequency, row.on, row.starts_on = models.Frequency.ONCE, rule.starts_on, None
    return row

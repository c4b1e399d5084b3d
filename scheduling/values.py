"""Hands the rows of a schedule to the pure modules as values."""

from collections.abc import Callable

from scheduling import models
from scheduling import recurrence as pure


def recurrences_of(schedule: models.Schedule) -> list[pure.Recurrence]:
    """The rules of the event type in force; no query where the rows were prefetched."""
    kept = sorted(schedule.recurrences.all(), key=lambda row: row.pk or 0)
    used = [row for row in kept if row.event_type == schedule.event_type]
    if schedule.event_type == models.EventType.ONE_TIME:
        used = used[:1]
    return [rule for row in used for rule in rules_of_row(schedule, row)]


def rules_of_row(schedule: models.Schedule, row: models.Recurrence) -> list[pure.Recurrence]:
    """One row of the schedule as rules, one for each weekday where it is monthly on several."""
    return [_rule(schedule, row, pattern) for pattern in _patterns(row)]


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

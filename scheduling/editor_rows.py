"""Turns the rows of a schedule and its chat hours into what the editor's forms begin with."""

from datetime import UTC
from typing import Any

from scheduling.models import ChatHours, EventType, Frequency, HoursWindow, Kind, Recurrence, Schedule
from scheduling.window_rows import exceptions_as_typed, grouped

DIRECT = (
    "event_type",
    "zone",
    "starts_on",
    "ends_on",
    "week_start",
    "switches_after_first",
    "on_demand",
    "just_in_time",
    "interval_minutes",
    "lead_seconds",
    "replay",
    "replay_for",
    "replay_until",
    "replay_last_on",
    "replay_from_hours",
    "offer_count",
    "offer_days",
    "cutoff_minutes",
    "places",
    "late",
    "late_minutes",
)
HOURS = ("holidays_country", "holidays_region")
SET_OF_TYPE = {EventType.RECURRING: "rule", EventType.ONE_TIME: "once", EventType.SPECIFIC: "date"}
Row = dict[str, Any]


def initial(schedule: Schedule, hours: ChatHours) -> Row:
    """What the form of the columns begins with."""
    sessions = _sessions(schedule)
    in_days = schedule.replay_hours % 24 == 0
    limited = {*schedule.hours_limit}
    end = "on" if schedule.ends_on else "after" if sessions else "none"
    own = "own" if schedule.jit_hours_id or schedule.jit_hours else "inside"
    columns = {name: getattr(schedule, name) for name in DIRECT} | {
        name: getattr(hours, name) for name in HOURS
    }
    return columns | {
        "version": schedule.version,
        "zone": str(schedule.zone),
        "clock": "own" if schedule.attendee_zone else "fixed",
        "end": end,
        "sessions": sessions,
        "jit_hours": own if Kind.JUST_IN_TIME in limited else "always",
        "replay_length": schedule.replay_hours // 24 if in_days else schedule.replay_hours,
        "replay_unit": "days" if in_days else "hours",
        "hours_clock": "own" if hours.attendee_zone else "fixed",
        "hours_zone": str(hours.zone),
        "hours_limit": sorted(limited - {Kind.JUST_IN_TIME}),
        "hours_hold": "end" if schedule.hours_hold_end else "start",
        "full": "shown" if schedule.full_shown else "hidden",
        "waiting": "with" if schedule.waiting_list else "without",
        "late_point": schedule.late_point_seconds,
    }


def initial_rows(schedule: Schedule, hours: ChatHours) -> dict[str, list[Row]]:
    """What each set of rows begins with; the rows of every type, also of those not in force."""
    by_type: dict[str, list[Recurrence]] = {}
    for row in sorted(schedule.recurrences.all(), key=lambda row: row.pk or 0):
        by_type.setdefault(row.event_type, []).append(row)
    together = None if schedule.ends_on else _sessions(schedule)
    dates = {
        name: [{"on": row.on, "times": times_of(row)} for row in by_type.get(kind, [])]
        for kind, name in SET_OF_TYPE.items()
    }
    own = schedule.jit_hours
    return dates | {
        "rule": [rule(row, together) for row in by_type.get(EventType.RECURRING, [])],
        "window": list(grouped(_in_order(hours))),
        "own": list(grouped(_in_order(own))) if own else [],
        "exception": exceptions_as_typed(hours),
        "blackout": [
            {"first": row.first, "last": row.last, "name": row.name}
            for row in sorted(schedule.blackouts.all(), key=lambda row: row.first)
        ],
        "exclusion": [
            {"at": row.at.astimezone(UTC if row.floating else schedule.zone).replace(tzinfo=None, fold=0)}
            for row in sorted(schedule.exclusions.all(), key=lambda row: row.at)
        ],
    }


def rule(row: Recurrence, together: int | None = None) -> Row:
    """One recurrence as the form of a rule begins; a count that all share is said once, below them."""
    return {
        "frequency": row.frequency,
        "weekdays": row.weekdays,
        "nth": row.nth if row.frequency == Frequency.MONTHLY_WEEKDAY else 1,
        "week": row.nth if row.frequency == Frequency.FORTNIGHTLY else 1,
        "day": row.day,
        "on": row.on,
        "times": times_of(row),
        "count": None if row.count == together else row.count,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "week_start": row.week_start,
    }


def times_of(row: Recurrence) -> list[str]:
    """The times as native controls want them."""
    return [f"{at:%H:%M}" for at in row.times]


def _sessions(schedule: Schedule) -> int | None:
    """The number of sessions after which every rule ends, where it is the same of all."""
    counts = {
        row.count
        for row in schedule.recurrences.all()
        if row.event_type == EventType.RECURRING and row.frequency != Frequency.ONCE
    }
    return counts.pop() if len(counts) == 1 and not schedule.ends_on else None


def _in_order(hours: ChatHours) -> list[HoursWindow]:
    return sorted(hours.windows.all(), key=lambda window: (window.weekday, window.opens))

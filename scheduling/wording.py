"""Says a schedule and its chat hours in words, field by field, so that two states of them can be compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling import places
from scheduling.forms import DAYS, NTHS
from scheduling.models import (
    ChatHours,
    EventType,
    Frequency,
    Kind,
    Late,
    Recurrence,
    ReplayFor,
    ReplayUntil,
    Schedule,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: what it is called, and what it says in the first state and in the second."""

    label: str
    first: str
    second: str


def differences(first: dict[str, str], second: dict[str, str]) -> list[Difference]:
    """The fields of two `described` that differ, in the order of the first."""
    return [Difference(name, words, second[name]) for name, words in first.items() if words != second[name]]


def described(schedule: Schedule, hours: ChatHours) -> dict[str, str]:
    """Each field of the editor by its name, in words."""
    return {
        _("Event type"): str(EventType(schedule.event_type).label),
        _("Recurring times"): _rules(schedule, EventType.RECURRING),
        _("The one time"): _rules(schedule, EventType.ONE_TIME),
        _("Specific dates"): _rules(schedule, EventType.SPECIFIC),
        _("Clock"): _clock(schedule),
        _("From"): day(schedule.starts_on),
        _("Until"): day(schedule.ends_on) if schedule.ends_on else _("without an end"),
        _("Weeks begin on"): _day_name(schedule.week_start),
        _("Taken out"): _listed(_taken_out(row, schedule) for row in schedule.exclusions.all()),
        _("On demand"): _on(schedule.on_demand),
        _("Just in time"): _just_in_time(schedule),
        _("Replays"): _replays(schedule),
        _("Switches wait for the first session"): _on(schedule.switches_after_first),
        _("Chat hours"): _windows(hours),
        _("Clock of the chat hours"): _("whoever asks") if hours.attendee_zone else str(hours.zone),
        _("Exceptions"): _listed(_exception(row) for row in hours.exceptions.all()),
        _("Closed on the holidays of"): _holidays(hours),
        _("Chat hours limit"): _limited(schedule),
        _("Nothing starts"): _listed(_span(row) for row in schedule.blackouts.all()),
        _("On offer"): _("%(count)s starts, %(days)s days ahead, until %(minutes)s minutes before the start")
        % {
            "count": schedule.offer_count,
            "days": schedule.offer_days,
            "minutes": schedule.cutoff_minutes,
        },
        _("Places"): _places(schedule),
        _("Somebody late"): late(schedule),
    }


def day(on: date) -> str:
    """A date as the editor says it."""
    return date_format(on, "D j M Y")


def rule(row: Recurrence) -> str:
    """Such as "every week on Tuesday at 11:00 and 15:00, 10 times"."""
    words = [str(Frequency(row.frequency).label), _which(row), _("at %(times)s") % {"times": _times(row)}]
    more = []
    if row.count:
        more.append(ngettext("%(n)s time", "%(n)s times", row.count) % {"n": row.count})
    if row.starts_on:
        more.append(_("from %(day)s") % {"day": day(row.starts_on)})
    if row.ends_on:
        more.append(_("until %(day)s") % {"day": day(row.ends_on)})
    if row.week_start is not None and row.frequency == Frequency.FORTNIGHTLY:
        more.append(_("weeks from %(day)s") % {"day": _day_name(row.week_start)})
    return ", ".join([" ".join(filter(None, words)), *more])


def rules(schedule: Schedule, kind: str) -> list[str]:
    """The rows of one event type, each in words."""
    rows = sorted(schedule.recurrences.all(), key=lambda row: row.pk or 0)
    return [rule(row) for row in rows if row.event_type == kind]


def late(schedule: Schedule) -> str:
    """What becomes of somebody late."""
    words = str(Late(schedule.late).label)
    if schedule.late == Late.JOIN:
        return words
    minutes, seconds = divmod(schedule.late_point_seconds, 60)
    point = f" ({minutes}:{seconds:02})" if schedule.late == Late.GO_BACK else ""
    return _("%(what)s after minute %(minute)s") % {"what": words + point, "minute": schedule.late_minutes}


def _which(row: Recurrence) -> str:
    days = get_text_list([_day_name(number) for number in row.weekdays], _("and"))
    match row.frequency:
        case Frequency.WEEKLY:
            return days
        case Frequency.FORTNIGHTLY:
            return f"{days} ({_('first week') if row.nth == 1 else _('second week')})"
        case Frequency.MONTHLY_WEEKDAY:
            return f"{dict(NTHS)[str(row.nth or 1)]} {days}"
        case Frequency.MONTHLY_DAY:
            return str(row.day)
        case Frequency.ONCE if row.on:
            return day(row.on)
    return ""


def _times(row: Recurrence) -> str:
    return get_text_list([f"{at:%H:%M}" for at in row.times], _("and"))


def _day_name(number: int) -> str:
    return str(dict(DAYS)[str(number)])


def _rules(schedule: Schedule, kind: str) -> str:
    return "; ".join(rules(schedule, kind)) or _("none")


def _listed(words: Iterable[str]) -> str:
    return "; ".join(sorted(words)) or _("none")


def _taken_out(row: Any, schedule: Schedule) -> str:
    return f"{row.at.astimezone(UTC if row.floating else schedule.zone):%Y-%m-%d %H:%M}"


def _on(yes: bool) -> str:
    return _("on") if yes else _("off")


def _clock(schedule: Schedule) -> str:
    if schedule.attendee_zone:
        return _("the attendee’s own time, else %(zone)s") % {"zone": schedule.zone}
    return str(schedule.zone)


def _just_in_time(schedule: Schedule) -> str:
    if not schedule.just_in_time:
        return _("off")
    where = _("at any hour")
    if Kind.JUST_IN_TIME in schedule.hours_limit:
        own = schedule.jit_hours
        where = (
            _("inside its own hours: %(hours)s") % {"hours": _windows(own)} if own else _("inside chat hours")
        )
    words = _("every %(minutes)s minutes, %(where)s, %(seconds)s seconds ahead")
    return words % {"minutes": schedule.interval_minutes, "where": where, "seconds": schedule.lead_seconds}


def _replays(schedule: Schedule) -> str:
    length = ngettext("%(n)s hour", "%(n)s hours", schedule.replay_hours) % {"n": schedule.replay_hours}
    until = {
        ReplayUntil.NEVER: _("without an end"),
        ReplayUntil.AFTER_SESSION: _("%(length)s after the session") % {"length": length},
        ReplayUntil.AFTER_OPENING: _("%(length)s after it was first opened") % {"length": length},
        ReplayUntil.DATE: _("until %(day)s")
        % {"day": day(schedule.replay_last_on) if schedule.replay_last_on else "?"},
    }[ReplayUntil(schedule.replay_until)]
    who = str(ReplayFor(schedule.replay_for).label)
    words = _("%(on)s; %(who)s, %(until)s, from %(hours)s hours after the session")
    return words % {
        "on": _on(schedule.replay),
        "who": who,
        "until": until,
        "hours": schedule.replay_from_hours,
    }


def _windows(hours: ChatHours) -> str:
    rows = sorted(hours.windows.all(), key=lambda row: (row.weekday, row.opens))
    return ", ".join(
        f"{_day_name(row.weekday)[:3]} {row.opens:%H:%M}\N{EN DASH}{row.closes:%H:%M}" for row in rows
    ) or _("always")


def _exception(row: Any) -> str:
    what = f"{row.opens:%H:%M}\N{EN DASH}{row.closes:%H:%M}" if row.opens is not None else _("closed")
    return " ".join(filter(None, [f"{row.on}", what, row.name]))


def _holidays(hours: ChatHours) -> str:
    if not hours.holidays_country:
        return _("no country")
    country = dict(places.countries()).get(hours.holidays_country, hours.holidays_country)
    region = dict(places.regions(hours.holidays_country)).get(hours.holidays_region, "")
    return ", ".join(filter(None, [country, region]))


def _limited(schedule: Schedule) -> str:
    kinds = _listed(str(Kind(kind).label) for kind in schedule.hours_limit)
    return kinds + (_(", start and end") if schedule.hours_hold_end else "")


def _span(row: Any) -> str:
    span = f"{row.first}" if row.first == row.last else f"{row.first} \N{EN DASH} {row.last}"
    return " ".join(filter(None, [span, row.name]))


def _places(schedule: Schedule) -> str:
    if schedule.places is None:
        return _("no limit")
    full = _("full ones shown") if schedule.full_shown else _("full ones left out")
    line = _("waiting list") if schedule.waiting_list and schedule.full_shown else _("no waiting list")
    return f"{schedule.places}, {full}, {line}"


def skipped(schedule: Schedule) -> list[str]:
    """Which months have no session because a day does not exist in them; of the type in force."""
    rows = [row for row in schedule.recurrences.all() if row.event_type == schedule.event_type]
    days = {row.day for row in rows if row.frequency == Frequency.MONTHLY_DAY}
    words = {
        29: _("Day 29: no session in February, but in leap years."),
        30: _("Day 30: no session in February."),
        31: _("Day 31: no session in February, April, June, September and November."),
    }
    lines = [line for day, line in words.items() if day in days]
    if any(row.frequency == Frequency.MONTHLY_WEEKDAY and row.nth == 5 for row in rows):
        lines.append(_("The fifth: no session in months that have only four such days."))
    return lines

"""What somebody would be offered, for the preview beside the schedule: the same computation as the page's."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from scheduling import clocks, holidays, slots, wording
from scheduling import hours as pure_hours
from scheduling.clocks import ClockChange, Oddity
from scheduling.fields import ZoneField
from scheduling.models import ChatHours, Schedule
from scheduling.recurrence import resolve
from webinars import standing
from webinars.models import Webinar
from webinars.studio import reasons

DAYS = 14
_ENOUGH = 500


@dataclass
class Day:
    """One day of the calendar, on the clock of the preview's zone."""

    on: date
    today: bool
    past: bool
    starts: list[datetime] = field(default_factory=list)
    closed: str | None = None  # the name of a blackout; empty when it has none
    away: str | None = None  # why the chat is closed all day: a holiday, an exception
    just_in_time: str = ""  # the hours in which it is offered
    change: ClockChange | None = None


@dataclass
class Preview:
    """As somebody in `zone` at the instant `at`; what could not be read stands in the errors."""

    zone: ZoneInfo
    at: datetime
    zone_text: str
    at_text: str
    is_now: bool = True
    view: str = "calendar"
    zone_error: str = ""
    at_error: str = ""
    offered: list[slots.Slot] = field(default_factory=list)
    why: list[reasons.Reason] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    odd_zone: ZoneInfo | None = None
    elsewhere: list[tuple[ZoneInfo, ClockChange]] = field(default_factory=list)

    @property
    def local(self) -> datetime:
        """The instant on the clock there."""
        return self.at.astimezone(self.zone)

    @property
    def changes(self) -> list[tuple[ZoneInfo, ClockChange]]:
        """The clock changes among the days shown: there, then in the zones that the rules are kept in."""
        return [(self.zone, day.change) for day in self.days if day.change] + self.elsewhere

    @property
    def starts(self) -> list[datetime]:
        """Every scheduled start of the days shown."""
        return [start for day in self.days for start in day.starts]


def asked(data: QueryDict, zone: ZoneInfo, now: datetime) -> Preview:
    """Whose eyes, and when: as typed, else the host's own zone and now. What cannot be read counts as not typed.

    `as_default` is what the control for the date began with: untouched, it means now.
    """
    typed = data.get("as_at", "")
    untouched = not typed or typed == data.get("as_default")
    preview = Preview(zone, now, data.get("as_zone", "") or str(zone), "" if untouched else typed)
    preview.view = "list" if data.get("as_view") == "list" else "calendar"
    try:
        preview.zone = ZoneField().clean(preview.zone_text)
    except ValidationError as error:
        preview.zone_error = error.messages[0]
    if preview.at_text:
        try:
            wall = datetime.strptime(preview.at_text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - wall time of the zone
            if not 2000 <= wall.year <= now.year + 10:
                raise ValueError
            preview.at, preview.is_now = resolve(wall, preview.zone), False
        except (ValueError, OverflowError):
            preview.at_error = _("Give a date and a time within the next ten years.")
    return preview


def fill(preview: Preview, webinar: Webinar, schedule: Schedule, hours: ChatHours, now: datetime) -> Preview:
    """Compute it for a schedule, saved or drafted, as the registration page would with a film in place."""
    held = standing.holdings_of(webinar, preview.at)
    rules = standing.schedule_rules(
        schedule, length=standing.length_of(webinar), hours=standing.hours_of(hours), moved=held.moved
    )
    every = slots.offers(rules, preview.zone, preview.at, taken=held.taken, closed=held.closed)
    preview.offered = [one.slot for one in every if one.left_out is None]
    preview.why = reasons.of(every, rules, preview.zone, preview.at)
    preview.days = list(_days(preview, rules, held))
    preview.odd_zone = preview.zone if rules.attendee_zone else rules.zone
    preview.oddities = clocks.oddities(rules.recurrences, preview.odd_zone, now)
    preview.skips = wording.skipped(schedule)
    preview.elsewhere = list(_elsewhere(preview, rules))
    return preview


def _bounds(preview: Preview) -> tuple[datetime, datetime]:
    """The first moment of the week of `at` there, and the first after the days shown."""
    today = preview.local.date()
    first = today - timedelta(days=today.weekday())
    ends = (datetime.combine(first + timedelta(days=days), time(0)) for days in (0, DAYS))
    begin, end = (resolve(wall, preview.zone) for wall in ends)
    return begin, end


def _days(preview: Preview, rules: slots.ScheduleRules, held: standing.Holdings) -> Iterator[Day]:
    today = preview.local.date()
    begin, end = _bounds(preview)
    first = begin.astimezone(preview.zone).date()
    wide = replace(rules, count=_ENOUGH, days_ahead=DAYS + 1, on_demand=False, jit_minutes=None, replay=False)
    starts: dict[date, list[datetime]] = {}
    for slot in slots.offer(wide, preview.zone, preview.at, closed=held.closed):
        if slot.starts_at and slot.starts_at < end:
            local = slot.starts_at.astimezone(preview.zone)
            starts.setdefault(local.date(), []).append(local)
    changes = {change.before.date(): change for change in clocks.changes(preview.zone, begin, end)}
    for number in range(DAYS):
        day = first + timedelta(days=number)
        closed = _closed(rules, preview.zone, day)
        yield Day(
            day,
            day == today,
            day < today,
            starts.get(day, []),
            closed,
            _away(rules.hours, preview.zone, day),
            "" if closed is not None or day < today else _just_in_time(rules, preview, day),
            changes.get(day),
        )


def _elsewhere(preview: Preview, rules: slots.ScheduleRules) -> Iterator[tuple[ZoneInfo, ClockChange]]:
    """Clock changes where the rules or the chat hours are kept: they move what is seen from here."""
    begin, end = _bounds(preview)
    kept = [] if rules.attendee_zone else [rules.zone]
    if rules.hours is not None and rules.hours.windows and not rules.hours.attendee_zone:
        kept.append(rules.hours.zone)
    for zone in dict.fromkeys(kept):
        if zone != preview.zone:
            yield from ((zone, change) for change in clocks.changes(zone, begin, end))


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return resolve(datetime.combine(day, time(12)), zone).astimezone(UTC)


def _closed(rules: slots.ScheduleRules, zone: ZoneInfo, day: date) -> str | None:
    """The name of the blackout that covers the day; judged at its noon where the schedule's zone is another."""
    there = day if rules.attendee_zone else _noon(day, zone).astimezone(rules.zone).date()
    return next((black.name for black in rules.blackouts if black.first <= there <= black.last), None)


def _away(hours: pure_hours.Hours | None, zone: ZoneInfo, day: date) -> str | None:
    """Why the chat is closed all day, by name; judged at its noon where the chat hours' zone is another."""
    if hours is None:
        return None
    there = day if hours.attendee_zone else _noon(day, zone).astimezone(hours.zone).date()
    if any(one.on == there and one.open for one in hours.exceptions):
        return None
    named = holidays.public(hours.country, hours.region, (there.year,))
    closed = (one.name for one in hours.exceptions if one.on == there and one.is_closed_day)
    return next(closed, named.get(there))


def _just_in_time(rules: slots.ScheduleRules, preview: Preview, day: date) -> str:
    """The hours of the day in which just in time starts, such as 4–13."""
    if rules.jit_minutes is None:
        return ""
    hours = rules.hours_for(slots.Kind.JUST_IN_TIME)
    if hours is None:
        return _("all day")
    walls = (datetime.combine(day + timedelta(days=more), time(0)) for more in (0, 1))
    begin, end = (resolve(wall, preview.zone) for wall in walls)
    spans = pure_hours.open_spans(hours, begin, end, preview.zone)
    if spans == [(begin, end)]:
        return _("all day")
    texts = [
        (
            _clock(start.astimezone(preview.zone)),
            "24" if stop == end else _clock(stop.astimezone(preview.zone)),
        )
        for start, stop in spans
    ]
    return ", ".join(f"{opens}\N{EN DASH}{closes}" for opens, closes in texts)


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02}" if local.minute else f"{local.hour}"

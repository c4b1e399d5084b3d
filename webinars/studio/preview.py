"""What somebody would be offered, for the preview beside the schedule: the same computation as the page's."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from scheduling import clocks, slots
from scheduling.clocks import ClockChange, Oddity
from scheduling.forms import ZoneField
from scheduling.models import ChatHours, Frequency, Schedule
from scheduling.recurrence import resolve
from webinars import standing
from webinars.models import Webinar

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
    change: ClockChange | None = None


@dataclass
class Preview:
    """As somebody in `zone` at the instant `at`; what could not be read stands in the errors."""

    zone: ZoneInfo
    at: datetime
    zone_text: str
    at_text: str
    zone_error: str = ""
    at_error: str = ""
    offered: list[slots.Slot] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    skips_months: list[int] = field(default_factory=list)
    odd_zone: ZoneInfo | None = None

    @property
    def local(self) -> datetime:
        """The instant on the clock there."""
        return self.at.astimezone(self.zone)

    @property
    def changes(self) -> list[ClockChange]:
        """The clock changes among the days shown."""
        return [day.change for day in self.days if day.change]

    @property
    def starts(self) -> list[datetime]:
        """Every scheduled start of the days shown."""
        return [start for day in self.days for start in day.starts]


def asked(data: QueryDict, zone: ZoneInfo, now: datetime) -> Preview:
    """Whose eyes, and when: as typed, else the host's own zone and now. What cannot be read counts as not typed."""
    preview = Preview(zone, now, data.get("as_zone", "") or str(zone), data.get("as_at", ""))
    try:
        preview.zone = ZoneField().clean(preview.zone_text)
    except ValidationError as error:
        preview.zone_error = error.messages[0]
    if preview.at_text:
        try:
            wall = datetime.strptime(preview.at_text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - wall time of the zone
            if not 2000 <= wall.year <= now.year + 10:
                raise ValueError
            preview.at = resolve(wall, preview.zone)
        except (ValueError, OverflowError):
            preview.at_error = _("Give a date and a time within the next ten years.")
    return preview


def fill(preview: Preview, webinar: Webinar, schedule: Schedule, hours: ChatHours, now: datetime) -> Preview:
    """Compute it for a schedule, saved or drafted, as the registration page would with a film in place."""
    rules = standing.schedule_rules(
        schedule, length=standing.length_of(webinar), hours=standing.hours_of(hours)
    )
    held = standing.holdings_of(webinar, preview.at)
    preview.offered = slots.offer(rules, preview.zone, preview.at, taken=held.taken, closed=held.closed)
    preview.days = list(_days(preview, rules))
    preview.odd_zone = preview.zone if rules.attendee_zone else rules.zone
    preview.oddities = clocks.oddities(rules.recurrences, preview.odd_zone, now)
    preview.skips_months = sorted(
        {row.day or 0 for row in schedule.recurrences.all() if row.frequency == Frequency.MONTHLY_DAY}
        & {29, 30, 31}
    )
    return preview


def _days(preview: Preview, rules: slots.ScheduleRules) -> Iterator[Day]:
    today = preview.local.date()
    first = today - timedelta(days=today.weekday())
    end = resolve(datetime.combine(first + timedelta(days=DAYS), time(0)), preview.zone)
    wide = replace(rules, count=_ENOUGH, days_ahead=DAYS + 1, on_demand=False, jit_minutes=None, replay=False)
    starts: dict[date, list[datetime]] = {}
    for slot in slots.offer(wide, preview.zone, preview.at):
        if slot.starts_at and slot.starts_at < end:
            local = slot.starts_at.astimezone(preview.zone)
            starts.setdefault(local.date(), []).append(local)
    begin = resolve(datetime.combine(first, time(0)), preview.zone)
    changes = {change.before.date(): change for change in clocks.changes(preview.zone, begin, end)}
    for number in range(DAYS):
        day = first + timedelta(days=number)
        yield Day(
            day,
            day == today,
            day < today,
            starts.get(day, []),
            _closed(rules, preview.zone, day),
            changes.get(day),
        )


def _closed(rules: slots.ScheduleRules, zone: ZoneInfo, day: date) -> str | None:
    """The name of the blackout that covers the day; judged at its noon where the schedule's zone is another."""
    noon = resolve(datetime.combine(day, time(12)), zone).astimezone(UTC)
    there = day if rules.attendee_zone else noon.astimezone(rules.zone).date()
    return next((black.name for black in rules.blackouts if black.first <= there <= black.last), None)

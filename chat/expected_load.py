"""Says how many questions a week of a webinar is expected to bring, from its past or from stated assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum

from chat.models import Wait
from scheduling import load, slots, staffing
from scheduling.hours import Hours, Window, open_spans
from scheduling.models import Expectation, Kind
from webinars import standing
from webinars.models import Attendance, Registration, Webinar

MEASURED_OVER = timedelta(days=28)
FEWEST_HOURS = 20  # of attendees together, before the past says anything
WEEK = timedelta(days=7)
ZONES = 6  # the most frequent zones of attendees stand for all
# Without a past: a small webinar's week, and one question from every second attendee of an hour.
ATTENDEES, QUESTIONS, SCHEDULED = 50, 0.5, 60
# When people start by themselves where no hours say otherwise, on their own clock.
_AWAKE = tuple(Window(day, time(7), time(23)) for day in range(7))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number the forecast rests on, and where it comes from: `set` by the host, `past`, or `assumed`."""

    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """All the forecast rests on; `zones` are attendees' zones with their share (together 1)."""

    attendees: Figure
    questions: Figure
    scheduled: Figure  # percent
    zones: tuple[tuple[ZoneInfo, float], ...]
    zones_source: str
    handling: timedelta
    target: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: when it begins, the questions expected, and the people that takes (None: more than can be)."""

    at: datetime
    questions: float
    people: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """A week hour by hour, and what it rests on."""

    grounds: Grounds
    hours: list[Hour]

    @property
    def questions(self) -> float:
        """How many questions the week brings."""
        return sum(hour.questions for hour in self.hours)

    @property
    def busiest(self) -> Hour:
        """The hour with the most questions, the first of them if there are several."""
        return max(self.hours, key=lambda hour: hour.questions)


def grounds_of(webinar: Webinar, now: datetime) -> Grounds:
    """What the host set, else what the last four weeks say, else assumptions."""
    expected = Expectation.objects.filter(schedule=webinar.schedule_id).first() or Expectation()
    past = _past(webinar, now)
    attendees, questions, scheduled = past or (None, None, None)
    zones = _zones(webinar, now)
    return Grounds(
        attendees=_figure(expected.attendees_a_week, attendees, ATTENDEES),
        questions=_figure(expected.questions_an_hour, questions, QUESTIONS),
        scheduled=_figure(expected.scheduled_percent, scheduled, SCHEDULED),
        zones=zones or ((standing.zone_of(webinar.schedule.zone), 1.0),),
        zones_source="past" if zones else "assumed",
        handling=timedelta(seconds=expected.handling_seconds),
        target=timedelta(seconds=expected.target_seconds),
        share=expected.target_percent / 100,
    )


def forecast(rules: slots.ScheduleRules, grounds: Grounds, *, stay: timedelta, begin: datetime) -> Forecast:
    """The week from `begin` (aware): questions hour by hour, and the people who answer enough of them in time.

    `stay` is how long an attendee is in the room: the film with its exit room.
    """
    assumed = load.Assumptions(
        grounds.attendees.value, grounds.questions.value, grounds.scheduled.value / 100
    )
    every = [0.0] * 168
    for zone, weight in grounds.zones:
        part = replace(assumed, attendees=assumed.attendees * weight)
        starts = takewhile(lambda start: start < begin + WEEK, slots.scheduled_starts(rules, zone, begin))
        runs = load.spread(part, scheduled=list(starts), at_will=_at_will(rules, zone, begin), length=stay)
        for number, count in enumerate(load.questions(runs, part, begin, length=stay)):
            every[number] += count
    return Forecast(grounds, [_hour(begin + n * load.HOUR, count, grounds) for n, count in enumerate(every)])


def forecast_of(webinar: Webinar, now: datetime, begin: datetime) -> Forecast:
    """The forecast of a webinar as it is set up now."""
    stay = max(standing.length_of(webinar), timedelta(minutes=15))
    return forecast(standing.rules_of(webinar), grounds_of(webinar, now), stay=stay, begin=begin)


def _figure(chosen: float | None, past: float | None, otherwise: float) -> Figure:
    if chosen is not None:
        return Figure(chosen, "set")
    return Figure(otherwise, "assumed") if past is None else Figure(past, "past")


def _past(webinar: Webinar, now: datetime) -> tuple[float, float, float] | None:
    """Attendees a week, questions an attendee hour and the percent who chose a scheduled start; None for too few."""
    since = now - MEASURED_OVER
    seen = Attendance.objects.filter(registration__webinar=webinar, entered_at__gte=since).aggregate(
        people=Count("pk"),
        scheduled=Count("pk", filter=Q(registration__session__kind=Kind.SCHEDULED)),
        stayed=Sum(F("last_seen_at") - F("entered_at")),
    )
    hours = (seen["stayed"] or timedelta(0)) / load.HOUR
    if hours < FEWEST_HOURS:
        return None
    asked = Wait.objects.filter(conversation__webinar=webinar, opened_at__gte=since, late=False).count()
    weeks = MEASURED_OVER / WEEK
    return (
        round(seen["people"] / weeks, 1),
        round(asked / hours, 3),
        round(100 * seen["scheduled"] / seen["people"]),
    )


def _zones(webinar: Webinar, now: datetime) -> tuple[tuple[ZoneInfo, float], ...]:
    """The zones people registered from in the last four weeks, the most frequent ones, with their share."""
    found = (
        Registration.objects.filter(webinar=webinar, created_at__gte=now - MEASURED_OVER)
        .values_list("zone")
        .annotate(n=Count("pk"))
        .order_by("-n", "zone")[:ZONES]
    )
    rows = [(standing.zone_of(zone), count) for zone, count in found]
    total = sum(count for _zone, count in rows)
    return tuple((zone, count / total) for zone, count in rows) if total >= 10 else ()


def _at_will(rules: slots.ScheduleRules, zone: ZoneInfo, begin: datetime) -> list[tuple[datetime, datetime]]:
    """When somebody in `zone` can start just in time or on demand: inside the hours that limit it, else by day."""
    kinds = {slots.Kind.JUST_IN_TIME} if rules.jit_minutes else set()
    if rules.on_demand or rules.event_type is slots.EventType.ON_DEMAND_ONLY:
        kinds.add(slots.Kind.ON_DEMAND)
    if not kinds:
        return []
    limits = {rules.hours_for(kind) for kind in kinds}
    hours = limits.pop() if len(limits) == 1 else None
    return open_spans(hours or Hours(_AWAKE, zone), begin, begin + WEEK, zone)


def _hour(at: datetime, count: float, grounds: Grounds) -> Hour:
    need = staffing.people_needed(
        count, handling=grounds.handling, target=grounds.target, share=grounds.share
    )
    return Hour(at, count, need.people if need else None)


def in_days(hours: Sequence[Hour], zone: ZoneInfo) -> list[list[Hour]]:
    """The hours by the days they begin on, on the clock of `zone`."""
    days: dict[object, list[Hour]] = {}
    for hour in hours:
        days.setdefault(hour.at.astimezone(zone).date(), []).append(hour)
    return list(days.values())

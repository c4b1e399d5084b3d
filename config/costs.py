"""Foretells what a strategy asks of a team: questions in a week, in the busiest hour, outside the chat hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chat import expected_load
from config.presets import Values
from config.strategies import plan_of
from scheduling import hours as chat_hours
from scheduling.services import drafted
from webinars import standing
from webinars.models import Webinar

_SHORTEST_STAY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Cost:
    """One week: questions (rounded), those in the busiest hour, the people these take, the percent outside hours."""

    questions: int
    busiest: int
    people: int | None
    outside: int


@dataclass(frozen=True, slots=True)
class Costs:
    """The week as it is set up now, and as the strategy would have it; `assumed` without a past of its own."""

    now: Cost
    after: Cost
    assumed: bool


def costs_of(webinar: Webinar, after: Values, now: datetime) -> Costs:
    """Both weeks on the same grounds, from the coming midnight (UTC) on."""
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    grounds = expected_load.grounds_of(webinar, now)
    length = standing.length_of(webinar)
    schedule, clock = drafted(webinar.schedule, webinar.chat_hours, plan_of(webinar, after))
    open_hours = standing.hours_of(clock)
    found = []
    for rows in (webinar.schedule, schedule):
        rules = standing.schedule_rules(rows, length=length, hours=open_hours)
        stay = max(length, _SHORTEST_STAY)
        week = expected_load.forecast(rules, grounds, stay=stay, begin=begin)
        found.append(_cost(week, open_hours))
    assumed = "assumed" in {grounds.attendees.source, grounds.questions.source}
    return Costs(now=found[0], after=found[1], assumed=assumed)


def _cost(week: expected_load.Forecast, open_hours: chat_hours.Hours) -> Cost:
    zone = open_hours.zone
    outside = sum(hour.questions for hour in week.hours if not chat_hours.is_open(open_hours, hour.at, zone))
    busiest = week.busiest
    return Cost(
        questions=round(week.questions),
        busiest=max(round(busiest.questions), 1 if week.questions else 0),
        people=busiest.people,
        outside=round(100 * outside / week.questions) if week.questions else 0,
    )

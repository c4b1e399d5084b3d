"""Foretells how many questions an hour brings, from the schedule and from what people asked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a week is expected to bring.

    `attendees` come in a week, each asks `questions_an_hour` while watching. `scheduled_share` (0 to 1) of them
    choose a scheduled session where there are any; the others start just in time or on demand, evenly over the time
    in which that is offered.
    """

    attendees: float
    questions_an_hour: float
    scheduled_share: float = 0.6

    def __post_init__(self) -> None:
        if self.attendees < 0 or self.questions_an_hour < 0 or not 0 <= self.scheduled_share <= 1:
            raise ValueError("Neither people nor questions can be fewer than none.")


@dataclass(frozen=True, slots=True)
class Running:
    """One session: from when until when people are in it, and the share (0 to 1) of the week's attendees it gets."""

    begin: datetime
    end: datetime
    share: float


def spread(
    assumptions: Assumptions,
    *,
    scheduled: Sequence[datetime],
    at_will: Sequence[tuple[datetime, datetime]],
    length: timedelta,
) -> list[Running]:
    """The sessions of one week with the attendees each gets: all of them, however often the webinar is shown.

    `scheduled` are its starts, `at_will` the spans in which one can start just in time or on demand; `length` is how
    long somebody stays in the room. Those who start at will come evenly, so they are dealt out hour by hour.
    """
    hours = [hour for span in at_will for hour in _hours(*span)]
    planned = assumptions.scheduled_share if hours else 1.0
    planned = planned if scheduled else 0.0
    runs = [Running(start, start + length, planned / len(scheduled)) for start in scheduled]
    open_for = sum((end - begin for begin, end in hours), timedelta(0))
    for begin, end in hours:
        share = (1 - planned) * ((end - begin) / open_for)
        runs.append(Running(begin, end + length, share))
    return runs


def questions(
    runs: Sequence[Running], assumptions: Assumptions, begin: datetime, *, length: timedelta, hours: int = 168
) -> list[float]:
    """How many questions each of the hours from `begin` (aware) on is expected to bring.

    A session's attendees are in the room for `length` and ask evenly while they are; who starts at will is there for
    `length` somewhere within the session's span.
    """
    found = []
    for number in range(hours):
        first = begin + number * HOUR
        people_hours = sum(
            assumptions.attendees * run.share * (length / HOUR) * _overlap(run, first, first + HOUR)
            for run in runs
        )
        found.append(people_hours * assumptions.questions_an_hour)
    return found


def _overlap(run: Running, first: datetime, last: datetime) -> float:
    """The part of the run (0 to 1) that lies between the two instants."""
    common = min(run.end, last) - max(run.begin, first)
    return max(common / (run.end - run.begin), 0.0)


def _hours(begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    count = -((begin - end) // HOUR)
    return [(begin + n * HOUR, min(begin + (n + 1) * HOUR, end)) for n in range(count)]

"""Holds all that decides what one webinar offers, as values: the settings of its schedule."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.hours import Hours
from scheduling.recurrence import Recurrence

JIT_INTERVALS = (5, 10, 15, 30, 60)


class Kind(StrEnum):
    """How a session begins."""

    SCHEDULED = "scheduled"
    JUST_IN_TIME = "just_in_time"
    ON_DEMAND = "on_demand"
    REPLAY = "replay"


class EventType(StrEnum):
    """What the scheduled sessions of a webinar are made of."""

    RECURRING = "recurring"
    ONE_TIME = "one_time"
    SPECIFIC = "specific"
    ON_DEMAND_ONLY = "on_demand_only"


@dataclass(frozen=True, slots=True)
class Blackout:
    """Dates, both included, on which nothing starts."""

    first: date
    last: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("A blackout cannot end before it starts.")


@dataclass(frozen=True, slots=True)
class Moved:
    """A scheduled session that a host moved from the instant the rules give to another."""

    origin: datetime
    to: datetime


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """All that decides what is offered for one webinar.

    `zone` is the schedule's own; with `attendee_zone` times and blackouts are read on the visitor's clock
    instead. `recurrences` are those of the event type in force (none for on demand only). `length` is
    intro, video and exit room together. `first_live` holds the three switches back until the first session
    of a one-time webinar, or of one on specific dates, has begun. `hours_limit` are the kinds that start
    only inside `hours`; with `hours_hold_end` a session must end inside too. `jit_hours`, where set, limit just in
    time instead. `excluded` are taken out of the schedule: instants, and naive wall times on the clock its times
    are read on. A `moved` session is offered where it is now, whatever limits what the rules give, to whoever would
    have been offered it before. `count` limits all that is offered, `days_ahead` what is scheduled. `places` limits
    each shared session (None: no limit); full ones are left out, or with `full_shown` shown as full.
    """

    event_type: EventType
    zone: ZoneInfo
    length: timedelta
    recurrences: tuple[Recurrence, ...] = ()
    attendee_zone: bool = False
    on_demand: bool = False
    jit_minutes: int | None = None
    jit_lead: timedelta = timedelta(seconds=60)
    replay: bool = False
    first_live: bool = True
    hours: Hours | None = None
    jit_hours: Hours | None = None
    hours_limit: frozenset[Kind] = frozenset({Kind.JUST_IN_TIME})
    hours_hold_end: bool = False
    blackouts: tuple[Blackout, ...] = ()
    excluded: frozenset[datetime] = frozenset()
    moved: tuple[Moved, ...] = ()
    count: int = 8
    days_ahead: int = 14
    cut_off: timedelta = timedelta(0)
    places: int | None = None
    full_shown: bool = False

    def __post_init__(self) -> None:
        if self.jit_minutes is not None and self.jit_minutes not in JIT_INTERVALS:
            raise ValueError("Just in time starts every 5, 10, 15, 30 or 60 minutes.")
        if self.count < 1 or self.days_ahead < 1:
            raise ValueError("At least one start is offered, at least one day ahead.")

    def hours_for(self, kind: Kind) -> Hours | None:
        """The hours inside which sessions of this kind start; None: at any time."""
        if kind is Kind.JUST_IN_TIME and self.jit_hours is not None:
            return self.jit_hours
        return self.hours if kind in self.hours_limit else None

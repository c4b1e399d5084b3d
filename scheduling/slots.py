"""Decides which starts a visitor may choose now, for the picker and again when the form is sent."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.hours import Hours
from scheduling.recurrence import Recurrence


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


class Why(StrEnum):
    """The reason a candidate is not offered."""

    BLACKOUT = "blackout"
    HOURS = "outside_hours"
    CUT_OFF = "cut_off"
    CLOSED = "closed"
    FULL = "full"
    SAME_INSTANT = "same_instant"
    NOT_BEGUN = "first_session_not_begun"
    COUNT = "enough_offered"
    TOO_FAR = "too_far_ahead"


JIT_INTERVALS = (5, 10, 15, 30, 60)

SlotKey = tuple[Kind, datetime]


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
class ScheduleRules:
    """All that decides what is offered for one webinar.

    `zone` is the schedule's own; with `attendee_zone` the times and blackouts are read on the visitor's clock instead.
    `recurrences` are those of the event type in force (an empty tuple for on demand only). `length` is intro, video and
    exit room together. `hours_limit` are the kinds that only start inside `hours`; with `hours_hold_end` the session's
    end must be inside too. `excluded` are instants taken out of the schedule. `count` limits all that is offered,
    `days_ahead` the scheduled ones. `places` limits shared sessions, None is unlimited; full ones are shown as full
    with `full_shown`, else left out. `first_live` holds the three switches back until the first session of a one-time
    webinar or of one on specific dates has begun.
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
    hours_limit: frozenset[Kind] = frozenset({Kind.JUST_IN_TIME})
    hours_hold_end: bool = False
    blackouts: tuple[Blackout, ...] = ()
    excluded: frozenset[datetime] = frozenset()
    count: int = 8
    days_ahead: int = 14
    cut_off: timedelta = timedelta(0)
    places: int | None = None
    full_shown: bool = False

    def __post_init__(self) -> None:
        if self.jit_minutes is not None and self.jit_minutes not in JIT_INTERVALS:
            raise ValueError("Just in time starts every 5, 10, 15, 30 or 60 minutes.")


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the picker.

    `starts_at` and `ends_at` are UTC instants, None for on demand and replay; `local` is the start on the visitor's
    clock (aware). `places` is how many are left, None is unlimited. A slot that is `full` is shown, not taken.
    """

    kind: Kind
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    local: datetime | None = None
    places: int | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate and why it was left out (None: it is offered)."""

    slot: Slot
    left_out: Why | None = None


class SlotGone(Exception):
    """The chosen slot cannot be had any more; `next` is the first start that can, if there is one."""

    def __init__(self, next_slot: Slot | None) -> None:
        super().__init__("That start can no longer be chosen.")
        self.next = next_slot

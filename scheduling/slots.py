"""Decides which starts a visitor may choose now, for the picker and again when the form is sent."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from itertools import groupby, takewhile
from zoneinfo import ZoneInfo

from scheduling.hours import Openings, openings
from scheduling.recurrence import contains, occurrences, resolve
from scheduling.slot_rules import JIT_INTERVALS, Blackout, EventType, Kind, Moved, ScheduleRules

__all__ = [  # what a schedule is made of comes from here, too
    "JIT_INTERVALS",
    "Blackout",
    "EventType",
    "Kind",
    "Moved",
    "Offer",
    "ScheduleRules",
    "Slot",
    "SlotGone",
    "SlotKey",
    "Why",
    "next_mark",
    "offer",
    "offers",
    "scheduled_starts",
    "take",
]


class Why(StrEnum):
    """The reason a candidate is not offered."""

    BLACKOUT = "blackout"
    HOURS = "outside_hours"
    CUT_OFF = "cut_off"
    CANCELLED = "cancelled"
    SHUT = "no_registrations"
    MOVED = "moved"
    EXCLUDED = "excluded"
    FULL = "full"
    SAME_INSTANT = "same_instant"
    NOT_BEGUN = "first_session_not_begun"
    COUNT = "enough_offered"
    TOO_FAR = "too_far_ahead"


SlotKey = tuple[Kind, datetime]

# Rules whose every start falls on a blackout or outside the hours must not be searched for ever.
_PATIENCE = 10_000
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the picker.

    `starts_at` and `ends_at` are UTC instants, None for on demand and replay; `local` is the start on the
    visitor's clock (aware). `places` is how many are left, None is unlimited. A slot that is `full` is
    shown, not taken.
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


def offer(
    rules: ScheduleRules,
    zone: ZoneInfo,
    now: datetime,
    *,
    taken: Mapping[SlotKey, int] | None = None,
    closed: Mapping[SlotKey, Why] | None = None,
    count: int | None = None,
) -> list[Slot]:
    """What a visitor in `zone` may choose at the aware instant `now`, in the picker's order.

    Watch now, just in time, the next scheduled ones, replay; no instant twice (a scheduled start goes
    before a just-in-time mark). `taken` says how many places of shared sessions are gone, `closed` which
    sessions take no registrations and why. `count` replaces both limits on what is offered.
    """
    every = offers(rules, zone, now, taken=taken, closed=closed, count=count)
    return [candidate.slot for candidate in every if candidate.left_out is None]


def offers(
    rules: ScheduleRules,
    zone: ZoneInfo,
    now: datetime,
    *,
    taken: Mapping[SlotKey, int] | None = None,
    closed: Mapping[SlotKey, Why] | None = None,
    count: int | None = None,
) -> list[Offer]:
    """The candidates of `offer`, those left out too with the reason; arguments as there."""
    ahead = None if count else timedelta(days=rules.days_ahead)
    view = _View(rules, zone, now, taken or {}, closed or {}, ahead)
    limit = count or rules.count
    watch = view.own_clock(Kind.ON_DEMAND) if _has_on_demand(rules) else []
    mark = view.next_mark()
    replays = view.own_clock(Kind.REPLAY) if rules.replay else []
    others = sum(candidate.left_out is None for candidate in [*watch, *mark, *replays])
    scheduled = view.scheduled(max(limit - others, 1), {c.slot.starts_at for c in mark if c.left_out is None})
    return _first([*watch, *mark, *scheduled, *replays], limit)


def take(
    rules: ScheduleRules,
    zone: ZoneInfo,
    kind: Kind,
    starts_at: datetime | None,
    now: datetime,
    *,
    taken: Mapping[SlotKey, int] | None = None,
    closed: Mapping[SlotKey, Why] | None = None,
) -> Slot:
    """The slot that was chosen, if it is offered at `now` and has a place; else SlotGone with the next one.

    The lead time does not count here: who fills in the form while a just-in-time mark comes close still
    gets it, until it starts.
    """
    offered = offer(rules, zone, now, taken=taken, closed=closed)
    choice = offered
    if kind is Kind.JUST_IN_TIME and starts_at is not None and now <= starts_at < now + rules.jit_lead:
        choice = offer(replace(rules, jit_lead=starts_at - now), zone, now, taken=taken, closed=closed)
    for slot in choice:
        if slot.kind is kind and slot.starts_at == starts_at and not slot.full:
            return slot
    raise SlotGone(_next_after([slot for slot in offered if not slot.full], kind, starts_at))


def scheduled_starts(rules: ScheduleRules, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The UTC instants from `after` on at which a session is scheduled for somebody in `zone`, lazily.

    Blackouts, hours and excluded instants are taken out; limits on what is offered do not count.
    """
    view = _View(rules, zone, after, {}, {}, None)
    misses = 0
    for instant in view.starts(after):
        if view.ruled_out(Kind.SCHEDULED, instant) is None:
            misses = 0
            yield instant
        elif (misses := misses + 1) > _PATIENCE:
            return


def next_mark(minutes: int, instant: datetime) -> datetime:
    """The first just-in-time mark from the aware `instant` on, counted from the full UTC hour."""
    hour = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    marks = -((hour - instant) // timedelta(minutes=minutes))
    return hour + marks * timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class _View:
    """The rules as one visitor meets them at one instant."""

    rules: ScheduleRules
    zone: ZoneInfo
    now: datetime
    taken: Mapping[SlotKey, int]
    closed: Mapping[SlotKey, Why]
    ahead: timedelta | None
    clock: ZoneInfo = field(init=False)  # the zone the schedule's times are read in
    excluded: frozenset[datetime] = field(init=False)  # as instants
    moved: dict[datetime, datetime] = field(init=False)  # from where to where, of what this visitor would see
    open_in: dict[Kind, Openings | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock = self.zone if self.rules.attendee_zone else self.rules.zone
        object.__setattr__(self, "clock", clock)
        taken_out = (at if at.tzinfo else resolve(at, clock) for at in self.rules.excluded)
        object.__setattr__(self, "excluded", frozenset(taken_out))
        moved = {one.origin: one.to for one in self.rules.moved if self.meets(one.origin)}
        object.__setattr__(self, "moved", moved)

    def meets(self, origin: datetime) -> bool:
        """Whether this visitor would have been offered what was moved; on a fixed clock everybody is."""
        return not self.rules.attendee_zone or contains(self.rules.recurrences, self.clock, origin)

    def starts(self, after: datetime) -> Iterator[datetime]:
        """What the recurrences of the event type in force give and what was moved, before anything is left out."""
        if self.rules.event_type is EventType.ON_DEMAND_ONLY:
            return iter(())
        given = occurrences(self.rules.recurrences, self.clock, after)
        if not self.moved:
            return given
        added = sorted({to for to in self.moved.values() if to >= after})
        return (instant for instant, _ in groupby(merge(given, added)))

    def own_clock(self, kind: Kind) -> list[Offer]:
        """Watch now, or the replay."""
        return [Offer(Slot(kind), self.held_back() or self.ruled_out(kind, self.now))]

    def next_mark(self) -> list[Offer]:
        """The just-in-time mark that comes next, unless a scheduled session begins then."""
        if self.rules.jit_minutes is None:
            return []
        instant = next_mark(self.rules.jit_minutes, self.now + self.rules.jit_lead)
        slot = self.slot(Kind.JUST_IN_TIME, instant)
        return [Offer(slot, self.held_back() or self.refused(slot, instant) or self.beaten(slot, instant))]

    def beaten(self, mark: Slot, instant: datetime) -> Why | None:
        if next(self.starts(instant), None) != instant:
            return None
        scheduled = self.slot(Kind.SCHEDULED, instant)
        if self.refused(scheduled, instant) or (scheduled.full and not mark.full):
            return None
        return Why.SAME_INSTANT

    def scheduled(self, limit: int, marks: Collection[datetime | None]) -> Iterator[Offer]:
        """The scheduled candidates from now on, until `limit` of them are offered."""
        kept = misses = 0
        for instant in self.starts(self.now):
            if self.ahead is not None and instant > self.now + self.ahead:
                yield Offer(self.slot(Kind.SCHEDULED, instant), Why.TOO_FAR)
                return
            slot = self.slot(Kind.SCHEDULED, instant)
            left_out = self.refused(slot, instant) or (Why.SAME_INSTANT if instant in marks else None)
            yield Offer(slot, left_out)
            kept, misses = (kept, misses + 1) if left_out else (kept + 1, 0)
            if kept == limit or misses > _PATIENCE:
                return

    def slot(self, kind: Kind, instant: datetime) -> Slot:
        places = self.rules.places
        left = None if places is None else max(places - self.taken.get((kind, instant), 0), 0)
        end = instant + self.rules.length
        return Slot(kind, instant, end, instant.astimezone(self.zone), left, full=left == 0)

    def refused(self, slot: Slot, instant: datetime) -> Why | None:
        """Why nobody may choose this shared start now, whatever else is on offer."""
        if (slot.kind, instant) in self.closed:
            return self.closed[slot.kind, instant]
        if slot.kind is Kind.SCHEDULED and instant - self.rules.cut_off < self.now:
            return Why.CUT_OFF
        if slot.full and not self.rules.full_shown:
            return Why.FULL
        return self.ruled_out(slot.kind, instant)

    def ruled_out(self, kind: Kind, instant: datetime) -> Why | None:
        """Why the rules let nothing of this kind start at this instant, for whomever and whenever asked."""
        if kind is Kind.SCHEDULED and (instant in self.moved or instant in self.moved.values()):
            return None if instant in self.moved.values() else Why.MOVED
        if kind is Kind.SCHEDULED and instant in self.excluded:
            return Why.EXCLUDED
        if self.rules.blackouts and self.is_blacked_out(instant):
            return Why.BLACKOUT
        return None if self.inside_hours(kind, instant) else Why.HOURS

    def is_blacked_out(self, instant: datetime) -> bool:
        on = instant.astimezone(self.clock).date()
        return any(blackout.first <= on <= blackout.last for blackout in self.rules.blackouts)

    def inside_hours(self, kind: Kind, instant: datetime) -> bool:
        if kind not in self.open_in:
            hours = self.rules.hours_for(kind)
            self.open_in[kind] = None if hours is None else openings(hours, self.zone)
        clock = self.open_in[kind]
        if clock is None:
            return True
        if not clock.is_open(instant):
            return False
        if not self.rules.hours_hold_end or kind is Kind.REPLAY:
            return True
        # A session may end at the very moment the hours do.
        return clock.is_open(instant + self.rules.length - _MOMENT)

    def held_back(self) -> Why | None:
        """Whether the three switches still wait for the first session, which staff attend."""
        rules = self.rules
        if not rules.first_live or rules.event_type not in {EventType.ONE_TIME, EventType.SPECIFIC}:
            return None
        return None if self.has_begun() else Why.NOT_BEGUN

    def has_begun(self) -> bool:
        if not self.rules.recurrences:
            return False
        first = min(rule.starts_on for rule in self.rules.recurrences)
        since = datetime.combine(first, time.min, UTC) - timedelta(days=1)
        starts = scheduled_starts(self.rules, self.zone, min([since, *self.moved.values()]))
        return any(True for _ in takewhile(lambda instant: instant <= self.now, starts))


def _has_on_demand(rules: ScheduleRules) -> bool:
    return rules.on_demand or rules.event_type is EventType.ON_DEMAND_ONLY


def _first(candidates: list[Offer], limit: int) -> list[Offer]:
    """The candidates with those beyond the limit left out."""
    kept = 0
    limited = []
    for candidate in candidates:
        fits = candidate.left_out is not None or kept < limit
        kept += candidate.left_out is None
        limited.append(candidate if fits else replace(candidate, left_out=Why.COUNT))
    return limited


def _next_after(free: list[Slot], kind: Kind, starts_at: datetime | None) -> Slot | None:
    """What to propose instead: the next of the same kind, else what comes first in the picker."""
    same = [slot for slot in free if slot.kind is kind]
    later = [slot for slot in same if starts_at and slot.starts_at and slot.starts_at > starts_at]
    return next(iter(later or same or free), None)

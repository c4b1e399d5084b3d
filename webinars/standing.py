"""Hands the rows of a webinar to the pure modules of time, and their answers back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower

from scheduling import hours as pure_hours
from scheduling import models as rows
from scheduling import slots, timeline
from scheduling.recurrence import resolve
from scheduling.values import excluded_of, recurrences_of
from webinars import rules
from webinars.models import Attendance, Registration, Session, Webinar

SHARED = (rows.Kind.SCHEDULED, rows.Kind.JUST_IN_TIME)


def hours_of(chat_hours: rows.ChatHours) -> pure_hours.Hours:
    """The chat hours as a value; three queries unless windows and exceptions were prefetched."""
    return pure_hours.Hours(
        windows=tuple(
            pure_hours.Window(row.weekday, row.opens, row.closes) for row in chat_hours.windows.all()
        ),
        zone=zone_of(chat_hours.zone),
        exceptions=_exceptions(chat_hours.exceptions.all()),
        attendee_zone=chat_hours.attendee_zone,
        country=chat_hours.holidays_country,
        region=chat_hours.holidays_region,
    )


def schedule_rules(
    schedule: rows.Schedule,
    *,
    length: timedelta,
    hours: pure_hours.Hours | None = None,
    moved: tuple[slots.Moved, ...] = (),
) -> slots.ScheduleRules:
    """What a schedule's rows say, as a value.

    `length` is the film with its exit room, `hours` the chat hours, `moved` are sessions a host moved.
    """
    return slots.ScheduleRules(
        event_type=slots.EventType(schedule.event_type),
        zone=zone_of(schedule.zone),
        length=length,
        recurrences=tuple(recurrences_of(schedule)),
        attendee_zone=schedule.attendee_zone,
        on_demand=schedule.on_demand,
        jit_minutes=schedule.interval_minutes if schedule.just_in_time else None,
        jit_lead=timedelta(seconds=schedule.lead_seconds),
        replay=schedule.replay and schedule.replay_for != rows.ReplayFor.ATTENDED,
        first_live=schedule.switches_after_first,
        hours=hours,
        jit_hours=hours_of(schedule.jit_hours) if schedule.jit_hours else None,
        hours_limit=frozenset(slots.Kind(kind) for kind in schedule.hours_limit),
        hours_hold_end=schedule.hours_hold_end,
        excluded=excluded_of(schedule),
        moved=moved,
        blackouts=tuple(slots.Blackout(row.first, row.last, row.name) for row in schedule.blackouts.all()),
        count=schedule.offer_count,
        days_ahead=schedule.offer_days,
        cut_off=timedelta(minutes=schedule.cutoff_minutes),
        places=schedule.places,
        full_shown=schedule.full_shown,
    )


def film_of(webinar: Webinar) -> timedelta:
    """How long the film is; zero while there is none."""
    version = webinar.video.current if webinar.video else None
    return timedelta(seconds=version.duration if version and version.duration else 0.0)


def length_of(webinar: Webinar) -> timedelta:
    """The film with its exit room; only the exit room while there is no film."""
    return film_of(webinar) + timedelta(minutes=webinar.exit_minutes)


def rules_of(webinar: Webinar, held: "Holdings | None" = None) -> slots.ScheduleRules:
    """All that decides what the webinar offers, but for what is taken and closed; one query less with `held`."""
    return schedule_rules(
        webinar.schedule,
        length=length_of(webinar),
        hours=hours_of(webinar.chat_hours),
        moved=moved_of(webinar) if held is None else held.moved,
    )


def with_moved(found: QuerySet[Webinar]) -> QuerySet[Webinar]:
    """The webinars with their moved sessions in one query, so that `rules_of` asks for none one by one."""
    return found.prefetch_related(Prefetch("sessions", _moved_rows(), to_attr="moved_sessions"))


def moved_of(webinar: Webinar) -> tuple[slots.Moved, ...]:
    """The sessions of the webinar that a host moved, cancelled ones too: they do not return to where they were."""
    held: Iterable[Session] | None = getattr(webinar, "moved_sessions", None)
    if held is None:
        held = _moved_rows().filter(webinar=webinar)
    return _moved((row.moved_from, row.starts_at) for row in held)


def _moved_rows() -> QuerySet[Session]:
    found = Session.objects.filter(kind=rows.Kind.SCHEDULED, moved_from__isnull=False)
    return found.only("webinar_id", "moved_from", "starts_at")


def _moved(found: Iterable[tuple[datetime | None, datetime | None]]) -> tuple[slots.Moved, ...]:
    return tuple(slots.Moved(origin, to) for origin, to in found if origin and to)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which places of coming shared sessions are gone, which take nobody any more and why, and which were moved."""

    taken: dict[slots.SlotKey, int]
    closed: dict[slots.SlotKey, slots.Why]
    moved: tuple[slots.Moved, ...]


def holdings_of(webinar: Webinar, now: datetime) -> Holdings:
    """What is taken, closed and moved of the webinar from `now` on; an address takes one place a session, not two."""
    coming = Session.objects.filter(
        Q(starts_at__gte=now) | Q(moved_from__gte=now), webinar=webinar, kind__in=SHARED
    )
    live = Q(registrations__cancelled_at__isnull=True)
    taken: Aggregate | Value = Count(Lower("registrations__email"), distinct=True, filter=live)
    if webinar.schedule.places is None:
        changed = Q(cancelled_at__isnull=False) | Q(shut_at__isnull=False) | Q(moved_from__isnull=False)
        coming, taken = coming.filter(changed), Value(0)
    found = coming.annotate(taken=taken).values_list(
        "kind", "starts_at", "taken", "cancelled_at", "shut_at", "moved_from"
    )
    held = Holdings({}, {}, _moved((origin, start) for _, start, _, _, _, origin in found))
    for kind, start, count, cancelled_at, shut_at, _ in found:
        if start is None:
            continue
        key = slots.Kind(kind), start
        held.taken[key] = count
        if cancelled_at or shut_at:
            held.closed[key] = slots.Why.CANCELLED if cancelled_at else slots.Why.SHUT
    return held


def offered(webinar: Webinar, zone: ZoneInfo, now: datetime, count: int | None = None) -> list[slots.Slot]:
    """What a visitor in `zone` may choose now, as the picker shows it; nothing while there is no film.

    `count` replaces both limits on what is offered.
    """
    every = considered(webinar, zone, now, count)
    return [candidate.slot for candidate in every if candidate.left_out is None]


def considered(
    webinar: Webinar, zone: ZoneInfo, now: datetime, count: int | None = None
) -> list[slots.Offer]:
    """The candidates of `offered`, those left out too with the reason; arguments as there."""
    if webinar.video is None or webinar.video.current is None:
        return []
    held = holdings_of(webinar, now)
    rules = rules_of(webinar, held)
    return slots.offers(rules, zone, now, taken=held.taken, closed=held.closed, count=count)


def timeline_of(session: Session, webinar: Webinar) -> timeline.Timeline:
    """A session's times as a value; not for replays, whose viewers have no clock but their own."""
    exit_room = timedelta(minutes=webinar.exit_minutes)
    if session.ends_at and session.closes_at:
        exit_room = session.closes_at - session.ends_at
    return timeline.Timeline(
        starts_at=session.starts_at,
        duration=timedelta(seconds=session.duration),
        exit_room=exit_room,
        doors=timedelta(minutes=webinar.doors_minutes),
        own_clock=not session.is_shared,
    )


def phase_of(registration: Registration, now: datetime) -> timeline.Phase:
    """Which phase the registration's session is in; a replay plays from when it is opened until it expires."""
    session = registration.session
    if session.cancelled_at:
        return timeline.Phase.OVER
    if session.kind == rows.Kind.REPLAY:
        return _replay_phase(registration, now)
    if session.closed_at:
        return timeline.Phase.OVER
    return timeline.phase(timeline_of(session, registration.webinar), now)


def _replay_phase(registration: Registration, now: datetime) -> timeline.Phase:
    """By the rules as they are now, so that a change of them counts for replays opened before and links sent."""
    if registration.session.starts_at is None:
        return timeline.Phase.EARLY
    window = replay_window(registration, now)
    return timeline.replay_phase(window, now) if window else timeline.Phase.OVER


def replay_window(registration: Registration, now: datetime) -> timeline.Replay | None:
    """From when until when this replay may be watched; None where the host shows it to this person no more."""
    session, schedule = registration.session, registration.webinar.schedule
    if not schedule.replay or not _may_see_replay(registration, schedule):
        return None
    shown = session.replay_of
    return timeline.replay_of(
        replay_terms(schedule),
        session_ends_at=shown.ends_at if shown else None,
        opened_at=session.starts_at,
        now=now,
    )


def replay_by_link(webinar: Webinar, zone: ZoneInfo, now: datetime) -> timeline.Phase | None:
    """Whether the address for everybody opens the replay: not yet, now, or no more; None where there is none.

    Also where the page offers no replay, for want of hours or on a blackout date: who has the address was given it.
    """
    schedule = webinar.schedule
    if not schedule.replay or schedule.replay_for != rows.ReplayFor.EVERYBODY:
        return None
    every = considered(webinar, zone, now)
    if any(one.slot.kind is slots.Kind.REPLAY and one.left_out is slots.Why.NOT_BEGUN for one in every):
        return timeline.Phase.EARLY
    terms = replay_terms(schedule)
    window = timeline.replay_of(terms, session_ends_at=None, opened_at=None, now=now)
    return timeline.replay_phase(window, now)


def _may_see_replay(registration: Registration, schedule: rows.Schedule) -> bool:
    shown = registration.session.replay_of_id
    if schedule.replay_for != rows.ReplayFor.ATTENDED or shown is None:
        return True
    came = Attendance.objects.filter(film_from_at__isnull=False, registration__session=shown)
    return came.filter(registration__person=registration.person_id).exists()


def replay_terms(schedule: rows.Schedule) -> timeline.ReplayTerms:
    """From when until when the schedule lets replays be watched."""
    last = None
    if schedule.replay_last_on is not None:
        after = datetime.combine(schedule.replay_last_on + timedelta(days=1), time(0))
        last = resolve(after, zone_of(schedule.zone))
    return timeline.ReplayTerms(
        opens_after=timedelta(hours=schedule.replay_from_hours),
        until=timeline.Until(schedule.replay_until),
        span=timedelta(hours=schedule.replay_hours),
        last=last,
    )


def late_policy(schedule: rows.Schedule) -> rules.LatePolicy:
    """What the schedule does with those who come late."""
    point = schedule.late_point_seconds if schedule.late == rows.Late.GO_BACK else 0
    after = timedelta(minutes=schedule.late_minutes)
    return rules.LatePolicy(rules.Late(schedule.late), after, timedelta(seconds=point))


def arrival_of(registration: Registration, now: datetime) -> rules.Arrival:
    """What becomes of the person if they enter now; asks whether they were there only where it matters."""
    session, policy = registration.session, late_policy(registration.webinar.schedule)
    if policy.late is rules.Late.JOIN or not session.is_shared or session.starts_at is None:
        return rules.Arrival.JOINS
    since = now - session.starts_at
    if since < policy.after:
        return rules.Arrival.JOINS
    was_there = Attendance.objects.filter(registration=registration).exists()
    return rules.late_join(policy, since, was_there=was_there)


def is_over(registration: Registration, now: datetime) -> bool:
    """Whether there is nothing more to see at this place."""
    return phase_of(registration, now) is timeline.Phase.OVER


def position_of(registration: Registration, now: datetime) -> float | None:
    """How far into the film the session's clock is, in seconds; None before, afterwards, and in a replay."""
    session = registration.session
    if session.kind == rows.Kind.REPLAY:
        return None
    if phase_of(registration, now) in {timeline.Phase.EARLY, timeline.Phase.OVER}:
        return None
    return timeline.position(timeline_of(session, registration.webinar), now)


def doors_at(registration: Registration) -> datetime | None:
    """When the waiting room opens; None: always, where the clock is the person's own."""
    session = registration.session
    return timeline.doors_at(timeline_of(session, registration.webinar)) if session.is_shared else None


def is_room_open(registration: Registration, now: datetime) -> bool:
    """Whether the room lets its person in now."""
    doors = doors_at(registration)
    return (doors is None or now >= doors) and not is_over(registration, now)


def _exceptions(found: Iterable[rows.HoursException]) -> tuple[pure_hours.DatedException, ...]:
    """Times on a date stand instead of the week's, all of them together; without any the date is closed."""
    exceptions = []
    for row in found:
        exceptions.append(pure_hours.DatedException(row.on, open=False, name=row.name))
        if row.opens is not None and row.closes is not None:
            hours = pure_hours.DatedException(row.on, True, row.opens, row.closes, row.name)
            exceptions.append(hours)
    return tuple(exceptions)


def zone_of(value: object) -> ZoneInfo:
    """A zone as stored in a row, as a zone."""
    return value if isinstance(value, ZoneInfo) else ZoneInfo(str(value))

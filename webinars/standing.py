"""Hands the rows of a webinar to the pure modules of time, and their answers back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, Q, Value
from django.db.models.functions import Lower

from scheduling import hours as pure_hours
from scheduling import models as rows
from scheduling import slots, timeline
from scheduling.values import recurrences_of
from webinars.models import Registration, Session, Webinar

SHARED = (rows.Kind.SCHEDULED, rows.Kind.JUST_IN_TIME)


def hours_of(chat_hours: rows.ChatHours) -> pure_hours.Hours:
    """The chat hours as a value; three queries unless windows and exceptions were prefetched."""
    return pure_hours.Hours(
        windows=tuple(
            pure_hours.Window(row.weekday, row.opens, row.closes) for row in chat_hours.windows.all()
        ),
        zone=zone_of(chat_hours.zone),
        exceptions=_exceptions(chat_hours.exceptions.all()),
    )


def schedule_rules(
    schedule: rows.Schedule,
    *,
    length: timedelta,
    hours: pure_hours.Hours | None = None,
) -> slots.ScheduleRules:
    """What a schedule's rows say, as a value; `length` is the film with its exit room, `hours` the chat hours."""
    return slots.ScheduleRules(
        event_type=slots.EventType(schedule.event_type),
        zone=zone_of(schedule.zone),
        length=length,
        recurrences=tuple(recurrences_of(schedule)),
        attendee_zone=schedule.attendee_zone,
        on_demand=schedule.on_demand,
        jit_minutes=schedule.interval_minutes if schedule.just_in_time else None,
        jit_lead=timedelta(seconds=schedule.lead_seconds),
        replay=schedule.replay,
        first_live=schedule.switches_after_first,
        hours=hours,
        hours_limit=frozenset(slots.Kind(kind) for kind in schedule.hours_limit),
        hours_hold_end=schedule.hours_hold_end,
        excluded=frozenset(row.at for row in schedule.exclusions.all()),
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


def rules_of(webinar: Webinar) -> slots.ScheduleRules:
    """All that decides what the webinar offers, but for what is taken and closed."""
    return schedule_rules(webinar.schedule, length=length_of(webinar), hours=hours_of(webinar.chat_hours))


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which places of coming shared sessions are gone, and which of these sessions take nobody any more."""

    taken: dict[slots.SlotKey, int]
    closed: frozenset[slots.SlotKey]


def holdings_of(webinar: Webinar, now: datetime) -> Holdings:
    """What is taken and closed of the webinar from `now` on; an address takes one place a session, not two."""
    coming = Session.objects.filter(webinar=webinar, starts_at__gte=now, kind__in=SHARED)
    live = Q(registrations__cancelled_at__isnull=True)
    taken: Aggregate | Value = Count(Lower("registrations__email"), distinct=True, filter=live)
    if webinar.schedule.places is None:
        coming, taken = coming.filter(cancelled_at__isnull=False), Value(0)
    found = coming.annotate(taken=taken).values_list("kind", "starts_at", "taken", "cancelled_at")
    keys = [((slots.Kind(kind), start), count, off) for kind, start, count, off in found if start]
    return Holdings(
        {key: count for key, count, _ in keys}, frozenset(key for key, _, off in keys if off is not None)
    )


def offered(webinar: Webinar, zone: ZoneInfo, now: datetime) -> list[slots.Slot]:
    """What a visitor in `zone` may choose now, as the picker shows it; nothing while there is no film."""
    if webinar.video is None or webinar.video.current is None:
        return []
    held = holdings_of(webinar, now)
    return slots.offer(rules_of(webinar), zone, now, taken=held.taken, closed=held.closed)


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
    if session.cancelled_at or session.closed_at:
        return timeline.Phase.OVER
    if session.kind != rows.Kind.REPLAY:
        return timeline.phase(timeline_of(session, registration.webinar), now)
    if session.starts_at is None:
        return timeline.Phase.EARLY
    return timeline.replay_phase(timeline.Replay(session.starts_at, session.ends_at), now)


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

"""Gives the places of a session out under its lock: to who comes, and, as they become free, to who waits."""

import hashlib
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Lower

from scheduling.models import Kind
from webinars import signals
from webinars.models import Person, Registration, Session, WaitingPlace, Webinar

log = logging.getLogger(__name__)

MOVED_TOGETHER = 100  # of a line, read at a time: mostly few places become free


def stand_in_line() -> None:
    """Wait for locks longer than usual until the transaction ends: many come for the last place at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", ["15s"])
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", ["20s"])


def turn_of(webinar_id: object) -> None:
    """Wait for one's turn with the webinar, until the transaction ends.

    Whoever locks more than one session takes it first, so that no two wait for each other.
    """
    stand_in_line()
    digest = hashlib.sha256(f"sessions of {webinar_id}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


def locked(session: Session) -> Session:
    """The session as it is now, locked until the transaction ends."""
    stand_in_line()
    return Session.objects.select_for_update(no_key=True).get(pk=session.pk)


def free_places(session: Session) -> int | None:
    """How many places the locked session has left, None without a limit; an address takes one, not two.

    Negative where a host let people in over the limit, or lowered it.
    """
    places = _places(session)
    return None if places is None else places - _taken(session)


def takes_people(session: Session, webinar: Webinar, now: datetime) -> bool:
    """Whether somebody who waits may still get a place: it is to come, takes registrations and is not cut off."""
    if session.starts_at is None or not session.is_shared or not webinar.is_published:
        return False
    if session.cancelled_at or session.closed_at or session.shut_at:
        return False
    return now < session.starts_at and now <= last_moment(session, webinar)


def last_moment(session: Session, webinar: Webinar) -> datetime:
    """Until when a place of a shared session can be had."""
    if session.starts_at is None:
        raise ValueError("A clock of one's own has no places.")
    minutes = webinar.schedule.cutoff_minutes if session.kind == Kind.SCHEDULED else 0
    return session.starts_at - timedelta(minutes=minutes)


def seat(
    *, person: Person, session: Session, zone: ZoneInfo, now: datetime, browser: bytes | None = None
) -> Registration:
    """The person's place in the session, new or taken up again; the caller has seen that there is one."""
    place, created = Registration.objects.get_or_create(
        session=session,
        person=person,
        defaults={
            "webinar_id": session.webinar_id,
            "email": person.email,
            "zone": zone,
            "starts_at": session.starts_at,
            "browser": browser,
            "created_at": now,
        },
    )
    if not created:  # they had given it back
        place.cancelled_at, place.zone, place.created_at = None, zone, now
        place.starts_at, place.email = session.starts_at, person.email
        place.save(update_fields=["cancelled_at", "zone", "created_at", "starts_at", "email"])
    place.session, place.person = session, person
    return place


def move_up(*, session: Session, now: datetime) -> list[Registration]:
    """Give the free places of the locked session to those who wait, in their order; returns the new places.

    Nobody moves up once it has begun, takes no registrations or is cut off. Who already has a place in it by the
    same address keeps waiting for nothing to change: an address takes one place.
    """
    line = WaitingPlace.objects.in_line(session)
    if session.starts_at is None or session.starts_at <= now or not line.exists():
        return []
    webinar = Webinar.objects.select_related("team", "schedule").get(pk=session.webinar_id)
    if not takes_people(session, webinar, now):
        return []
    free = free_places(session)
    if free is not None and free <= 0:
        return []
    live = Registration.objects.live().filter(session=session)
    seated = {address.lower() for address in live.values_list("email", flat=True)}
    moved: list[Registration] = []
    for waiting in line.select_related("person").iterator(MOVED_TOGETHER):
        if free is not None and len(moved) >= free:
            break
        if waiting.email.lower() in seated:
            continue
        if place := admit(waiting, session, webinar, now):
            seated.add(waiting.email.lower())
            moved.append(place)
    return moved


def admit(waiting: WaitingPlace, session: Session, webinar: Webinar, now: datetime) -> Registration | None:
    """Give somebody who waits a place in the locked session; None when they are waiting no more."""
    if not WaitingPlace.objects.open().filter(pk=waiting.pk).update(served_at=now):
        return None
    zone = waiting.zone if isinstance(waiting.zone, ZoneInfo) else ZoneInfo(str(waiting.zone))
    place = seat(person=waiting.person, session=session, zone=zone, now=now)
    place.webinar = webinar
    WaitingPlace.objects.filter(registration=place).exclude(pk=waiting.pk).update(registration=None)
    WaitingPlace.objects.filter(pk=waiting.pk).update(registration=place)
    waiting.served_at, waiting.registration = now, place
    signals.registered.send(Registration, registration=place, now=now)
    return place


def holds_place(session: Session, email: str) -> bool:
    """Whether the address has a place in the session."""
    return Registration.objects.live().filter(session=session, email__iexact=email).exists()


def give_back(*, registration: Registration, now: datetime) -> bool:
    """End a place and let who waits move up, in one step; False when it was given back before."""
    with transaction.atomic():
        session = locked(registration.session)
        if not Registration.objects.live().filter(pk=registration.pk).update(cancelled_at=now):
            return False
        registration.cancelled_at = now
        signals.cancelled.send(Registration, registration=registration, now=now)
        move_up(session=session, now=now)
    return True


def fill_from_lines(*, now: datetime, webinar: Webinar | None = None, limit: int = 200) -> int:
    """Look at every session that somebody waits for, and let them move up where places are free; how many did.

    For what frees places without touching a session: a host who raises the number, or rows that were erased. Any
    number of these may run beside each other.
    """
    found = Session.objects.filter(starts_at__gt=now, cancelled_at__isnull=True, closed_at__isnull=True)
    if webinar is not None:
        found = found.filter(webinar=webinar)
    waited = WaitingPlace.objects.open().filter(session__in=found).values("session")
    moved = 0
    for session in Session.objects.filter(pk__in=waited).order_by("starts_at")[:limit]:
        try:
            with transaction.atomic():
                if webinar is not None:
                    turn_of(webinar.pk)
                moved += len(move_up(session=locked(session), now=now))
        except Exception:
            log.exception("the line of session %s did not move", session.pk)
    return moved


def _places(session: Session) -> int | None:
    """The limit as it stands now, whatever the caller read before."""
    return Webinar.objects.filter(pk=session.webinar_id).values_list("schedule__places", flat=True).get()


def _taken(session: Session) -> int:
    live = Registration.objects.live().filter(session=session)
    count: int = live.aggregate(n=Count(Lower("email"), distinct=True))["n"]
    return count

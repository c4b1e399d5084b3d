"""Opens personal links, lets people into the room, and gives those who were there the replay."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from scheduling.timeline import Phase
from webinars import guests, rules, signals, standing
from webinars.models import Attendance, Grant, GuestSession, JoinLink, Person, Registration
from webinars.services.sessions import open_session, own_clock


class LinkUnknown(Exception):
    """No link has this token."""


class LinkEnded(Exception):
    """The link was revoked, or its place given back without another one."""


class RoomClosed(Exception):
    """Nobody may enter now: the doors are not open yet (`opens_at`), or it is over (None)."""

    def __init__(self, opens_at: datetime | None) -> None:
        super().__init__("The room lets nobody in now.")
        self.opens_at = opens_at


class TooLate(RoomClosed):
    """The host lets nobody in so long after the start."""

    def __init__(self) -> None:
        super().__init__(None)


@dataclass(frozen=True, slots=True)
class Joined:
    """The place behind a link and the browser's new cookie."""

    registration: Registration
    guest_token: str


def place_of_link(token: str) -> Registration:
    """The place that a personal link opens, changing nothing; raises LinkUnknown or LinkEnded.

    The link of a place that was exchanged for another start leads to that one.
    """
    cleaned = rules.clean_token(token)
    link = (
        JoinLink.objects.select_related("registration__webinar__team", "registration__session")
        .select_related("registration__person")
        .filter(token_hash=guests.token_hash(cleaned))
        .first()
    )
    if link is None:
        raise LinkUnknown
    place = link.registration
    if link.revoked_at is not None:
        raise LinkEnded
    if place.cancelled_at is None:
        return place
    other = (
        Registration.objects.live()
        .filter(person_id=place.person_id, webinar_id=place.webinar_id)
        .select_related("webinar__team", "session", "person")
        .order_by("-created_at")
        .first()
    )
    if other is None:
        raise LinkEnded
    return other


def join(*, token: str, guest: GuestSession | None, now: datetime) -> Joined:
    """Let a browser act as the person of a personal link, as often as it asks; raises LinkUnknown or LinkEnded.

    The cookie changes each time (A7). Another person's link begins a new guest session and ends the one before.
    Nothing is confirmed or attended by this: mail scanners do it too.
    """
    place = place_of_link(token)
    return Joined(place, become(person=place.person, guest=guest, now=now))


def become(*, person: Person, guest: GuestSession | None, now: datetime) -> str:
    """Let a browser act as the person whose mailed link it opened; returns its new cookie."""
    with transaction.atomic():
        if guest is not None and guests.may_hold(guest, person):
            cookie = guests.rotate(guest, now)
        else:
            if guest is not None:
                guests.end(guest, now)
            guest, cookie = guests.begin(now)
        guests.grant(guest, person, mailed=True, now=now)
    return cookie


def enter(*, registration: Registration, guest: GuestSession, now: datetime) -> Attendance:
    """The Enter click: a person is there. Repeatable; raises RoomClosed before the doors open and at the end.

    Confirms the person if this browser was let in by a mailed link, and starts the clock of an on-demand
    session or replay. Who comes late is let in, put on a clock of their own, or refused with TooLate, as the
    schedule says.
    """
    if not standing.is_room_open(registration, now):
        raise RoomClosed(None if standing.is_over(registration, now) else standing.doors_at(registration))
    with transaction.atomic():
        arrival = standing.arrival_of(registration, now)
        if arrival is rules.Arrival.REFUSED:
            raise TooLate
        if arrival is rules.Arrival.OWN_CLOCK:
            own_clock(registration=registration, now=now)
        if not registration.session.is_shared:
            open_session(registration=registration, now=now)
        _confirm(registration.person, guest, now)
        attendance, created = Attendance.objects.select_for_update().get_or_create(
            registration=registration, defaults={"entered_at": now, "last_seen_at": now}
        )
        if not created:
            attendance.last_seen_at = max(attendance.last_seen_at, now)
        if attendance.film_from_at is None:
            attendance.film_from_at = _film_from(registration, now)
        attendance.save(update_fields=["last_seen_at", "film_from_at"])
        attendance.registration = registration
        signals.entered.send(Attendance, attendance=attendance, now=now)
    return attendance


def _confirm(person: Person, guest: GuestSession, now: datetime) -> None:
    if person.confirmed_at is None and Grant.objects.filter(guest=guest, person=person, mailed=True).exists():
        person.confirmed_at = now
        person.save(update_fields=["confirmed_at"])
        # Whoever typed the address elsewhere may be a stranger, who must not read what its owner now writes.
        Grant.objects.filter(person=person, mailed=False).exclude(guest=guest).delete()


def _film_from(registration: Registration, now: datetime) -> datetime | None:
    """When the film runs for who enters now; None in the waiting room, where they may still leave."""
    if not registration.session.is_shared:
        return registration.session.starts_at
    return now if standing.phase_of(registration, now) is Phase.PLAYING else None

"""Registers people, and changes, corrects and ends their registrations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from scheduling import slots
from webinars import guests, rules, signals, standing
from webinars.models import Grant, GuestSession, JoinLink, Person, Registration, Session, Webinar
from webinars.services.sessions import own_session, shared_session

# How long the same form from the same browser counts as sent twice although it has no guest cookie yet.
DOUBLED_WITHIN = timedelta(minutes=10)

SlotGone = slots.SlotGone


class SessionFull(SlotGone):
    """The last place went to somebody else; `next` is the first start that can still be had."""


class NotOpen(Exception):
    """The webinar takes no registrations: not published, or without a film."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a form: the place, the cookie its browser gets (None: keeps its own), whether it is new."""

    registration: Registration
    guest_token: str | None
    created: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for."""

    webinar: Webinar
    kind: slots.Kind
    starts_at: datetime | None
    zone: ZoneInfo
    now: datetime


def register(
    *,
    webinar: Webinar,
    kind: str,
    starts_at: datetime | None,
    first_name: str,
    email: str,
    zone: ZoneInfo,
    guest: GuestSession | None,
    now: datetime,
    language: str = "",
    browser: bytes | None = None,
) -> Registered:
    """Give somebody a place, or the place they have; raises SlotGone, SessionFull or NotOpen.

    Who they are follows from the guest session, never from the address: a browser that holds a person of the
    team with the same address acts as that person, any other makes a new, unconfirmed one. `browser` tells
    browsers apart that have no guest cookie yet (32 bytes), so that a doubled submit is one registration.
    """
    wish = _Wish(webinar, slots.Kind(kind), starts_at, zone, now)
    with transaction.atomic():
        _one_at_a_time(guest, browser)
        person = _known_person(guest, webinar, email) or _twin(browser, webinar, email, now)
        place = _existing(person, wish) if person else None
        if place is None:
            session = _session_for(wish)
            person = person or Person.objects.create(
                team_id=webinar.team_id,
                first_name=first_name,
                email=email,
                language=language or webinar.language,
                created_at=now,
            )
            place = _seat(person, session, wish, browser)
            created = True
        else:
            created = False
        _rename(place.person, first_name)
        token = _hold(guest, place.person, now)
        if created:
            signals.registered.send(Registration, registration=place, now=now)
    return Registered(place, token, created)


def change(
    *, registration: Registration, kind: str, starts_at: datetime | None, now: datetime
) -> Registration:
    """Move a person to another start: the old place is given back and a new one taken, both or neither.

    Returns the new registration, or the same one when it is that start already. Raises SlotGone, SessionFull
    or NotOpen, and then the old place stays.
    """
    zone = standing.zone_of(registration.zone)
    wish = _Wish(registration.webinar, slots.Kind(kind), starts_at, zone, now)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=registration.person_id)
        place = _existing(person, wish)
        if place is not None and place.pk == registration.pk:
            return registration
        if place is None:
            place = _seat(person, _session_for(wish), wish, None)
            signals.registered.send(Registration, registration=place, now=now)
        cancel(registration=registration, now=now)
    return place


def cancel(*, registration: Registration, now: datetime) -> bool:
    """Give a place back; False when it was given back before."""
    with transaction.atomic():
        gone = Registration.objects.live().filter(pk=registration.pk).update(cancelled_at=now)
        if not gone:
            return False
        registration.cancelled_at = now
        signals.cancelled.send(Registration, registration=registration, now=now)
    return True


def correct_name(*, registration: Registration, first_name: str) -> None:
    """Change how a person is called."""
    _rename(registration.person, first_name)


def correct_address(
    *, registration: Registration, email: str, now: datetime, guest: GuestSession | None = None
) -> bool:
    """Send the link of somebody who never came by mail to another address; False once they are confirmed.

    The links that went to the wrong address are dead and whoever came by them is out, so that nobody who reads
    there can act as this person. `guest`, the browser that corrects, stays, but has yet to come by mail.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=registration.person_id)
        if person.confirmed_at is not None:
            return False
        if not rules.same_address(person.email, email):
            person.email = email
            person.save(update_fields=["email"])
            mine = Registration.objects.filter(person=person)
            mine.live().update(email=email)
            JoinLink.objects.filter(registration__in=mine, revoked_at__isnull=True).update(revoked_at=now)
            mailed = Grant.objects.filter(person=person, mailed=True)
            mailed.exclude(guest=guest).delete()
            mailed.update(mailed=False)
        registration.person, registration.email = person, email
        signals.link_requested.send(Registration, registration=registration, now=now)
    return True


def resend(*, registration: Registration, now: datetime) -> None:
    """Ask for the personal link to be mailed again; how often it leaves is limited where mail is sent."""
    with transaction.atomic():
        signals.link_requested.send(Registration, registration=registration, now=now)


def send_links(*, email: str, now: datetime, may: Callable[[], bool], limit: int = 3) -> None:
    """Ask for the links of the latest places that an address holds; tells nobody whether there are any (A13).

    `may` is asked before each, for anybody can ask for anybody's mails (X8).
    """
    places = (
        Registration.objects.live()
        .filter(email__iexact=email, session__closed_at__isnull=True, webinar__archived_at__isnull=True)
        .select_related("webinar__team", "session", "person")
        .order_by("-created_at")[:limit]
    )
    wanted = [place for place in places if may()]
    with transaction.atomic():
        for place in wanted:
            signals.link_requested.send(Registration, registration=place, now=now)


def revoke_links(*, registration: Registration, now: datetime) -> None:
    """End a person's links and the grants that came of them, in every browser (A3)."""
    with transaction.atomic():
        links = JoinLink.objects.filter(registration=registration, revoked_at__isnull=True)
        links.update(revoked_at=now)
        Grant.objects.filter(person_id=registration.person_id).delete()


def _one_at_a_time(guest: GuestSession | None, browser: bytes | None) -> None:
    """Let two submits of one browser pass one after the other, so that the second sees the first."""
    if guest is not None:
        GuestSession.objects.select_for_update().get(pk=guest.pk)
    if browser is not None:
        with connection.cursor() as cursor:
            key = int.from_bytes(browser[:8], "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _known_person(guest: GuestSession | None, webinar: Webinar, email: str) -> Person | None:
    if guest is None:
        return None
    held = Person.objects.filter(grants__guest=guest, team_id=webinar.team_id).order_by("created_at")
    return next((person for person in held if rules.same_address(person.email, email)), None)


def _twin(browser: bytes | None, webinar: Webinar, email: str, now: datetime) -> Person | None:
    """Who this browser registered a moment ago with this address, its cookie still being on the way."""
    if browser is None:
        return None
    recent = Registration.objects.filter(
        webinar=webinar, browser=browser, email__iexact=email, created_at__gte=now - DOUBLED_WITHIN
    )
    place = recent.select_related("person").order_by("created_at").first()
    return place.person if place else None


def _existing(person: Person, wish: _Wish) -> Registration | None:
    """The person's live place in what they ask for; for a clock of their own, one that is not over yet."""
    places = Registration.objects.live().filter(
        person=person,
        webinar=wish.webinar,
        session__kind=wish.kind,
        session__closed_at__isnull=True,
        session__cancelled_at__isnull=True,
    )
    if wish.starts_at is not None:
        places = places.filter(session__starts_at=wish.starts_at)
    found = places.select_related("session", "person", "webinar__team").order_by("-created_at")
    return next((place for place in found if not standing.is_over(place, wish.now)), None)


def _session_for(wish: _Wish) -> Session:
    """A session with a free place for the wish, locked where it is shared."""
    webinar = wish.webinar
    version = webinar.video.current if webinar.video else None
    if version is None or not version.duration or not webinar.is_published:
        raise NotOpen
    _take(wish)
    if wish.starts_at is None:
        return own_session(webinar=webinar, kind=wish.kind, version=version)
    session = shared_session(webinar=webinar, kind=wish.kind, starts_at=wish.starts_at, version=version)
    if webinar.schedule.places is not None:
        _take(wish)  # again under the session's lock, so that the last place is given once
    return session


def _take(wish: _Wish) -> None:
    """Check that the start is offered and has a place.

    Also for an address that holds one there already: a full session must not tell who is in it (A13).
    """
    held = standing.holdings_of(wish.webinar, wish.now)
    places = wish.webinar.schedule.places
    try:
        slots.take(
            standing.rules_of(wish.webinar),
            wish.zone,
            wish.kind,
            wish.starts_at,
            wish.now,
            taken=held.taken,
            closed=held.closed,
        )
    except SlotGone as gone:
        taken = held.taken.get((wish.kind, wish.starts_at), 0) if wish.starts_at else 0
        if places is not None and taken >= places:
            raise SessionFull(gone.next) from gone
        raise


def _seat(person: Person, session: Session, wish: _Wish, browser: bytes | None) -> Registration:
    place, created = Registration.objects.get_or_create(
        session=session,
        person=person,
        defaults={
            "webinar": wish.webinar,
            "email": person.email,
            "zone": wish.zone,
            "starts_at": session.starts_at,
            "browser": browser,
            "created_at": wish.now,
        },
    )
    if not created:  # they had given it back
        place.cancelled_at, place.zone, place.created_at = None, wish.zone, wish.now
        place.save(update_fields=["cancelled_at", "zone", "created_at"])
    place.webinar, place.session, place.person = wish.webinar, session, person
    return place


def _rename(person: Person, first_name: str) -> None:
    if person.first_name != first_name:
        person.first_name = first_name
        person.save(update_fields=["first_name"])


def _hold(guest: GuestSession | None, person: Person, now: datetime) -> str | None:
    """Let the browser act as the person; somebody else at the same browser gets a guest session of their own."""
    token = None
    if guest is None or not guests.may_hold(guest, person):
        guest, token = guests.begin(now)
    guests.grant(guest, person, mailed=False, now=now)
    return token

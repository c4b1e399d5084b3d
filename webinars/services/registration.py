"""Registers people, and changes, corrects and ends their registrations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from scheduling import slots, timeline
from videos.models import VideoVersion
from webinars import rules, signals, standing
from webinars.models import (
    Grant,
    GuestSession,
    JoinLink,
    Person,
    Registration,
    Session,
    WaitingPlace,
    Webinar,
)
from webinars.services import identity, seats
from webinars.services.sessions import SessionGone, hold_rules, own_session, shared_session

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
class Wish:
    """Which start somebody asks for, on whose clock, and when."""

    webinar: Webinar
    kind: slots.Kind
    starts_at: datetime | None
    zone: ZoneInfo
    now: datetime
    by_link: bool = False  # through the address of the replay, which the page need not offer


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
    by_link: bool = False,
) -> Registered:
    """Give somebody a place, or the place they have; raises SlotGone, SessionFull or NotOpen.

    Who they are follows from the guest session, never from the address: a browser that holds a person of the
    team with the same address acts as that person, any other makes a new, unconfirmed one. `browser` tells
    browsers apart that have no guest cookie yet (32 bytes), so that a doubled submit is one registration. With
    `by_link` the replay is taken through its address for everybody, whether or not the page offers it.
    """
    wish = Wish(webinar, slots.Kind(kind), starts_at, zone, now, by_link)
    with transaction.atomic():
        identity.one_at_a_time(guest, browser)
        person = identity.person_of(guest, browser, webinar, email, now)
        if person is None:
            new = identity.new_person(webinar, first_name, email, language, now)
            place, created = take_place(new, wish, browser), True
        else:
            identity.rename(person, first_name)
            place, created = place_in(person, wish, browser)
        token = identity.hold(guest, place.person, now)
    return Registered(place, token, created)


def change(
    *, registration: Registration, kind: str, starts_at: datetime | None, now: datetime
) -> Registration:
    """Move a person to another start: the old place is given back and a new one taken, both or neither.

    Returns the new registration, or the same one when it is that start already. Raises SlotGone, SessionFull
    or NotOpen, and then the old place stays.
    """
    zone = standing.zone_of(registration.zone)
    wish = Wish(registration.webinar, slots.Kind(kind), starts_at, zone, now)
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=registration.person_id)
        seats.turn_of(registration.webinar_id)
        place, _created = place_in(person, wish)
        if place.pk == registration.pk:
            return registration
        cancel(registration=registration, now=now)
    return place


def cancel(*, registration: Registration, now: datetime) -> bool:
    """Give a place back, to who waits for one; False when it was given back before."""
    return seats.give_back(registration=registration, now=now)


def place_in(person: Person, wish: Wish, browser: bytes | None = None) -> tuple[Registration, bool]:
    """The place that the person has in what they ask for, or one taken now, and whether it is new.

    Call within a transaction; raises SlotGone, SessionFull or NotOpen.
    """
    place = _existing(person, wish)
    return (place, False) if place else (take_place(person, wish, browser), True)


def take_place(person: Person, wish: Wish, browser: bytes | None = None) -> Registration:
    """A new place, which the apps above hear of; call within a transaction. Raises as `place_in`."""
    session = _session_for(wish)
    place = seats.seat(person=person, session=session, zone=wish.zone, now=wish.now, browser=browser)
    place.webinar = wish.webinar
    if session.is_shared:
        WaitingPlace.objects.open().filter(session=session, person=person).update(left_at=wish.now)
    signals.registered.send(Registration, registration=place, now=wish.now)
    return place


def correct_name(*, registration: Registration, first_name: str) -> None:
    """Change how a person is called."""
    identity.rename(registration.person, first_name)


def correct_address(
    *, registration: Registration, email: str, now: datetime, guest: GuestSession | None = None
) -> bool:
    """Send the link of somebody who never came by mail to another address; False once they are confirmed.

    The links that went to the wrong address are dead and whoever came by them is out, so that nobody who reads
    there can act as this person. `guest`, the browser that corrects, stays, but has yet to come by mail.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=registration.person_id)
        if person.confirmed_at is not None:
            return False
        if not rules.same_address(person.email, email):
            person.email = email
            person.save(update_fields=["email"])
            mine = Registration.objects.filter(person=person)
            mine.live().update(email=email)
            WaitingPlace.objects.open().filter(person=person).update(email=email, link_hash=None)
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
    """Ask for the links of the latest places that an address holds or waits for; tells nobody of any (A13).

    `may` is asked before each, for anybody can ask for anybody's mails (X8).
    """
    places = (
        Registration.objects.live()
        .filter(email__iexact=email, session__closed_at__isnull=True, webinar__archived_at__isnull=True)
        .select_related("webinar__team", "session", "person")
        .order_by("-created_at")[:limit]
    )
    waits = (
        WaitingPlace.objects.open()
        .filter(email__iexact=email, session__starts_at__gt=now, session__cancelled_at__isnull=True)
        .select_related("webinar__team", "session")
        .order_by("-created_at")[:limit]
    )
    wanted = [place for place in places if may()]
    waited = [waiting for waiting in waits[: limit - len(wanted)] if may()]
    with transaction.atomic():
        for waiting in waited:
            signals.waiting_link_requested.send(WaitingPlace, waiting=waiting, now=now)
        for place in wanted:
            signals.link_requested.send(Registration, registration=place, now=now)


def revoke_links(*, registration: Registration, now: datetime) -> None:
    """End a person's links and the grants that came of them, in every browser (A3)."""
    with transaction.atomic():
        links = JoinLink.objects.filter(registration=registration, revoked_at__isnull=True)
        links.update(revoked_at=now)
        WaitingPlace.objects.filter(person_id=registration.person_id).update(link_hash=None)
        Grant.objects.filter(person_id=registration.person_id).delete()


def _existing(person: Person, wish: Wish) -> Registration | None:
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


def _session_for(wish: Wish) -> Session:
    """A session with a free place for the wish, locked where it is shared."""
    version = shown_version(wish.webinar)
    hold_rules(wish.webinar)
    _take(wish)
    if wish.starts_at is None:
        return own_session(webinar=wish.webinar, kind=wish.kind, version=version)
    session = session_at(wish, wish.starts_at, version)
    if wish.webinar.schedule.places is not None:
        seats.move_up(session=session, now=wish.now)  # whoever waits comes before who comes
        _take(wish)  # again under the session's lock, so that the last place is given once
    return session


def session_at(wish: Wish, starts_at: datetime, version: VideoVersion) -> Session:
    """The shared session of a start that is offered, stored and locked; SlotGone if a host took it away just now."""
    try:
        return shared_session(webinar=wish.webinar, kind=wish.kind, starts_at=starts_at, version=version)
    except SessionGone as gone:
        offered = standing.offered(wish.webinar, wish.zone, wish.now)
        raise SlotGone(next((slot for slot in offered if not slot.full), None)) from gone


def shown_version(webinar: Webinar) -> VideoVersion:
    """The film that people register for; NotOpen where there is none, or no page."""
    version = webinar.video.current if webinar.video else None
    if version is None or not version.duration or not webinar.is_published:
        raise NotOpen
    return version


def _take(wish: Wish) -> None:
    """Check that the start is offered and has a place.

    Also for an address that holds one there already: a full session must not tell who is in it (A13).
    """
    if wish.by_link:
        if standing.replay_by_link(wish.webinar, wish.zone, wish.now) is not timeline.Phase.PLAYING:
            raise SlotGone(None)
        return
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

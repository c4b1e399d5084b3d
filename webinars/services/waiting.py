"""The waiting list of a full session: join it, leave it, take another start instead, be let in by the host."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from accounts.models import User
from accounts.services import audit
from scheduling import slots
from webinars import guests, rules, signals, standing
from webinars.models import GuestSession, Person, Registration, Session, WaitingPlace, Webinar
from webinars.services import identity, registration, seats
from webinars.services.sessions import hold_rules

_MOMENT = timedelta(microseconds=1)


class State(StrEnum):
    """What a waiting place is at a moment."""

    WAITS = "waits"
    PLACED = "placed"  # moved up, and the place is still held
    TOLD = "told"  # of a date
    LEFT = "left"
    OFF = "off"  # the session was cancelled
    LAPSED = "lapsed"  # it begins or began without them


class NoPlaceFree(Exception):
    """The session is full; letting somebody in would go over its limit."""


class CannotEnter(Exception):
    """Nobody can be let in any more: the session began or was cancelled, or they have a place or left."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of a form: where somebody waits, or the place they have or got at once, and their cookie."""

    waiting: WaitingPlace | None
    registration: Registration | None
    guest_token: str | None


def join(
    *,
    webinar: Webinar,
    kind: str,
    starts_at: datetime,
    first_name: str,
    email: str,
    zone: ZoneInfo,
    guest: GuestSession | None,
    now: datetime,
    language: str = "",
    browser: bytes | None = None,
) -> Joined:
    """Put somebody at the end of a full session's line; the same again is the same place in it.

    A place that became free while they wrote is theirs at once. Who they are follows from the browser, as for a
    registration, so that nothing tells whether the address is known or has a place (A13). Raises SlotGone where
    the start is not shown any more, and NotOpen.
    """
    wish = registration.Wish(webinar, slots.Kind(kind), starts_at, zone, now)
    with transaction.atomic():
        identity.one_at_a_time(guest, browser)
        person = identity.person_of(guest, browser, webinar, email, now)
        if person is None:
            person = identity.new_person(webinar, first_name, email, language, now)
        else:
            identity.rename(person, first_name)
        waiting, place = _in_line(person, wish, browser)
        token = identity.hold(guest, person, now)
    return Joined(waiting, place, token)


def leave(*, waiting: WaitingPlace, now: datetime) -> bool:
    """Stop waiting; False when they waited no more."""
    with transaction.atomic():
        if waiting.session is not None:
            seats.locked(waiting.session)
        return bool(WaitingPlace.objects.open().filter(pk=waiting.pk).update(left_at=now, due_at=None))


def choose(*, waiting: WaitingPlace, kind: str, starts_at: datetime | None, now: datetime) -> Registration:
    """Take another start instead of waiting: the place is taken and the line left, both or neither.

    Raises SlotGone, SessionFull or NotOpen, and then they wait on.
    """
    wish = registration.Wish(
        waiting.webinar, slots.Kind(kind), starts_at, standing.zone_of(waiting.zone), now
    )
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=waiting.person_id)
        seats.turn_of(waiting.webinar_id)
        place, _created = registration.place_in(person, wish)
        leave(waiting=waiting, now=now)
    return place


def let_in(*, waiting: WaitingPlace, actor: User, over: bool, now: datetime) -> Registration:
    """The host gives somebody a place out of turn, knowingly `over` the limit if none is free.

    Raises NoPlaceFree, or CannotEnter.
    """
    if waiting.session is None:
        raise CannotEnter
    with transaction.atomic():
        session = seats.locked(waiting.session)
        if session.cancelled_at or session.starts_at is None or session.starts_at <= now:
            raise CannotEnter
        free = seats.free_places(session)
        if free is not None and free <= 0 and not over:
            raise NoPlaceFree
        webinar = waiting.webinar
        holds = seats.holds_place(session, waiting.email)
        place = None if holds else seats.admit(waiting, session, webinar, now)
        if place is None:
            raise CannotEnter
        detail = {"session": str(session.pk), "over": free is not None and free <= 0}
        target = f"webinar {webinar.pk}"
        audit(team=webinar.team, actor=actor, act="waiting.let_in", target=target, detail=detail, now=now)
    return place


def end_for_address(*, address: str, now: datetime, webinar: Webinar | None, team_id: uuid.UUID) -> int:
    """Whoever wants no mail waits for none: end what the address waits for, with one webinar or all of the team's."""
    mine = WaitingPlace.objects.open().filter(email__iexact=address, webinar__team_id=team_id)
    if webinar is not None:
        mine = mine.filter(webinar=webinar)
    return mine.update(left_at=now, due_at=None)


def state_of(waiting: WaitingPlace, now: datetime) -> State:
    """What has become of it; the session with its webinar is read."""
    if waiting.registration is not None and waiting.registration.cancelled_at is None:
        return State.PLACED
    if waiting.left_at is not None or (waiting.served_at is not None and waiting.session is not None):
        return State.LEFT
    if waiting.served_at is not None:
        return State.TOLD
    session = waiting.session
    if session is None:
        return State.WAITS
    if session.cancelled_at is not None:
        return State.OFF
    return State.WAITS if seats.takes_people(session, waiting.webinar, now) else State.LAPSED


def position_of(waiting: WaitingPlace) -> int:
    """Where in the line somebody stands, from 1; it never grows."""
    before = Q(created_at__lt=waiting.created_at) | Q(created_at=waiting.created_at, pk__lt=waiting.pk)
    ahead = WaitingPlace.objects.open().filter(before, session=waiting.session)
    return ahead.count() + 1


def lines_of(webinar: Webinar, now: datetime) -> dict[slots.SlotKey, int]:
    """How many wait for each shared session to come."""
    coming = Session.objects.filter(webinar=webinar, starts_at__gte=now)
    waits = Q(waiting_places__served_at=None, waiting_places__left_at=None)
    counted = coming.annotate(n=Count("waiting_places", filter=waits)).filter(n__gt=0)
    found = counted.values_list("kind", "starts_at", "n")
    return {(slots.Kind(kind), start): n for kind, start, n in found if start is not None}


def of_link(token: str) -> WaitingPlace | None:
    """The waiting place that a personal link opens."""
    cleaned = rules.clean_token(token)
    found = WaitingPlace.objects.filter(link_hash=guests.token_hash(cleaned))
    return found.select_related("webinar__team", "session", "person", "registration").first()


def _in_line(
    person: Person, wish: registration.Wish, browser: bytes | None
) -> tuple[WaitingPlace | None, Registration | None]:
    """Where the person waits, or the place they have or now get."""
    version = registration.shown_version(wish.webinar)
    hold_rules(wish.webinar)
    offered = standing.offered(wish.webinar, wish.zone, wish.now)
    shown = any(slot.kind is wish.kind and slot.starts_at == wish.starts_at for slot in offered)
    free = [slot for slot in offered if not slot.full]
    if not shown or wish.starts_at is None:
        raise slots.SlotGone(free[0] if free else None)
    session = registration.session_at(wish, wish.starts_at, version)
    seats.move_up(session=session, now=wish.now)
    held = Registration.objects.live().filter(session=session, person=person)
    place = held.select_related("session", "person", "webinar").first()
    if place is not None:
        return None, place
    left = seats.free_places(session)
    if left is None or left > 0:
        return None, registration.take_place(person, wish, browser)
    if not wish.webinar.schedule.waiting_list:
        raise registration.SessionFull(free[0] if free else None)
    return _wait(person, session, wish, browser), None


def _wait(person: Person, session: Session, wish: registration.Wish, browser: bytes | None) -> WaitingPlace:
    """The person's place at the end of the locked session's line, or the one they have in it."""
    line = WaitingPlace.objects.in_line(session)
    last = line.last()
    at = wish.now if last is None else max(wish.now, last.created_at + _MOMENT)
    waiting, created = WaitingPlace.objects.get_or_create(
        webinar=wish.webinar,
        session=session,
        person=person,
        defaults={"email": person.email, "zone": wish.zone, "created_at": at, "browser": browser},
    )
    if not created:
        if waiting.served_at is None and waiting.left_at is None:
            return waiting
        waiting.served_at = waiting.left_at = waiting.registration = None
        waiting.created_at, waiting.zone, waiting.email = at, wish.zone, person.email
        waiting.save()
    waiting.session, waiting.person, waiting.webinar = session, person, wish.webinar
    signals.waiting_listed.send(WaitingPlace, waiting=waiting, now=wish.now)
    return waiting

"""Cancels, moves, shuts and takes out single sessions, each act under the session's lock and in the log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from scheduling.models import Exclusion, Kind, Schedule
from webinars import signals, standing
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services.seats import turn_of
from webinars.services.sessions import hold_rules, stored_session

FARTHEST = timedelta(days=731)
NOTE_LENGTH = 300


class Why(StrEnum):
    """What stands against an act."""

    BEGUN = "begun"
    CANCELLED = "cancelled"
    NO_FILM = "no_film"
    NOT_SCHEDULED = "not_scheduled"
    PAST = "past"
    TOO_FAR = "too_far"
    TAKEN = "taken"
    REGISTERED = "registered"
    HELD_BEFORE = "held_before"
    TOLD = "told"


class CannotChange(Exception):
    """The act is refused and nothing changed; `other` is the session that is in the way, where one is."""

    def __init__(self, why: Why, other: Session | None = None) -> None:
        super().__init__(why)
        self.why, self.other = why, other


@dataclass(frozen=True, slots=True)
class Which:
    """The session that is meant, by its kind and start: stored already, or only given by the rules so far."""

    kind: str
    starts_at: datetime


@transaction.atomic
def cancel(*, webinar: Webinar, which: Which, actor: User, note: str, now: datetime) -> Session:
    """Call a session off, once; whoever holds or waits for a place in it is told with the host's `note`.

    A start that nobody holds yet is stored as cancelled, so that it is offered no more. Raises CannotChange once
    it has begun.
    """
    session = _locked(webinar, which)
    if session.cancelled_at is None:
        _check_not_begun(session, now)
        call_off(session, note=note, now=now)
        _Log(webinar, actor, "session.cancelled", now).about(session, people=_held(session))
    return session


def call_off(session: Session, *, note: str, now: datetime) -> None:
    """Mark a locked session as cancelled and tell the apps above; within the caller's transaction."""
    session.cancelled_at, session.note, session.sequence = now, note, session.sequence + 1
    session.save(update_fields=["cancelled_at", "note", "sequence"])
    signals.session_changed.send(Session, session=session, now=now)
    signals.session_cancelled.send(Session, session=session, now=now)


@transaction.atomic
def move(*, webinar: Webinar, which: Which, to: datetime, actor: User, note: str, now: datetime) -> Session:
    """Give a scheduled session the start `to` (an aware instant); everybody in it is told and moves along.

    The start it leaves is offered no more. Again to the same start changes nothing. Raises CannotChange: begun,
    cancelled, not a scheduled one, `to` past or more than two years ahead, or another session starts then.
    """
    turn_of(webinar.pk)
    session = _locked(webinar, which)
    if session.starts_at == to:
        return session
    _check_not_begun(session, now)
    if session.cancelled_at is not None:
        raise CannotChange(Why.CANCELLED)
    if session.kind != Kind.SCHEDULED:
        raise CannotChange(Why.NOT_SCHEDULED)
    if to <= now:
        raise CannotChange(Why.PAST)
    if to > now + FARTHEST:
        raise CannotChange(Why.TOO_FAR)
    _make_room(webinar, to)
    was = session.starts_at
    given = session.moved_from or was
    shift(session, to, moved_from=None if given == to else given, note=note, now=now)
    _Log(webinar, actor, "session.moved", now).about(session, was=str(was), people=_held(session))
    return session


def shift(session: Session, to: datetime, *, moved_from: datetime | None, note: str, now: datetime) -> None:
    """Move a locked session with everybody in it and tell the apps above; within the caller's transaction."""
    if session.starts_at is None:
        raise ValueError("A clock of one's own is not moved.")
    was = session.starts_at
    by = to - was
    for name in ("starts_at", "ends_at", "closes_at", "due_at"):
        at = getattr(session, name)
        setattr(session, name, at + by if at else None)
    session.moved_from, session.note, session.sequence = moved_from, note, session.sequence + 1
    session.save()
    Registration.objects.live().filter(session=session).update(starts_at=to)
    signals.session_changed.send(Session, session=session, now=now, was=was)


@transaction.atomic
def shut(*, webinar: Webinar, which: Which, actor: User, now: datetime) -> Session:
    """Let nobody else register for a session; whoever holds a place keeps it. Repeatable."""
    session = _locked(webinar, which)
    if session.shut_at is None:
        _check_open(session, now)
        session.shut_at = now
        session.save(update_fields=["shut_at"])
        _Log(webinar, actor, "session.shut", now).about(session)
    return session


@transaction.atomic
def let_in(*, webinar: Webinar, which: Which, actor: User, now: datetime) -> Session:
    """Take registrations again. Repeatable."""
    session = _locked(webinar, which)
    if session.shut_at is not None:
        _check_open(session, now)
        session.shut_at = None
        session.save(update_fields=["shut_at"])
        _Log(webinar, actor, "session.opened", now).about(session)
    return session


@transaction.atomic
def take_out(*, webinar: Webinar, which: Which, actor: User, now: datetime) -> None:
    """Delete a start that nobody holds: it is taken out of the schedule for good, until it is put back.

    Raises CannotChange where somebody holds or held a place: their history stays, and such a session is cancelled.
    """
    rules = _lock_rules(webinar)
    starts = {which.starts_at}
    session = (
        Session.objects.select_for_update(no_key=True)
        .filter(webinar=webinar, kind=which.kind, starts_at=which.starts_at)
        .first()
    )
    if session is not None:
        _check_empty(session)
        if session.moved_from is not None:
            starts = {session.moved_from}
        session.delete()
    if which.kind == Kind.SCHEDULED:
        for start in starts:
            Exclusion.objects.get_or_create(schedule=rules, at=start)
        _next_version(rules)
    _Log(webinar, actor, "session.taken_out", now).about_start(which)


@transaction.atomic
def put_back(*, webinar: Webinar, which: Which, actor: User, now: datetime) -> None:
    """Offer a start again that was taken out, or cancelled before anybody held a place in it. Repeatable.

    Raises CannotChange where people were told that it does not take place.
    """
    rules = _lock_rules(webinar)
    session = (
        Session.objects.select_for_update(no_key=True)
        .filter(webinar=webinar, kind=which.kind, starts_at=which.starts_at, cancelled_at__isnull=False)
        .first()
    )
    if session is not None:
        try:
            _check_empty(session)
        except CannotChange as refusal:
            raise CannotChange(Why.TOLD) from refusal
        session.delete()
    gone, _each = Exclusion.objects.filter(schedule=rules, at=which.starts_at, floating=False).delete()
    if gone:
        _next_version(rules)
    if gone or session is not None:
        _Log(webinar, actor, "session.put_back", now).about_start(which)


def _locked(webinar: Webinar, which: Which) -> Session:
    """The session under its lock, stored now if it was not; nobody registers for it meanwhile."""
    hold_rules(webinar)
    version = webinar.video.current if webinar.video else None
    if version is None or not version.duration:
        found = (
            Session.objects.select_for_update(no_key=True)
            .filter(webinar=webinar, kind=which.kind, starts_at=which.starts_at)
            .first()
        )
        if found is None:
            raise CannotChange(Why.NO_FILM)
        return found
    return stored_session(webinar=webinar, kind=which.kind, starts_at=which.starts_at, version=version)


def _make_room(webinar: Webinar, to: datetime) -> None:
    """See that no other session of the webinar starts at `to`; one that was called off unheard gives way."""
    others = Session.objects.select_for_update(no_key=True).filter(
        webinar=webinar, kind__in=standing.SHARED, starts_at=to
    )
    for other in others:
        empty = not _has_history(other)
        if other.kind == Kind.SCHEDULED and other.cancelled_at is not None and empty:
            other.delete()
        elif other.kind == Kind.SCHEDULED or (other.cancelled_at is None and not empty):
            raise CannotChange(Why.TAKEN, other)


def _check_not_begun(session: Session, now: datetime) -> None:
    if session.starts_at is not None and session.starts_at <= now:
        raise CannotChange(Why.BEGUN)


def _check_open(session: Session, now: datetime) -> None:
    _check_not_begun(session, now)
    if session.cancelled_at is not None:
        raise CannotChange(Why.CANCELLED)


def _check_empty(session: Session) -> None:
    if _held(session) or WaitingPlace.objects.filter(session=session, left_at=None, served_at=None).exists():
        raise CannotChange(Why.REGISTERED)
    if _has_history(session):
        raise CannotChange(Why.HELD_BEFORE)


def _held(session: Session) -> int:
    return Registration.objects.live().filter(session=session).count()


def _has_history(session: Session) -> bool:
    return (
        Registration.objects.filter(session=session).exists()
        or WaitingPlace.objects.filter(session=session).exists()
    )


def _lock_rules(webinar: Webinar) -> Schedule:
    """The schedule under its lock: whoever registers waits until this is done."""
    return Schedule.objects.select_for_update(of=("self",)).get(pk=webinar.schedule_id)


def _next_version(rules: Schedule) -> None:
    """An editor that was open before must not bring back what it does not know of."""
    rules.version += 1
    rules.save(update_fields=["version"])


@dataclass(frozen=True, slots=True)
class _Log:
    """The line of one act."""

    webinar: Webinar
    actor: User
    act: str
    now: datetime

    def about(self, session: Session, **detail: Any) -> None:
        start = session.starts_at.isoformat() if session.starts_at else ""
        self._write(f"session {session.pk}", {"webinar": str(self.webinar.pk), "starts_at": start} | detail)

    def about_start(self, which: Which) -> None:
        detail = {"kind": str(which.kind), "starts_at": which.starts_at.isoformat()}
        self._write(f"webinar {self.webinar.pk}", detail)

    def _write(self, target: str, detail: dict[str, Any]) -> None:
        team = self.webinar.team
        audit(team=team, actor=self.actor, act=self.act, target=target, detail=detail, now=self.now)

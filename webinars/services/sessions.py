"""Stores sessions when they are first needed, opens those on a clock of one's own, and closes what is over."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from scheduling import timeline
from scheduling.due import act_on_due
from scheduling.models import ChatHours, Kind, Schedule
from videos.models import VideoVersion
from webinars import signals, standing
from webinars.models import Registration, Session, Webinar

# Watch now: time to load the room and to look up before the film begins.
OPENING = timedelta(seconds=3)
PUT_OFF = timedelta(minutes=1)
_INSTANTS = ("starts_at", "ends_at", "closes_at", "due_at")


class SessionGone(Exception):
    """The session takes nobody any more: called off, shut, or moved to another start meanwhile."""


def hold_rules(webinar: Webinar) -> None:
    """Keep the webinar's schedule as it is until the transaction ends; read it anew if it was saved meanwhile.

    Whoever registers calls it before anything is locked but people, so that a save which moves or cancels places
    sees every one of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version FROM scheduling_schedule WHERE id = %s FOR SHARE", [webinar.schedule_id]
        )
        version: int = cursor.fetchone()[0]
    if webinar.schedule.version != version:
        webinar.schedule = Schedule.objects.get(pk=webinar.schedule_id)
        webinar.chat_hours = ChatHours.objects.get(pk=webinar.chat_hours_id)


def shared_session(*, webinar: Webinar, kind: str, starts_at: datetime, version: VideoVersion) -> Session:
    """The session of that kind and start, stored now if nobody registered for it before, and locked.

    Call within a transaction. The lock makes the last place be given once. Raises SessionGone where a host has
    called it off, shut it or moved it away.
    """
    session = stored_session(webinar=webinar, kind=kind, starts_at=starts_at, version=version)
    left = Session.objects.filter(webinar=webinar, kind=kind, moved_from=starts_at).exclude(pk=session.pk)
    if session.cancelled_at or session.shut_at or left.exists():
        raise SessionGone
    return session


def stored_session(*, webinar: Webinar, kind: str, starts_at: datetime, version: VideoVersion) -> Session:
    """The session of that kind and start, whatever its state, stored now if it was not, and locked."""
    duration = version.duration or 0.0
    ends_at = starts_at + timedelta(seconds=duration)
    closes_at = ends_at + timedelta(minutes=webinar.exit_minutes)
    while True:
        found, _created = Session.objects.get_or_create(
            webinar=webinar,
            kind=kind,
            starts_at=starts_at,
            defaults={
                "ends_at": ends_at,
                "closes_at": closes_at,
                "due_at": closes_at,
                "video_version": version,
                "duration": duration,
            },
        )
        session = Session.objects.select_for_update(no_key=True).filter(pk=found.pk).first()
        if session is not None and session.starts_at == starts_at:
            return session  # it was neither moved nor deleted while this waited for the lock


def own_session(*, webinar: Webinar, kind: str, version: VideoVersion) -> Session:
    """A session for one registration, on demand or a replay, without instants until it is opened."""
    return Session.objects.create(
        webinar=webinar, kind=kind, video_version=version, duration=version.duration or 0.0
    )


def own_clock(*, registration: Registration, now: datetime) -> Session:
    """Put somebody who comes late into a session of their own: it begins at the point that the schedule sets.

    Their place stays the same place, with its links and its conversation. Call within a transaction.
    """
    place = (
        Registration.objects.select_for_update(of=("self",)).select_related("session").get(pk=registration.pk)
    )
    if place.session.is_shared:
        shared, webinar = place.session, registration.webinar
        session = own_session(webinar=webinar, kind=Kind.ON_DEMAND, version=shared.video_version)
        point = standing.late_policy(webinar.schedule).point
        _start_film(session, webinar, now - min(point, timedelta(seconds=session.duration)))
        session.save(update_fields=_INSTANTS)
        place.session = session
        place.save(update_fields=["session"])
        signals.session_opened.send(Session, session=session, now=now)
    registration.session = place.session
    return place.session


def open_session(*, registration: Registration, now: datetime) -> Session:
    """Give an on-demand session or replay its instants, once; returns the registration's session.

    A replay's end is noted as the rules have it now; whether it may be watched is judged anew each time.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=registration.session_id)
        if session.starts_at is None:
            if session.kind == Kind.REPLAY:
                _start_replay(session, registration.webinar, now)
            else:
                _start_film(session, registration.webinar, now)
            session.save(update_fields=_INSTANTS)
            signals.session_opened.send(Session, session=session, now=now)
    registration.session = session
    return session


def _start_replay(session: Session, webinar: Webinar, now: datetime) -> None:
    session.starts_at = now
    shown = session.replay_of
    terms = standing.replay_terms(webinar.schedule)
    ends_at = shown.ends_at if shown else None
    window = timeline.replay_of(terms, session_ends_at=ends_at, opened_at=now, now=now)
    session.ends_at = session.closes_at = session.due_at = window.closes_at


def _start_film(session: Session, webinar: Webinar, now: datetime) -> None:
    session.starts_at = now + OPENING
    session.ends_at = session.starts_at + timedelta(seconds=session.duration)
    session.closes_at = session.ends_at + timedelta(minutes=webinar.exit_minutes)
    session.due_at = session.closes_at


def close_due_sessions(now: datetime) -> int:
    """Close each session whose exit room is over, telling the apps above once each; how many were closed."""

    def close(found: list[Session]) -> None:
        for session in found:
            session.closed_at = now
            session.due_at = None
            session.save(update_fields=["closed_at", "due_at"])
            if session.cancelled_at is None:
                signals.session_closed.send(Session, session=session, now=now)

    def put_off(session: Session) -> None:
        session.due_at = now + PUT_OFF
        session.save(update_fields=["due_at"])

    return act_on_due(Session.objects.due(now), close, put_off=put_off)

"""Stores sessions when they are first needed, opens those on a clock of one's own, and closes what is over."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from scheduling.due import act_on_due
from scheduling.models import ChatHours, Kind, Schedule
from videos.models import VideoVersion
from webinars import signals
from webinars.models import Registration, Session, Webinar

# Watch now: time to load the room and to look up before the film begins.
OPENING = timedelta(seconds=3)
PUT_OFF = timedelta(minutes=1)


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


def open_session(
    *, registration: Registration, now: datetime, replay_until: datetime | None = None
) -> Session:
    """Give an on-demand session or replay its instants, once; returns the registration's session.

    A replay stays open until `replay_until`, by default the schedule's number of days from now.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=registration.session_id)
        if session.starts_at is None:
            _start(session, registration.webinar, now, replay_until)
            session.save(update_fields=["starts_at", "ends_at", "closes_at", "due_at"])
            signals.session_opened.send(Session, session=session, now=now)
    registration.session = session
    return session


def _start(session: Session, webinar: Webinar, now: datetime, replay_until: datetime | None) -> None:
    if session.kind == Kind.REPLAY:
        session.starts_at = now
        session.ends_at = replay_until or now + timedelta(days=webinar.schedule.replay_days)
        session.closes_at = session.ends_at
    else:
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

"""Takes single people out of a session that others stay in: to another start, or with their place taken back."""

from collections.abc import Iterable
from datetime import datetime

from webinars import signals
from webinars.models import Registration, Session
from webinars.services.sessions import stored_session


def reseat(
    *, session: Session, places: Iterable[Registration], to: datetime, note: str, now: datetime
) -> Session:
    """Give these places of a locked session another start, and tell the apps above; returns the session there.

    Somebody who holds or held a place there already has theirs taken back instead. Within the caller's
    transaction.
    """
    target = stored_session(
        webinar=session.webinar, kind=session.kind, starts_at=to, version=session.video_version
    )
    # Their calendars take an entry only with a higher number than the one they have.
    target.sequence = max(target.sequence, session.sequence + 1)
    target.note = note
    target.save(update_fields=["sequence", "note"])
    known = set(Registration.objects.filter(session=target).values_list("person_id", flat=True))
    moving = [place for place in places if place.person_id not in known]
    doubled = [place for place in places if place.person_id in known]
    for place in moving:
        place.session, place.starts_at = target, to
        place.save(update_fields=["session", "starts_at"])
    if moving:
        signals.places_moved.send(Registration, places=moving, session=target, was=session.starts_at, now=now)
    if doubled:
        withdraw(session=session, places=doubled, note=note, now=now)
    return target


def withdraw(*, session: Session, places: Iterable[Registration], note: str, now: datetime) -> None:
    """Take these places of a locked session back and tell the apps above; within the caller's transaction."""
    session.sequence += 1
    session.note = note
    session.save(update_fields=["sequence", "note"])
    gone = list(places)
    for place in gone:
        place.cancelled_at, place.session = now, session
        place.save(update_fields=["cancelled_at"])
    signals.places_withdrawn.send(Registration, places=gone, session=session, now=now)

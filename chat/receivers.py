"""Hears what happens to webinars and sessions, and writes what it means for the talk."""

from datetime import datetime
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import Membership
from chat.services import ownership, policy, sessions
from scheduling.due import database_now
from webinars import signals
from webinars.models import Attendance, Registration, Session, Webinar


@receiver(signals.webinar_created)
def give_policy(webinar: Webinar, now: datetime, **_: Any) -> None:
    """Every webinar has a chat policy from its first moment."""
    policy.default_policy(webinar)


@receiver(signals.entered)
def make_welcome_due(attendance: Attendance, now: datetime, **_: Any) -> None:
    """The Enter click is what the welcome counts from."""
    sessions.enter(attendance=attendance, now=now)


@receiver(signals.session_closed)
def leave_owed(session: Session, now: datetime, **_: Any) -> None:
    """Questions still open when the exit room closes are owed."""
    sessions.close(session=session, now=now)


@receiver([signals.session_changed, signals.places_moved])
def look_again(session: Session, now: datetime, **_: Any) -> None:
    """A moved or cancelled session may change what automation has to do, and what open rooms show."""
    sessions.wake(session=session, now=now)


@receiver(signals.session_cancelled)
def leave_owed_early(session: Session, now: datetime, **_: Any) -> None:
    """Questions asked before a session that does not take place are owed: their answers go by e-mail."""
    sessions.close(session=session, now=now)


@receiver(signals.places_withdrawn)
def empty_rooms(places: list[Registration], **_: Any) -> None:
    """Whoever has no place any more is told so by the page."""
    sessions.reload_rooms(places)


@receiver(pre_delete, sender=Membership)
def end_ownership(instance: Membership, **_: Any) -> None:
    """Whoever leaves the team, or is erased, has its conversations no more from this moment on."""
    ownership.end_of_member(membership=instance, now=database_now())

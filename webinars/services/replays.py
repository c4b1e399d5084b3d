"""Gives people the replay of what is over for them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from scheduling import timeline
from scheduling.models import Kind, ReplayFor
from webinars import standing
from webinars.models import Attendance, Person, Registration
from webinars.services.sessions import open_session, own_session


class NoReplay(Exception):
    """No replay can be opened by this person now."""


def replay_of(registration: Registration, now: datetime) -> timeline.Replay | None:
    """When the person may watch again what is over; None where they may not (any more).

    It may begin later than `now`, where the host opens replays some time after the session.
    """
    session, schedule = registration.session, registration.webinar.schedule
    if not schedule.replay or session.kind == Kind.REPLAY or session.cancelled_at or session.ends_at is None:
        return None
    attended = Attendance.objects.filter(registration=registration, film_from_at__isnull=False)
    if schedule.replay_for == ReplayFor.ATTENDED and not attended.exists():
        return None
    opened = _replays(registration).values_list("session__starts_at", flat=True).first()
    found = timeline.replay_of(
        standing.replay_terms(schedule), session_ends_at=session.ends_at, opened_at=opened, now=now
    )
    return found if found.closes_at is None or found.closes_at > now else None


def watch_again(*, registration: Registration, now: datetime) -> Registration:
    """The person's replay of what is over for them, opened now; the same one each time. Raises NoReplay."""
    found = replay_of(registration, now)
    if found is None or found.opens_at > now or not standing.is_over(registration, now):
        raise NoReplay
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=registration.person_id)
        replay = _replays(registration).first()
        if replay is None:
            replay = _new(registration, person, now)
            open_session(registration=replay, now=now)
    return replay


def _replays(registration: Registration) -> QuerySet[Registration]:
    mine = Registration.objects.live().filter(person_id=registration.person_id)
    replays = mine.filter(session__kind=Kind.REPLAY, session__replay_of=registration.session_id)
    return replays.select_related("webinar__team", "webinar__schedule", "session__replay_of", "person")


def _new(registration: Registration, person: Person, now: datetime) -> Registration:
    shown = registration.session
    session = own_session(webinar=registration.webinar, kind=Kind.REPLAY, version=shown.video_version)
    session.replay_of = shown
    session.save(update_fields=["replay_of"])
    return Registration.objects.create(
        webinar=registration.webinar,
        session=session,
        person=person,
        email=person.email,
        zone=registration.zone,
        created_at=now,
    )

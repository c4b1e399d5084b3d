"""What sessions mean for the talk: entering makes a welcome due, closing leaves open questions owed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chat import frames, news, signals
from chat.models import Conversation, OwedReply, Wait
from chat.rules import end_of_day, promised
from chat.services import bulk
from chat.services.automation import decide_again, ledgers_of, open_wait, setting_for
from chat.services.posting import move_to
from chat.services.promises import owing, record
from chat.services.work import Work, locked, of_attendee
from webinars.models import Attendance, Registration, Session


@transaction.atomic
def enter(*, attendance: Attendance, now: datetime) -> None:
    """Note the first entry to a session, which makes its welcome due; coming back changes nothing."""
    registration = attendance.registration
    conversation = of_attendee(registration)
    if conversation.registration_id == registration.pk and conversation.entered_at is not None:
        return
    if conversation.registration_id != registration.pk:
        move_to(conversation, registration.pk)
    conversation.entered_at = attendance.entered_at
    work = Work(conversation, now)
    decide_again(work, open_wait(conversation))
    conversation.save(update_fields=["registration", "entered_at", "due_at"])


@transaction.atomic
def close(*, session: Session, now: datetime) -> int:
    """Leave every question still open in a session that is over or called off owed, once; how many there are."""
    waits = {
        wait.conversation_id: wait
        for wait in Wait.objects.select_related("registration", "session").filter(
            session=session, closed_at=None
        )
    }
    # All locks first, in one order, and the team's revision last: two closing sessions cannot block each other.
    found = list(
        locked(Conversation.objects.filter(pk__in=waits, waiting_since__isnull=False).order_by("pk"))
    )
    known = {one.wait_id: one for one in OwedReply.objects.filter(wait__in=list(waits.values()))}
    ledgers = ledgers_of(found)
    works, owed, fresh = [], [], []
    for conversation in found:
        wait = waits[conversation.pk]
        work = bulk.Gathered(conversation, now)
        if wait.pk not in known:
            fresh.append(owing(work, wait, due_at=_due_at(conversation, wait, now), cause="session_over"))
        owed.append(known.get(wait.pk) or fresh[-1])
        decide_again(work, wait, ledgers[conversation.pk])
        works.append(work)
    bulk.store(works)
    record(fresh, now)
    bulk.finish(works)
    if owed:
        signals.session_owed.send(Session, session=session, owed_list=owed, now=now)
    return len(owed)


def _due_at(conversation: Conversation, wait: Wait, now: datetime) -> datetime:
    """By when the answer is owed: as the host promises, else by the end of the attendee's day."""
    zone = wait.registration.zone
    promise = promised(setting_for(conversation, now).policy, now=now, zone=zone, ends_at=None)
    return promise[0] if promise else end_of_day(now, zone)[0]


def wake(*, session: Session, now: datetime) -> None:
    """Let automation and the open rooms look again at everybody in a session whose instants changed."""
    places = Registration.objects.filter(session=session)
    Conversation.objects.filter(registration__in=places, due_at__isnull=False).update(due_at=now)
    reload_rooms(places.select_related("webinar"))


def reload_rooms(places: Iterable[Registration]) -> None:
    """Let open rooms load their page again once this is committed; a hint that is lost costs nothing but time."""
    hints = [news.Whisper(("attendee", str(pk)), frames.RELOAD) for pk in _conversations(list(places))]
    if hints:
        transaction.on_commit(lambda: news.publish(*hints))


def _conversations(places: list[Registration]) -> set[UUID]:
    """The conversations of these people, also those in which nothing was said yet."""
    people = {place.person_id for place in places}
    begun = Conversation.objects.filter(registration__person__in=people)
    return {Conversation.objects.to_be(place).pk for place in places} | set(
        begun.values_list("pk", flat=True)
    )

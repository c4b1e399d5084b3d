"""Keeps what becomes of episodes and waits: answered by whom and how, resolved, opened again, and in how long."""

import uuid
from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from chat import signals
from chat.models import Conversation, Episode, Message, Wait
from chat.services.automation import place_of, setting_for
from chat.services.work import Work
from scheduling.in_hours import Earlier, open_time
from scheduling.models import HoursVersion
from scheduling.services import hours_of_snapshot
from webinars.models import PRESENT_FOR, Attendance
from webinars.standing import hours_of


def close_wait(work: Work, wait: Wait, how: str, *, user: User | None, answer: Message | None = None) -> None:
    """Close the open wait; `how` is answer or no_reply_needed, `user` is who decided it."""
    wait.closed_at, wait.closed_by, wait.closed_user = work.now, how, user
    wait.answer, wait.answer_via = answer, answer.via if answer else ""
    wait.open_seconds = open_seconds(work.conversation, wait.opened_at, work.now)
    wait.save(update_fields=["closed_at", "closed_by", "closed_user", "answer", "answer_via", "open_seconds"])
    work.conversation.waiting_since = work.conversation.nudged_at = None
    work.conversation.by_email = False
    signals.wait_closed.send(Wait, wait=wait, now=work.now)


def note_answer(work: Work, message: Message, wait: Wait | None) -> None:
    """Keep the first human answer of the open episode, with how it came and whether it met the attendee."""
    conversation, now = work.conversation, work.now
    episode = Episode.objects.filter(
        conversation=conversation, resolved_at=None, first_answer_at=None
    ).first()
    if episode is None:
        return
    session = wait.session if wait else conversation.registration.session
    episode.first_answer_at, episode.first_answer = now, message
    episode.answer_via = message.via
    episode.answer_seconds = open_seconds(conversation, episode.opened_at, now)
    episode.answer_met = _is_there(conversation, now)
    episode.answer_in_session = not place_of(session).is_over(now)
    episode.save(
        update_fields=[
            *("first_answer_at", "first_answer", "answer_via", "answer_seconds"),
            *("answer_met", "answer_in_session"),
        ]
    )


def end(work: Work, user: User) -> None:
    """End the open episode, if there is one."""
    now = work.now
    found = Episode.objects.filter(conversation=work.conversation, resolved_at=None)
    for episode in found:
        found.filter(pk=episode.pk).update(
            first_resolved_at=Coalesce(F("first_resolved_at"), Value(now)),
            resolved_at=now,
            resolved_by=user,
            resolve_seconds=open_seconds(work.conversation, episode.opened_at, now),
        )


def go_on(work: Work) -> None:
    """Go on with the episode that was resolved last."""
    mine = Episode.objects.filter(conversation=work.conversation)
    if mine.filter(resolved_at=None).exists():
        return
    last = mine.order_by("-opened_seq").values("pk")[:1]
    mine.filter(pk__in=last).update(resolved_at=None, resolve_seconds=None)


def open_seconds(conversation: Conversation, begin: datetime, end: datetime) -> float:
    """How much of a time of a locked conversation lay within chat hours, by the hours in force at each moment."""
    hours = setting_for(conversation, end).hours
    earlier = _earlier(conversation.webinar.chat_hours_id, begin)
    return open_time(earlier, hours, begin, end, conversation.registration.zone).total_seconds()


def _earlier(clock: uuid.UUID, begin: datetime) -> list[Earlier]:
    found = HoursVersion.objects.filter(hours=clock, until_at__gt=begin)
    return [(row.until_at, hours_of(hours_of_snapshot(row.value))) for row in found]


def _is_there(conversation: Conversation, now: datetime) -> bool:
    """Whether the attendee is connected to any of the webinar's rooms."""
    return Attendance.objects.filter(
        registration__person=conversation.person_id,
        registration__webinar=conversation.webinar_id,
        last_seen_at__gte=now - PRESENT_FOR,
    ).exists()

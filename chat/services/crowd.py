"""Sees who could answer and who waits, for the one function that decides how one can talk."""

import uuid
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from chat.models import Conversation, Wait
from chat.rules import Crowd
from chat.services.availability import available

_COLUMNS = (
    *("conversation__webinar_id", "conversation_id", "session_id"),
    *("opened_at", "counts_from", "by_email", "overflow_at"),
)


class _Waiting(NamedTuple):
    """One open question of the chat: in which session it was asked, and since when it counts."""

    session: uuid.UUID
    opened_at: datetime
    counts_from: datetime
    by_email: bool
    overflowed: bool


@dataclass(slots=True)
class Scene:
    """One webinar at one instant: who is available, and every open question of a session that still runs."""

    available: bool
    waits: dict[uuid.UUID, _Waiting] = field(default_factory=dict)
    opened: list[datetime] = field(default_factory=list)  # of those who wait in the chat, ascending

    def crowd(self, conversation: uuid.UUID, session: uuid.UUID | None, now: datetime) -> Crowd:
        """What one attendee has around them, who is in that session now."""
        mine = self.waits.get(conversation)
        if mine is None or mine.session != session:
            return Crowd(self.available, len(self.opened))
        if mine.by_email:
            return Crowd(self.available, len(self.opened), overflowed=mine.overflowed)
        ahead = bisect_left(self.opened, mine.opened_at)
        return Crowd(self.available, len(self.opened), ahead, now - mine.counts_from)


def scenes(webinars: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Scene]:
    """The scenes of webinars, with two statements for all of them.

    Whoever asked in the e-mail form, or after the session, is not in the queue; nor is anybody whose exit room has
    closed: those are owed an answer, which no attendee of the chat waits behind.
    """
    people = available(webinars, now)
    found = {webinar: Scene(bool(people[webinar])) for webinar in webinars}
    rows = Wait.objects.filter(
        closed_at__isnull=True, late=False, session__closed_at=None, conversation__webinar__in=webinars
    )
    for webinar, conversation, session, opened_at, counts_from, by_email, overflow_at in rows.order_by(
        "opened_at"
    ).values_list(*_COLUMNS):
        scene = found[webinar]
        over = overflow_at is not None
        scene.waits[conversation] = _Waiting(session, opened_at, counts_from, by_email, over)
        if not by_email:
            scene.opened.append(opened_at)
    return found


def crowds(conversations: Iterable[Conversation], now: datetime) -> dict[uuid.UUID, Crowd]:
    """What each of these attendees has around them; they come with their registrations."""
    every = list(conversations)
    seen = scenes({one.webinar_id for one in every}, now) if every else {}
    return {one.pk: seen[one.webinar_id].crowd(one.pk, one.registration.session_id, now) for one in every}

"""Stores what many attendees write at the same moment: one transaction, and as many statements for all as for one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error, InterfaceError, OperationalError, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from psycopg.errors import LockNotAvailable, QueryCanceled

from chat import news
from chat.models import Conversation
from chat.refusals import Refusal, id_invalid
from chat.services import bulk
from chat.services.automation import setting_for
from chat.services.posting import Posted, checked, is_one_more_line, say
from chat.services.prepared import Prepared
from chat.services.work import locked
from webinars.models import Registration

# Both are asked once for the whole batch, not once for each conversation.
_HELD = """chat_conversation.id IN (
    SELECT asked.conversation FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS asked(conversation, person, guest)
    JOIN webinars_grant ON webinars_grant.person_id = asked.person AND webinars_grant.guest_id = asked.guest
    JOIN webinars_guestsession ON webinars_guestsession.id = asked.guest AND revoked_at IS NULL
        AND expires_at > %s::timestamptz)"""
_KNOWN = """chat_conversation.id IN (
    SELECT conversation_id FROM chat_message
    JOIN unnest(%s::uuid[], %s::text[], %s::uuid[]) AS asked(conversation, author, ref)
    ON conversation_id = asked.conversation AND author_key = asked.author AND chat_message.ref = asked.ref)"""
# What one more line changes of its conversation, and what it needs; anything else would be read when it is asked for.
_CHANGED = (
    *("seq", "public_seq", "attendee_read", "pace"),
    *("state", "listed", "last_line", "last_by", "last_at"),
)
_COLUMNS = (
    *("team", "webinar", "person", "registration", "seq", "public_seq", "pace", "waiting_since"),
    *(f"registration__{name}" for name in ("session", "zone", "cancelled_at")),
    *(f"registration__session__{name}" for name in ("kind", "starts_at", "ends_at", "closes_at", "duration")),
    *(f"registration__session__{name}" for name in ("closed_at", "cancelled_at")),
    *(f"webinar__{name}" for name in ("version", "exit_minutes", "doors_minutes")),
    "person__first_name",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What an attendee sent over a socket; of `registration` only its own columns are trusted."""

    conversation: uuid.UUID
    registration: Registration
    guest: int
    ref: uuid.UUID | None
    text: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender is told of a message that is committed, and what everybody else is."""

    posted: Posted
    hints: list[news.Hint]


Outcome = Told | Refusal | None


def post_together(typed: Sequence[Typed]) -> list[Outcome]:
    """Store one more line in each of several conversations; None for what `post_as_attendee` has to deal with.

    That is everything but the ordinary: a first question, one in another session, a ref that was used before, a
    right that ended, a conversation that somebody else is changing, and the whole batch when it fails. At most one
    of a conversation in a batch. Raises the database's error when it is away; nothing is stored then, or the same
    again is known by its ref.
    """
    try:
        return _posted_together(typed)
    except (InterfaceError, OperationalError) as error:
        if isinstance(error.__cause__, LockNotAvailable | QueryCanceled):
            return [None] * len(typed)
        raise
    except Error:  # one row that cannot be stored takes nobody along: each by itself
        return [None] * len(typed)


def _posted_together(typed: Sequence[Typed]) -> list[Outcome]:
    outcomes: dict[uuid.UUID, Outcome] = {}
    works: list[bulk.Gathered] = []
    with news.held() as hints, transaction.atomic():
        found = {conversation.pk: conversation for conversation in _locked(typed)}
        for one in typed:
            conversation = found.get(one.conversation)
            if conversation is not None and _is_ordinary(conversation, one):
                outcomes[one.conversation] = _outcome(conversation, one, works)
        bulk.store_and_finish(works, _CHANGED)
    for work, hint in zip(works, hints, strict=True):
        conversation = work.conversation
        posted = Posted(conversation.pk, conversation.public_seq, work.now)
        outcomes[conversation.pk] = Told(posted, [hint])
    return [outcomes.get(one.conversation) for one in typed]


def _is_ordinary(conversation: Any, one: Typed) -> bool:
    conversation.registration.webinar = conversation.webinar
    return (
        conversation.held
        and not conversation.known
        and conversation.person_id == one.registration.person_id
        and conversation.registration_id == one.registration.pk
        and is_one_more_line(conversation, conversation.registration)
        and not setting_for(conversation, one.now).faq.on  # an answer of the list may follow
    )


def _outcome(conversation: Conversation, one: Typed, works: list[bulk.Gathered]) -> Outcome:
    """Decide about one message; what is refused, or goes wrong, leaves the others alone."""
    work = bulk.Gathered(conversation, one.now)
    try:
        if one.ref is None:
            raise id_invalid()
        say(work, conversation.registration, one.ref, checked(one.text))
    except Refusal as refusal:
        return refusal
    works.append(work)
    return None


def _locked(typed: Sequence[Typed]) -> Sequence[Conversation]:
    """The conversations under their locks; one that somebody else has just now is left out, and delays nobody."""
    return list(
        _conversations.all(
            ids=[one.conversation for one in typed],
            persons=[one.registration.person_id for one in typed],
            guests=[one.guest for one in typed],
            authors=[f"p:{one.registration.person_id}" for one in typed],
            refs=[one.ref for one in typed],
            now=max(one.now for one in typed),
        )
    )


def _build(
    *, ids: Any, persons: Any, guests: Any, authors: Any, refs: Any, now: Any
) -> QuerySet[Conversation]:
    asked = RawSQL("SELECT unnest(%s::uuid[])", [ids])
    held = RawSQL(_HELD, [ids, persons, guests, now], BooleanField())  # noqa: S611
    known = RawSQL(_KNOWN, [ids, authors, refs], BooleanField())  # noqa: S611
    found = locked(Conversation.objects.filter(pk__in=asked), wait=False)
    return found.annotate(held=held, known=known).only(*_COLUMNS)


_conversations = Prepared(
    _build,
    ids="the ids",
    persons="the persons",
    guests="the guests",
    authors="the authors",
    refs="the refs",
    now="the time",
)

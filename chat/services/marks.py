"""How far each side has got: what reached the attendee, what they read, what the team has seen."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from accounts.models import Membership
from chat import refusals, signals
from chat.models import Conversation, Message, MessageKind, Wait
from chat.services.automation import decide_again, setting_for
from chat.services.work import Work, of_member
from webinars.models import Registration


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the team has read, in the attendee's numbers; said only where the host shows it."""

    conversation: uuid.UUID
    seq: int


@transaction.atomic
def note_team_seen(
    *, membership: Membership, conversation_id: uuid.UUID, seq: int, now: datetime
) -> Seen | None:
    """Move the team's read mark forward to `seq`, never back; a wait that began by then counts as seen.

    Returns what the attendee may be told of it, if anything.
    """
    mine = Conversation.objects.visible_to(membership).filter(pk=conversation_id)
    known = mine.values_list("seq", "team_read").first()
    if known is None:
        raise refusals.not_found()
    if min(seq, known[0]) <= known[1]:
        return None
    conversation = of_member(membership, conversation_id)
    upto = min(seq, conversation.seq)
    if upto <= conversation.team_read:
        return None
    conversation.team_read = upto
    fresh = Wait.objects.filter(
        conversation=conversation, closed_at=None, seen_at=None, opened_seq__lte=upto
    ).first()
    if fresh is not None:
        fresh.seen_at = now
        fresh.save(update_fields=["seen_at"])
        decide_again(Work(conversation, now), fresh)
        signals.wait_seen.send(Wait, wait=fresh, now=now)
    conversation.save(update_fields=["team_read", "due_at"])
    return seen_to_tell(conversation, now)


def seen_to_tell(conversation: Conversation, now: datetime) -> Seen | None:
    """What the attendee of a conversation from `work.locked` is told of the team's reading; None without receipts."""
    if not setting_for(conversation, now).receipts:
        return None
    return Seen(conversation.pk, seen_by_team(conversation))


def seen_by_team(conversation: Conversation) -> int:
    """The public number of the attendee's last words that the team has read; 0 for none."""
    theirs = Message.objects.filter(
        conversation=conversation, kind=MessageKind.ATTENDEE, seq__lte=conversation.team_read
    )
    return theirs.order_by("-seq").values_list("public_seq", flat=True).first() or 0


@transaction.atomic
def note_attendee_read(
    *, registration: Registration, seq: int, now: datetime
) -> tuple[uuid.UUID, int] | None:
    """Move the attendee's read mark forward to public number `seq`; the conversation and the mark if it moved."""
    own = Conversation.objects.of_registration(registration)
    known = own.values_list("public_seq", "attendee_read").first()
    if known is None or min(seq, known[0]) <= known[1]:
        return None
    conversation = own.select_for_update(of=("self",), no_key=True).get()
    upto = min(seq, conversation.public_seq)
    if upto <= conversation.attendee_read:
        return None
    conversation.attendee_read = upto
    conversation.save(update_fields=["attendee_read"])
    signals.attendee_read.send(Conversation, conversation=conversation, now=now)
    return conversation.pk, upto


def note_delivered(*, registration: Registration, seq: int) -> tuple[uuid.UUID, int] | None:
    """Note that everything up to public number `seq` has reached a browser; the conversation and the mark if it moved.

    One statement: a mark that is overtaken costs nothing but itself.
    """
    own = Conversation.objects.of_registration(registration)
    if not own.filter(attendee_has__lt=Least(F("public_seq"), seq)).update(
        attendee_has=Least(F("public_seq"), seq)
    ):
        return None
    return own.values_list("pk", "attendee_has").get()


def note_mailed(*, messages: Iterable[int], now: datetime) -> None:
    """Note that a copy of these messages leaves by e-mail: whoever changes one later is told that it stays."""
    Message.objects.filter(pk__in=list(messages), mailed_at=None).update(mailed_at=now)

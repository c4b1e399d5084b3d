"""What members do with a conversation besides writing: claim, release, resolve, reopen."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from chat import refusals
from chat.models import Cause, Message, MessageKind, State
from chat.services import episodes, ownership
from chat.services.automation import decide_again, open_wait
from chat.services.promises import settle
from chat.services.work import Work, of_member


@transaction.atomic
def claim(*, membership: Membership, conversation_id: uuid.UUID, now: datetime) -> int:
    """Make an unowned conversation the member's; one winner under any race, the others are refused `taken`.

    Returns the conversation's last number. Claiming what is already one's own changes nothing.
    """
    conversation = of_member(membership, conversation_id)
    if conversation.owner_id == membership.pk:
        return conversation.seq
    if conversation.owner is not None:
        raise refusals.taken(conversation.owner.user.display_name)
    work = Work(conversation, now)
    ownership.give(work, membership, cause=Cause.MANUAL, actor=membership.user)
    return _noted(work, "claimed", membership)


@transaction.atomic
def release(*, membership: Membership, conversation_id: uuid.UUID, now: datetime) -> int:
    """Make a conversation nobody's, whoever has it; returns its last number."""
    conversation = of_member(membership, conversation_id)
    if conversation.owner_id is None:
        return conversation.seq
    work = Work(conversation, now)
    ownership.take_back(work, cause=Cause.RELEASE)
    return _noted(work, "released", membership)


@transaction.atomic
def resolve(
    *,
    membership: Membership,
    conversation_id: uuid.UUID,
    no_reply_needed: bool,
    base_seq: int | None,
    now: datetime,
) -> int:
    """Settle a conversation and end its episode; returns its last number.

    Refused `conversation_changed` when the attendee wrote after `base_seq` (F-34), and `no_reply_needed` when a
    question is open and the member has not said that it needs no reply; saying so ends the wait.
    """
    conversation = of_member(membership, conversation_id)
    if conversation.state == State.RESOLVED:
        return conversation.seq
    if base_seq is not None and base_seq < conversation.seq:
        written = Message.objects.filter(
            conversation=conversation, seq__gt=base_seq, kind=MessageKind.ATTENDEE
        ).exists()
        if written:
            raise refusals.conversation_changed()
    wait = open_wait(conversation)
    if (wait is not None or conversation.owed_due_at is not None) and not no_reply_needed:
        raise refusals.no_reply_needed()
    work = Work(conversation, now)
    if wait is not None:
        episodes.close_wait(work, wait, "no_reply_needed", user=membership.user)
    settle(work, "no_reply_needed")
    episodes.end(work, membership.user)
    conversation.state = State.RESOLVED
    decide_again(work, None)
    work.event("resolved", membership.user)
    work.finish()
    return conversation.seq


@transaction.atomic
def reopen(*, membership: Membership, conversation_id: uuid.UUID, now: datetime) -> int:
    """Open a settled conversation again, and go on with its last episode; returns its last number."""
    conversation = of_member(membership, conversation_id)
    if conversation.state == State.OPEN:
        return conversation.seq
    work = Work(conversation, now)
    if conversation.state == State.RESOLVED:
        episodes.go_on(work)
    conversation.state = State.OPEN
    return _noted(work, "reopened", membership)


def _noted(work: Work, what: str, membership: Membership) -> int:
    work.event(what, membership.user)
    work.finish()
    return work.conversation.seq

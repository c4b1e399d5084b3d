"""What members do with a conversation besides writing: claim, release, resolve, reopen, look at it."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import Membership
from chat import refusals, signals
from chat.models import Cause, Conversation, Message, MessageKind, State, Wait
from chat.services import episodes, ownership
from chat.services.automation import decide_again, open_wait
from chat.services.promises import settle
from chat.services.work import Work, of_member
from webinars.models import Registration


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


@transaction.atomic
def note_team_seen(*, membership: Membership, conversation_id: uuid.UUID, seq: int, now: datetime) -> None:
    """Move the team's read mark forward to `seq`, never back; a wait that began by then counts as seen."""
    mine = Conversation.objects.visible_to(membership).filter(pk=conversation_id)
    known = mine.values_list("seq", "team_read").first()
    if known is None:
        raise refusals.not_found()
    upto = min(seq, known[0])
    if upto <= known[1]:
        return
    conversation = mine.select_for_update(of=("self",), no_key=True).get()
    Conversation.objects.filter(pk=conversation.pk).update(team_read=Greatest(F("team_read"), upto))
    fresh = Wait.objects.filter(
        conversation=conversation, closed_at=None, seen_at=None, opened_seq__lte=upto
    ).first()
    if fresh is not None:
        fresh.seen_at = now
        fresh.save(update_fields=["seen_at"])
        signals.wait_seen.send(Wait, wait=fresh, now=now)


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

"""Keeps owed replies: made with a promise or left open by a session, kept by the next human answer."""

from collections.abc import Sequence
from datetime import datetime

from chat import signals
from chat.models import OwedReply, Wait
from chat.services import bulk
from chat.services.work import Work


def owe(work: Work, wait: Wait, *, due_at: datetime, cause: str) -> OwedReply:
    """Record that an answer is owed for the wait, once; `cause` is promised, session_over or late."""
    owed = OwedReply.objects.filter(wait=wait).first()
    if owed is None:  # nobody else makes one meanwhile: the conversation is locked
        owed = owing(work, wait, due_at=due_at, cause=cause)
        record([owed], work.now)
    return owed


def owing(work: Work, wait: Wait, *, due_at: datetime, cause: str) -> OwedReply:
    """The same for a wait that has none, noted in the conversation only; `record` stores it."""
    earlier = work.conversation.owed_due_at
    work.conversation.owed_due_at = min(earlier, due_at) if earlier else due_at
    work.event("owed", None)
    return OwedReply(
        wait=wait,
        conversation=work.conversation,
        cause=cause,
        made_at=work.now,
        due_at=due_at,
        alert_at=due_at,
    )


def record(owed: Sequence[OwedReply], now: datetime) -> None:
    """Store what `owing` made, and tell the apps above."""
    bulk.insert(owed)
    for one in owed:
        signals.owed.send(OwedReply, owed=one, now=now)


def settle(work: Work, how: str) -> None:
    """Settle whatever is owed in the conversation; `how` is answer or no_reply_needed."""
    if work.conversation.owed_due_at is None:
        return
    OwedReply.objects.filter(conversation=work.conversation, settled_at__isnull=True).update(
        settled_at=work.now, settled_by=how, alert_at=None
    )
    work.conversation.owed_due_at = None

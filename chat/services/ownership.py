"""Gives conversations to members and takes them back, and keeps who had each from when until when."""

from datetime import datetime

from django.db.models import F, Max, QuerySet, Value
from django.db.models.functions import Greatest

from accounts.models import Membership, User
from chat.models import Cause, OwnershipInterval
from chat.services.work import Work


def give(work: Work, membership: Membership, *, cause: Cause, actor: User | None) -> None:
    """Make a locked conversation a member's; whoever had it has it no more, for the same cause."""
    take_back(work, cause=cause)
    conversation = work.conversation
    conversation.owner = membership
    # Whoever waited for the lock brings an instant from before: no two people ever had it at once.
    last = OwnershipInterval.objects.filter(conversation=conversation).aggregate(at=Max("until_at"))["at"]
    OwnershipInterval.objects.create(
        conversation=conversation,
        membership=membership,
        cause=cause,
        actor=actor,
        from_at=max(work.now, last) if last else work.now,
    )


def take_back(work: Work, *, cause: Cause) -> None:
    """Make a locked conversation nobody's."""
    work.conversation.owner = None
    _end(OwnershipInterval.objects.filter(conversation=work.conversation), cause, work.now)


def end_of_member(*, membership: Membership, now: datetime) -> None:
    """End what a member has who is about to leave the team; the conversations lose their owner with the row."""
    _end(OwnershipInterval.objects.filter(membership=membership), Cause.RULE, now)


def _end(found: QuerySet[OwnershipInterval], cause: Cause, now: datetime) -> None:
    """Two hosts' clocks may differ by a moment: nothing ends before it began."""
    ends_at = Greatest(F("from_at"), Value(now))
    found.filter(until_at__isnull=True).update(until_at=ends_at, ended=cause)

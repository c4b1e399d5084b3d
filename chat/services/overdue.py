"""Says once that an owed reply was not given by its due time: in the thread, to every inbox, to the apps above."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet

from chat import signals
from chat.models import Conversation, OwedReply
from chat.services import bulk

_LATER = timedelta(minutes=1)


def due(now: datetime) -> QuerySet[Conversation]:
    """The conversations in which an owed reply has fallen due."""
    found = OwedReply.objects.filter(alert_at__lte=now)
    return Conversation.objects.filter(pk__in=found.values("conversation")).order_by("owed_due_at", "pk")


def act(conversations: Sequence[Conversation], now: datetime) -> None:
    """Note in conversations that are locked what has become overdue by now; what was settled meanwhile has not.

    How many statements it takes does not depend on how many conversations there are.
    """
    found = OwedReply.objects.filter(conversation__in=conversations, alert_at__lte=now, settled_at=None)
    mine = {key: list(rows) for key, rows in groupby(found.order_by("conversation", "due_at"), _conversation)}
    works = [bulk.Gathered(one, now) for one in conversations if one.pk in mine]
    late = []
    for work in works:
        for owed in mine[work.conversation.pk]:
            work.event("overdue", None)
            owed.overdue_at, owed.alert_at = now, None
            owed.conversation = work.conversation
            late.append(owed)
    bulk.store(works)
    bulk.save(late, "overdue_at", "alert_at")
    if late:
        signals.overdue.send(OwedReply, owed_list=late, now=now)
    bulk.finish(works)


def put_off(conversation: Conversation, now: datetime) -> None:
    """Look again in a minute at a conversation that could not be dealt with; what was promised stays as it is."""
    late = OwedReply.objects.filter(conversation=conversation, alert_at__lte=now)
    late.update(alert_at=now + _LATER)


def _conversation(owed: OwedReply) -> object:
    return owed.conversation_id

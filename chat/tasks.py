"""The tick of the talk: goes and looks which welcome or autoresponder is due."""

from datetime import datetime, timedelta

from celery import shared_task

from chat.models import Conversation
from chat.services.automation import act
from chat.services.work import complete
from scheduling import due


def look(now: datetime) -> int:
    """Deal with every conversation that is due at the database's `now`; returns how many there were."""

    def decide(conversation: Conversation) -> None:
        act(conversation, now)

    def put_off(conversation: Conversation) -> None:
        conversation.due_at = now + timedelta(minutes=1)
        conversation.save(update_fields=["due_at"])

    return due.act_on_due(complete(Conversation.objects.due(now)), decide, put_off=put_off)


@shared_task(name="chat.tasks.tick", ignore_result=True)
def tick() -> None:
    """Every two seconds, from any number of workers."""
    now = due.database_now()
    look(now)
    due.beat("chat", now=now)

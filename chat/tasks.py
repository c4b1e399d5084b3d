"""The ticks of the talk: go and look what is due to be said, owed or let go, and which drafts are to be written."""

from datetime import datetime, timedelta

from celery import shared_task

from chat.models import Conversation
from chat.services import draft_writing, files, overdue
from chat.services.changing import release
from chat.services.speaking import act
from chat.services.work import complete
from scheduling import due

TOGETHER = 100  # conversations in one transaction: their locks are held for some tens of milliseconds
MOST = 2000  # in one tick


def look(now: datetime) -> int:
    """Deal with every conversation that is due at the database's `now`; returns how many there were."""

    def decide(conversations: list[Conversation]) -> None:
        act(conversations, now)

    def put_off(conversation: Conversation) -> None:
        conversation.due_at = now + timedelta(minutes=1)
        conversation.save(update_fields=["due_at"])

    def let_go(conversations: list[Conversation]) -> None:
        for conversation in conversations:
            release(conversation, now)

    # One by one and first: replies under undo are few, and an answer that is out silences automation.
    due.act_on_due(complete(Conversation.objects.releasing(now)), let_go, put_off=put_off, limit=MOST)
    found = Conversation.objects.due(now)
    return due.act_on_due(found, decide, put_off=put_off, together=TOGETHER, limit=MOST)


def alert(now: datetime) -> int:
    """Say of every owed reply whose time has passed that it is overdue; in how many conversations."""

    def note(conversations: list[Conversation]) -> None:
        overdue.act(conversations, now)

    def put_off(conversation: Conversation) -> None:
        overdue.put_off(conversation, now)

    return due.act_on_due(overdue.due(now), note, put_off=put_off, together=TOGETHER, limit=MOST)


@shared_task(name="chat.tasks.draft", ignore_result=True)
def draft() -> None:
    """Every two seconds on the courier's queue, where a model is configured: write one draft that was asked for."""
    draft_writing.work(clock=due.database_now)


@shared_task(name="chat.tasks.tick", ignore_result=True)
def tick() -> None:
    """Every two seconds, from any number of workers."""
    now = due.database_now()
    look(now)
    alert(now)
    files.give_up_abandoned(now=now)
    files.sweep(now=now)
    due.beat("chat", now=now)

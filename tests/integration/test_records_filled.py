"""What the migration knows of earlier rows is what the services would have written."""

from datetime import time, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from chat import tasks
from chat.models import Episode, OwedReply, OwnershipInterval, Wait
from chat.services import handling
from scheduling.models import ChatHours, HoursWindow
from tests.talk import NOW, Talk, talk
from webinars.models import Attendance

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_migration: Any = import_module("chat.migrations.0005_records")
_WAIT = ("closed_user_id", "answer_id", "answer_via", "open_seconds")
_EPISODE = (
    *("first_answer_id", "answer_via", "answer_seconds", "answer_met", "answer_in_session"),
    *("first_resolved_at", "resolve_seconds"),
)
_OWNED = ("conversation_id", "membership_id", "actor_id", "cause", "from_at", "until_at", "ended")


def fill(*parts: str) -> None:
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(getattr(_migration, part))


def story() -> Talk:
    """Two episodes with answers, one without; claimed, given back, claimed again."""
    stage = talk()
    stage.enters()
    stage.asks(now=NOW + MINUTE)
    ours = {"conversation_id": stage.conversation.pk}
    handling.claim(membership=stage.bob, now=NOW + 2 * MINUTE, **ours)
    Attendance.objects.update(last_seen_at=NOW + 2.5 * MINUTE)
    stage.answers("One moment", now=NOW + 2.5 * MINUTE, is_holding=True)
    stage.answers(now=NOW + 3 * MINUTE)
    handling.release(membership=stage.alice, now=NOW + 4 * MINUTE, **ours)
    handling.resolve(membership=stage.bob, no_reply_needed=False, base_seq=None, now=NOW + 5 * MINUTE, **ours)
    stage.asks(now=NOW + 5 * HOUR)
    handling.claim(membership=stage.alice, now=NOW + 6 * HOUR, **ours)
    stage.answers(now=NOW + 7 * HOUR, membership=stage.alice)
    handling.resolve(membership=stage.bob, no_reply_needed=False, base_seq=None, now=NOW + 8 * HOUR, **ours)
    stage.asks(now=NOW + 9 * HOUR)
    handling.resolve(membership=stage.bob, no_reply_needed=True, base_seq=None, now=NOW + 10 * HOUR, **ours)
    return stage


def rows(model: Any, names: tuple[str, ...]) -> list[Any]:
    return list(model.objects.order_by("pk").values_list(*names))


def blank() -> None:
    """The rows as they were before the migration."""
    OwnershipInterval.objects.all().delete()
    Wait.objects.update(closed_user=None, answer=None, answer_via="", open_seconds=None)
    Episode.objects.update(
        first_answer=None,
        answer_via="",
        answer_seconds=None,
        answer_met=None,
        answer_in_session=None,
        first_resolved_at=None,
        resolve_seconds=None,
    )


def test_earlier_rows_are_filled_as_the_services_would_have_written_them() -> None:
    story()
    written = [rows(Wait, _WAIT), rows(Episode, _EPISODE), rows(OwnershipInterval, _OWNED)]
    assert [row[3] for row in written[1]] == [True, False, None]  # met, gone, not answered
    blank()
    fill("_OWNERSHIP", "_WAITS", "_EPISODES", "_ALWAYS_OPEN")
    assert [rows(Wait, _WAIT), rows(Episode, _EPISODE), rows(OwnershipInterval, _OWNED)] == written


def test_time_within_hours_that_nobody_knows_any_more_stays_empty() -> None:
    story()
    HoursWindow.objects.create(hours=ChatHours.objects.get(), weekday=0, opens=time(9), closes=time(17))
    blank()
    fill("_WAITS", "_EPISODES", "_ALWAYS_OPEN")
    assert {row[3] for row in rows(Wait, _WAIT)} == {None}
    assert {row[2] for row in rows(Episode, _EPISODE)} == {None}


def test_nobody_is_told_of_what_was_overdue_for_days() -> None:
    now = timezone.now()
    due = {"old": now - 2 * DAY, "fresh": now - HOUR, "coming": now + HOUR}
    stages = {name: talk(promise="hours", promise_hours=1) for name in due}
    for name, stage in stages.items():
        stage.asks()
        tasks.look(NOW + 5 * MINUTE)
        OwedReply.objects.filter(conversation=stage.conversation).update(due_at=due[name], alert_at=None)
    fill("_OWED")
    found = {name: OwedReply.objects.get(conversation=stage.conversation) for name, stage in stages.items()}
    assert {name: row.alert_at for name, row in found.items()} == due | {"old": None}
    assert {name: row.overdue_at for name, row in found.items()} == {
        "old": due["old"],
        "fresh": None,
        "coming": None,
    }

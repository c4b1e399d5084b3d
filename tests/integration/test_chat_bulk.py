"""Many changes written with one statement a table are the changes that `Work` writes one by one."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from chat.models import Conversation, Message, MessageKind
from chat.services import bulk
from chat.services.work import Work, locked
from tests import make
from tests.talk import NOW, Talk, talk
from tests.threads import at_once
from webinars.models import GuestSession

pytestmark = pytest.mark.django_db
ODD = 'Łódź "\\u0041" \\ {x} \x01 🎬 %s \'; --\n\tend'


def conversations(*stages: Talk) -> list[Conversation]:
    found = locked(
        Conversation.objects.filter(webinar__in=[stage.webinar for stage in stages]).order_by("pk")
    )
    return list(found)


def stored(model: Any, *without: str) -> list[dict[str, Any]]:
    rows = model.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in without} for row in rows]


def change(work: Work, text: str) -> None:
    conversation = work.conversation
    work.add(
        MessageKind.AUTORESPONDER,
        author_key="auto",
        ref=uuid.UUID(int=conversation.seq),
        text=text,
        detail={"waited": 15, "nested": {"text": text}},
        session_id=conversation.registration.session_id,
        position=0.1 + 0.2,
    )
    conversation.pace = {"tokens": 4.25, "at": NOW.isoformat(), "last": text}
    conversation.due_at = work.now + timedelta(microseconds=1)
    conversation.owed_due_at = None


def test_the_same_rows_as_one_by_one() -> None:
    first, second = talk(), talk()
    for stage in (first, second):
        stage.asks()
    one, many = conversations(first), conversations(second)
    with transaction.atomic():
        single = Work(one[0], NOW)
        change(single, ODD)
        single.finish()
        work = bulk.Gathered(many[0], NOW)
        change(work, ODD)
        bulk.store([work])
        bulk.finish([work])
    mine = ("id", "conversation_id", "session_id", "ref", "author_key")
    rows = [row for row in stored(Message, *mine) if row["kind"] == "autoresponder"]
    assert rows[0] == rows[1]
    assert rows[0]["text"] == ODD
    alike = stored(Conversation, "id", "team_id", "webinar_id", "person_id", "registration_id", "created_at")
    assert alike[0] == alike[1]
    assert work.entries[0] == Message.objects.get(
        conversation=second.conversation, kind=MessageKind.AUTORESPONDER
    )


def test_each_conversation_has_a_revision_of_its_own_of_its_team() -> None:
    team = make.team()
    stages = [talk(), talk(), talk()]
    for stage in stages:
        stage.asks()
    Conversation.objects.filter(webinar=stages[2].webinar).update(team=team)
    Team.objects.filter(pk=team.pk).update(revision=40)
    Conversation.objects.filter(webinar=stages[1].webinar).update(team=stages[0].team)
    before = Team.objects.get(pk=stages[0].team.pk).revision
    works = [bulk.Gathered(conversation, NOW) for conversation in conversations(*stages)]
    with transaction.atomic():
        bulk.finish(works)
    given = {work.conversation.pk: work.conversation.revision for work in works}
    assert dict(Conversation.objects.values_list("pk", "revision")) == given
    assert given[stages[2].conversation.pk] == Team.objects.get(pk=team.pk).revision == 41
    both = sorted([given[stages[0].conversation.pk], given[stages[1].conversation.pk]])
    assert both == [before + 1, before + 2]
    assert Team.objects.get(pk=stages[0].team.pk).revision == before + 2


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows() -> None:
    stages = [talk() for _ in range(6)]
    for stage in stages:
        stage.asks()
    counts = []
    for some in (stages[:1], stages):
        with transaction.atomic():
            works = [bulk.Gathered(conversation, NOW) for conversation in conversations(*some)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                for work in works:
                    change(work, "Soon")
                bulk.store(works)
                bulk.save([work.conversation for work in works], "due_at", "last_line")
                bulk.finish(works)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_nothing_to_write_writes_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        bulk.store([])
        bulk.finish([])
        bulk.insert([])
        bulk.save([], "due_at")
    assert len(queries) == 0


def test_a_value_that_json_would_bend_is_refused() -> None:
    with pytest.raises(TypeError):
        bulk.insert([GuestSession(token_hash=b"0" * 32, expires_at=NOW)])


@pytest.mark.django_db(transaction=True)
def test_batches_of_the_same_teams_wait_for_each_other_and_no_revision_is_lost() -> None:
    """Every thread changes a conversation of each team, the teams in another order each time."""
    stages = [talk() for _ in range(4)]
    for stage in stages:
        for _ in range(3):
            place = make.registration(stage.session, who=make.person(stage.team))
            stage.asks(registration=place)
    of_team = [list(Conversation.objects.filter(team=stage.team).order_by("pk")) for stage in stages]
    before = {team.pk: team.revision for team in Team.objects.all()}

    def batch(number: int) -> None:
        for turn in range(10):
            mine = [rows[number].pk for rows in of_team]
            with transaction.atomic():
                found = {row.pk: row for row in locked(Conversation.objects.filter(pk__in=mine))}
                order = mine[turn % 4 :] + mine[: turn % 4]
                bulk.finish([bulk.Gathered(found[pk], NOW) for pk in order])

    assert at_once(*[lambda number=number: batch(number) for number in range(3)]) == [None, None, None]
    assert {team.pk: team.revision - before[team.pk] for team in Team.objects.all()} == dict.fromkeys(
        before, 30
    )
    revisions = list(Conversation.objects.values_list("team_id", "revision"))
    assert len(set(revisions)) == len(revisions)

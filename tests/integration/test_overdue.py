"""Owed replies that are not given by their due time (A-014), and that nothing ends silently (A-101)."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import measures, tasks
from chat.measures import Outcome
from chat.models import Conversation, Episode, OwedReply, State, Wait
from chat.refusals import Refusal
from chat.services import handling, measured, reading
from notifications.models import Email, Purpose
from notifications.models import State as MailState
from tests import make
from tests.mailing import carry as deliver
from tests.talk import NOW, Talk, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DUE = NOW + 300 * SECOND + HOUR


def promised(stage: Talk | None = None) -> Talk:
    """Somebody who was promised an answer within an hour, five minutes after their question."""
    stage = stage or talk(promise="hours", promise_hours=1)
    stage.asks()
    tasks.look(NOW + 300 * SECOND)
    assert OwedReply.objects.get(conversation=stage.conversation).due_at == DUE
    return stage


def events(stage: Talk) -> list[str]:
    return [message.detail["what"] for message in stage.messages if message.kind == "event"]


def test_A014_an_owed_reply_is_overdue_once_from_its_due_time_on() -> None:
    stage = promised()
    tasks.alert(DUE - SECOND)
    assert events(stage) == ["owed"]
    before = stage.conversation
    tasks.alert(DUE)
    tasks.alert(DUE + MINUTE)
    assert events(stage) == ["owed", "overdue"]
    owed, after = OwedReply.objects.get(), stage.conversation
    assert (owed.overdue_at, owed.alert_at, owed.settled_at) == (DUE, None, None)
    # Every inbox hears of it, the attendee of nothing; it is owed as before.
    assert after.revision > before.revision
    assert (after.public_seq, after.owed_due_at) == (before.public_seq, DUE)


def test_A014_what_was_answered_in_time_is_never_overdue() -> None:
    stage = promised()
    stage.answers(now=DUE - SECOND)
    tasks.alert(DUE + HOUR)
    assert events(stage) == ["owed"]
    assert OwedReply.objects.get().overdue_at is None
    assert not Email.objects.filter(purpose=Purpose.OWED).exists()


@pytest.mark.django_db(transaction=True)
def test_A014_S3_many_workers_at_once_say_it_once() -> None:
    stage = promised()
    assert sorted(at_once(*[lambda: tasks.alert(DUE) for _ in range(6)]))[-1] == 1
    assert events(stage) == ["owed", "overdue"]
    assert Email.objects.filter(purpose=Purpose.OWED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_A014_in_a_race_with_the_answer_it_is_answered_or_overdue_first() -> None:
    pauses = random.Random(14)
    for _ in range(20):
        stage = promised()
        pause = pauses.uniform(-0.004, 0.004)

        def answer(stage: Talk = stage, pause: float = pause) -> None:
            _sleep(pause)
            stage.answers(now=DUE)

        def tick(pause: float = pause) -> None:
            _sleep(-pause)
            tasks.alert(DUE)

        at_once(answer, tick)
        owed = OwedReply.objects.get(conversation=stage.conversation)
        assert owed.settled_by == "answer"
        assert (owed.overdue_at is not None) == ("overdue" in events(stage))
        kinds = [message.kind for message in stage.messages]
        if "overdue" in events(stage):
            assert kinds.index("moderator") == len(kinds) - 1


def _sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [max(0.0, seconds)])


def test_a_conversation_that_cannot_be_dealt_with_is_put_off_and_the_promise_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promised()
    good = promised(talk(promise="hours", promise_hours=1))
    bad = OwedReply.objects.exclude(conversation=good.conversation).get()
    # A number that is taken: the event cannot be stored.
    Conversation.objects.filter(pk=bad.conversation_id).update(seq=0)
    assert tasks.alert(DUE) == 1
    bad.refresh_from_db()
    assert (bad.due_at, bad.alert_at, bad.overdue_at) == (DUE, DUE + MINUTE, None)
    assert events(good) == ["owed", "overdue"]


def test_how_many_statements_it_takes_does_not_depend_on_how_many_are_due() -> None:
    taken = []
    for number in (1, 4):
        for _ in range(number):
            promised()
        Email.objects.all().delete()
        with CaptureQueriesContext(connection) as caught:
            assert tasks.alert(DUE) == number
        taken.append(len([one for one in caught if "chat_" in one["sql"]]))
    assert taken[0] == taken[1]


def test_A014_the_moderators_get_one_mail_of_all_that_fell_due_together() -> None:
    stage = promised()
    other = make.registration(stage.session, who=make.person(stage.team, first_name="Eva"))
    stage.asks("And in winter?", registration=other)
    tasks.look(NOW + 300 * SECOND)
    tasks.alert(DUE)
    stage.asks("The third", registration=make.registration(stage.session), now=NOW + 20 * SECOND)
    tasks.look(NOW + 320 * SECOND)
    tasks.alert(DUE + 20 * SECOND)
    carry(DUE + 20 * SECOND)
    (message,) = mail.outbox
    assert stage.bob.user.email in message.to[0]
    assert message.subject == "3 promised answers are overdue: Better bread at home"
    assert "> And in winter?" in str(message.body)
    assert {one.state for one in Email.objects.filter(purpose=Purpose.OWED)} == {
        MailState.SENT,
        MailState.CANCELLED,
    }


def test_A014_no_mail_leaves_when_the_answer_came_in_the_meantime() -> None:
    stage = promised()
    tasks.alert(DUE)
    stage.answers(now=DUE + SECOND)
    carry(DUE + 2 * SECOND)
    assert [one for one in mail.outbox if "overdue" in one.subject] == []
    assert Email.objects.get(purpose=Purpose.OWED).state == MailState.CANCELLED


def carry(now: Any) -> None:
    """The courier's turn; the alerts of open waits have nothing to do with this."""
    Email.objects.exclude(purpose=Purpose.OWED).delete()
    deliver(now)


def test_A014_home_says_what_is_overdue_apart_from_what_is_promised(client: Client) -> None:
    stage = promised()
    OwedReply.objects.update(due_at=NOW, alert_at=NOW)
    Conversation.objects.update(owed_due_at=NOW)
    client.force_login(stage.bob.user)
    page = client.get(reverse("team_home", args=[stage.team.slug])).content.decode()
    assert "1 promised answer is overdue" in page
    assert "answer is promised" not in page


def test_A014_what_is_overdue_stands_first_among_what_is_owed() -> None:
    stage = promised()
    late = make.registration(stage.session, who=make.person(stage.team, first_name="Eva"))
    stage.asks("Later", registration=late, now=NOW + 60 * SECOND)
    tasks.look(NOW + 360 * SECOND)
    rows = reading.rows(stage.alice, view="owed", now=DUE)
    assert [row["person"]["name"] for row in rows] == ["Dana", "Eva"]
    # Whoever has waited longest is not the first when their answer is due later.
    Conversation.objects.filter(person=stage.person).update(owed_due_at=DUE + 2 * HOUR)
    rows = reading.rows(stage.alice, view="owed", now=DUE)
    assert [row["person"]["name"] for row in rows] == ["Eva", "Dana"]


# --- no silent end


def test_A101_an_episode_without_an_answer_ends_only_by_a_humans_choice_that_is_kept() -> None:
    stage = talk()
    stage.asks()

    def resolve(*, no_reply_needed: bool) -> None:
        handling.resolve(
            membership=stage.bob,
            conversation_id=stage.conversation.pk,
            no_reply_needed=no_reply_needed,
            base_seq=None,
            now=NOW + MINUTE,
        )

    with pytest.raises(Refusal) as refused:
        resolve(no_reply_needed=False)
    assert refused.value.code == "no_reply_needed"
    assert Episode.objects.get().resolved_at is None
    resolve(no_reply_needed=True)
    wait, episode = Wait.objects.get(), Episode.objects.get()
    assert (wait.closed_by, wait.closed_user) == ("no_reply_needed", stage.bob.user)
    assert (episode.resolved_by, episode.resolved_at) == (stage.bob.user, NOW + MINUTE)
    assert outcome_of(stage) == [Outcome.NO_REPLY_NEEDED]


def outcome_of(stage: Talk) -> list[Outcome]:
    facts = measured.facts_of([stage.webinar.pk], NOW - HOUR, NOW + 99 * HOUR)[stage.webinar.pk]
    return [measures.outcome(episode) for episode in facts.episodes]


@pytest.mark.django_db(transaction=True)
def test_A101_F34_no_race_ends_a_question_silently() -> None:
    """Attendee, two moderators and both ticks at once, over and over; nothing unanswered is ever resolved unnoticed."""
    luck = random.Random(101)
    for _round in range(12):
        stage = talk(promise="hours", promise_hours=1)
        stage.asks()
        plans = [[luck.choice(_ACTS) for _ in range(4)] for _ in range(4)]
        outcomes = at_once(*[lambda plan=plan, stage=stage: _run(stage, plan) for plan in plans])
        assert outcomes == [None] * len(plans)
        conversation = stage.conversation
        waits = Wait.objects.filter(conversation=conversation)
        for episode in Episode.objects.filter(conversation=conversation, resolved_at__isnull=False):
            closed = [wait for wait in waits if wait.episode_id == episode.pk]
            assert all(wait.closed_at is not None for wait in closed)
            assert all(wait.closed_user_id for wait in closed)
        assert (conversation.waiting_since is not None) == waits.filter(closed_at=None).exists()
        if conversation.state == State.RESOLVED:
            assert conversation.waiting_since is None
        assert Outcome.CLOSED not in outcome_of(stage)


def _run(stage: Talk, plan: list[Any]) -> None:
    for act in plan:
        try:
            act(stage)
        except Refusal:
            continue


def _resolve(stage: Talk, *, no_reply_needed: bool) -> None:
    conversation = stage.conversation
    handling.resolve(
        membership=stage.bob,
        conversation_id=conversation.pk,
        no_reply_needed=no_reply_needed,
        base_seq=conversation.seq,
        now=NOW + MINUTE,
    )


_ACTS = [
    lambda stage: stage.asks(f"Question {random.random()}", now=NOW + 30 * SECOND),
    lambda stage: stage.answers(now=NOW + 40 * SECOND),
    lambda stage: stage.answers(now=NOW + 40 * SECOND, membership=stage.alice, is_holding=True),
    lambda stage: _resolve(stage, no_reply_needed=False),
    lambda stage: _resolve(stage, no_reply_needed=False),
    lambda stage: _resolve(stage, no_reply_needed=True),
    lambda stage: handling.reopen(
        membership=stage.bob, conversation_id=stage.conversation.pk, now=NOW + MINUTE
    ),
    lambda _stage: tasks.look(NOW + 300 * SECOND),
    lambda _stage: tasks.alert(DUE),
]

"""Many things due at once: dealt with together, each once, none held up by another, and silent after a human."""

import random
import time
from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from chat import news, tasks
from chat.models import AutomaticRecord, Conversation, Message, MessageKind, OwedReply, Wait
from chat.services import posting, sessions
from chat.services.work import locked
from scheduling import due
from tests import make
from tests.talk import NOW, Talk, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(seconds=300)
SPOKEN, ANSWERED = ["attendee", "autoresponder"], ["attendee", "moderator"]


def crowd(number: int, **policy: Any) -> Talk:
    """So many people in one session, each with a question that nobody has answered."""
    stage = talk(**policy)
    for _ in range(number):
        stage.asks(registration=make.registration(stage.session, who=make.person(stage.team)))
    return stage


def said() -> dict[Any, list[str]]:
    """The kinds of what both sides see, by conversation."""
    found = defaultdict(list)
    shown = Message.objects.filter(public_seq__isnull=False).order_by("seq")
    for conversation, kind in shown.values_list("conversation", "kind"):
        found[conversation].append(kind)
    return found


def poison(conversation: Conversation) -> None:
    """The next number of the conversation is taken, so that whatever is written next fails."""
    Message.objects.create(
        conversation=conversation, seq=2, kind=MessageKind.EVENT, author_key="auto", at=NOW
    )


def test_two_hundred_that_are_due_at_once_are_each_said_once() -> None:
    crowd(200)
    assert tasks.look(DUE) == 200
    assert Counter(map(tuple, said().values())) == {tuple(SPOKEN): 200}
    assert OwedReply.objects.filter(cause="promised").count() == 200
    assert AutomaticRecord.objects.filter(said=True, message__kind="autoresponder").count() == 200
    assert Wait.objects.filter(automatic_at=DUE).count() == 200
    revisions = sorted(Conversation.objects.values_list("revision", flat=True))
    assert len(set(revisions)) == 200
    assert revisions[-1] == Team.objects.get().revision
    assert tasks.look(DUE + timedelta(hours=1)) == 0


def test_each_record_names_the_message_of_its_own_conversation() -> None:
    crowd(20)
    tasks.look(DUE)
    for record in AutomaticRecord.objects.select_related("message", "wait"):
        assert record.message is not None
        assert record.wait is not None
        assert record.message.conversation_id == record.wait.conversation_id == record.conversation_id


def test_what_lapses_what_is_said_and_what_is_not_due_any_more_go_together() -> None:
    lapsed, spoken, welcome = talk(), talk(), talk()
    lapsed.asks()
    spoken.asks(now=DUE)
    welcome.enters(now=DUE)
    lapsed.session.closed_at = DUE + timedelta(seconds=100)
    lapsed.session.save(update_fields=["closed_at"])
    seen = lapsed.conversation.revision
    tasks.look(DUE + timedelta(seconds=300))
    assert AutomaticRecord.objects.get(conversation=lapsed.conversation).reason == "after_exit"
    assert lapsed.conversation.due_at is None
    assert lapsed.conversation.revision == seen  # nobody has to be told
    assert [kind for kind, _text in spoken.said] == SPOKEN
    assert welcome.said == [("welcome", "Hello Dana")]


def test_one_that_raises_is_put_off_and_ninety_nine_are_said() -> None:
    crowd(100)
    broken = Conversation.objects.order_by("due_at", "pk")[41]
    poison(broken)
    assert tasks.look(DUE) == 99
    found = said()
    assert found.pop(broken.pk) == ["attendee"]
    assert list(found.values()) == [SPOKEN] * 99
    broken.refresh_from_db()
    assert broken.due_at == DUE + timedelta(minutes=1)
    assert OwedReply.objects.count() == 99
    assert tasks.look(DUE + timedelta(seconds=59)) == 0


def test_halves_find_what_raises_in_few_transactions() -> None:
    crowd(64)
    bad = Conversation.objects.order_by("due_at", "pk")[20].pk
    sizes: list[int] = []

    def act(rows: list[Conversation]) -> None:
        sizes.append(len(rows))
        if any(row.pk == bad for row in rows):
            raise ValueError
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=None)

    def put_off(row: Conversation) -> None:
        Conversation.objects.filter(pk=row.pk).update(due_at=DUE + timedelta(hours=1))

    found = Conversation.objects.filter(due_at__lte=DUE).order_by("due_at", "pk")
    assert due.act_on_due(found, act, put_off=put_off, together=64) == 63
    assert len(sizes) == 13  # all, then two halves on each of six levels
    assert list(Conversation.objects.filter(due_at__isnull=False).values_list("pk", flat=True)) == [bad]


def test_fifty_take_as_many_statements_as_one() -> None:
    counts = []
    for number in (1, 50):
        crowd(number)
        with CaptureQueriesContext(connection) as queries:
            assert tasks.look(DUE) == number
        counts.append(len(queries))
    assert counts[0] == counts[1] < 25


def test_a_session_with_many_open_questions_closes_with_as_many_statements_as_with_one() -> None:
    counts = []
    for number in (1, 20):
        stage = crowd(number)
        with CaptureQueriesContext(connection) as queries:
            assert sessions.close(session=stage.session, now=DUE) == number
        counts.append(len(queries))
        assert OwedReply.objects.filter(conversation__team=stage.team, cause="session_over").count() == number
        assert Conversation.objects.filter(team=stage.team, owed_due_at__isnull=False).count() == number
    assert counts[0] == counts[1]


def test_ten_webinars_take_as_many_statements_as_one() -> None:
    counts = []
    for number in (1, 10):
        for _ in range(number):
            talk().asks()
        with CaptureQueriesContext(connection) as queries:
            assert tasks.look(DUE) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_S3_two_workers_at_once_say_each_once_and_lose_none(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(120)
    monkeypatch.setattr(tasks, "TOGETHER", 10)
    counts = at_once(lambda: tasks.look(DUE), lambda: tasks.look(DUE))
    assert sum(counts) == 120
    assert Counter(map(tuple, said().values())) == {tuple(SPOKEN): 120}
    assert OwedReply.objects.count() == AutomaticRecord.objects.count() == 120
    revisions = list(Conversation.objects.values_list("revision", flat=True))
    assert len(set(revisions)) == 120
    assert max(revisions) == Team.objects.get().revision


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_is_writing_in_holds_up_no_other() -> None:
    crowd(10)
    busy = Conversation.objects.order_by("due_at")[4]

    def look() -> int:
        return tasks.look(DUE)

    with transaction.atomic():
        assert locked(Conversation.objects.filter(pk=busy.pk)).get() == busy
        assert at_once(look) == [9]
    assert at_once(look) == [1]


@pytest.mark.django_db(transaction=True)
def test_hints_of_many_leave_in_few_publications(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(60)
    monkeypatch.setattr(news, "_listeners", [])  # as in a worker, which has no hub
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as heard:
        heard.subscribe(news.CHANNEL)
        assert heard.get_message(timeout=5) is not None
        tasks.look(DUE)
        packets: list[list[bytes]] = []
        while len(packets) < 2 and (message := heard.get_message(timeout=5)) is not None:
            packets.append(message["data"].split(b"\n"))
    assert [len(lines) for lines in packets] == [50, 10]


@pytest.mark.django_db(transaction=True)
def test_S5_in_a_thousand_races_with_humans_it_never_speaks_after_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two threads of a moderator answer while batches are decided; whoever commits first wins, both orders occur."""
    stage = crowd(100)
    pks = list(Conversation.objects.values_list("pk", flat=True))
    monkeypatch.setattr(tasks, "TOGETHER", 5)
    order = random.Random(20260310)
    firsts: Counter[tuple[str, ...]] = Counter()
    until = time.monotonic() + 15
    while firsts.total() < 1000 and time.monotonic() < until:
        order.shuffle(pks)
        answers = [partial(answer, stage, pks[part::2]) for part in (0, 1)]
        assert at_once(*answers, partial(tasks.look, DUE))[:2] == [None, None]
        firsts.update(map(tuple, said().values()))
        ask_again()
    assert set(firsts) == {tuple(ANSWERED), (*SPOKEN, "moderator")}
    assert firsts.total() >= 200


def answer(stage: Talk, conversations: list[UUID]) -> None:
    for pk in conversations:
        posting.post_as_moderator(
            membership=stage.bob, conversation_id=pk, ref=uuid4(), text="An hour.", base_seq=None, now=DUE
        )


def ask_again() -> None:
    """Everybody waits as if nobody had answered."""
    AutomaticRecord.objects.all().delete()
    OwedReply.objects.all().delete()
    Message.objects.exclude(kind=MessageKind.ATTENDEE).delete()
    Wait.objects.update(closed_at=None, closed_by="", automatic_at=None)
    Conversation.objects.update(
        seq=1, public_seq=1, waiting_since=NOW, due_at=DUE, team_wrote_at=None, owed_due_at=None
    )

"""Welcome, autoresponder and owed replies: once, in time, and silent once a human has spoken."""

import random
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from chat import tasks
from chat.models import (
    AutomaticRecord,
    ChatPolicy,
    Conversation,
    KindPolicy,
    KindText,
    Mode,
    OwedReply,
    Promise,
    Wait,
)
from chat.rules import Why
from chat.services import handling, sessions
from chat.services.policy import Invalid, KindSetting, PolicySetting, Stale, default_policy, save_policy
from chat.services.speaking import act
from chat.services.work import locked
from scheduling.models import Heartbeat, Kind
from tests import make
from tests.talk import NOW, Talk, talk
from tests.threads import at_once
from webinars import signals

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WELCOME, SOON = ("welcome", "Hello Dana"), ("autoresponder", "Soon, before the end of today")
ASKED = ("attendee", "How long?")


def reasons() -> list[str]:
    return list(AutomaticRecord.objects.filter(said=False).order_by("id").values_list("reason", flat=True))


def test_S1_what_is_due_stands_on_the_conversation_in_the_transaction_of_its_cause() -> None:
    stage = talk()
    stage.enters()
    assert stage.conversation.due_at == NOW + 5 * SECOND
    with transaction.atomic():
        stage.asks()
        transaction.set_rollback(True)
    assert (stage.conversation.waiting_since, stage.messages) == (None, [])


def test_S2_the_welcome_comes_after_five_seconds_and_once_a_session() -> None:
    stage = talk()
    stage.enters()
    tasks.look(NOW + 4 * SECOND)
    assert stage.said == []
    tasks.look(NOW + 5 * SECOND)
    sessions.enter(attendance=stage.registration.attendance, now=NOW + 9 * SECOND)
    tasks.look(NOW + 60 * SECOND)
    assert stage.said == [WELCOME]
    assert stage.conversation.listed is False  # nothing but a welcome is not in the inbox


def test_the_enter_click_makes_the_welcome_due() -> None:
    stage = talk()
    attendance = make.attendance(stage.registration)
    signals.entered.send(type(attendance), attendance=attendance, now=NOW)
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [WELCOME]


def test_S5_the_autoresponder_speaks_after_the_delay_and_never_after_an_answer() -> None:
    silent, spoken = talk(), talk()
    silent.asks()
    spoken.asks()
    silent.answers(now=NOW + 299 * SECOND)
    tasks.look(NOW + 299 * SECOND)
    tasks.look(NOW + 300 * SECOND)
    assert silent.said == [ASKED, ("moderator", "An hour.")]
    assert spoken.said == [ASKED, SOON]
    assert spoken.conversation.waiting_since == NOW  # it never counts as an answer
    row = spoken.conversation
    assert (row.last_line, row.last_by) == ("How long?", "attendee")  # who waits is listed with the question


@pytest.mark.django_db(transaction=True)
def test_S5_in_a_race_with_a_human_it_never_speaks_after_the_answer() -> None:
    """Whoever commits first wins; both orders occur."""
    first: set[str] = set()
    pauses = random.Random(20260310)
    for _ in range(40):
        stage = talk()
        stage.asks()
        pause = pauses.uniform(-0.004, 0.004)

        def answer(stage: Talk = stage, pause: float = pause) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [max(0.0, pause)])
            stage.answers(now=NOW + 300 * SECOND)

        def tick(pause: float = pause) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [max(0.0, -pause)])
            tasks.look(NOW + 300 * SECOND)

        assert at_once(answer, tick) == [None, None]
        kinds = [kind for kind, _text in stage.said]
        assert kinds in (["attendee", "moderator"], ["attendee", "autoresponder", "moderator"])
        first.add(kinds[1])
    assert first == {"moderator", "autoresponder"}


@pytest.mark.django_db(transaction=True)
def test_S3_F30_many_workers_at_once_say_it_once() -> None:
    stage = talk()
    stage.asks()
    at_once(*[lambda: tasks.look(NOW + 300 * SECOND) for _ in range(8)])
    assert stage.said == [ASKED, SOON]
    assert OwedReply.objects.count() == 1


def test_F30_a_worker_that_dies_midway_leaves_it_to_the_next() -> None:
    stage = talk()
    stage.asks()
    conversation = Conversation.objects.get()
    with transaction.atomic():
        act([locked(Conversation.objects.filter(pk=conversation.pk)).get()], NOW + 300 * SECOND)
        transaction.set_rollback(True)
    assert stage.said == [ASKED]
    tasks.look(NOW + 301 * SECOND)
    assert stage.said == [ASKED, SOON]


def test_S4_after_ten_minutes_without_a_beat_it_is_said_once() -> None:
    stage = talk()
    stage.asks()
    tasks.look(NOW + 9 * MINUTE)
    tasks.look(NOW + 19 * MINUTE)
    assert stage.said == [ASKED, SOON]


def test_S4_what_lost_its_point_lapses_visibly() -> None:
    stage = talk()
    stage.asks()
    tasks.look(NOW + 60 * MINUTE)  # long after the exit room
    assert stage.said == [ASKED]
    assert reasons() == [Why.AFTER_EXIT]


def test_a_broken_conversation_is_put_off_and_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = talk(), talk()
    broken.asks()
    fine.asks(now=NOW + SECOND)
    KindText.objects.filter(policy__webinar=broken.webinar).update(autoresponder_text="x" * 5000)
    ChatPolicy.objects.filter(webinar=broken.webinar).update(promise="nonsense")
    tasks.look(NOW + 400 * SECOND)
    assert fine.said == [ASKED, SOON]
    assert broken.said == [ASKED]
    assert broken.conversation.due_at == NOW + 460 * SECOND


def test_F15_five_lines_are_one_answer_and_a_second_wait_of_the_session_none() -> None:
    stage = talk()
    for number in range(5):
        stage.asks(f"{number}", now=NOW + number * SECOND)
    tasks.look(NOW + 300 * SECOND)
    stage.answers(now=NOW + 310 * SECOND)
    stage.asks("again", now=NOW + 320 * SECOND)
    assert stage.conversation.due_at is None
    tasks.look(NOW + 660 * SECOND)
    assert [kind for kind, _text in stage.said].count("autoresponder") == 1


def test_once_a_session_can_be_switched_off() -> None:
    stage = talk(once_per_session=False)
    stage.asks()
    tasks.look(NOW + 300 * SECOND)
    stage.answers(now=NOW + 310 * SECOND)
    stage.asks("again", now=NOW + 320 * SECOND)
    tasks.look(NOW + 620 * SECOND)
    assert [kind for kind, _text in stage.said].count("autoresponder") == 2


def test_a_holding_message_silences_it_and_answers_nothing() -> None:
    stage = talk()
    stage.asks()
    stage.answers("One moment", now=NOW + SECOND, is_holding=True)
    tasks.look(NOW + 300 * SECOND)
    assert stage.said == [ASKED, ("moderator", "One moment")]
    assert stage.conversation.waiting_since == NOW


def test_no_reply_needed_silences_it() -> None:
    stage = talk()
    stage.asks()
    facts: dict[str, Any] = {
        "membership": stage.bob,
        "conversation_id": stage.conversation.pk,
        "base_seq": None,
    }
    handling.resolve(**facts, no_reply_needed=True, now=NOW + SECOND)
    tasks.look(NOW + 300 * SECOND)
    assert stage.said == [ASKED]


@pytest.mark.parametrize("mode", [Mode.EMAIL, Mode.OFF, Mode.OTHER])
def test_what_was_due_while_it_might_not_speak_has_lapsed(mode: str) -> None:
    stage = talk()
    stage.asks()
    KindPolicy.objects.filter(policy__webinar=stage.webinar).update(mode=mode)
    tasks.look(NOW + 300 * SECOND)
    KindPolicy.objects.filter(policy__webinar=stage.webinar).update(mode=Mode.CHAT)
    tasks.look(NOW + 400 * SECOND)
    assert stage.said == [ASKED]
    assert reasons() == [Why.NOT_CHAT]


def test_an_open_wait_carried_into_a_new_session_starts_again_with_a_new_question() -> None:
    stage = talk()
    stage.asks()
    again = stage.another_session(NOW + 2 * MINUTE)
    stage.asks("Here I am again", now=NOW + 3 * MINUTE, registration=again)
    tasks.look(NOW + 5 * MINUTE)
    assert len(stage.said) == 2
    tasks.look(NOW + 8 * MINUTE)
    assert stage.said[-1] == SOON
    wait = Wait.objects.get()
    assert (wait.opened_at, wait.session_id) == (NOW, again.session_id)


def test_a_wait_that_had_its_autoresponder_gets_no_second_one_in_another_session() -> None:
    stage = talk(once_per_session=False)
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    again = stage.another_session(NOW + 6 * MINUTE)
    stage.asks("Hello?", now=NOW + 7 * MINUTE, registration=again)
    tasks.look(NOW + 13 * MINUTE)
    assert [kind for kind, _text in stage.said].count("autoresponder") == 1


def test_a_question_after_the_session_is_owed_and_never_answered_by_itself() -> None:
    stage = talk()
    stage.asks(now=NOW + 30 * MINUTE)
    assert stage.conversation.due_at is None
    owed = OwedReply.objects.get()
    assert (owed.cause, owed.due_at) == ("late", NOW + 12 * 60 * MINUTE)


def test_a_promise_is_one_owed_reply_kept_by_the_next_human_answer() -> None:
    stage = talk(promise=Promise.HOURS, promise_hours=4)
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said[-1] == ("autoresponder", "Soon, within 4 hours")
    assert stage.conversation.owed_due_at == NOW + 245 * MINUTE
    stage.answers(now=NOW + 20 * MINUTE)
    owed = OwedReply.objects.get()
    assert (owed.settled_by, owed.settled_at) == ("answer", NOW + 20 * MINUTE)
    assert stage.conversation.owed_due_at is None


def test_a_closing_session_leaves_its_open_questions_owed_once() -> None:
    stage = talk(promise=Promise.NONE)
    stage.asks()
    other = make.registration(stage.session, who=make.person(stage.team, first_name="Eve"))
    stage.asks("And I?", registration=other)
    answered = make.registration(stage.session, who=make.person(stage.team, first_name="Ada"))
    stage.asks("Me too", registration=answered)
    pk = Conversation.objects.get(person=answered.person).pk
    stage.answers(conversation_id=pk)
    for _ in range(2):
        assert sessions.close(session=stage.session, now=NOW + 24 * MINUTE) in {2}
    assert OwedReply.objects.filter(settled_at=None).count() == 2
    events = [message.detail["what"] for message in stage.messages if message.kind == "event"]
    assert events == ["owed", "owed"]


def test_outside_chat_hours_the_other_text_is_said_where_the_host_chose_chat() -> None:
    stage = talk(outside_mode=Mode.CHAT)
    hours = make.chat_hours((0, time(9), time(10)))
    type(stage.webinar).objects.update(chat_hours=hours)
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said == [ASKED, ("autoresponder", "Outside")]


def test_on_demand_goes_with_just_in_time() -> None:
    stage = talk(kind=Kind.ON_DEMAND)
    KindText.objects.filter(kind="just_in_time").update(welcome_text="Just for you")
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Just for you")]


def test_every_new_webinar_has_a_policy() -> None:
    webinar = make.webinar()
    signals.webinar_created.send(type(webinar), webinar=webinar, now=NOW)
    kinds = {row.kind for row in ChatPolicy.objects.get(webinar=webinar).kinds.all()}
    assert kinds == {"scheduled", "just_in_time", "replay"}


def test_saving_a_policy_moves_what_is_not_yet_due() -> None:
    stage = talk()
    stage.asks()
    kinds = dict.fromkeys(
        ("scheduled", "just_in_time", "replay"),
        KindSetting(welcome_text="Hi {prénom}", autoresponder_text="Sooner, {imię}"),
    )
    save_policy(
        webinar=stage.webinar,
        setting=PolicySetting(kinds=kinds, autoresponder_delay=60),
        version=0,
        now=NOW + 30 * SECOND,
    )
    tasks.look(NOW + 31 * SECOND)
    assert stage.conversation.due_at == NOW + 60 * SECOND
    tasks.look(NOW + 60 * SECOND)
    assert stage.said == [ASKED, ("autoresponder", "Sooner, Dana")]


def test_A12_a_policy_with_unknown_names_or_an_old_version_is_not_saved() -> None:
    webinar = make.webinar()
    default_policy(webinar)
    kinds = {"replay": KindSetting(welcome_text="Hi {user.password}")}
    with pytest.raises(Invalid) as invalid:
        save_policy(
            webinar=webinar,
            setting=PolicySetting(kinds=kinds, autoresponder_delay=14),
            version=0,
            now=NOW,
        )
    assert invalid.value.errors == {
        "replay.welcome_text": "unknown_placeholder",
        "autoresponder_delay": "field_invalid",
    }
    with pytest.raises(Stale):
        save_policy(webinar=webinar, setting=PolicySetting(kinds={}), version=7, now=NOW)


def test_the_tick_takes_the_databases_clock_and_leaves_its_pulse() -> None:
    stage = talk()
    stage.asks()
    tasks.tick()
    assert Heartbeat.objects.filter(name="chat").exists()
    assert reasons() == [Why.AFTER_EXIT]  # the database's now is long after this session


def test_a_name_that_is_a_template_is_only_a_name() -> None:
    stage = talk()
    type(stage.person).objects.update(first_name="{webinar}")
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Hello {webinar}")]


def test_without_a_name_the_fallback_is_said() -> None:
    stage = talk(name_fallback="friend")
    type(stage.person).objects.update(first_name="")
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Hello friend")]

"""Why something was said by itself, or was not: in order of time, on a page, beside the thread, and in a shell."""

import json
import uuid
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from chat import tasks
from chat.models import KindPolicy, Mode, Promise
from chat.services.handling import resolve
from chat.services.why import explain
from scheduling.models import Kind
from tests import make
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def told(stage: Talk, now: datetime) -> list[tuple[str, str, str]]:
    return [(one.kind, one.state, str(one.why)) for one in explain(stage.conversation, now, until=now)]


def test_what_came_says_rule_what_was_waited_for_due_and_sent() -> None:
    stage = talk(promise=Promise.HOURS, promise_hours=4)
    stage.enters()
    tasks.look(NOW + 6 * SECOND)
    stage.asks(now=NOW + MINUTE)
    tasks.look(NOW + 362 * SECOND)
    welcome, answer = explain(stage.conversation, NOW + 10 * MINUTE)
    assert (welcome.state, welcome.since, welcome.due_at, welcome.at) == (
        "said",
        NOW,
        NOW + 5 * SECOND,
        NOW + 6 * SECOND,
    )
    assert welcome.rule == "5 seconds after they first came in, once a session"
    assert (answer.state, answer.since, answer.due_at, answer.at) == (
        "said",
        NOW + MINUTE,
        NOW + 6 * MINUTE,
        NOW + 362 * SECOND,
    )
    assert answer.rule == "5 minutes without a human answer, while the chat is open"
    assert (answer.question, answer.seq, answer.text) == (2, 3, "Soon, within 4 hours")
    assert answer.promised is not None
    assert answer.promised.due_at == NOW + 362 * SECOND + timedelta(hours=4)


def test_what_lapsed_says_why() -> None:
    stage = talk()
    stage.asks()
    KindPolicy.objects.update(mode=Mode.EMAIL)
    tasks.look(NOW + 5 * MINUTE)
    assert ("autoresponder", "lapsed", "not_chat") in told(stage, NOW + 6 * MINUTE)


def test_what_never_became_due_says_why() -> None:
    stage = talk()
    stage.enters()
    stage.asks(now=NOW + SECOND)
    stage.answers(now=NOW + 2 * SECOND)
    stage.asks("And now?", now=NOW + MINUTE)
    resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=True,
        base_seq=None,
        now=NOW + 2 * MINUTE,
    )
    stage.asks("Hello?", now=NOW + 3 * MINUTE)
    stage.answers("One moment", now=NOW + 4 * MINUTE, is_holding=True)
    tasks.look(NOW + 20 * MINUTE)
    assert told(stage, NOW + 20 * MINUTE) == [
        ("autoresponder", "silent", "answered"),
        ("welcome", "silent", "team_wrote"),
        ("autoresponder", "silent", "no_reply_needed"),
        ("autoresponder", "silent", "held"),
    ]
    stage.answers(now=NOW + 21 * MINUTE)
    assert told(stage, NOW + 22 * MINUTE)[-1][2] == "held"


def test_a_question_after_the_session_and_a_second_one_in_it_say_why() -> None:
    stage = talk()
    stage.enters(now=NOW - MINUTE)
    tasks.look(NOW)
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    stage.answers(now=NOW + 6 * MINUTE)
    stage.asks("Again", now=NOW + 7 * MINUTE)
    assert told(stage, NOW + 8 * MINUTE)[-1] == ("autoresponder", "silent", "once_a_session")
    stage.answers(now=NOW + 9 * MINUTE)
    stage.asks("Later", now=NOW + 40 * MINUTE)
    assert told(stage, NOW + 41 * MINUTE)[-1] == ("autoresponder", "silent", "late")


def test_what_is_to_come_is_judged_by_the_hours_of_its_own_time() -> None:
    stage = talk()
    type(stage.webinar).objects.update(chat_hours=make.chat_hours((1, time(11), time(12, 5))))
    stage.asks(now=NOW - SECOND)
    assert ("autoresponder", "coming", "due") in told(stage, NOW)  # one second before the hours end
    stage.answers(now=NOW)
    stage.asks("And this?", now=NOW)
    line = explain(stage.conversation, NOW)[-2]
    assert (line.state, line.why, line.due_at) == ("silent", "not_chat", NOW + 5 * MINUTE)


def test_what_is_to_come_is_shown_as_it_would_be_said() -> None:
    stage = talk()
    stage.enters()
    assert explain(stage.conversation, NOW)[0].text == "Hello Dana"


def test_somebody_who_has_not_entered_and_somebody_who_went_on_are_told_apart() -> None:
    stage = talk()
    stage.asks()
    assert ("welcome", "silent", "not_entered") in told(stage, NOW)
    stage.enters()
    replay = stage.another_session(NOW, kind=Kind.REPLAY)
    stage.enters(now=NOW + SECOND, registration=replay)
    tasks.look(NOW + 6 * SECOND)
    assert told(stage, NOW + 7 * SECOND)[:2] == [
        ("welcome", "silent", "moved_on"),
        ("welcome", "said", "due"),
    ]


def test_as_of_an_earlier_instant_what_came_later_is_left_out() -> None:
    stage = talk()
    stage.enters()
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    stage.answers(now=NOW + 6 * MINUTE)
    assert told(stage, NOW + SECOND) == [("welcome", "coming", "due"), ("autoresponder", "coming", "due")]
    assert [state for _kind, state, _why in told(stage, NOW + 7 * MINUTE)] == ["said", "said"]


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("why", *words, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_prints_a_line_or_an_object_for_each() -> None:
    stage = talk()
    stage.enters()
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    pk = str(stage.conversation.pk)
    welcome, answer = run(pk)
    assert welcome.startswith("2026-03-10 12:05:00Z  said     Welcome")
    assert "No answer" not in welcome
    assert "5 minutes without a human answer" in answer
    assert "answer promised by 2026-03-11 00:00Z" in answer
    found = [json.loads(line) for line in run(pk, "--json")]
    assert [(one["kind"], one["state"], one["reason"]) for one in found] == [
        ("welcome", "said", "due"),
        ("autoresponder", "said", "due"),
    ]
    early = [json.loads(line) for line in run(pk, "--json", "--at", "2026-03-10T12:00:02")]
    assert [one["state"] for one in early] == ["coming", "coming"]
    assert run(pk, "--at", "2026-03-10T11:59:00+00:00")[0].endswith("they have not entered the session")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "That is no conversation’s id"),
        (["5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e1"], "That is no conversation’s id"),
        ([str(uuid.UUID(int=1))], "There is no conversation 00000000-0000-0000-0000-000000000001."),
        ([str(uuid.UUID(int=1)), "--at", "soon"], "--at wants a date and a time"),
        ([str(uuid.UUID(int=1)), "--at", "0001-01-01T00:00"], "outside the years"),
    ],
)
def test_the_command_answers_what_it_cannot_in_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert refused.value.returncode == 2
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def page(stage: Talk, who: Any = None) -> Any:
    client = Client()
    client.force_login((who or stage.bob).user)
    return client.get(reverse("conversation_why", args=[stage.team.slug, stage.conversation.pk]))


def test_the_page_tells_moderators_all_of_it_without_script() -> None:
    stage = talk()
    stage.enters()
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    stage.answers(now=NOW + 6 * MINUTE)
    stage.asks("Again", now=NOW + 7 * MINUTE)
    shown = page(stage)
    assert shown.status_code == 200
    text = shown.text
    assert text.index("already sent once in this session") < text.index("Autoresponder: said")
    assert "kept on" in text
    assert "10 Mar 2026, 12:05:00" in text
    assert "Soon, before the end of today" in text


def test_A1_the_page_is_not_there_for_whoever_does_not_work_on_the_webinar() -> None:
    stage = talk()
    stage.asks()
    stranger = make.member(stage.team, "moderator")
    assert page(stage, stranger).status_code == 404


def test_the_page_of_a_conversation_without_automation_says_so() -> None:
    stage = talk()
    stage.asks()
    KindPolicy.objects.update(mode=Mode.OFF)
    text = page(stage).text
    assert "does not come, as things stand" in text
    assert "they have not entered the session" in text


def test_F15_the_facts_beside_the_thread_list_what_came_and_what_did_not() -> None:
    stage = talk()
    stage.asks()
    stage.answers(now=NOW + SECOND)
    client = Client()
    client.force_login(stage.bob.user)
    facts = client.get(reverse("conversation_facts", args=[stage.team.slug, stage.conversation.pk])).json()
    lines = [(line["name"], line["state"], line["why"]) for line in facts["automatic"]]
    assert ("Autoresponder", "silent", "a human answered first") in lines

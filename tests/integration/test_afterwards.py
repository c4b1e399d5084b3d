"""Afterwards, the page of a place keeps the whole conversation for its holder, and takes another question."""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client

from chat import tasks
from chat.models import Conversation, KindPolicy, Mode, OwedReply, Wait
from scheduling.models import Kind
from tests import make
from tests.talk import NOW, Talk, talk
from webinars.services.sessions import close_due_sessions

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def browser(stage: Talk) -> Client:
    client = Client()
    _, token = make.guest(stage.person)
    client.cookies = SimpleCookie({"matinee_guest": token})
    return client


def page(stage: Talk, query: str = "") -> str:
    return browser(stage).get(f"/r/{stage.registration.pk}/{query}").content.decode()


def over(stage: Talk) -> None:
    assert stage.session.closes_at
    close_due_sessions(stage.session.closes_at)


def ask(stage: Talk, **fields: Any) -> Any:
    client = browser(stage)
    shown = client.get(f"/r/{stage.registration.pk}/").content.decode()
    found = re.search(r'name="ref" value="([^"]+)"', shown)
    fields.setdefault("ref", found[1] if found else "")
    return client.post(f"/r/{stage.registration.pk}/ask/", fields)


def test_everything_they_got_stands_there_in_order_with_what_came_by_itself_marked() -> None:
    stage = talk()
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    stage.asks("Which flour?", NOW + 10 * SECOND)
    stage.answers("Type 65.", NOW + 30 * SECOND)
    stage.asks("And the salt?", NOW + 2 * MINUTE)
    stage.asks("How much of it?", NOW + 2 * MINUTE + 5 * SECOND)
    tasks.look(NOW + 8 * MINUTE)
    over(stage)
    html = page(stage)
    words = ("Hello Dana", "Which flour?", "Type 65.", "And the salt?", "How much of it?", "Soon, before")
    assert sorted(words, key=html.index) == list(words)
    assert html.count(">Automatic<") == 2
    assert "No answer for 5 minutes" in html
    assert "Bob" in html
    assert "An answer is owed to you." in html
    assert stage.bob.user.email not in html


def test_a_long_conversation_comes_in_pages_without_a_script() -> None:
    stage = talk()
    stage.asks("Line 0")
    for number in range(1, 120):
        stage.answers(f"Line {number}.", NOW + number * SECOND)
    over(stage)
    seen: list[str] = []
    query: str | None = ""
    while query is not None:
        html = page(stage, query)
        seen = re.findall(r"Line \d+", html) + seen
        earlier = re.search(r'href="(\?before=\d+)#conversation"', html)
        query = earlier[1] if earlier else None
    assert seen == [f"Line {number}" for number in range(120)]
    assert "Back to the latest" in html


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=²", "?before=" + "9" * 40, "?before="])
def test_a_page_that_is_none_is_the_latest(query: str) -> None:
    stage = talk()
    stage.asks("Which flour?")
    over(stage)
    assert "Which flour?" in page(stage, query)


def test_what_is_written_there_is_words_and_addresses_and_nothing_else() -> None:
    stage = talk()
    stage.asks("<script>alert(1)</script> & more")
    stage.answers('See https://bread.example/?a=1&b=2"onmouseover=x')
    over(stage)
    html = page(stage)
    assert "<script>alert" not in html
    assert (
        '<a class="link" href="https://bread.example/?a=1&amp;b=2" target="_blank" '
        'rel="noopener noreferrer nofollow">https://bread.example/?a=1&amp;b=2</a>' in html
    )


def test_a069_what_the_team_shared_is_listed_once_and_what_the_attendee_wrote_is_not() -> None:
    stage = talk()
    stage.asks("Is it like https://mine.example?")
    stage.answers("No: https://bread.example/flour, and www.bread.example.")
    stage.answers("Again: https://bread.example/flour", NOW + SECOND)
    over(stage)
    listed = page(stage).partition("Links from the conversation")[2]
    assert re.findall(r'break-all" href="([^"]+)" target="_blank" rel="noopener', listed) == [
        "https://bread.example/flour",
        "https://www.bread.example",
    ]


def test_a_question_from_there_opens_a_late_wait_and_an_owed_reply_and_no_autoresponder() -> None:
    stage = talk()
    over(stage)
    response = ask(stage, text="And the crust?")
    assert response.status_code == 303
    wait = Wait.objects.get()
    assert (wait.late, wait.by_email) == (True, True)
    assert OwedReply.objects.get().cause == "late"
    assert stage.conversation.due_at is None
    assert stage.conversation.by_email
    html = browser(stage).get(response["Location"]).content.decode()
    assert "And the crust?" in html
    assert "An answer is owed to you." in html


def test_the_same_form_sent_twice_is_one_question() -> None:
    stage = talk()
    over(stage)
    ref = "8a6f1c9e-6f3b-4d1c-9a52-0f6f6f1d2b3c"
    assert [ask(stage, text="Twice?", ref=ref).status_code for _ in range(2)] == [303, 303]
    assert len(stage.messages) - len([m for m in stage.messages if m.kind == "event"]) == 1


@pytest.mark.parametrize("text", ["   ", "x" * 4001, "a\0b", "\u200b"])
def test_a_question_that_cannot_be_kept_is_answered_beside_the_field_and_stays(text: str) -> None:
    stage = talk()
    over(stage)
    response = ask(stage, text=text)
    assert response.status_code == 422
    html = response.content.decode()
    assert 'id="ask-wrong"' in html
    assert "x" not in text or text in html
    assert not Conversation.objects.filter(listed=True).exists()


def test_a_question_without_a_readable_id_is_refused_and_kept() -> None:
    stage = talk()
    over(stage)
    response = ask(stage, text="Kept words", ref="nonsense")
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()


def test_while_there_is_a_room_one_is_led_there() -> None:
    stage = talk(starts_at=NOW + timedelta(days=3650))
    assert ask(stage, text="Too early", ref="")["Location"] == f"/r/{stage.registration.pk}/room/"
    assert not Conversation.objects.exists()


def test_where_the_host_wants_no_talk_there_is_no_form() -> None:
    stage = talk()
    stage.asks("Which flour?")
    over(stage)
    KindPolicy.objects.update(mode=Mode.OFF)
    assert 'id="ask-text"' not in page(stage)
    assert ask(stage, text="All the same?", ref="8a6f1c9e-6f3b-4d1c-9a52-0f6f6f1d2b3c").status_code == 422


def test_f05_sessions_and_replays_of_a_person_are_one_conversation_on_every_place() -> None:
    stage = talk()
    stage.asks("In the session")
    replay = stage.another_session(NOW - timedelta(days=1), kind=Kind.REPLAY)
    stage.asks("In the replay", NOW + SECOND, registration=replay)
    over(stage)
    assert Conversation.objects.count() == 1
    first = page(stage)
    stage.registration = replay
    second = page(stage)
    for html in (first, second):
        assert html.index("In the session") < html.index("In the replay")
    assert ask(stage, text="After the replay").status_code == 303
    assert Conversation.objects.count() == 1


def test_A14_nobody_sees_what_somebody_else_asked() -> None:
    stage = talk()
    stage.asks("Which flour?")
    other = make.registration(stage.session, who=make.person(stage.team, first_name="Charlie"))
    over(stage)
    stage.person, stage.registration = other.person, other
    assert "Which flour?" not in page(stage)


def test_A6_looking_at_the_page_makes_no_conversation() -> None:
    stage = talk()
    over(stage)
    assert "Ask us a question" in page(stage)
    assert Conversation.objects.count() == 0

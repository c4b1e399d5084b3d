"""Drafts by a language model: a real server answers, fails, hangs or lies, and a human is always faster."""

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from chat import ai, tasks
from chat.models import ChatPolicy, Draft, DraftState, FaqEntry, Message
from chat.refusals import Refusal
from chat.services import draft_writing, drafting, handling
from scheduling.due import lease
from tests import make
from tests.model_server import Model, serving
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def model(settings: Any) -> Iterator[Model]:
    with serving() as found:
        settings.AI_BASE_URL, settings.AI_MODEL, settings.AI_API_KEY = found.url, "small", "sk-secret"
        yield found


@pytest.fixture
def stage(model: Model) -> Talk:
    found = talk(ai_drafts=True)
    found.asks("How long does the dough rest?")
    return found


def ask(stage: Talk, now: datetime = NOW) -> Draft:
    return drafting.ask(membership=stage.bob, conversation_id=stage.conversation.pk, now=now)


def write(now: datetime = NOW) -> int:
    return draft_writing.work(clock=lambda: now)


def state() -> tuple[str, str]:
    row = Draft.objects.latest("id")
    return str(row.state), row.text or row.reason


def test_a_draft_is_written_outside_the_request_and_shown_to_who_asked(stage: Talk, model: Model) -> None:
    ask(stage)
    assert model.asked == []
    write()
    assert state() == ("ready", "Forty minutes, in a warm place.")
    asked = model.asked[0]
    assert (asked["path"], asked["model"], model.keys) == (
        "/v1/chat/completions",
        "small",
        ["Bearer sk-secret"],
    )
    assert "How long does the dough rest?" in asked["messages"][1]["content"]
    shown = drafting.shown(stage.bob, stage.conversation)
    assert shown is not None
    assert (shown["state"], shown["text"]) == ("ready", "Forty minutes, in a warm place.")
    assert drafting.shown(stage.alice, stage.conversation) is None
    assert [message.kind for message in stage.messages] == ["attendee"]  # nothing is ever sent by itself


def test_only_this_episodes_public_lines_leave_and_nobodys_address(stage: Talk, model: Model) -> None:
    stage.answers("An hour.", NOW + SECOND)
    handling.resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=False,
        base_seq=None,
        now=NOW + 2 * SECOND,
    )
    stage.asks("And with rye? Mail dana@example.org", NOW + 3 * SECOND)
    ask(stage, NOW + 4 * SECOND)
    write(NOW + 4 * SECOND)
    sent = str(model.asked[0]["messages"])
    assert "And with rye?" in sent
    assert "[e-mail]" in sent
    for secret in ("dough rest", "An hour.", "Bob", "example.org", stage.person.email, str(stage.person.pk)):
        assert secret not in sent


def test_the_hosts_own_answers_go_along_in_the_webinars_language(stage: Talk, model: Model) -> None:
    entry = {"webinar": stage.webinar, "updated_at": NOW}
    FaqEntry.objects.create(**entry, language="en", question="How warm?", answer="Twenty-four degrees.")
    FaqEntry.objects.create(**entry, language="en", question="How big?", answer="Not said.", on=False)
    FaqEntry.objects.create(**entry, language="fr", question="Quelle farine ?", answer="Type 65.")
    ask(stage)
    write()
    sent = model.asked[0]["messages"][1]["content"]
    assert "Twenty-four degrees." in sent
    assert "Not said." not in sent
    assert "Type 65." not in sent


def test_f28_a_human_who_replies_while_the_model_works_is_faster(
    transactional_db: None, stage: Talk, model: Model
) -> None:
    def reply() -> None:
        stage.answers("Forty minutes.", NOW + SECOND, membership=stage.alice)
        connection.close()

    model.meanwhile = reply
    ask(stage)
    write()
    assert state() == ("dropped", "")
    assert drafting.shown(stage.bob, stage.conversation) is not None
    assert [message.text for message in stage.messages if message.kind == "moderator"] == ["Forty minutes."]


def test_f28_a_human_who_was_faster_before_it_began_or_after_it_came_drops_it_too(
    stage: Talk, model: Model
) -> None:
    ask(stage)
    stage.answers("Forty minutes.", NOW + SECOND)
    write(NOW + SECOND)
    assert state()[0] == "dropped"
    assert model.asked == []
    stage.asks("And with rye?", NOW + 2 * SECOND)
    ask(stage, NOW + 3 * SECOND)
    write(NOW + 3 * SECOND)
    assert state()[0] == "ready"
    stage.answers("An hour.", NOW + 4 * SECOND, is_holding=True)
    shown = drafting.shown(stage.bob, stage.conversation)
    assert shown is not None
    assert (shown["state"], shown["text"]) == ("dropped", "")


def test_too_many_requests_wait_as_long_as_the_server_asks(stage: Talk, model: Model) -> None:
    model.status, model.headers, model.body = 429, {"Retry-After": "30"}, b"{}"
    ask(stage)
    write()
    row = Draft.objects.get()
    assert (row.state, row.due_at) == ("asked", NOW + 30 * SECOND)
    assert write(NOW + 29 * SECOND) == 0
    model.status, model.headers, model.body = 200, {}, None
    write(NOW + 30 * SECOND)
    assert state()[0] == "ready"


def test_a_server_with_a_fault_is_tried_three_times_and_then_says_so(stage: Talk, model: Model) -> None:
    model.status, model.body = 500, b"oops"
    ask(stage)
    assert write() == 1
    assert write(NOW + SECOND) == 0
    assert write(NOW + 2 * SECOND) == 1
    assert write(NOW + 10 * SECOND) == 1
    assert state() == ("failed", "The model’s address has a fault of its own (500).")
    assert write(NOW + 60 * SECOND) == 0
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not accept the key"), (404, "refuses what it was asked")]
)
def test_what_will_never_work_is_not_tried_again(stage: Talk, model: Model, status: int, words: str) -> None:
    model.status, model.body = status, b'{"error": {"message": "no"}}'
    ask(stage)
    write()
    assert state()[0] == "failed"
    assert words in state()[1]
    assert "sk-secret" not in state()[1]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>It works!</html>",
        b"",
        b"null",
        b"[]",
        b'{"choices": []}',
        b'{"choices": "all"}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": "   "}}]}',
        b"\xff\xfe",
        b'{"choices": [',
    ],
)
def test_an_answer_that_is_none_fails_clearly(stage: Talk, model: Model, body: bytes) -> None:
    model.body = body
    ask(stage)
    for later in (0, 2, 10):
        write(NOW + later * SECOND)
    assert state()[0] == "failed"
    assert state()[1]


def test_a_server_that_hangs_is_left_in_time(
    stage: Talk, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.hangs.clear()
    with pytest.raises(ai.AiError) as error:
        ai.complete([{"role": "user", "content": "Hello?"}], seconds=0.3)
    assert (str(error.value), error.value.permanent) == ("The model did not answer in time.", False)


def test_an_address_where_nobody_is_fails_clearly(settings: Any) -> None:
    settings.AI_BASE_URL, settings.AI_MODEL = "http://127.0.0.1:9/v1", "small"
    with pytest.raises(ai.AiError) as error:
        ai.complete([{"role": "user", "content": "Hello?"}])
    assert "does not answer" in str(error.value)


def test_a_courier_that_died_leaves_it_to_the_next_and_one_that_wakes_late_settles_nothing(
    stage: Talk, model: Model
) -> None:
    draft = ask(stage)
    late = next(lease(Draft.objects.due(NOW), now=NOW, span=draft_writing.SPAN, limit=1))
    assert write(NOW + 44 * SECOND) == 0
    assert write(NOW + 45 * SECOND) == 1
    assert state()[0] == "ready"
    draft_writing._came(late, "Too late.", NOW + 50 * SECOND)
    assert Draft.objects.get(pk=draft.pk).text == "Forty minutes, in a warm place."


def test_nobody_waits_for_a_draft_for_ever(stage: Talk, model: Model) -> None:
    ask(stage)
    write(NOW + timedelta(minutes=4))
    assert state()[0] == "failed"
    assert model.asked == []


def test_asking_twice_is_one_draft_and_a_new_wish_puts_the_old_one_away(stage: Talk, model: Model) -> None:
    assert ask(stage).pk == ask(stage).pk
    write()
    fresh = ask(stage, NOW + SECOND)
    assert list(Draft.objects.order_by("id").values_list("state", flat=True)) == ["discarded", "asked"]
    drafting.close(membership=stage.bob, draft_id=fresh.pk, taken=False, now=NOW + 2 * SECOND)
    assert write(NOW + 3 * SECOND) == 0
    with pytest.raises(Refusal):
        drafting.close(membership=stage.bob, draft_id=fresh.pk, taken=True, now=NOW + 4 * SECOND)


def test_a1_a_draft_is_only_its_moderators(stage: Talk, model: Model) -> None:
    draft = ask(stage)
    with pytest.raises(Refusal):
        drafting.close(membership=stage.alice, draft_id=draft.pk, taken=True, now=NOW)
    stranger = make.member(stage.team, "moderator")
    with pytest.raises(Refusal):
        drafting.ask(membership=stranger, conversation_id=stage.conversation.pk, now=NOW)


def test_without_a_model_a_switch_or_a_question_there_is_none(
    stage: Talk, model: Model, settings: Any
) -> None:
    ChatPolicy.objects.update(ai_drafts=False)
    with pytest.raises(Refusal) as off:
        ask(stage)
    ChatPolicy.objects.update(ai_drafts=True)
    stage.answers()
    with pytest.raises(Refusal) as nobody:
        ask(stage, NOW + SECOND)
    settings.AI_MODEL = ""
    assert not drafting.is_offered(stage.webinar.pk)
    assert (off.value.code, nobody.value.code) == ("not_found", "no_question")


def door(stage: Talk, path: str = "", **fields: Any) -> Any:
    client = Client()
    client.force_login(stage.bob.user)
    address = reverse("conversation_draft", args=[stage.team.slug, stage.conversation.pk]) + path
    return client.post(address, fields["post"]) if "post" in fields else client.get(address)


def test_the_doors_ask_show_and_put_away(stage: Talk, model: Model) -> None:
    assert door(stage).json() == {"draft": None}
    draft = door(stage, post={}).json()["draft"]
    assert (draft["state"], draft["text"]) == ("asked", "")
    tasks.draft()
    assert door(stage).json()["draft"]["state"] in {"ready", "failed"}  # the database's now is long after NOW
    assert door(stage, f"{draft['id']}/", post={"do": "take"}).status_code == 200
    assert door(stage, f"{draft['id']}/", post={"do": "take"}).status_code == 404
    assert Draft.objects.get().state == DraftState.TAKEN
    stage.answers()
    refused = door(stage, post={})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_question")
    assert Message.objects.filter(kind="moderator").count() == 1


def test_two_couriers_at_once_write_it_once(transactional_db: None, stage: Talk, model: Model) -> None:
    ask(stage)

    def courier() -> None:
        write()
        connection.close()

    threads = [threading.Thread(target=courier) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(model.asked) == 1
    assert state()[0] == "ready"


def test_the_host_reads_what_leaves_the_machine_beside_the_switch(
    stage: Talk, model: Model, settings: Any
) -> None:
    client = Client()
    client.force_login(stage.alice.user)
    address = reverse(
        "webinar_edit", kwargs={"team": stage.team.slug, "webinar": stage.webinar.pk, "part": "chat"}
    )
    text = client.get(address).text
    assert "small at 127.0.0.1" in text
    assert "A draft is never sent by itself." in text
    assert "sk-secret" not in text
    settings.AI_BASE_URL = ""
    assert "Drafts by a language model" not in client.get(address).text


def test_ids_of_drafts_are_numbers_that_lead_nowhere_else(stage: Talk, model: Model) -> None:
    assert door(stage, "999999/", post={"do": "take"}).status_code == 404
    assert reverse("close_draft", args=[stage.team.slug, uuid.UUID(int=1), 1]).endswith("/draft/1/")

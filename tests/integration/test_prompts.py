"""Prompts and the person they were shown to: memory on every device, what acting on one says, and who may."""

import json
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat import hub, refusals, rules
from chat.database import ask
from chat.models import KindPolicy, Message, MessageKind, Mode, Prompt, PromptSetting, PromptShown, Wait
from chat.prompting import Page
from chat.services.prompting import note_prompt, situation_of
from scheduling.models import Kind
from tests import make
from tests.sockets import room, watching
from tests.talk import NOW, Talk, talk
from webinars.models import Registration


def prompt(stage: Talk, **fields: Any) -> Prompt:
    fields.setdefault("text", "Hello {first_name}, ask us about {webinar}.")
    return Prompt.objects.create(webinar=stage.webinar, **fields)


def guest_of(stage: Talk) -> int:
    row, _token = make.guest(stage.person)
    return row.pk


def note(stage: Talk, row: Prompt, what: str = "shown", now: datetime = NOW, **more: Any) -> None:
    more.setdefault("registration", stage.registration)
    if "guest_id" not in more:
        more["guest_id"] = guest_of(stage)
    note_prompt(prompt_id=row.pk, what=what, page=more.pop("page", "room"), now=now, **more)


def refused(stage: Talk, row: Prompt, now: datetime = NOW, **more: Any) -> str:
    with pytest.raises(refusals.Refusal) as error:
        note(stage, row, now=now, **more)
    return error.value.code


@pytest.fixture
def stage() -> Talk:
    return talk()


@pytest.mark.django_db
class TestMemory:
    """What a person saw holds on every device and page."""

    def test_a047_once_is_once_on_every_device(self, stage: Talk) -> None:
        row = prompt(stage)
        note(stage, row, guest_id=guest_of(stage))
        assert refused(stage, row, guest_id=guest_of(stage), now=NOW + timedelta(days=400)) == "not_now"
        assert PromptShown.objects.count() == 1

    def test_once_a_session_comes_again_in_the_next(self, stage: Talk) -> None:
        row = prompt(stage, often="session")
        note(stage, row)
        assert refused(stage, row) == "not_now"
        note(stage, row, registration=stage.another_session(NOW + timedelta(days=1)))
        assert PromptShown.objects.count() == 2

    def test_a047_every_some_days_never_twice_a_period(self, stage: Talk) -> None:
        row = prompt(stage, often="days", days=7)
        note(stage, row)
        assert refused(stage, row, now=NOW + timedelta(days=7, seconds=-1)) == "not_now"
        note(stage, row, now=NOW + timedelta(days=7))

    def test_a074_closing_one_silences_all_for_the_days_the_host_set(self, stage: Talk) -> None:
        PromptSetting.objects.create(webinar=stage.webinar, quiet_days=10)
        first, second = prompt(stage), prompt(stage)
        note(stage, first)
        note(stage, first, "closed", NOW + timedelta(seconds=5))
        for page in ("thanks", "room", "over"):
            assert refused(stage, second, NOW + timedelta(days=10), page=page) == "not_now"
        note(stage, second, now=NOW + timedelta(days=10, seconds=5))

    def test_somebody_elses_closing_silences_nobody(self, stage: Talk) -> None:
        row = prompt(stage)
        note(stage, row)
        note(stage, row, "closed")
        other = make.registration(stage.session)
        guest, _token = make.guest(other.person)
        note(stage, row, registration=other, guest_id=guest.pk)

    def test_a_prompt_that_was_switched_off_meanwhile_is_not_shown(self, stage: Talk) -> None:
        assert refused(stage, prompt(stage, is_on=False)) == "not_now"

    def test_none_while_a_question_is_open_or_a_human_has_just_written(self, stage: Talk) -> None:
        row = prompt(stage)
        stage.asks()
        assert refused(stage, row) == "not_now"
        stage.answers(now=NOW + timedelta(minutes=1))
        assert refused(stage, row, NOW + timedelta(minutes=5, seconds=59)) == "not_now"
        note(stage, row, now=NOW + timedelta(minutes=6))

    def test_another_webinars_prompt_is_not_found(self, stage: Talk) -> None:
        foreign = prompt(talk())
        assert refused(stage, foreign) == "not_found"
        assert PromptShown.objects.count() == 0

    def test_a2_a_browser_without_a_grant_changes_nothing(self, stage: Talk) -> None:
        other, _token = make.guest(make.person(stage.team))
        row = prompt(stage)
        for what in ("shown", "closed", "acted", "registered"):
            assert refused(stage, row, what=what, guest_id=other.pk) == "not_found"

    def test_what_is_known_of_somebody(self, stage: Talk) -> None:
        def properties() -> dict[str, str]:
            found = situation_of(stage.registration, *_around(NOW)).properties
            return dict(found)

        assert properties() == {"kind": "scheduled", "language": "en", "returning": "no", "asked": "no"}
        stage.enters()
        assert properties()["returning"] == "no"
        make.attendance(stage.another_session(NOW - timedelta(days=1)))
        stage.asks()
        assert properties() == {"kind": "scheduled", "language": "en", "returning": "yes", "asked": "yes"}


def _around(now: datetime) -> Any:
    return Page.ROOM, PromptSetting(), rules.Mode.CHAT, now


@pytest.mark.django_db
class TestActing:
    """Opening the chat from a prompt."""

    def test_a077_it_says_its_words_once_and_marked(self, stage: Talk) -> None:
        row = prompt(stage)
        note(stage, row)
        note(stage, row, "acted")
        note(stage, row, "acted", NOW + timedelta(seconds=1))
        (message,) = stage.messages
        assert (message.kind, message.author_key) == (MessageKind.PROMPT, "auto")
        assert message.text == "Hello Dana, ask us about Better bread at home."
        assert message.public_seq == 1

    def test_it_opens_no_wait_and_lists_no_empty_conversation(self, stage: Talk) -> None:
        row = prompt(stage)
        note(stage, row)
        note(stage, row, "acted")
        assert not stage.conversation.listed
        assert stage.conversation.waiting_since is None
        assert stage.conversation.due_at is None
        assert not Wait.objects.exists()

    def test_the_moderator_sees_what_was_answered_to(self, stage: Talk) -> None:
        row = prompt(stage, text="What would you like to know?")
        note(stage, row)
        note(stage, row, "acted")
        stage.asks("The price.", NOW + timedelta(seconds=30))
        assert stage.said == [("prompt", "What would you like to know?"), ("attendee", "The price.")]
        assert stage.conversation.listed
        assert stage.conversation.waiting_since == NOW + timedelta(seconds=30)
        assert stage.conversation.last_line == "The price."

    def test_a094_a_single_opener_is_what_it_says(self, stage: Talk) -> None:
        PromptSetting.objects.create(webinar=stage.webinar, opener="single", opener_text="Hi {first_name}.")
        row = prompt(stage, text="Its own words")
        note(stage, row)
        note(stage, row, "acted")
        assert stage.said == [("prompt", "Hi Dana.")]

    @pytest.mark.parametrize(("mode", "said"), [(Mode.EMAIL, 1), (Mode.OFF, 0), (Mode.OTHER, 0)])
    def test_it_speaks_only_where_one_can_write(self, stage: Talk, mode: str, said: int) -> None:
        row = prompt(stage)
        note(stage, row)
        KindPolicy.objects.filter(policy__webinar=stage.webinar).update(mode=mode)
        note(stage, row, "acted")
        assert len(stage.messages) == said
        assert PromptShown.objects.get().acted_at == NOW

    def test_a_text_or_a_form_is_opened_without_a_word_in_the_chat(self, stage: Talk) -> None:
        for action in ("text", "form"):
            row = prompt(stage, action=action)
            note(stage, row)
            note(stage, row, "acted")
        assert stage.messages == []
        assert PromptShown.objects.filter(acted_at=NOW).count() == 2

    def test_acting_on_what_was_never_shown_is_refused(self, stage: Talk) -> None:
        assert refused(stage, prompt(stage), what="acted") == "not_found"
        assert stage.messages == []

    def test_a077_a_form_sent_after_a_prompt_is_counted_once(self, stage: Talk) -> None:
        row = prompt(stage, action="form")
        for _turn in range(2):
            note(stage, row, "registered", page="thanks")
        shown = PromptShown.objects.get()
        assert (shown.registered, shown.person) == (True, stage.person)
        assert refused(stage, row) == "not_now"


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Two at the same moment."""

    def test_a047_two_devices_at_the_same_moment_show_it_once(self) -> None:
        stage = talk()
        row = prompt(stage)
        guests = [guest_of(stage) for _ in range(2)]
        codes: list[str] = []
        barrier = threading.Barrier(2)

        def show(guest: int) -> None:
            barrier.wait(5)
            try:
                note(stage, row, guest_id=guest)
                codes.append("shown")
            except refusals.Refusal as refusal:
                codes.append(refusal.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=show, args=(guest,)) for guest in guests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(codes) == ["not_now", "shown"]
        assert PromptShown.objects.count() == 1

    def test_a077_two_presses_at_the_same_moment_say_it_once(self) -> None:
        stage = talk()
        row = prompt(stage)
        note(stage, row)
        guests = [guest_of(stage) for _ in range(2)]
        barrier = threading.Barrier(2)

        def act(guest: int) -> None:
            barrier.wait(5)
            try:
                note(stage, row, "acted", guest_id=guest)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(guest,)) for guest in guests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert [message.kind for message in stage.messages] == ["prompt"]


@pytest.mark.django_db
def test_by_http_a_prompt_is_noted_as_by_socket(client: Client) -> None:
    stage = talk(starts_at=timezone.now() - timedelta(minutes=1))
    row = prompt(stage)
    _guest, token = make.guest(stage.person)
    client.cookies[settings.GUEST_COOKIE_NAME] = token

    def send(what: str) -> dict[str, Any]:
        frame = {
            "type": "prompt",
            "ref": str(uuid.uuid4()),
            "data": {"prompt": row.pk, "what": what, "page": "room"},
        }
        address = f"/r/{stage.registration.pk}/commands/"
        answer: dict[str, Any] = json.loads(
            client.post(address, json.dumps(frame), content_type="application/json").content
        )
        assert answer["ref"] == frame["ref"]
        return answer

    assert send("shown")["type"] == "ack"
    assert send("shown")["code"] == "not_now"
    assert send("acted")["type"] == "ack"
    assert Message.objects.get().kind == MessageKind.PROMPT
    assert send("nothing")["code"] == "field_invalid"


@pytest.mark.django_db(transaction=True)
async def test_by_socket_both_sides_hear_a_prompt_marked_automatic(quick: hub.Hub) -> None:
    stage = await ask(lambda: talk(starts_at=timezone.now() - timedelta(minutes=1)))
    row = await ask(lambda: prompt(stage, text="What would you like to know?"))
    await ask(lambda: stage.asks(now=timezone.now() - timedelta(minutes=20)))
    await ask(lambda: stage.answers(now=timezone.now() - timedelta(minutes=10)))
    team = await watching(stage)
    attendee = await room(stage.registration)
    await attendee.hello()
    for number, what in enumerate(("shown", "acted"), 1):
        attendee.send("prompt", str(uuid.uuid4()), prompt=row.pk, what=what, page="room")
        await attendee.next("ack", number)
    frame = await attendee.next("message.posted", 3)
    assert (frame["message"]["kind"], frame["message"]["automatic"]) == ("prompt", True)
    assert frame["message"]["reason"] == "Opened from an invitation"
    event = await team.until(lambda: next((f for f in team.of_type("event") if f["seq"] == 3), None))
    assert event["message"]["text"] == "What would you like to know?"
    await attendee.leave()
    await team.leave()


@pytest.mark.django_db
def test_a_replay_is_a_kind_prompts_can_be_tied_to(stage: Talk) -> None:
    place: Registration = stage.another_session(NOW, kind=Kind.REPLAY)
    assert situation_of(place, *_around(NOW)).properties["kind"] == "replay"

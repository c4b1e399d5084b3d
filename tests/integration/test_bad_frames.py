"""Frames as nobody should send them: each is answered by name, changes nothing, and closes only when it goes on."""

import json
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from chat import hub
from chat.database import ask
from chat.models import ChatPolicy, Conversation, KindPolicy, Message, Mode
from chat.schemas.base import LARGEST_FRAME
from chat.schemas.down import attendee_frames, team_frames
from tests import make
from tests.sockets import Client, inbox, room
from tests.talk import Talk, talk
from webinars.models import GuestSession

pytestmark = pytest.mark.django_db(transaction=True)

REF = "8a6f1c9e-6f3b-4d1c-9a52-0f6f6f1d2b3c"
HUGE = "9" * 5000


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


def post(data: str, ref: str = REF) -> str:
    """A message with these words as its data."""
    return f'{{"type":"message.post","ref":"{ref}","data":{data}}}'


BOTH = [
    ("", "bad_frame"),
    ("null", "bad_frame"),
    ("17", "bad_frame"),
    ('"ping"', "bad_frame"),
    ('[{"type":"ping","data":{}}]', "bad_frame"),
    ('{"type":"ping","data":{}} {"type":"ping","data":{}}', "bad_frame"),
    ('{"type":"ping","data":{},"data":{}}', "bad_frame"),
    ('{"type":"ping","data":{"a":1,"a":2}}', "bad_frame"),
    ('{"type":"ping","data":{"a":NaN}}', "bad_frame"),
    ('{"type":"ping","data":{"a":-Infinity}}', "bad_frame"),
    (f'{{"type":"ping","data":{{"a":{HUGE}}}}}', "bad_frame"),
    ('{"type":"ping","data":' + "[" * 900 + "]" * 900 + "}", "bad_frame"),
    ('{"type":"ping","data":' + '{"a":' * 8 + "1" + "}" * 8 + "}", "bad_frame"),
    ('{"type":"message.erase_all","data":{}}', "unknown_type"),
    ('{"type":1,"data":{}}', "unknown_type"),
    ('{"type":["ping"],"data":{}}', "unknown_type"),
    ('{"type":"\\ud800","data":{}}', "unknown_type"),
    ('{"type":"ping","data":[]}', "field_invalid"),
    ('{"type":"ping","data":{"\\ud800":1}}', "field_invalid"),
    ('{"type":"ping","data":{},"user":"7"}', "field_not_allowed"),
    (post('{"text":"x"}', "not-a-uuid"), "id_invalid"),
    ('{"type":"message.post","ref":7,"data":{"text":"x"}}', "id_invalid"),
    (post('{"text":null}'), "field_invalid"),
    (post('{"text":["x"]}'), "field_invalid"),
]
ATTENDEE = [
    (post(f'{{"text":"x","{name}":{value}}}'), "field_not_allowed")
    for name, value in {
        "conversation": f'"{REF}"',
        "author": '"Bob"',
        "is_host": "true",
        "role": '"owner"',
        "seq": "1",
        "public_seq": "1",
        "at": '"2026-03-10T12:05:12.345Z"',
        "kind": '"moderator"',
        "automatic": "true",
    }.items()
]
ATTENDEE += [
    (post('{"text":""}'), "text_empty"),
    (post('{"text":" \\t\\n\\u00a0"}'), "text_empty"),
    ('{"type":"read","data":{"seq":1.5}}', "field_invalid"),
    ('{"type":"read","data":{"seq":true}}', "field_invalid"),
    ('{"type":"read","data":{"seq":"1"}}', "field_invalid"),
    ('{"type":"read","data":{"seq":18446744073709551616}}', "field_invalid"),
    ('{"type":"seen","data":{"position":1e400,"playing":true}}', "field_invalid"),
    ('{"type":"seen","data":{"position":-1,"playing":true}}', "field_invalid"),
    ('{"type":"hello","data":{"last":-1,"epoch":""}}', "field_invalid"),
    ('{"type":"hello","data":{"last":1e3,"epoch":""}}', "field_invalid"),
    ('{"type":"conversation.claim","data":{"conversation":"' + REF + '"}}', "unknown_type"),
]
TEAM = [
    (f'{{"type":"conversation.claim","data":{{"conversation":"{REF}"}}}}', "not_found"),
    ('{"type":"conversation.claim","data":{"conversation":"../../etc"}}', "field_invalid"),
    (f'{{"type":"conversation.watch","data":{{"conversation":"{REF}","after":-1}}}}', "field_invalid"),
    (post(f'{{"conversation":"{REF}","text":"x","base_seq":null}}'), "not_found"),
    (post(f'{{"conversation":"{REF}","text":"x","base_seq":null,"author":"Bob"}}'), "field_not_allowed"),
    ('{"type":"seen","data":{"position":1,"playing":true}}', "unknown_type"),
]


async def test_a_bad_frame_of_an_attendee_is_refused_by_name(quick: hub.Hub, stage: Talk) -> None:
    _guest, token = await ask(make.guest, stage.person)
    for text, code in [*BOTH, *ATTENDEE]:
        dana = await room(stage.registration, token)
        await dana.hello()
        dana.say(text)
        refused = await dana.next("refused")
        attendee_frames.validate_python(refused)
        assert (text, refused["code"], dana.code) == (text, code, None)
        assert refused["text"]
        await dana.leave()
    assert await ask(Message.objects.count) == 0


async def test_a_bad_frame_of_a_member_is_refused_by_name(quick: hub.Hub, stage: Talk) -> None:
    for text, code in [*BOTH, *TEAM]:
        bob = await inbox(stage)
        await bob.hello()
        bob.say(text)
        refused = await bob.next("refused")
        team_frames.validate_python(refused)
        assert (text, refused["code"], bob.code) == (text, code, None)
        await bob.leave()
    assert await ask(Message.objects.count) == 0


def test_the_same_over_http_is_the_same_answer(stage: Talk) -> None:
    browser = Browser()
    _guest, browser.cookies[settings.GUEST_COOKIE_NAME] = make.guest(stage.registration.person)
    for text, code in [*BOTH, *ATTENDEE]:
        answer = browser.post(f"/r/{stage.registration.pk}/commands/", text, content_type="application/json")
        assert answer.status_code < 500
        found = json.loads(answer.content)
        attendee_frames.validate_python(found)
        assert (text, found["code"]) == (text, code)
    assert Message.objects.count() == 0


async def test_a_binary_frame_is_refused_and_the_third_closes(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    for _ in range(3):
        dana._up.put_nowait({"type": "websocket.receive", "bytes": b'{"type":"ping","data":{}}'})
    await dana.until(lambda: dana.code == 4400)
    assert [frame["code"] for frame in dana.of_type("refused")] == ["bad_frame"] * 3


async def test_what_is_refused_for_another_reason_never_closes(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    for _ in range(10):
        dana.send("erase")
    await dana.next("refused", 10)
    assert dana.code is None
    assert (await dana.post("Still here"))["type"] == "ack"
    await dana.leave()


@pytest.mark.parametrize("over", [0, 1], ids=["at the limit", "one byte over"])
async def test_a_frame_at_32_kib_is_read_and_one_byte_more_closes_with_1009(
    quick: hub.Hub, stage: Talk, over: int
) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    dana.say('"' + "é" * ((LARGEST_FRAME - 2) // 2) + "x" * over + '"')
    if over:
        await dana.until(lambda: dana.code == 1009)
        assert dana.of_type("refused") == []
    else:
        assert (await dana.next("refused"))["code"] == "bad_frame"
        await dana.leave()


async def test_a_text_of_4000_code_points_fits_and_one_more_is_too_long(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    for length in (4000, 4001):  # as a browser writes it: its bytes, not escapes
        dana.say(post('{"text":"' + "🥖" * length + '"}', str(uuid.uuid4())))
    await dana.next("ack")
    refused = await dana.next("refused")
    assert refused["code"] == "too_long"
    assert refused["text"]
    await dana.leave()


async def test_M2_a_ref_with_other_words_is_refused_and_the_row_stays(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    first = await dana.post("One")
    dana.send("message.post", first["ref"], text="Two")
    assert (await dana.next("refused"))["code"] == "id_reused"
    assert await ask(lambda: list(Message.objects.values_list("text", flat=True))) == ["One"]
    await dana.leave()


async def test_M11_who_is_ahead_of_the_server_loads_the_page_again(quick: hub.Hub, stage: Talk) -> None:
    dana, bob = await room(stage.registration), await inbox(stage)
    dana.send("hello", last=2**53)
    await dana.next("reload")
    bob.send("hello", revision=2**53)
    await bob.next("reload")
    assert (dana.code, bob.code) == (None, None)
    await dana.leave()
    await bob.leave()


async def test_commands_before_the_hello_are_refused_and_do_nothing(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    dana.send("message.post", REF, text="Too early")
    assert (await dana.next("refused"))["code"] == "bad_frame"
    assert await ask(Message.objects.count) == 0
    await dana.hello()
    assert (await dana.post("Now"))["type"] == "ack"
    await dana.leave()


async def test_a_closed_chat_is_said_and_the_words_are_the_senders_to_keep(
    quick: hub.Hub, stage: Talk
) -> None:
    await ask(_close_chat)
    dana = await room(stage.registration)
    assert (await dana.hello())["mode"] == "off"
    refused = await dana.post("Hello?")
    assert (refused["type"], refused["code"]) == ("refused", "chat_off")
    await dana.leave()


def _close_chat() -> None:
    for policy in ChatPolicy.objects.all():
        ChatPolicy.objects.filter(pk=policy.pk).update(version=policy.version + 1)
    KindPolicy.objects.update(mode=Mode.OFF)


async def test_A3_a_grant_that_ends_closes_with_a_final_code_and_no_frame_counts_after(
    quick: hub.Hub, stage: Talk
) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    await ask(lambda: GuestSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1)))
    dana.send("message.post", str(uuid.uuid4()), text="Let me in")
    await dana.until(lambda: dana.code == 4401)
    assert await ask(Message.objects.count) == 0


async def test_F05_fifty_first_messages_at_once_are_one_conversation(quick: hub.Hub, stage: Talk) -> None:
    clients: list[Client] = [await room(stage.registration) for _ in range(3)]
    for client in clients:
        await client.hello()
    for number in range(50):
        clients[number % 3].send("message.post", str(uuid.uuid4()), text=f"First {number}")
    await clients[0].until(
        lambda: sum(len(one.of_type("ack")) + len(one.of_type("refused")) for one in clients) >= 50
    )
    stored = await ask(lambda: list(Message.objects.order_by("seq").values_list("seq", flat=True)))
    assert stored == list(range(1, len(stored) + 1))
    assert len(stored) == sum(len(one.of_type("ack")) for one in clients)
    assert await ask(Conversation.objects.count) == 1
    for client in clients:
        await client.leave()

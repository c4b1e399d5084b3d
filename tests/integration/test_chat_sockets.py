"""Sockets of the room and the inbox: nothing missed, nothing twice, nobody else's."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import Role
from chat import hub, news, sockets
from chat.database import ask
from chat.models import ChatPolicy, Epoch, KindPolicy, Message, Mode
from chat.schemas.down import attendee_frames, team_frames
from tests import make
from tests.sockets import Client, inbox, room, watching
from tests.talk import Talk, talk
from webinars.models import GuestSession

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


def numbers(client: Client) -> list[int]:
    return [seq for seq, _text in client.entries]


async def test_a_question_and_its_answer_reach_both_sides_at_once(quick: hub.Hub, stage: Talk) -> None:
    dana, bob = await room(stage.registration), await inbox(stage)
    ready = await dana.hello()
    assert (ready["head"], ready["mode"]) == (0, "chat")
    await bob.hello()
    ack = await dana.post("How long?")
    assert (ack["type"], ack["seq"]) == ("ack", 1)
    assert (await dana.next("message.posted"))["message"]["text"] == "How long?"
    kinds = [frame["type"] for frame in dana.frames]
    assert kinds.index("ack") < kinds.index("message.posted")
    await bob.until(lambda: any(frame["rows"] for frame in bob.of_type("inbox.changed")))
    row = next(frame for frame in bob.of_type("inbox.changed") if frame["rows"])
    assert (row["rows"][0]["last_line"], row["counts"]["waiting"]) == ("How long?", 1)
    bob.send("conversation.watch", conversation=ready["conversation"], after=0)
    assert (await bob.next("event"))["message"]["author"]["name"] == "Dana"
    assert (await bob.post("An hour.", conversation=ready["conversation"], base_seq=1))["type"] == "ack"
    assert (await dana.next("message.posted", 2))["message"]["author"]["name"] == "Bob"
    for frame in dana.frames:
        attendee_frames.validate_python(frame)
    for frame in bob.frames:
        team_frames.validate_python(frame)
    await dana.leave()
    await bob.leave()


async def test_F02_M5_a_socket_taken_out_of_its_stream_heals_by_the_poll(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    deaf: Callable[[Any], None] = lambda hint: None  # noqa: E731
    monkeypatch.setattr(quick, "spread", deaf)
    assert (await dana.post("heard?"))["type"] == "ack"
    async with asyncio.timeout(5):
        assert (await dana.next("message.posted"))["message"]["text"] == "heard?"
    await dana.leave()


async def test_M4_sending_goes_on_while_redis_is_away(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "unix:///nowhere/at/all")
    for task in quick._tasks[1:]:
        task.cancel()
    quick._tasks[1:] = [asyncio.create_task(quick._listen()), asyncio.create_task(quick._speak())]
    dana, bob = await room(stage.registration), await inbox(stage)
    await dana.hello()
    await bob.hello()
    for number in range(5):
        async with asyncio.timeout(3):
            assert (await dana.post(f"{number}"))["type"] == "ack"
    await dana.until(lambda: numbers(dana) == [1, 2, 3, 4, 5])
    await ask(stage.answers)  # from another thread, as another door would
    await dana.until(lambda: numbers(dana) == [1, 2, 3, 4, 5, 6])
    await dana.leave()
    await bob.leave()


async def test_hints_of_other_processes_come_through_redis(quick: hub.Hub, stage: Talk) -> None:
    quick.poll_every = 1000
    server: Any = redis.Redis.from_url(settings.REDIS_URL)
    async with asyncio.timeout(10):
        while (
            dict(await asyncio.to_thread(server.pubsub_numsub, news.CHANNEL)).get(news.CHANNEL.encode()) == 0
        ):
            await asyncio.sleep(0.05)
    server.close()
    dana = await room(stage.registration)
    await dana.hello()

    def elsewhere() -> None:
        with news.held() as hints:
            stage.asks("from another process")
        for hint in hints:
            news._line.send(hint.packed().replace(news.PROCESS, "another"))

    await ask(elsewhere)
    assert (await dana.next("message.posted"))["message"]["text"] == "from another process"
    await dana.leave()


async def test_M7_no_gap_between_what_was_loaded_and_what_is_live(quick: hub.Hub, stage: Talk) -> None:
    await ask(stage.asks)

    def write() -> None:
        for number in range(40):
            stage.answers(f"{number}")

    async def one_opens(after: float) -> Client:
        await asyncio.sleep(after)
        client = await room(registration, token)
        await client.hello()
        return client

    registration = stage.registration
    _guest, token = await ask(make.guest, stage.person)
    writing = asyncio.create_task(ask(write))
    clients = [await one_opens(0.03) for _ in range(3)]
    await writing
    for client in clients:
        await client.next("message.posted", 41)
        assert numbers(client) == list(range(1, 42))
        await client.leave()


async def test_F29_a_flood_with_next_to_no_room_converges(quick: hub.Hub, stage: Talk) -> None:
    quick.room = 1
    await ask(stage.asks)
    dana, bob, slow = await room(stage.registration), await watching(stage), await room(stage.registration)
    for client in (dana, slow):
        await client.hello()
    slow.stall()

    def flood() -> None:
        for number in range(120):
            stage.answers(f"{number}")

    await ask(flood)
    await dana.until(lambda: len(dana.entries) == 121)
    await bob.until(lambda: len(bob.entries) == 121)
    slow.read_on()
    await slow.until(lambda: len(slow.entries) == 121)
    for client in (dana, bob, slow):
        assert numbers(client) == list(range(1, 122))
        await client.leave()


async def test_M6_a_reader_far_too_slow_is_cut_and_delays_nobody(quick: hub.Hub, stage: Talk) -> None:
    slow, quick_one = await room(stage.registration), await room(stage.registration)
    await slow.hello()
    conversation = (await quick_one.hello())["conversation"]
    slow.stall()
    for _ in range(80):
        quick.spread(news.Whisper(("attendee", conversation), '"' + "x" * 4096 + '"'))
        await asyncio.sleep(0.002)  # who reads has the time to
    await quick_one.until(lambda: len(quick_one.frames) >= 81)
    await quick_one.until(lambda: len(quick.members) == 1)
    slow.read_on()
    await slow.leave()
    await quick_one.leave()


async def test_A14_no_frame_of_one_attendee_reaches_another(quick: hub.Hub, stage: Talk) -> None:
    neighbour = await ask(
        lambda: make.registration(stage.session, who=make.person(stage.team, first_name="Eve"))
    )
    dana, eve = await room(stage.registration), await room(neighbour)
    await dana.hello()
    await eve.hello()
    await dana.post("a secret")
    await ask(stage.answers)
    await dana.until(lambda: len(dana.entries) == 2)
    await asyncio.sleep(0.5)
    assert [frame["type"] for frame in eve.frames] == ["ready"]
    await dana.leave()
    await eve.leave()


async def test_team_only_entries_take_none_of_the_attendees_numbers(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    await dana.post("one")
    bob = await watching(stage)
    pk = str((await ask(lambda: stage.conversation)).pk)
    bob.send("conversation.claim", str(uuid.uuid4()), conversation=pk)
    await bob.next("ack")
    assert (await bob.post("two", conversation=pk))["type"] == "ack"
    await dana.until(lambda: len(dana.entries) == 2)
    assert numbers(dana) == [1, 2]
    await bob.until(lambda: len(bob.entries) == 3)
    assert numbers(bob) == [1, 2, 3]
    assert "claimed" not in str(dana.frames)
    await dana.leave()
    await bob.leave()


async def test_A2_without_a_cookie_or_with_a_false_one_the_handshake_is_refused(
    quick: hub.Hub, stage: Talk
) -> None:
    none = await Client(f"/ws/room/{stage.registration.pk}/").connect()
    false = await room(stage.registration, "x" * 43)
    team = await Client(f"/ws/inbox/{stage.team.slug}/").connect()
    assert [client.accepted for client in (none, false, team)] == [False, False, False]


async def test_the_cookies_of_other_programs_on_the_same_host_keep_nobody_out(
    quick: hub.Hub, stage: Talk
) -> None:
    _guest, token = await ask(make.guest, stage.registration.person)
    odd = {"prefs": '{"a": 1}', "theme[]": "dark", settings.GUEST_COOKIE_NAME: token}
    dana = await Client(f"/ws/room/{stage.registration.pk}/", **odd).connect()
    await dana.hello()
    await dana.leave()


async def test_A2_somebody_elses_place_or_team_closes_with_a_final_code(quick: hub.Hub, stage: Talk) -> None:
    stranger = await ask(make.registration)
    _guest, token = await ask(make.guest, stranger.person)
    assert (await room(stage.registration, token)).code == 4401
    other = await ask(talk)
    assert (await inbox(stage, other.alice)).code == 4404
    bob = await inbox(other, other.bob)
    await bob.hello()
    await ask(stage.asks)
    pk = str((await ask(lambda: stage.conversation)).pk)
    bob.send("conversation.watch", str(uuid.uuid4()), conversation=pk)
    assert (await bob.next("refused"))["code"] == "not_found"
    assert (await bob.post("hello", conversation=pk))["code"] == "not_found"
    await bob.leave()


async def test_A3_a_socket_whose_grant_ends_is_closed_and_may_not_write_before(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK", 0.2)
    dana = await room(stage.registration)
    await dana.hello()
    await ask(lambda: GuestSession.objects.update(revoked_at=make.NOW))
    await dana.post("too late") if dana.code is None else None
    await dana.until(lambda: dana.code == 4401)
    assert await ask(Message.objects.count) == 0


async def test_A3_a_removed_member_and_a_signed_out_one_are_closed(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK", 0.2)
    bob, alice = await inbox(stage), await inbox(stage, stage.alice)
    await bob.hello()
    await alice.hello()
    await ask(stage.bob.delete)

    def sign_out() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session")

    await bob.until(lambda: bob.code == 4403)
    await ask(sign_out)
    await alice.until(lambda: alice.code == 4401)


async def test_a_member_sees_only_the_webinars_they_work_on(quick: hub.Hub, stage: Talk) -> None:
    outsider = await ask(lambda: make.member(stage.team, Role.MODERATOR))
    carl = await inbox(stage, outsider)
    await carl.hello()
    await ask(stage.asks)
    frame = await carl.next("inbox.changed")
    assert frame["rows"] == []
    assert set(frame["counts"].values()) == {0}
    await carl.leave()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "bad_frame"),
        ("[]", "bad_frame"),
        ('{"type":"ping","type":"ping"}', "bad_frame"),
        ('{"type":"seen","data":{"position":NaN,"playing":true}}', "bad_frame"),
        ('{"type":"ping","data":' + '{"a":' * 9 + "1" + "}" * 9 + "}", "bad_frame"),
        ("[" * 30_000, "bad_frame"),
        ('{"type":"erase","data":{}}', "unknown_type"),
        ('{"data":{}}', "unknown_type"),
        ('{"type":"message.post","ref":"1","data":{"text":"x"}}', "id_invalid"),
        ('{"type":"message.post","data":{"text":"x"}}', "id_invalid"),
        ('{"type":"message.post","data":{"text":1}}', "field_invalid"),
        ('{"type":"message.post","data":{"text":"x","is_host":true}}', "field_not_allowed"),
        ('{"type":"read","data":{"seq":-1}}', "field_invalid"),
        (f'{{"type":"message.post","ref":"{uuid.uuid4()}","data":{{"text":" "}}}}', "text_empty"),
        (f'{{"type":"message.post","ref":"{uuid.uuid4()}","data":{{"text":"a\\u0000b"}}}}', "text_invalid"),
        (f'{{"type":"message.post","ref":"{uuid.uuid4()}","data":{{"text":"\\ud800"}}}}', "text_invalid"),
        (f'{{"type":"message.post","ref":"{uuid.uuid4()}","data":{{"text":"{"x" * 4001}"}}}}', "too_long"),
    ],
    ids=lambda value: value[:23],
)
async def test_bad_frames_are_answered_by_name_and_change_nothing(
    quick: hub.Hub, stage: Talk, text: str, code: str
) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    dana.say(text)
    assert (await dana.next("refused"))["code"] == code
    assert dana.code is None
    assert await ask(Message.objects.count) == 0
    await dana.leave()


async def test_the_third_bad_frame_and_a_frame_too_large_close(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    for _ in range(3):
        dana.say("?")
    await dana.until(lambda: dana.code == 4400)
    other = await room(stage.registration)
    await other.hello()
    other.say('"' + "é" * 17_000 + '"')
    await other.until(lambda: other.code == 1009)


async def test_without_a_hello_the_socket_is_closed(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HELLO_WITHIN", 0.2)
    dana = await room(stage.registration)
    await dana.until(lambda: dana.code == 4408)


async def test_far_too_many_frames_are_closed(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    for _ in range(130):
        dana.send("ping")
    await dana.until(lambda: dana.code == 4429)
    assert dana.of_type("refused")[0]["code"] == "slow_down"


async def test_M11_a_number_ahead_of_the_server_or_another_epoch_reloads(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    dana.send("hello", last=7)
    await dana.next("reload")
    epoch = (await dana.hello())["epoch"]
    await ask(lambda: Epoch.objects.update(epoch=uuid.uuid4()))
    dana.send("hello", last=0, epoch=epoch)
    await dana.next("reload", 2)
    await dana.leave()


async def test_A17_a_fourth_connection_of_a_link_ends_the_oldest(quick: hub.Hub, stage: Talk) -> None:
    clients = [await room(stage.registration) for _ in range(4)]
    await clients[0].until(lambda: clients[0].code == 4409)
    assert [client.code for client in clients[1:]] == [None, None, None]
    for client in clients[1:]:
        await client.leave()


async def test_typing_and_read_marks_are_passed_on_without_a_number(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    await dana.post("one")
    bob = await watching(stage)
    await ask(stage.answers)
    await dana.until(lambda: len(dana.entries) == 2)
    dana.send("typing")
    dana.send("typing")
    dana.send("read", seq=2)
    assert (await bob.next("typing"))["name"] == "Dana"
    assert (await bob.next("read"))["seq"] == 2
    bob.send("typing", conversation=str((await ask(lambda: stage.conversation)).pk))
    assert (await dana.next("typing"))["name"] == "Bob"
    assert len([frame for frame in bob.of_type("typing") if frame["name"] == "Dana"]) == 1
    await dana.leave()
    await bob.leave()


async def test_the_way_of_talking_changes_in_open_rooms(quick: hub.Hub, stage: Talk) -> None:
    dana = await room(stage.registration)
    await dana.hello()

    def switch() -> None:
        KindPolicy.objects.update(mode=Mode.EMAIL)
        ChatPolicy.objects.update(version=F("version") + 1)

    await ask(switch)
    async with asyncio.timeout(5):
        assert (await dana.next("mode"))["mode"] == "email"
    assert (await dana.post("by mail then"))["type"] == "ack"
    await dana.leave()

"""Promises with the faults that would break them: retries from everywhere, rights that end, a row that is held."""

import asyncio
import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Role
from chat import hub
from chat.database import ask
from chat.models import Conversation, Message
from tests import make
from tests.sockets import Client, inbox, room, sign_in
from tests.talk import Talk, talk
from webinars.models import Grant, GuestSession, Registration

pytestmark = pytest.mark.django_db(transaction=True)
FINAL = {4401, 4403, 4404}


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


# --------------------------------------------------------------------------------------- M2


async def test_M2_twenty_retries_over_http_and_two_tabs_are_one_row_and_equal_answers(
    quick: hub.Hub, stage: Talk
) -> None:
    _guest, token = await ask(make.guest, stage.person)
    tabs = [await room(stage.registration, token) for _ in range(2)]
    for tab in tabs:
        await tab.hello()
    ref = str(uuid.uuid4())
    frame = json.dumps({"type": "message.post", "ref": ref, "data": {"text": "Once"}})

    def by_http() -> dict[str, object]:
        browser = Browser()
        browser.cookies[settings.GUEST_COOKIE_NAME] = token
        path = f"/r/{stage.registration.pk}/commands/"
        found: dict[str, object] = browser.post(path, frame, content_type="application/json").json()
        connection.close()
        return found

    over_http = [asyncio.create_task(asyncio.to_thread(by_http)) for _ in range(8)]
    for number in range(12):
        tabs[number % 2].say(frame)
    answers = list(await asyncio.gather(*over_http))
    for tab in tabs:
        await tab.next("ack", 6)
        answers += tab.of_type("ack")
    assert {(one["type"], one["seq"], one["at"]) for one in answers} == {("ack", 1, answers[0]["at"])}
    assert len(answers) == 20
    tabs[0].send("message.post", ref, text="Twice")
    assert (await tabs[0].next("refused"))["code"] == "id_reused"
    assert await ask(lambda: [message.text for message in stage.messages]) == ["Once"]
    for tab in tabs:
        await tab.leave()


# --------------------------------------------------------------------------------------- M7


async def test_M7_whoever_opens_while_somebody_writes_without_a_pause_sees_what_a_fresh_load_shows(
    quick: hub.Hub, stage: Talk
) -> None:
    await ask(stage.asks)
    _guest, token = await ask(make.guest, stage.person)
    done = threading.Event()

    def write() -> int:
        written = 0
        while not done.is_set():
            stage.answers(f"{written}")
            written += 1
        return written

    writing = asyncio.create_task(ask(write))
    opened: list[Client] = []
    for _ in range(20):  # three at a time: a fourth connection of a link ends the oldest
        three = [await room(stage.registration, token) for _ in range(3)]
        for client in three:
            await client.hello()
        opened += three
        for client in three[:2]:
            await client.leave()
        await asyncio.sleep(0)
    done.set()
    written = await writing
    fresh = await room(stage.registration, token)
    await fresh.hello()
    await fresh.next("message.posted", min(200, written + 1))
    for client in opened:
        seen = [seq for seq, _text in client.entries]
        assert seen == list(range(1, len(seen) + 1))
    last = opened[-1]
    await last.until(lambda: len(last.entries) == written + 1, 20)
    await fresh.until(lambda: fresh.entries == last.entries, 20)
    await fresh.leave()
    await last.leave()


# --------------------------------------------------------------------------------------- R5


async def test_R5_a_conversation_held_for_three_seconds_delays_nobody_else(
    quick: hub.Hub, stage: Talk
) -> None:
    other = await ask(lambda: make.registration(stage.session, who=make.person(stage.team, first_name="Eve")))
    dana, eve = await room(stage.registration), await room(other)
    for one in (dana, eve):
        await one.hello()
        assert (await one.post("First"))["type"] == "ack"
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(person=stage.person)
            held.set()
            let_go.wait(10)
        connection.close()

    holding = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(held.wait, 5)
    dana.send("message.post", str(uuid.uuid4()), text="Waits for the row")
    took: list[float] = []
    began = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() - began < 3:
        at = asyncio.get_running_loop().time()
        assert (await eve.post(f"{len(took)}"))["type"] in {"ack", "refused"}
        took.append(asyncio.get_running_loop().time() - at)
        await asyncio.sleep(0.3)
    let_go.set()
    await holding
    assert max(took) < 1
    await dana.until(lambda: len(dana.of_type("ack")) + len(dana.of_type("refused")) == 2)
    await dana.leave()
    await eve.leave()


# --------------------------------------------------------------------------------------- A3


def _cancel(stage: Talk) -> object:
    return Registration.objects.filter(pk=stage.registration.pk).update(cancelled_at=timezone.now())


def _end_guest(stage: Talk) -> object:
    return GuestSession.objects.update(revoked_at=timezone.now())


def _outlive_guest(stage: Talk) -> object:
    return GuestSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _take_grant(stage: Talk) -> object:
    return Grant.objects.filter(person=stage.person).delete()


def _forget_guest(stage: Talk) -> object:
    return GuestSession.objects.all().delete()


def _leave_team(stage: Talk) -> object:
    return stage.bob.delete()


def _deactivate(stage: Talk) -> None:
    stage.bob.user.is_active = False
    stage.bob.user.save()


def _change_password(stage: Talk) -> None:
    stage.bob.user.set_password("another one, long enough")
    stage.bob.user.save()


def _sign_out(stage: Talk) -> object:
    with connection.cursor() as cursor:
        return cursor.execute("DELETE FROM django_session")


def _take_webinar(stage: Talk) -> object:
    return stage.webinar.assignments.filter(membership=stage.bob).delete()


def _lower_role(stage: Talk) -> object:
    """An owner becomes a moderator of nothing."""
    return type(stage.alice).objects.filter(pk=stage.alice.pk).update(role=Role.MODERATOR)


ATTENDEES_CAUSES = [_cancel, _end_guest, _outlive_guest, _take_grant, _forget_guest]
MEMBERS_CAUSES = [_leave_team, _deactivate, _change_password, _sign_out, _take_webinar, _lower_role]


@pytest.mark.parametrize("cause", ATTENDEES_CAUSES, ids=lambda cause: cause.__name__.strip("_"))
async def test_A3_whatever_ends_an_attendees_right_ends_it_everywhere_at_once(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch, cause: Callable[[Talk], object]
) -> None:
    monkeypatch.setattr(hub, "RECHECK", 0.2)
    _guest, token = await ask(make.guest, stage.person)
    dana = await room(stage.registration, token)
    await dana.hello()
    assert (await dana.post("While it holds"))["type"] == "ack"
    await ask(cause, stage)
    dana.send("message.post", str(uuid.uuid4()), text="Too late")
    await dana.until(lambda: dana.code in FINAL, 5)

    def by_http() -> list[int]:
        browser = Browser()
        browser.cookies[settings.GUEST_COOKIE_NAME] = token
        place = f"/r/{stage.registration.pk}/"
        frame = {"type": "message.post", "ref": str(uuid.uuid4()), "data": {"text": "Too late"}}
        answers = [
            browser.get(place + "events/?after=0"),
            browser.post(place + "commands/", json.dumps(frame), content_type="application/json"),
        ]
        connection.close()
        return [answer.status_code for answer in answers]

    assert set(await asyncio.to_thread(by_http)) <= {401, 403, 404, 302}
    again = await room(stage.registration, token)
    assert again.code in {403, *FINAL}
    texts = await ask(lambda: list(Message.objects.filter(kind="attendee").values_list("text", flat=True)))
    assert texts == ["While it holds"]


@pytest.mark.parametrize("cause", MEMBERS_CAUSES, ids=lambda cause: cause.__name__.strip("_"))
async def test_A3_whatever_ends_a_members_right_ends_it_everywhere_at_once(
    quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch, cause: Callable[[Talk], object]
) -> None:
    monkeypatch.setattr(hub, "RECHECK", 0.2)
    who = stage.alice if cause is _lower_role else stage.bob
    await ask(stage.asks)
    key = await ask(sign_in, who)
    member = await Client(f"/ws/inbox/{stage.team.slug}/", **{settings.SESSION_COOKIE_NAME: key}).connect()
    await member.hello()
    conversation = str((await ask(lambda: stage.conversation)).pk)
    member.send("conversation.watch", conversation=conversation, after=0)
    await member.next("event")
    await ask(cause, stage)
    await ask(stage.asks, "Not for them any more", timezone.now())
    # Where other webinars are theirs now, the page starts over (1012); else it is final.
    await member.until(lambda: member.code in {*FINAL, 1012}, 5)

    def by_http() -> int:
        browser = Browser()
        browser.cookies[settings.SESSION_COOKIE_NAME] = key
        code = browser.get(f"/studio/{stage.team.slug}/inbox/{conversation}/events/?after=0").status_code
        connection.close()
        return code

    assert await asyncio.to_thread(by_http) in {302, 401, 403, 404}
    later = await Client(f"/ws/inbox/{stage.team.slug}/", **{settings.SESSION_COOKIE_NAME: key}).connect()
    if later.code is None:
        await later.hello()
        later.send("conversation.watch", conversation=conversation, after=0)
        assert (await later.next("refused"))["code"] == "not_found"
        await later.leave()
    else:
        assert later.code in FINAL


async def test_A17_of_ten_sockets_with_one_link_the_three_newest_live_and_nothing_ping_pongs(
    quick: hub.Hub, stage: Talk
) -> None:
    _guest, token = await ask(make.guest, stage.person)
    sockets = []
    for _ in range(10):
        sockets.append(await room(stage.registration, token))
        await sockets[-1].hello()
    await sockets[6].until(lambda: all(one.code == 4409 for one in sockets[:7]))
    await asyncio.sleep(0.6)
    assert [one.code for one in sockets[7:]] == [None] * 3
    await asyncio.gather(*(one.leave() for one in sockets[7:]))


async def test_A2_no_cookie_of_one_team_opens_another_ones_inbox_or_conversation(
    quick: hub.Hub, stage: Talk
) -> None:
    twin = await ask(lambda: talk(starts_at=timezone.now() - timedelta(minutes=1)))
    await ask(twin.asks)
    bob = await inbox(stage)
    await bob.hello()
    conversation = str((await ask(lambda: twin.conversation)).pk)
    tried: list[tuple[str, dict[str, Any]]] = [
        ("conversation.watch", {"after": 0}),
        ("conversation.claim", {}),
        ("conversation.resolve", {"no_reply_needed": True, "base_seq": None}),
        ("message.post", {"text": "Mine?", "base_seq": None}),
    ]
    for kind, data in tried:
        before = len(bob.of_type("refused"))
        bob.send(kind, str(uuid.uuid4()), conversation=conversation, **data)
        assert (await bob.next("refused", before + 1))["code"] == "not_found"
    assert len(await ask(lambda: twin.messages)) == 1
    await bob.leave()

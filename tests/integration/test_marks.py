"""Delivered, read and seen: how far each side has got, and what each side may learn of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from chat import hub
from chat.database import ask
from chat.services import marks
from notifications.models import Purpose, State
from tests import make
from tests.mailing import carry, only
from tests.sockets import Client, room, watching
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def _live(**policy: Any) -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1), **policy)


def _newest(client: Client, kind: str) -> Callable[[], int]:
    return lambda: max((frame["seq"] for frame in client.of_type(kind)), default=0)


def test_a_delivery_mark_moves_forward_only_and_never_past_what_there_is() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    moved = [
        marks.note_delivered(registration=stage.registration, seq=seq) is not None for seq in (1, 99, 2, 1)
    ]
    assert moved == [True, True, False, False]
    assert stage.conversation.attendee_has == 2


def test_delivered_is_not_read_and_stops_no_mail() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    marks.note_delivered(registration=stage.registration, seq=2)
    assert stage.conversation.attendee_read == 1
    carry(NOW + 5 * MINUTE)
    assert only(Purpose.REPLY).state == State.SENT


@pytest.mark.django_db(transaction=True)
async def test_F32_two_tabs_agree_on_what_was_read_and_the_team_sees_delivered_and_read(
    quick: hub.Hub,
) -> None:
    stage = await ask(_live)
    await ask(stage.asks)
    await ask(lambda: stage.answers(now=timezone.now()))
    one, other, bob = await room(stage.registration), await room(stage.registration), await watching(stage)
    await one.hello()
    await other.hello()
    one.send("delivered", seq=2)
    await bob.until(lambda: _newest(bob, "delivered")() == 2)
    assert not bob.of_type("read")  # what a tab nobody looks at received is not read
    one.send("read", seq=2)
    await other.until(lambda: _newest(other, "read")() == 2)
    await bob.until(lambda: _newest(bob, "read")() == 2)
    other.send("read", seq=1)  # a tab that is behind moves nothing back
    assert (await other.post("Thanks"))["type"] == "ack"
    assert (await ask(lambda: stage.conversation)).attendee_read == 3
    assert _newest(one, "read")() == 2
    for client in (one, other, bob):
        await client.leave()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("receipts", [True, False])
async def test_A035_seen_reaches_the_attendee_only_where_the_host_shows_it(
    quick: hub.Hub, receipts: bool
) -> None:
    stage = await ask(lambda: _live(receipts=receipts))
    await ask(lambda: stage.asks(now=timezone.now()))
    dana, bob = await room(stage.registration), await watching(stage)
    ready = await dana.hello()
    assert ready["seen"] == (0 if receipts else None)
    bob.send("conversation.seen", conversation=ready["conversation"], seq=1)
    if receipts:
        await dana.until(lambda: _newest(dana, "seen")() == 1)
    await ask(lambda: stage.answers(now=timezone.now()))
    await dana.until(lambda: len(dana.of_type("message.posted")) == 2)
    assert bool(dana.of_type("seen")) is receipts
    again = await room(stage.registration)
    assert (await again.hello())["seen"] == (1 if receipts else None)
    for client in (dana, bob, again):
        await client.leave()


def test_A035_a_page_without_receipts_says_nothing_of_the_teams_reading() -> None:
    for receipts in (True, False):
        stage = talk(starts_at=timezone.now() - MINUTE, receipts=receipts)
        stage.asks()
        marks.note_team_seen(membership=stage.bob, conversation_id=stage.conversation.pk, seq=1, now=NOW)
        _guest, token = make.guest(stage.person)
        dana = Browser()
        dana.cookies[settings.GUEST_COOKIE_NAME] = token
        events = reverse("room_events", args=[stage.registration.pk])
        found = dana.get(events)
        assert found.status_code == 200
        assert json.loads(found.content)["seen"] == (1 if receipts else None)


@pytest.mark.django_db(transaction=True)
async def test_F19_typing_reaches_the_other_side_and_of_a_note_only_the_team(quick: hub.Hub) -> None:
    stage = await ask(_live)
    await ask(stage.asks)
    dana, bob = await room(stage.registration), await watching(stage)
    alice = await watching(stage, membership=stage.alice)
    conversation = (await dana.hello())["conversation"]
    bob.send("typing", conversation=conversation, note=True)
    await alice.until(lambda: alice.of_type("typing"))
    assert (await dana.post("Hello?"))["type"] == "ack"  # what would have come would be here by now
    assert not dana.of_type("typing")
    alice.send("typing", conversation=conversation)
    assert (await dana.next("typing"))["name"] == "Alice"
    for client in (dana, bob, alice):
        await client.leave()

"""The room's talk over plain HTTP says the same as its socket."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.throttle import Throttle
from chat import room_doors
from chat.models import Message
from chat.schemas.down import attendee_frames
from tests import make
from tests.talk import Talk, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def dana(stage: Talk, client: Client) -> Client:
    _guest, token = make.guest(stage.person)
    client.cookies[settings.GUEST_COOKIE_NAME] = token
    return client


def send(client: Client, stage: Talk, frame: Any) -> Any:
    body = frame if isinstance(frame, str | bytes) else json.dumps(frame)
    address = f"/r/{stage.registration.pk}/commands/"
    return client.post(address, body, content_type="application/json")


def post_of(text: str, ref: str = "") -> dict[str, Any]:
    return {"type": "message.post", "ref": ref or str(uuid.uuid4()), "data": {"text": text}}


def test_a_message_by_http_is_acknowledged_like_one_by_socket(dana: Client, stage: Talk) -> None:
    frame = post_of("How long?")
    first = json.loads(send(dana, stage, frame).content)
    second = json.loads(send(dana, stage, frame).content)
    assert first == second
    assert (first["type"], first["ref"], first["seq"]) == ("ack", frame["ref"], 1)
    assert Message.objects.count() == 1
    other = json.loads(send(dana, stage, post_of("Else", frame["ref"])).content)
    assert other["code"] == "id_reused"


def test_catching_up_gives_what_the_socket_would_have_sent(dana: Client, stage: Talk) -> None:
    stage.asks("one")
    stage.answers("two")
    found = dana.get(f"/r/{stage.registration.pk}/events/?after=1").json()
    assert (found["head"], found["mode"]) == (2, "chat")
    assert [attendee_frames.validate_python(frame).message.text for frame in found["events"]] == ["two"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("?", 400, "bad_frame"),
        (b"\xff", 400, "bad_frame"),
        ('{"type":"erase"}', 400, "unknown_type"),
        ('{"type":"message.post","data":{"text":"x","seq":1}}', 400, "field_not_allowed"),
        ('{"type":"message.post","data":{"text":"x"}}', 200, "id_invalid"),
        ("x" * 40_000, 413, "bad_frame"),
    ],
)
def test_bad_commands_are_answered_by_name(
    dana: Client, stage: Talk, body: str | bytes, status: int, code: str
) -> None:
    response = send(dana, stage, body)
    assert (response.status_code, json.loads(response.content)["code"]) == (status, code)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "٣", "9" * 17])
def test_a_number_that_is_none_is_not_found(dana: Client, stage: Talk, after: str) -> None:
    assert dana.get(f"/r/{stage.registration.pk}/events/", {"after": after}).status_code == 404


def test_A6_reading_changes_nothing_and_writing_needs_the_csrf_token(stage: Talk) -> None:
    strict = Client(enforce_csrf_checks=True)
    _guest, token = make.guest(stage.person)
    strict.cookies[settings.GUEST_COOKIE_NAME] = token
    assert send(strict, stage, post_of("x")).status_code == 403
    assert strict.get(f"/r/{stage.registration.pk}/commands/").status_code == 405


def test_A14_somebody_elses_place_is_not_found(dana: Client, stage: Talk) -> None:
    neighbour = make.registration(stage.session)
    assert dana.get(f"/r/{neighbour.pk}/events/").status_code == 404
    address = f"/r/{neighbour.pk}/commands/"
    assert dana.post(address, post_of("x"), content_type="application/json").status_code == 404


def test_commands_by_http_come_at_a_pace_and_what_is_refused_can_be_sent_again(
    dana: Client, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_doors, "sending", Throttle("room-commands-here", ["3/minute"]))
    assert [send(dana, stage, post_of(f"Line {n}")).status_code for n in range(3)] == [200] * 3
    frame = post_of("Too much")
    answer = send(dana, stage, frame)
    assert answer.status_code == 429
    refused = attendee_frames.validate_python(answer.json())
    assert (refused.ref, refused.code, refused.retry_after_ms) == (frame["ref"], "slow_down", 1000)
    assert not Message.objects.filter(text="Too much").exists()
    monkeypatch.undo()
    assert send(dana, stage, frame).json()["type"] == "ack"

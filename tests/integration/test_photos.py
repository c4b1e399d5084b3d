"""Photos of members: made anew, seen by attendees, gone when they are removed; and no address in what attendees get."""

import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts import photos
from chat import frames
from chat.services import expecting, reading
from tests import hostile, make
from tests.talk import Talk, talk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    """A media folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def stage() -> Talk:
    expecting._kept.found.clear()
    return talk(starts_at=timezone.now())


@pytest.fixture
def bob(stage: Talk) -> Client:
    client = Client()
    client.force_login(stage.bob.user)
    return client


def change(client: Client, stage: Talk, data: bytes | None, **more: str) -> Any:
    fields: dict[str, Any] = dict(more)
    if data is not None:
        fields["photo"] = SimpleUploadedFile("me.jpg", data)
    return client.post(f"/studio/{stage.team.slug}/settings/photo/", fields)


def test_A038_a_photo_becomes_a_small_square_that_says_nothing_else(bob: Client, stage: Talk) -> None:
    assert change(bob, stage, hostile.turned_with_a_place()).status_code == 302
    stage.bob.user.refresh_from_db()
    answer = Client().get(str(stage.bob.user.photo_address))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"SECRETCAMERA" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("WEBP", (256, 256))


def test_A038_attendees_see_name_and_photo_on_messages_and_above_the_composer(
    bob: Client, stage: Talk
) -> None:
    change(bob, stage, hostile.picture())
    stage.bob.user.refresh_from_db()
    address = stage.bob.user.photo_address
    assert address is not None
    assert address.startswith("/photos/")
    stage.asks()
    stage.answers(membership=stage.bob)
    author = reading.latest_public_messages(stage.registration)[-1]["author"]
    assert (author["name"], author["photo"]) == ("Bob", address)
    opening = reading.opening(stage.registration, last=0, now=timezone.now())
    assert opening.expect is not None
    assert opening.expect["people"] == [frames.moderator(stage.bob.user)]
    seen = reading.of_inbox(stage.alice, stage.conversation.pk)
    assert reading.team_messages(seen, 0)[-1]["author"]["photo"] == address


def test_a_new_photo_has_a_new_address_and_a_removed_one_is_gone(
    bob: Client, stage: Talk, disk: Path, django_capture_on_commit_callbacks: Any
) -> None:
    addresses = []
    for colour in ("red", "green"):
        with django_capture_on_commit_callbacks(execute=True):
            change(bob, stage, hostile.picture(colour=colour))
        stage.bob.user.refresh_from_db()
        addresses.append(stage.bob.user.photo_address)
    assert addresses[0] != addresses[1]
    assert [Client().get(str(address)).status_code for address in addresses] == [404, 200]
    with django_capture_on_commit_callbacks(execute=True):
        change(bob, stage, None, do="remove")
    stage.bob.user.refresh_from_db()
    assert stage.bob.user.photo_address is None
    assert list((disk / "photos").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "Choose a picture first."),
        (b"", "This is not a JPEG, PNG, GIF or WebP picture."),
        (hostile.SCRIPT, "This is not a JPEG, PNG, GIF or WebP picture."),
        (hostile.picture()[:50], "This is not a JPEG, PNG, GIF or WebP picture."),
        (hostile.bomb(), "This picture has too many pixels."),
        (bytes(photos.MOST_BYTES + 1), "This picture is too large. The limit is 5 MB."),
    ],
    ids=["none", "empty", "page", "cut", "bomb", "large"],
)
def test_what_is_no_photo_is_said_beside_the_field(
    bob: Client, stage: Talk, data: bytes | None, sentence: str
) -> None:
    change(bob, stage, hostile.picture())
    stage.bob.user.refresh_from_db()
    before = stage.bob.user.photo
    answer = change(bob, stage, data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    stage.bob.user.refresh_from_db()
    assert stage.bob.user.photo == before


@pytest.mark.parametrize("name", ["x" * 32, "..", "a.b", "%2e%2e", "é"])
def test_an_unknown_photo_is_not_found(name: str) -> None:
    assert Client().get(f"/photos/{name}.webp").status_code == 404


def test_A038_A14_no_address_of_a_member_is_in_anything_an_attendee_gets(bob: Client, stage: Talk) -> None:
    make.member(stage.team, name="")  # somebody who has given no name
    stage.asks("Hello?")
    stage.answers("Hello.", membership=stage.bob)
    stage.answers("From me too.", membership=stage.alice)
    _guest, token = make.guest(stage.person)
    dana = Client()
    dana.cookies[settings.GUEST_COOKIE_NAME] = token
    place = f"/r/{stage.registration.pk}/"
    post = {"type": "message.post", "ref": str(uuid.uuid4()), "data": {"text": "Thanks"}}
    got = [
        dana.get(place + "room/").content.decode(),
        dana.get(place + "events/?after=0").content.decode(),
        dana.post(place + "commands/", json.dumps(post), content_type="application/json").content.decode(),
        dana.get(place).content.decode(),
        json.dumps(reading.opening(stage.registration, last=0, now=timezone.now()).expect),
        *(frame for _seq, frame in reading.public_after(stage.conversation, 0)),
    ]
    talkers = {reading.talk_of(stage.registration, stage.conversation.pk)}
    got += [frame for _mode, _expect, frame in reading.modes(talkers, timezone.now()).values()]
    for member in stage.team.memberships.select_related("user"):
        for text in got:
            assert member.user.email not in text
            assert str(member.user.pk) not in text

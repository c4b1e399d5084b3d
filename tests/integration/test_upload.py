"""Uploads by tus: resumable, checked, one writer at a time, and nothing left of what is refused."""

import base64
import errno
import fcntl
import resource
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role
from tests import clips, make
from videos import rules, storage, streaming
from videos.models import VersionState, Video, VideoVersion
from videos.services import Refused, begin_upload, give_up_abandoned, receive
from videos.services.uploads import sweep

pytestmark = pytest.mark.django_db

TUS = {"Tus-Resumable": "1.0.0"}
HEAD = clips.disguised("").ljust(264, b"\0")


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alice() -> Membership:
    return make.member()


@pytest.fixture
def video(alice: Membership) -> Video:
    return Video.objects.create(team=alice.team)


@pytest.fixture
def client(client: Client, alice: Membership) -> Client:
    client.force_login(alice.user)
    return client


def begin(client: Client, video: Video, *, name: str = "talk.mp4", length: Any = 264, team: str = "") -> Any:
    meta = {"filename": name, "video": str(video.pk)}
    encoded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in meta.items())
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": encoded}
    return client.post(f"/studio/{team or video.team.slug}/uploads/", headers=headers)


def patch(client: Client, url: str, data: bytes, offset: int, **headers: str) -> Any:
    return client.patch(
        url, data, "application/offset+octet-stream", headers=TUS | {"Upload-Offset": str(offset)} | headers
    )


def files() -> list[Path]:
    return [path for path in storage.root().rglob("*") if path.is_file() and path.name != ".swept"]


def test_a_file_arrives_in_pieces_and_waits_to_be_prepared(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    first = patch(client, url, HEAD[:100], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    assert "Upload-Expires" in first
    where = client.head(url, headers=TUS)
    assert (where["Upload-Offset"], where["Upload-Length"]) == ("100", str(len(HEAD)))
    assert where["Cache-Control"] == "no-store"
    last = patch(client, url, HEAD[100:], 100)
    assert last["Upload-Offset"] == str(len(HEAD))
    version = VideoVersion.objects.get()
    assert version.state == VersionState.WAITING
    assert version.due_at is not None
    assert storage.source(version.pk).read_bytes() == HEAD


def test_options_says_what_is_spoken(client: Client, video: Video) -> None:
    answer = client.options(f"/studio/{video.team.slug}/uploads/")
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,expiration"
    assert int(answer["Tus-Max-Size"]) > 0


def test_another_version_of_tus_is_refused(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    assert client.head(url, headers={"Tus-Resumable": "0.2.2"}).status_code == 412
    assert client.head(url).status_code == 412


def test_a_piece_at_another_place_is_refused_and_changes_nothing(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    patch(client, url, HEAD[:100], 0)
    for offset in (0, 99, 101):
        answer = patch(client, url, b"x" * 10, offset)
        assert (answer.status_code, answer.json()["code"]) == (409, "chunk_order")
    assert client.head(url, headers=TUS)["Upload-Offset"] == "100"


@pytest.mark.parametrize("offset", ["", "-1", "ten", "1e3", "\u0663", "9" * 40])
def test_an_offset_that_is_none_is_refused(client: Client, video: Video, offset: str) -> None:
    url = begin(client, video)["Location"]
    answer = client.patch(
        url,
        HEAD,
        "application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": offset.encode().decode("latin-1")},
    )
    assert answer.status_code == 400


def test_more_bytes_than_declared_are_refused(client: Client, video: Video) -> None:
    url = begin(client, video, length=100)["Location"]
    assert patch(client, url, HEAD, 0).status_code == 413
    assert client.head(url, headers=TUS)["Upload-Offset"] == "0"


def test_a_body_that_lies_about_its_length_ends_the_upload(alice: Membership, video: Video) -> None:
    version = begun(alice, video, length=100)
    with pytest.raises(Refused) as refused:
        receive(version=version, offset=0, pieces=[HEAD[:90], HEAD[90:]], now=timezone.now())
    assert refused.value.code == "file_too_large"
    assert files() == []
    assert not VideoVersion.objects.exists()


def begun(alice: Membership, video: Video, length: int = 264) -> VideoVersion:
    return begin_upload(video=video, user=alice.user, name="talk.mp4", length=length, now=timezone.now())


def test_a_cut_connection_keeps_what_came(alice: Membership, video: Video) -> None:
    version = begun(alice, video)

    def cut() -> Iterator[bytes]:
        yield HEAD[:150]
        raise streaming.BodyCut

    with pytest.raises(streaming.BodyCut):
        receive(version=version, offset=0, pieces=cut(), now=timezone.now())
    assert receive(version=version, offset=150, pieces=[HEAD[150:]], now=timezone.now()) == len(HEAD)
    assert storage.source(version.pk).read_bytes() == HEAD


def test_a_second_writer_at_the_same_time_is_locked_out(
    client: Client, alice: Membership, video: Video
) -> None:
    version = begun(alice, video)
    with storage.source(version.pk).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        answer = patch(client, f"/studio/{video.team.slug}/uploads/{version.pk}/", HEAD, 0)
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert patch(client, f"/studio/{video.team.slug}/uploads/{version.pk}/", HEAD, 0).status_code == 204


def test_stopping_removes_row_and_file(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    patch(client, url, HEAD[:100], 0)
    assert client.delete(url, headers=TUS).status_code == 204
    assert files() == []
    assert client.head(url, headers=TUS).status_code == 404


def test_a_version_that_plays_cannot_be_stopped(client: Client, alice: Membership) -> None:
    version = make.version(alice.team)
    url = f"/studio/{alice.team.slug}/uploads/{version.pk}/"
    assert client.delete(url, headers=TUS).status_code == 409
    assert VideoVersion.objects.filter(pk=version.pk).exists()


def test_an_upload_is_given_up_after_a_day(client: Client, alice: Membership, video: Video) -> None:
    version = begun(alice, video)
    now = timezone.now()
    assert give_up_abandoned(now=now + timedelta(hours=23)) == 0
    assert give_up_abandoned(now=now + timedelta(hours=25)) == 1
    assert not VideoVersion.objects.filter(pk=version.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_file_of_an_abandoned_upload_goes_with_it(alice: Membership, video: Video) -> None:
    begun(alice, video)
    assert len(files()) == 1
    assert give_up_abandoned(now=timezone.now() + timedelta(hours=25)) == 1
    assert files() == []


def test_files_without_a_row_are_swept(alice: Membership, video: Video) -> None:
    kept = begun(alice, video)
    stray = storage.source(uuid.uuid4())
    stray.touch()
    sweep(now=timezone.now() + timedelta(hours=25))
    assert files() == [storage.source(kept.pk)]


@pytest.mark.parametrize("name", ["page.html", "talk.mp3", "talk", "talk.mp4.svg", "", ".mp4/", "CON"])
def test_other_extensions_are_refused(client: Client, video: Video, name: str) -> None:
    answer = begin(client, video, name=name)
    assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")
    assert not VideoVersion.objects.exists()
    assert files() == []


HOSTILE = {
    "playlist": clips.MASTER.encode(),
    "concat": clips.CONCAT.encode(),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "page": b"<!doctype html><script>alert(1)</script>" + bytes(100),
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>" + bytes(100),
    "another container": b"\x1a\x45\xdf\xa3" + bytes(100),
    "too short to be anything": b"ab",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_A10_what_is_no_film_is_refused_at_its_first_bytes(client: Client, video: Video, kind: str) -> None:
    data = HOSTILE[kind]
    url = begin(client, video, length=len(data))["Location"]
    answer = patch(client, url, data, 0)
    assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")
    assert not VideoVersion.objects.exists()
    assert files() == []


def test_what_is_no_film_is_refused_in_tiny_pieces_as_well(client: Client, video: Video) -> None:
    data = HOSTILE["picture"]
    url = begin(client, video, length=len(data))["Location"]
    assert patch(client, url, data[:10], 0).status_code == 204
    assert patch(client, url, data[10:90], 10).status_code == 415
    assert files() == []


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [
        (0, 422, "empty_file"),
        (10**15, 413, "file_too_large"),
        (-5, 400, "incomplete"),
        ("many", 400, "incomplete"),
        ("", 400, "incomplete"),
    ],
)
def test_lengths_that_cannot_be(client: Client, video: Video, length: Any, status: int, code: str) -> None:
    answer = begin(client, video, length=length)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["text"]
    assert not VideoVersion.objects.exists()


@pytest.mark.parametrize("delta", [0, 1])
def test_the_limit_holds_to_the_byte(client: Client, video: Video, settings: Any, delta: int) -> None:
    settings.UPLOAD_MAX_BYTES = 5000
    assert begin(client, video, length=5000 + delta).status_code == (413 if delta else 201)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/cron.d/talk.mp4", "talk.mp4"),
        ("C:\\films\\talk.mp4", "talk.mp4"),
        ("-rf talk.mp4", "rf talk.mp4"),
        ("talk\u202e4pm.mp4", "talk4pm.mp4"),
        ("ta\0lk\n.mp4", "talk.mp4"),
        ("x" * 300 + ".mp4", "x" * 116 + ".mp4"),
        ("Zażółć gęślą.mov", "Zażółć gęślą.mov"),
        ("CON.mp4", "CON.mp4"),
        (".mp4", "mp4"),
    ],
)
def test_names_are_cleaned_and_never_used_on_disk(name: str, shown: str) -> None:
    assert rules.shown_name(name) == shown


def test_the_name_on_disk_is_generated(client: Client, video: Video) -> None:
    begin(client, video, name="../../evil.mp4")
    version = VideoVersion.objects.get()
    assert version.file_name == "evil.mp4"
    assert files() == [storage.root() / "uploads" / f"{version.pk.hex}.part"]


def test_R4_a_disk_that_is_full_is_said_at_the_start(
    client: Client, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "KEEP_FREE", 10**18)
    answer = begin(client, video)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert not VideoVersion.objects.exists()


def test_R4_a_disk_that_fills_up_leaves_no_row_and_no_file(alice: Membership, video: Video) -> None:
    version = begun(alice, video)

    def full() -> Iterator[bytes]:
        yield HEAD[:100]
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(Refused) as refused:
        receive(version=version, offset=0, pieces=full(), now=timezone.now())
    assert refused.value.code == "storage_full"
    assert not VideoVersion.objects.exists()
    assert files() == []


def test_R4_a_write_that_fails_half_way_leaves_nothing(alice: Membership, video: Video) -> None:
    version = begun(alice, video, length=400_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    try:
        with pytest.raises(Refused) as refused:
            receive(version=version, offset=0, pieces=[HEAD + bytes(200_000)], now=timezone.now())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.code == "storage_full"
    assert not VideoVersion.objects.exists()
    assert files() == []


def test_A1_another_teams_upload_does_not_exist(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    charlie = make.member()
    client.force_login(charlie.user)
    for path in (url, url.replace(f"/{video.team.slug}/", f"/{charlie.team.slug}/")):
        assert client.head(path, headers=TUS).status_code == 404
        assert patch(client, path, HEAD, 0).status_code == 404
        assert client.delete(path, headers=TUS).status_code == 404
    assert begin(client, video, team=charlie.team.slug).status_code == 404
    assert VideoVersion.objects.get().state == VersionState.UPLOADING


def test_moderators_do_not_upload(client: Client, video: Video) -> None:
    bob = make.member(video.team, Role.MODERATOR)
    url = begin(client, video)["Location"]
    client.force_login(bob.user)
    assert begin(client, video).status_code == 403
    assert patch(client, url, HEAD, 0).status_code == 403


def test_A6_uploads_need_the_csrf_header(alice: Membership, video: Video) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice.user)
    assert begin(strict, video).status_code == 403
    version = begun(alice, video)
    url = f"/studio/{video.team.slug}/uploads/{version.pk}/"
    assert patch(strict, url, HEAD, 0).status_code == 403
    assert strict.delete(url, headers=TUS).status_code == 403
    token = "a" * 32
    strict.cookies["matinee_csrf"] = token
    assert patch(strict, url, HEAD, 0, **{"X-CSRFToken": token}).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_R3_a_slow_line_holds_no_connection_to_the_database(client: Client, video: Video) -> None:
    url = begin(client, video)["Location"]
    held: list[bool] = []
    finished = streaming.pieces

    def watched(request: Any) -> Iterator[bytes]:
        held.append(connection.connection is not None)
        yield from finished(request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streaming, "pieces", watched)
        assert patch(client, url, HEAD, 0).status_code == 204
    assert held == [False]
    assert VideoVersion.objects.get().state == VersionState.WAITING


async def test_a_body_is_read_as_it_comes_and_not_collected_first() -> None:
    sent: list[int] = []
    seen: list[bytes] = []

    async def receive_message() -> dict[str, Any]:
        sent.append(1)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": len(sent) < 40}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        assert sent == []
        body = scope["matinee.body"]
        while piece := await body.read():
            seen.append(piece)

    scope = {"type": "http", "method": "PATCH", "path": "/studio/team/uploads/x/"}
    await streaming.stream_uploads(app)(scope, receive_message, None)  # type: ignore[arg-type]
    assert sum(map(len, seen)) == 40 * 65536
    assert max(map(len, seen)) <= streaming.PIECE + 65536

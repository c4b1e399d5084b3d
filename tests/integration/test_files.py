"""Files in a conversation: what is taken, what is refused and leaves nothing, who may have them."""

import json
import re
import resource
import uuid
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from chat import file_store
from chat.file_doors import STREAMED
from chat.models import Attachment, ChatPolicy, Conversation, Message
from chat.refusals import Refusal
from chat.schemas.down import attendee_frames, team_frames
from chat.services import files
from chat.services.posting import post_as_attendee
from tests import hostile, make
from tests.talk import Talk, talk
from tests.threads import at_once
from videos.streaming import stream_uploads
from webinars.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    """A media folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


def browser_of(place: Registration) -> Client:
    _guest, token = make.guest(place.person)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = token
    return client


@pytest.fixture
def dana(stage: Talk) -> Client:
    return browser_of(stage.registration)


@pytest.fixture
def bob(stage: Talk) -> Client:
    client = Client()
    client.force_login(stage.bob.user)
    return client


def upload(client: Client, stage: Talk, data: bytes, name: str = "photo.png") -> Any:
    address = f"/r/{stage.registration.pk}/files/"
    return client.generic("POST", address, data, "application/octet-stream", query_params={"name": name})


def team_upload(client: Client, stage: Talk, data: bytes, name: str = "photo.png") -> Any:
    address = f"/studio/{stage.team.slug}/inbox/{stage.conversation.pk}/files/"
    return client.generic("POST", address, data, "application/octet-stream", query_params={"name": name})


def post(client: Client, stage: Talk, text: str, ids: list[str], ref: str = "") -> Any:
    frame = {"type": "message.post", "ref": ref or str(uuid.uuid4()), "data": {"text": text, "files": ids}}
    address = f"/r/{stage.registration.pk}/commands/"
    return json.loads(client.post(address, json.dumps(frame), content_type="application/json").content)


def unclocked(page: bytes) -> bytes:
    """The page without the second it was made in."""
    return re.sub(rb'data-now="\d+"', b"", page)


def on_disk() -> list[str]:
    folder = file_store.folder()
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_A9_every_picture_is_written_anew(dana: Client, stage: Talk, kind: str) -> None:
    answer = upload(dana, stage, hostile.picture(kind), f"x.{kind.lower()}")
    assert answer.status_code == 201
    assert (answer.json()["type"], answer.json()["name"]) == ("image/webp", "x.webp")
    shown = body(dana.get(f"/r/{stage.registration.pk}/files/{answer.json()['id']}/"))
    assert shown[:4] == b"RIFF"
    assert shown[8:12] == b"WEBP"


def test_a_photo_is_turned_upright_and_says_nothing_of_its_camera(dana: Client, stage: Talk) -> None:
    answer = upload(dana, stage, hostile.turned_with_a_place(), "photo.jpg").json()
    assert (answer["width"], answer["height"]) == (40, 80)
    path = file_store.content(uuid.UUID(answer["id"]))
    assert b"SECRETCAMERA" not in path.read_bytes()
    with Image.open(path) as image:
        assert not image.getexif()
        corner = image.convert("RGB").getpixel((35, 5))
    assert isinstance(corner, tuple)
    assert corner[2] > 150 > corner[0]  # the blue corner has gone to the right with the turn


def test_a_large_picture_is_made_smaller_and_has_a_small_one(dana: Client, stage: Talk) -> None:
    answer = upload(dana, stage, hostile.picture("JPEG", (5000, 2500)), "big.jpg").json()
    assert (answer["width"], answer["height"]) == (2560, 1280)
    with Image.open(file_store.small(uuid.UUID(answer["id"]))) as image:
        assert image.size == (480, 240)


def test_an_animation_becomes_its_first_picture(dana: Client, stage: Talk) -> None:
    answer = upload(dana, stage, hostile.animated(), "a.gif").json()
    with Image.open(file_store.content(uuid.UUID(answer["id"]))) as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("data", "name", "kind", "shown"),
    [
        (hostile.PDF, "offer.pdf", "application/pdf", "offer.pdf"),
        (hostile.PDF, "offer.docx", "application/pdf", "offer.pdf"),
        ("zażółć\n".encode(), "notes.txt", "text/plain", "notes.txt"),
        (b"a;b\n1;2\n", "list.csv", "text/csv", "list.csv"),
        (hostile.office(), "cv.docx", "wordprocessingml.document", "cv.docx"),
        (hostile.office("xl/workbook.xml"), "sheet.xlsx", "spreadsheetml.sheet", "sheet.xlsx"),
        (hostile.office("ppt/presentation.xml"), "deck.pptx", "presentationml.presentation", "deck.pptx"),
        (hostile.PDF, "../../etc/passwd", "application/pdf", "passwd.pdf"),
        (hostile.PDF, "a\x00b.pdf", "application/pdf", "ab.pdf"),
        (hostile.PDF, "invoice\u202efdp.exe", "application/pdf", "invoicefdp.pdf"),
        (hostile.PDF, "CON.pdf", "application/pdf", "file.pdf"),
        (hostile.PDF, "--rf.pdf", "application/pdf", "rf.pdf"),
        (hostile.PDF, "x" * 300 + ".pdf", "application/pdf", "x" * 100 + ".pdf"),
        (hostile.PDF, "", "application/pdf", "file.pdf"),
    ],
)
def test_F24_documents_are_told_by_their_content_and_named_by_it(
    dana: Client, stage: Talk, data: bytes, name: str, kind: str, shown: str
) -> None:
    answer = upload(dana, stage, data, name)
    assert answer.status_code == 201, answer.content
    assert answer.json()["type"].endswith(kind)
    assert answer.json()["name"] == shown
    assert on_disk() == [uuid.UUID(answer.json()["id"]).hex]


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "empty.png", 422, "empty_file"),
        (bytes(11 * 1024**2), "big.png", 413, "file_too_large"),
        (hostile.picture() + hostile.SCRIPT, "page.png", 415, "type_not_allowed"),
        (b"GIF89a" + hostile.SCRIPT, "page.gif", 415, "type_not_allowed"),
        (hostile.picture()[:60], "cut.png", 415, "type_not_allowed"),
        (hostile.picture("JPEG")[:200], "cut.jpg", 415, "type_not_allowed"),
        (hostile.bomb(), "bomb.png", 422, "image_too_large"),
        (hostile.webp_bomb(), "bomb.webp", 422, "image_too_large"),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>',
            "x.svg",
            415,
            "type_not_allowed",
        ),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>',
            "x.png",
            415,
            "type_not_allowed",
        ),
        (hostile.SCRIPT, "x.html", 415, "type_not_allowed"),
        (hostile.SCRIPT, "x.txt", 415, "type_not_allowed"),
        (hostile.SCRIPT, "x.pdf", 415, "type_not_allowed"),
        (b"%PDF-1.4 " + hostile.SCRIPT + b"%%EOF", "x.pdf", 415, "type_not_allowed"),
        (b"MZ\x90\x00" + bytes(100), "x.exe", 415, "type_not_allowed"),
        (b"MZ\x90\x00" + bytes(100), "x.txt", 415, "type_not_allowed"),
        (b"just words", "words.js", 415, "type_not_allowed"),
        (b"just words", "words", 415, "type_not_allowed"),
        (hostile.office(more={"word/vbaProject.bin": b"x"}), "macro.docx", 415, "type_not_allowed"),
        (hostile.office(more={"../evil": b"x"}), "evil.docx", 415, "type_not_allowed"),
        (hostile.office("nothing.xml"), "zip.docx", 415, "type_not_allowed"),
        (b"PK\x03\x04" + bytes(40), "cut.docx", 415, "type_not_allowed"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n", "x.mp4", 415, "type_not_allowed"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_F24_A9_what_is_not_taken_is_said_in_a_sentence_and_leaves_nothing(
    dana: Client, stage: Talk, data: bytes, name: str, status: int, code: str
) -> None:
    answer = upload(dana, stage, data, name)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["text"].endswith(".")
    assert not Attachment.objects.exists()
    assert on_disk() == []


def test_a_document_that_unpacks_without_end_is_refused(dana: Client, stage: Talk) -> None:
    data = hostile.unpacks_without_end()
    assert len(data) < 1024**2
    assert upload(dana, stage, data, "big.docx").status_code == 415


def test_a_picture_of_exactly_25_megapixels_is_taken_and_one_row_more_is_not(
    dana: Client, stage: Talk
) -> None:
    assert upload(dana, stage, hostile.picture("JPEG", (5000, 5000)), "x.jpg").status_code == 201
    assert upload(dana, stage, hostile.picture("JPEG", (5000, 5001)), "x.jpg").status_code == 422


def test_a_file_of_exactly_the_limit_is_taken(dana: Client, stage: Talk, settings: Any) -> None:
    settings.CHAT_FILE_MAX_BYTES = len(hostile.PDF)
    assert upload(dana, stage, hostile.PDF, "x.pdf").status_code == 201
    settings.CHAT_FILE_MAX_BYTES = len(hostile.PDF) - 1
    answer = upload(dana, stage, hostile.PDF, "x.pdf")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def test_a_body_that_says_less_than_it_is_ends_at_the_limit(stage: Talk) -> None:
    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield bytes(1024**2)

    assert refused_for(stage, bytes(5), pieces()).code == "file_too_large"
    assert len(read) == 11
    assert on_disk() == []


def test_a_message_carries_its_files_to_both_sides(dana: Client, stage: Talk) -> None:
    ids = [upload(dana, stage, hostile.picture()).json()["id"], upload(dana, stage, hostile.PDF).json()["id"]]
    ack = post(dana, stage, "", ids)
    assert ack["type"] == "ack", ack
    page = dana.get(f"/r/{stage.registration.pk}/events/?after=0").json()["events"]
    frame = attendee_frames.validate_python(page[0])
    assert [str(file.id) for file in frame.message.files] == ids
    message = Message.objects.get()
    assert [file["id"] for file in message.detail["files"]] == ids
    assert set(Attachment.objects.filter(message=message).values_list("state", "due_at")) == {("sent", None)}
    assert stage.conversation.last_line == "photo.webp, photo.pdf"


def test_M2_the_same_ref_with_the_same_files_is_the_same_message(dana: Client, stage: Talk) -> None:
    one, two = (upload(dana, stage, hostile.picture()).json()["id"] for _ in range(2))
    ref = str(uuid.uuid4())
    first, again = (post(dana, stage, "Look", [one], ref) for _ in range(2))
    assert first == again
    assert Message.objects.count() == 1
    assert post(dana, stage, "Look", [two], ref)["code"] == "id_reused"
    assert post(dana, stage, "Look", [], ref)["code"] == "id_reused"


def test_a_file_goes_with_one_message_only(dana: Client, stage: Talk) -> None:
    one = upload(dana, stage, hostile.picture()).json()["id"]
    assert post(dana, stage, "Look", [one])["type"] == "ack"
    assert post(dana, stage, "Look again", [one])["code"] == "not_found"
    assert post(dana, stage, "Twice", [one, one])["code"] == "not_found"
    assert Message.objects.count() == 1


def test_at_most_five_files_go_with_a_message(dana: Client, stage: Talk) -> None:
    ids = [upload(dana, stage, hostile.PDF).json()["id"] for _ in range(6)]
    assert post(dana, stage, "Six", ids)["code"] == "field_invalid"
    assert post(dana, stage, "Five", ids[:5])["type"] == "ack"


def test_A1_another_attendees_file_is_answered_like_one_that_does_not_exist(
    dana: Client, stage: Talk
) -> None:
    other = make.registration(stage.session)
    theirs = hostile.picture_of(other, timezone.now())
    for key in (theirs, uuid.uuid4()):
        answer = post(dana, stage, "Mine?", [str(key)])
        assert (answer["type"], answer["code"]) == ("refused", "not_found")
    texts = {post(dana, stage, "Mine?", [str(key)])["text"] for key in (theirs, uuid.uuid4())}
    assert len(texts) == 1
    for size in ("", "small/"):
        found, none = (
            dana.get(f"/r/{stage.registration.pk}/files/{key}/{size}") for key in (theirs, uuid.uuid4())
        )
        assert found.status_code == none.status_code == 404
        assert (unclocked(found.content), dict(found.headers)) == (
            unclocked(none.content),
            dict(none.headers),
        )


def test_A1_two_attendees_in_one_browser_have_each_their_own(stage: Talk) -> None:
    other = make.registration(make.session(starts_at=timezone.now()))
    _guest, token = make.guest(stage.person, other.person)
    both = Client()
    both.cookies[settings.GUEST_COOKIE_NAME] = token
    key = upload(both, stage, hostile.picture()).json()["id"]
    assert both.get(f"/r/{stage.registration.pk}/files/{key}/").status_code == 200
    assert both.get(f"/r/{other.pk}/files/{key}/").status_code == 404


def test_the_team_has_what_was_sent_and_not_what_waits(dana: Client, bob: Client, stage: Talk) -> None:
    stage.asks("First")
    key = upload(dana, stage, hostile.picture()).json()["id"]
    address = f"/studio/{stage.team.slug}/inbox/files/{key}/"
    assert bob.get(address).status_code == 404
    post(dana, stage, "Here", [key])
    assert bob.get(address).status_code == 200
    assert bob.get(address + "small/").status_code == 200


def test_a_moderators_file_reaches_the_attendee_once_it_is_sent(
    dana: Client, bob: Client, stage: Talk
) -> None:
    stage.asks("The recipe?")
    key = team_upload(bob, stage, hostile.PDF, "recipe.pdf").json()["id"]
    address = f"/r/{stage.registration.pk}/files/{key}/"
    assert dana.get(address).status_code == 404
    with pytest.raises(Refusal) as refused:  # it is Bob's, not Alice's
        stage.answers("Here", membership=stage.alice, files=[uuid.UUID(key)])
    assert refused.value.code == "not_found"
    stage.answers("", files=[uuid.UUID(key)])
    assert body(dana.get(address)) == hostile.PDF
    sent = bob.get(f"/studio/{stage.team.slug}/inbox/{stage.conversation.pk}/events/").json()["messages"]
    frame = {"type": "event", "conversation": "c", "seq": 2, "message": sent[1]}
    assert team_frames.validate_python(frame).message.files[0].name == "recipe.pdf"


def test_A9_what_is_handed_out_is_kept_by_nobody_and_runs_nowhere(dana: Client, stage: Talk) -> None:
    pdf = upload(dana, stage, hostile.PDF, "Zażółć.pdf").json()["id"]
    answer = dana.get(f"/r/{stage.registration.pk}/files/{pdf}/")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Za%C5%BC%C3%B3%C5%82%C4%87.pdf"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].replace(" ", "").split(","))
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    picture = upload(dana, stage, hostile.picture()).json()["id"]
    inline = dana.get(f"/r/{stage.registration.pk}/files/{picture}/")
    assert inline["Content-Disposition"].startswith("inline")
    kept = dana.get(f"/r/{stage.registration.pk}/files/{picture}/?keep")
    assert kept["Content-Disposition"].startswith("attachment")


def test_A6_an_upload_needs_the_csrf_token(stage: Talk) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser_of(stage.registration).cookies
    assert upload(strict, stage, hostile.PDF).status_code == 403
    assert not Attachment.objects.exists()


def test_the_hosts_switch_ends_uploads_of_attendees_and_not_the_teams(
    dana: Client, bob: Client, stage: Talk
) -> None:
    stage.asks()
    ChatPolicy.objects.filter(webinar=stage.webinar).update(files=False)
    answer = upload(dana, stage, hostile.PDF)
    assert (answer.status_code, answer.json()["code"]) == (403, "files_off")
    assert team_upload(bob, stage, hostile.PDF).status_code == 201


def test_a_conversation_takes_so_many_files_a_day(dana: Client, stage: Talk, settings: Any) -> None:
    settings.CHAT_FILES_A_DAY = 2
    assert [upload(dana, stage, hostile.PDF).status_code for _ in range(3)] == [201, 201, 413]
    answer = upload(dana, stage, hostile.PDF).json()
    assert (answer["code"], answer["text"][:19]) == ("quota_reached", "2 of 2 files were s")
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert upload(dana, stage, hostile.PDF).status_code == 201


def test_uploads_come_at_a_pace(dana: Client, stage: Talk) -> None:
    codes = [upload(dana, stage, b"", "x.pdf").status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_R4_a_disk_that_is_full_is_said_before_a_byte_is_read(
    dana: Client, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videos.storage.KEEP_FREE", 10**18)
    answer = upload(dana, stage, hostile.PDF)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert on_disk() == []


@pytest.mark.parametrize(
    "most", [20, 1500]
)  # in the middle of what comes; in the middle of what is made of it
def test_R4_a_disk_that_fills_up_half_way_leaves_nothing(stage: Talk, most: int) -> None:
    data = hostile.picture("PNG", (3000, 2000)) if most > 1000 else hostile.PDF
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        refusal = refused_for(stage, data, full_after(data, most, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal.code == "storage_full"
    assert not Attachment.objects.exists()
    assert on_disk() == []


def refused_for(stage: Talk, data: bytes, pieces: Iterator[bytes]) -> Refusal:
    """Why the file is not taken."""
    with pytest.raises(Refusal) as refused:
        files.receive_from_attendee(
            registration=stage.registration,
            name="x.png",
            length=len(data),
            pieces=pieces,
            now=timezone.now(),
        )
    return refused.value


def full_after(data: bytes, most: int, hard: int) -> Iterator[bytes]:
    """The file, while the disk takes no file longer than `most`: from the start, or once all has been written."""
    if most < 1000:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        yield data
        return
    yield data
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))


def test_what_was_never_sent_goes_after_a_day_with_its_bytes(
    dana: Client, stage: Talk, django_capture_on_commit_callbacks: Any
) -> None:
    kept, lost = (upload(dana, stage, hostile.picture()).json()["id"] for _ in range(2))
    post(dana, stage, "Look", [kept])
    now = timezone.now()
    assert files.give_up_abandoned(now=now + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert files.give_up_abandoned(now=now + timedelta(hours=25)) == 1
    assert [str(row.pk) for row in Attachment.objects.all()] == [kept]
    assert on_disk() == [uuid.UUID(kept).hex, f"{uuid.UUID(kept).hex}.small"]
    assert lost != kept


def test_what_has_no_row_is_swept_from_the_disk(dana: Client, stage: Talk) -> None:
    upload(dana, stage, hostile.picture())
    Conversation.objects.all().delete()
    files.sweep(now=timezone.now())
    assert len(on_disk()) == 2  # may be arriving just now
    (file_store.folder().parent / ".files-swept").unlink()
    files.sweep(now=timezone.now() + timedelta(hours=2))
    assert on_disk() == []


def test_without_script_the_form_takes_files_too(dana: Client, bob: Client, stage: Talk) -> None:
    room = f"/r/{stage.registration.pk}/room/"
    file = SimpleUploadedFile("photo.png", hostile.picture())
    sent = dana.post(room, {"text": "", "ref": str(uuid.uuid4()), "files": [file]})
    assert sent.status_code == 303
    assert "photo.webp" in dana.get(room).content.decode()
    bad = SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    refused = dana.post(room, {"text": "Kept words", "ref": str(uuid.uuid4()), "files": [bad]})
    assert refused.status_code == 422
    assert "This kind of file cannot be sent." in refused.content.decode()
    assert "Kept words" in refused.content.decode()
    recipe = SimpleUploadedFile("recipe.pdf", hostile.PDF)
    reply = f"/studio/{stage.team.slug}/inbox/{stage.conversation.pk}/reply/"
    fields = {"text": "Here", "ref": str(uuid.uuid4()), "base_seq": "1", "files": [recipe]}
    assert bob.post(reply, fields).status_code == 303
    assert [file["name"] for file in stage.messages[-1].detail["files"]] == ["recipe.pdf"]
    many = [SimpleUploadedFile(f"{n}.pdf", hostile.PDF) for n in range(6)]
    answer = dana.post(room, {"text": "Six", "ref": str(uuid.uuid4()), "files": many})
    assert "At most 5 files go with one message." in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path", "streamed"),
    [
        ("POST", "/r/5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10/files/", True),
        ("POST", "/studio/lumen/inbox/5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10/files/", True),
        ("GET", "/r/5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10/files/", False),
        ("POST", "/r/5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10/room/", False),
    ],
)
async def test_a_files_body_is_read_by_its_view_and_not_collected_before(
    method: str, path: str, streamed: bool
) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, _send: Any) -> None:
        seen.update(scope | {"first": await receive()})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"bytes", "more_body": False}

    async def send(_message: Any) -> None:
        raise AssertionError

    await stream_uploads(app, STREAMED)({"type": "http", "method": method, "path": path}, receive, send)
    assert seen["first"]["body"] == (b"" if streamed else b"bytes")


def test_A10_a_picture_that_is_drawn_again_and_again_is_not_decoded(
    dana: Client, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Mock(wraps=Image.open)
    monkeypatch.setattr(Image, "open", opened)
    for data in (hostile.many_scans(), hostile.many_markers()):
        answer = upload(dana, stage, data, "x.jpg")
        assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")
    opened.assert_not_called()
    progressive = hostile.picture("JPEG", progressive=True)
    behind = (
        progressive + hostile.many_scans()[2:]
    )  # what a telephone puts after its picture is not looked at
    assert [upload(dana, stage, data, "x.jpg").status_code for data in (progressive, behind)] == [201, 201]
    opened.assert_called()


def test_A10_a_list_of_files_without_end_is_not_read(
    dana: Client, stage: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Mock(wraps=zipfile.ZipFile)
    monkeypatch.setattr(zipfile, "ZipFile", read)
    assert upload(dana, stage, hostile.many_entries(), "x.docx").status_code == 415
    read.assert_not_called()
    assert upload(dana, stage, hostile.office(), "x.docx").status_code == 201
    read.assert_called()


def test_without_script_uploads_come_at_the_same_pace(dana: Client, bob: Client, stage: Talk) -> None:
    stage.asks()
    bad = [SimpleUploadedFile(f"{n}.svg", b"<svg/>") for n in range(5)]
    room = f"/r/{stage.registration.pk}/room/"
    reply = f"/studio/{stage.team.slug}/inbox/{stage.conversation.pk}/reply/"
    for client, address in ((dana, room), (bob, reply)):
        answers = [client.post(address, {"text": "x", "ref": uuid.uuid4(), "files": bad}) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {422}
        texts = ["A little slower" in answer.content.decode() for answer in answers]
        assert texts == [False] * 4 + [True]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_being_sent_is_not_given_up_in_the_same_moment(stage: Talk) -> None:
    key = hostile.picture_of(stage.registration, timezone.now())
    later = timezone.now() + timedelta(hours=25)
    with transaction.atomic():
        files.chosen(stage.conversation, None, [key])
        at_once(lambda: files.give_up_abandoned(now=later))
    assert Attachment.objects.filter(pk=key).exists()
    files.give_up_abandoned(now=later)
    with pytest.raises(Refusal):
        post_as_attendee(
            registration=stage.registration, ref=uuid.uuid4(), text="", files=[key], now=timezone.now()
        )

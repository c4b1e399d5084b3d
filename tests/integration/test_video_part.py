"""The studio's part of a video: how far it is, what went wrong, its captions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from tests import make
from videos.models import CaptionTrack, Rendition, VersionState, Video, VideoVersion

pytestmark = pytest.mark.django_db

GOOD = "WEBVTT\n\n00:01.000 --> 00:02.500\nHello <i>there</i>\n"
SUBRIP = "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nagain\n"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alice() -> Membership:
    return make.member()


@pytest.fixture
def client(client: Client, alice: Membership) -> Client:
    client.force_login(alice.user)
    return client


def preparing(of: Membership, **fields: Any) -> VideoVersion:
    video = Video.objects.create(team=of.team)
    facts: dict[str, Any] = {
        "state": VersionState.PREPARING,
        "due_at": timezone.now() + timedelta(seconds=40),
        "progress": 41,
        "seconds_left": 240,
        "width": 1280,
        "height": 720,
    }
    return VideoVersion.objects.create(video=video, file_name="talk.mp4", size=9, **facts | fields)


def url(version: VideoVersion, rest: str = "status/") -> str:
    return f"/studio/{version.video.team.slug}/videos/{version.video_id}/{rest}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_progress_is_shown_with_its_time_left_and_asks_again(client: Client, alice: Membership) -> None:
    version = preparing(alice)
    page = text(client.get(url(version)))
    assert "41 %" in page
    assert "about 4 minutes left" in page
    assert 'hx-trigger="every 2s"' in page
    assert page.count("640 × 360") == 1
    assert "Can be shown now" not in page


def test_a_film_that_plays_brings_its_player_once(client: Client, alice: Membership) -> None:
    version = preparing(alice, state=VersionState.READY, ready_at=timezone.now(), duration=2852)
    Video.objects.update(current=version)
    Rendition.objects.create(
        version=version, height=360, width=640, bandwidth=1, codecs="avc1.640029", segments=[4.0]
    )
    first = text(client.get(url(version)))
    assert "Can be shown now, in 360p" in first
    assert "data-hls" in first
    assert "47:32" in first
    assert "data-hls" not in text(client.get(url(version) + f"?shown={version.pk}"))
    VideoVersion.objects.update(due_at=None)
    assert "hx-trigger" not in text(client.get(url(version)))


def test_a_refused_file_says_why_and_what_stays(client: Client, alice: Membership) -> None:
    version = preparing(
        alice, state=VersionState.FAILED, due_at=None, error="There is no picture in this file."
    )
    page = text(client.get(url(version)))
    assert "There is no picture in this file." in page
    assert 'role="alert"' in page
    assert "hx-trigger" not in page


def test_programs_get_the_same_as_json(client: Client, alice: Membership) -> None:
    version = preparing(alice)
    answer = client.get(url(version), headers={"Accept": "application/json"}).json()
    assert answer["state"] == "preparing"
    assert answer["progress"] == 41
    assert answer["can_be_shown"] is False


def test_asking_costs_the_same_for_one_version_and_for_three(
    client: Client, alice: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = preparing(alice)
    for _ in range(2):
        VideoVersion.objects.create(video=version.video, file_name="x.mp4", size=1, state=VersionState.FAILED)
    with django_assert_max_num_queries(9):
        client.get(url(version))


def send(
    client: Client, version: VideoVersion, content: str | bytes, name: str = "en.vtt", **fields: str
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    form = {"language": "en", "file": SimpleUploadedFile(name, data)} | fields
    return client.post(url(version, "captions/"), form, headers=HTMX)


def ready(of: Membership) -> VideoVersion:
    version = make.version(of.team)
    version.video.team = of.team
    return version


@pytest.mark.parametrize(("content", "name", "lines"), [(GOOD, "a.vtt", 1), ("\ufeff" + SUBRIP, "a.SRT", 2)])
def test_captions_are_kept_as_webvtt(
    client: Client, alice: Membership, content: str, name: str, lines: int
) -> None:
    version = ready(alice)
    page = text(send(client, version, content, name))
    track = CaptionTrack.objects.get()
    assert track.text.startswith("WEBVTT\n")
    assert track.lines == lines
    assert "English" in page
    assert 'hx-swap-oob="outerHTML"' in page


def test_captions_of_a_language_are_replaced(client: Client, alice: Membership) -> None:
    version = ready(alice)
    send(client, version, GOOD)
    send(client, version, GOOD.replace("Hello", "Good day"))
    assert "Good day" in CaptionTrack.objects.get().text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("hello", "This is not a WebVTT or SubRip file."),
        ("WEBVTT\n", "No captions were found in this file."),
        ("WEBVTT\n\n00:05.000 --> 00:02.000\nBack\n", "Caption 1 ends before it begins, at 00:00:05.000."),
        ("WEBVTT\n\nlater --> 00:02.000\nBack\n", "One caption cannot be read"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHe\0llo\n", "This is not a text file with captions."),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nZażółć\n".encode("utf-16"), "Save the captions as UTF-8 text."),
        ("WEBVTT\n\n" + "x" * 1_100_000, "Captions can be at most 1 MB."),
        ("", "This is not a WebVTT or SubRip file."),
    ],
)
def test_broken_captions_get_one_sentence_beside_the_field_and_change_nothing(
    client: Client, alice: Membership, content: str | bytes, sentence: str
) -> None:
    version = ready(alice)
    send(client, version, GOOD)
    before = CaptionTrack.objects.get().text
    page = text(send(client, version, content))
    assert sentence in page
    assert 'id="captions-file-line"' in page
    assert CaptionTrack.objects.get().text == before


def test_A11_nothing_but_captions_is_kept_of_a_file(client: Client, alice: Membership) -> None:
    version = ready(alice)
    styled = (
        "WEBVTT\n\nSTYLE\n::cue { background: url(https://example.org/spy) }\n\nNOTE secret\n\n" + GOOD[8:]
    )
    send(client, version, styled)
    assert "example.org" not in CaptionTrack.objects.get().text
    assert "secret" not in CaptionTrack.objects.get().text


def test_an_unknown_language_and_no_file_are_refused(client: Client, alice: Membership) -> None:
    version = ready(alice)
    assert "Choose one of the languages." in text(send(client, version, GOOD, language="xx"))
    answer = client.post(url(version, "captions/"), {"language": "en"}, headers=HTMX)
    assert "Choose a file with captions first." in text(answer)
    assert not CaptionTrack.objects.exists()


def test_without_script_the_page_comes_back_and_only_ours(client: Client, alice: Membership) -> None:
    version = ready(alice)
    for to, expected in [
        ("/studio/a/", "/studio/a/"),
        ("https://example.org/", "/studio/"),
        ("//x.org", "/studio/"),
    ]:
        form = {"language": "en", "file": SimpleUploadedFile("a.vtt", GOOD.encode()), "next": to}
        assert client.post(url(version, "captions/"), form)["Location"] == expected


def test_captions_can_be_removed(client: Client, alice: Membership) -> None:
    version = ready(alice)
    send(client, version, GOOD)
    client.post(url(version, "captions/en/remove/"), headers=HTMX)
    assert not CaptionTrack.objects.exists()

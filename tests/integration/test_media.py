"""A8: no byte of a film without a grant, before the start, after the end, or further ahead than 30 s."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.test import AsyncRequestFactory, Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from scheduling.models import Kind
from tests import make
from videos import storage
from videos.delivery import PIECE, file_response
from videos.models import CaptionTrack, Rendition
from webinars import media
from webinars.models import GuestSession, Registration, Session

pytestmark = pytest.mark.django_db

BYTES = b"G" + bytes(187)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for kept in (media.places, media.tracks, media.playlists):
        kept.forget()


def filled(session: Session) -> Session:
    """The session's film of ten minutes with files for its first twenty segments."""
    version = session.video_version
    Rendition.objects.create(
        version=version, height=360, width=640, bandwidth=900_000, codecs="avc1.640029", segments=[4.0] * 150
    )
    CaptionTrack.objects.create(version=version, language="en", label="English", text="WEBVTT\n")
    folder = storage.segment(version.pk, 360, 0).parent
    folder.mkdir(parents=True)
    for number in range(20):
        storage.segment(version.pk, 360, number).write_bytes(BYTES)
    storage.poster(version.pk).write_bytes(b"RIFF")
    return session


def place(since: float, **fields: Any) -> Registration:
    """A place in a session that began `since` seconds ago."""
    started: datetime | None = timezone.now() - timedelta(seconds=since)
    return make.registration(filled(make.session(starts_at=started, **fields)))


def own_place(kind: str, *, opened_since: float | None, keeps: float = 3600.0) -> Registration:
    """A place with a clock of its own, opened `opened_since` seconds ago or not yet."""
    schedule = make.schedule(replay=True, replay_until="after_opening", replay_hours=int(keeps / 3600))
    session = filled(make.session(make.webinar(schedule=schedule), kind=kind, starts_at=None))
    if opened_since is not None:
        session.starts_at = timezone.now() - timedelta(seconds=opened_since)
        session.ends_at = session.starts_at + timedelta(seconds=keeps)
        session.closes_at = session.ends_at + timedelta(minutes=15)
        session.save()
    return make.registration(session)


def holder(of: Registration, client: Client | None = None) -> Client:
    """A browser that holds the place."""
    _guest, token = make.guest(of.person)
    client = client or Client()
    client.cookies[django_settings.GUEST_COOKIE_NAME] = token
    return client


FILES = ["master.m3u8", "360/index.m3u8", "360/0.ts", "captions/en.vtt", "poster.webp"]
TIMED = FILES[:-1]


def get(client: Client, of: Registration, name: str) -> Any:
    return client.get(f"/media/{of.pk}/{name}")


def segments(response: Any) -> list[str]:
    return [line for line in response.content.decode().splitlines() if not line.startswith("#")]


def test_A8_who_holds_a_place_gets_the_film_while_it_plays() -> None:
    mine = place(10)
    client = holder(mine)
    kinds = ["application/vnd.apple.mpegurl"] * 2 + ["video/mp2t", "text/vtt; charset=utf-8", "image/webp"]
    for name, kind in zip(FILES, kinds, strict=True):
        response = get(client, mine, name)
        assert response.status_code == 200, name
        assert response["Content-Type"] == kind
        assert "private" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(get(client, mine, "360/0.ts")) == BYTES


@pytest.mark.parametrize("name", FILES)
def test_A8_without_a_grant_there_is_nothing(name: str) -> None:
    mine, theirs = place(10), place(10)
    assert get(Client(), mine, name).status_code == 404
    assert get(holder(theirs), mine, name).status_code == 404
    made_up = Client()
    made_up.cookies[django_settings.GUEST_COOKIE_NAME] = "A" * 43
    assert get(made_up, mine, name).status_code == 404
    expired = Client()
    _guest, token = make.guest(mine.person, expires_at=timezone.now() - timedelta(seconds=1))
    expired.cookies[django_settings.GUEST_COOKIE_NAME] = token
    assert get(expired, mine, name).status_code == 404


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("since", [-600, -1, 601, 86_400])
def test_A8_nothing_before_the_start_and_nothing_after_the_end(name: str, since: float) -> None:
    mine = place(since)
    response = holder(mine).get(f"/media/{mine.pk}/{name}", headers={"Range": "bytes=0-100", "Date": "x"})
    assert response.status_code == 403
    assert BYTES not in response.content


def test_the_first_picture_is_there_for_the_waiting_room() -> None:
    mine = place(-600)
    assert get(holder(mine), mine, "poster.webp").status_code == 200


def test_A8_what_lies_further_ahead_than_thirty_seconds_is_not_handed_out() -> None:
    mine = place(10)
    client = holder(mine)
    listed = segments(get(client, mine, "360/index.m3u8"))
    assert listed == [f"{n}.ts" for n in range(len(listed))]
    assert len(listed) in {9, 10}  # up to 39 s, and a slow machine
    assert get(client, mine, f"360/{len(listed) - 1}.ts").status_code == 200
    assert get(client, mine, "360/11.ts").status_code == 404
    assert "#EXT-X-ENDLIST" not in get(client, mine, "360/index.m3u8").content.decode()


def test_a_late_reload_sees_all_that_was_shown_and_the_list_ends_with_the_film() -> None:
    mine = place(580)
    text = get(holder(mine), mine, "360/index.m3u8").content.decode()
    assert text.count(".ts") == 150
    assert "#EXT-X-ENDLIST" in text


def test_everybody_in_a_session_gets_the_same_list() -> None:
    one = place(20)
    other = make.registration(one.session)
    first, second = (get(holder(who), who, "360/index.m3u8").content for who in (one, other))
    assert len(media.playlists._values) <= 2
    assert second.startswith(first)


@pytest.mark.parametrize("kind", [Kind.ON_DEMAND, Kind.REPLAY])
def test_A8_a_clock_of_ones_own_gives_the_whole_film_once_it_is_opened(kind: str) -> None:
    closed = own_place(kind, opened_since=None)
    client = holder(closed)
    for name in TIMED:
        assert get(client, closed, name).status_code == 403
    opened = own_place(kind, opened_since=2)
    client = holder(opened)
    text = get(client, opened, "360/index.m3u8").content.decode()
    assert text.count(".ts") == 150
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert get(client, opened, "360/19.ts").status_code == 200


def test_A8_a_replay_ends_when_it_expires() -> None:
    week = own_place(Kind.REPLAY, opened_since=6 * 86_400, keeps=7 * 86_400)
    assert get(holder(week), week, "360/0.ts").status_code == 200
    over = own_place(Kind.REPLAY, opened_since=8 * 86_400, keeps=7 * 86_400)
    assert get(holder(over), over, "360/0.ts").status_code == 403


def test_a_place_that_was_opened_plays_at_once() -> None:
    mine = own_place(Kind.ON_DEMAND, opened_since=None)
    client = holder(mine)
    assert get(client, mine, "master.m3u8").status_code == 403
    now = timezone.now()
    Session.objects.filter(pk=mine.session_id).update(
        starts_at=now, ends_at=now + timedelta(minutes=10), closes_at=now + timedelta(minutes=25)
    )
    assert get(client, mine, "master.m3u8").status_code == 200


def test_A3_a_revoked_guest_is_cut_off_as_soon_as_the_process_asks_again() -> None:
    mine = place(10)
    client = holder(mine)
    assert get(client, mine, "360/0.ts").status_code == 200
    GuestSession.objects.update(revoked_at=timezone.now())
    media.places.forget()
    assert get(client, mine, "360/0.ts").status_code == 404
    assert media.KEPT_SECONDS <= 5


def test_a_cancelled_place_gets_nothing() -> None:
    mine = place(10)
    Registration.objects.filter(pk=mine.pk).update(cancelled_at=timezone.now())
    assert get(holder(mine), mine, "master.m3u8").status_code == 404


def test_a_viewer_costs_no_query_a_segment(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    mine = place(30)
    client = holder(mine)
    get(client, mine, "360/0.ts")
    with django_assert_num_queries(0):
        for number in range(1, 6):
            assert get(client, mine, f"360/{number}.ts").status_code == 200
            assert get(client, mine, "360/index.m3u8").status_code == 200


@pytest.mark.parametrize(
    "name", ["720/index.m3u8", "720/0.ts", "360/150.ts", "360/99999999999.ts", "captions/fr.vtt"]
)
def test_what_does_not_exist_is_not_found(name: str) -> None:
    mine = place(590)
    assert get(holder(mine), mine, name).status_code == 404


def test_a_segment_is_not_sent_twice_to_one_browser() -> None:
    mine = place(10)
    client = holder(mine)
    tag = get(client, mine, "360/0.ts")["ETag"]
    again = client.get(f"/media/{mine.pk}/360/0.ts", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_under_asgi_a_segment_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.ts"
    path.write_bytes(bytes(PIECE + 5))
    request = AsyncRequestFactory().get("/")
    response = await sync_to_async(file_response)(request, path, "video/mp2t", "x")
    sizes = [len(piece) async for piece in response]  # type: ignore[attr-defined]
    assert sizes == [PIECE, 5]


def test_A1_a_team_looks_at_its_own_films_only() -> None:
    alice, charlie = make.member(), make.member()
    version = filled(make.session(make.webinar(alice.team))).video_version
    client = Client()
    client.force_login(alice.user)
    base = f"/studio/{alice.team.slug}/videos/{version.pk}/media"
    for name in [*FILES, "360/19.ts"]:
        assert client.get(f"{base}/{name}").status_code == 200, name
    for name in [
        "360/20.ts",
        "../../secret-key",
        "360/..%2f0.ts",
        "x/0.ts",
        "captions/fr.vtt",
        "720/index.m3u8",
        "a/b/c",
    ]:
        assert client.get(f"{base}/{name}").status_code == 404, name
    client.force_login(charlie.user)
    assert client.get(f"{base}/master.m3u8").status_code == 404
    own = base.replace(alice.team.slug, charlie.team.slug)
    assert client.get(f"{own}/master.m3u8").status_code == 404

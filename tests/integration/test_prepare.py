"""Preparing films: sizes, picture and progress for good ones, one clear sentence and no files for all others."""

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Team
from scheduling import due
from tests import clips, make
from videos import demo_film, encoding, ffmpeg, preparation, probe, rules, storage, tasks
from videos.models import VersionState, Video, VideoVersion
from videos.services import queue_demo_film
from videos.signals import version_ready

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small films, made once."""
    folder = tmp_path_factory.mktemp("films")
    clips.film(folder / "talk.mp4")
    clips.film(folder / "quick.mp4", seconds=2, more="-movflags +faststart")
    return folder


def waiting(data: bytes | Path, *, of: Team | None = None, name: str = "talk.mp4") -> VideoVersion:
    """An upload that is complete and due."""
    video = Video.objects.create(team=of or make.team())
    now = timezone.now() - timedelta(seconds=5)
    row = VideoVersion.objects.create(
        video=video, file_name=name, size=1, state=VersionState.WAITING, due_at=now, created_at=now
    )
    target = storage.source(row.pk)
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, Path):
        shutil.copy(data, target)
    else:
        target.write_bytes(data)
    return row


def left_behind() -> list[Path]:
    return [path for path in storage.root().rglob("*") if path.is_file()]


def prepared(row: VideoVersion) -> VideoVersion:
    assert tasks.prepare_next()
    row.refresh_from_db()
    return row


def test_a_film_becomes_a_size_with_segments_and_a_picture(films: Path) -> None:
    row = prepared(waiting(films / "talk.mp4"))
    assert (row.state, row.error, row.progress, row.due_at) == (VersionState.READY, "", 100, None)
    assert row.duration == pytest.approx(5, abs=0.3)
    assert (row.width, row.height) == (320, 180)
    rendition = row.renditions.get()
    assert (rendition.width, rendition.height, len(rendition.segments)) == (320, 180, 2)
    assert rendition.segments[0] == pytest.approx(4, abs=0.2)
    assert all(storage.segment(row.pk, 180, n).read_bytes()[0] == 0x47 for n in range(2))
    assert storage.poster(row.pk).read_bytes()[8:12] == b"WEBP"
    assert not storage.source(row.pk).exists()
    assert sorted(path.name for path in left_behind()) == ["0.ts", "1.ts", "poster.webp"]
    row.video.refresh_from_db()
    assert row.video.current_id == row.pk
    assert not tasks.prepare_next()


@pytest.mark.parametrize(
    ("name", "how", "pixels"),
    [
        ("odd.mp4", {"size": "175x99", "sound": False, "more": "-pix_fmt yuv444p"}, (176, 100)),
        ("tall.mov", {"size": "90x160"}, (90, 160)),
        ("sound.mkv", {"size": "160x90", "rate": "60"}, (160, 90)),
    ],
)
def test_silent_odd_and_upright_films_play(
    tmp_path: Path, name: str, how: dict[str, Any], pixels: tuple[int, int]
) -> None:
    row = prepared(waiting(clips.film(tmp_path / name, seconds=1.2, **how), name=name))
    assert row.state == VersionState.READY, row.error
    rendition = row.renditions.get()
    assert (rendition.width, rendition.height) == pixels
    assert ("mp4a" in rendition.codecs) == how.get("sound", True)


def test_a_recording_of_a_browser_that_states_no_length_plays(tmp_path: Path) -> None:
    made = clips.film(tmp_path / "made.webm", seconds=2, sound=False, more="-f webm -live 1")
    row = prepared(waiting(made, name="made.webm"))
    assert row.state == VersionState.READY, row.error
    assert row.duration == pytest.approx(2, abs=0.3)


def test_a_film_can_be_shown_as_soon_as_its_first_size_is_there(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []

    def note(version: VideoVersion, **_: Any) -> None:
        fresh = VideoVersion.objects.get(pk=version.pk)
        seen.append((fresh.renditions.count(), fresh.state))
        assert fresh.due_at is not None
        assert fresh.video.current_id == fresh.pk

    version_ready.connect(note)
    try:
        row = prepared(waiting(clips.film(tmp_path / "wide.mp4", seconds=1, size="1280x720")))
    finally:
        version_ready.disconnect(note)
    assert seen == [(1, VersionState.READY)]
    assert sorted(row.renditions.values_list("height", flat=True)) == [360, 720]


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def calls(server: socket.socket) -> int:
    try:
        server.accept()
    except BlockingIOError:
        return 0
    return 1


def hostile(films: Path, folder: Path) -> dict[str, bytes]:
    """Files that got past a look at their first bytes, or would have."""
    film, quick = (films / "talk.mp4").read_bytes(), (films / "quick.mp4").read_bytes()
    return {
        "empty": b"",
        "playlist": clips.MASTER.encode(),
        "playlist in disguise": clips.disguised(clips.MASTER),
        "concat in disguise": clips.disguised(clips.CONCAT),
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "cut before its index": film[: len(film) // 2],
        "cut after its index": quick[: len(quick) * 2 // 5],
        "noise": b"\0\0\0\x18ftypisom" + os.urandom(5000),
        "lasts 30 hours": clips.film(
            folder / "long.mp4", seconds=30 * 3600, rate="1/3600", size="32x32", sound=False
        ).read_bytes(),
        "lasts no time": clips.film(folder / "none.mp4", seconds=0.05, sound=False).read_bytes(),
        "too short": clips.film(folder / "short.mp4", seconds=0.4).read_bytes(),
        "only sound": clips.film(folder / "sound.mp4", seconds=2, more="-vn").read_bytes(),
        "wider than 4K": clips.film(folder / "wide.mp4", seconds=1, size="4200x64", rate="2").read_bytes(),
        "a thousand pictures a second": clips.film(
            folder / "fast.mp4", seconds=1, size="32x32", rate="1000", sound=False
        ).read_bytes(),
    }


def test_A10_bad_files_get_one_sentence_and_leave_nothing(
    films: Path, tmp_path: Path, canary: socket.socket
) -> None:
    port = canary.getsockname()[1]
    corpus = hostile(films, tmp_path)
    corpus["calls home"] = clips.disguised(f"#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:{port}/canary\n")
    sentences = {}
    for kind, data in corpus.items():
        row = prepared(waiting(data))
        assert row.state == VersionState.FAILED, kind
        assert row.error.endswith("."), kind
        assert len(row.error) < 120, kind
        assert row.due_at is None
        assert left_behind() == [], kind
        sentences[kind] = row.error
    assert sentences["lasts 30 hours"] == "This film is longer than four hours."
    assert sentences["too short"] == "This film is shorter than a second."
    assert sentences["only sound"] == "There is no picture in this file."
    assert sentences["wider than 4K"] == "This picture is larger than 4K."
    assert sentences["cut after its index"].startswith("This file is damaged")
    assert sentences["a thousand pictures a second"] == "This film has more than 120 pictures a second."
    assert calls(canary) == 0


def test_A10_the_tool_reads_one_local_file_and_no_network(tmp_path: Path, canary: socket.socket) -> None:
    port = canary.getsockname()[1]
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:{port}/canary\n#EXT-X-ENDLIST\n")
    for demuxer in ("mov", "matroska", "hls"):
        with pytest.raises(ffmpeg.ToolFailed):
            ffmpeg.run(
                [*ffmpeg.input_of(demuxer, playlist), "-f", "null", "-"], ffmpeg.Bounds(5, file_bytes=10**6)
            )
    assert calls(canary) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is sure to get a namespace without a network")
def test_A10_there_is_no_network_even_where_the_protocol_would_allow_it(canary: socket.socket) -> None:
    port = canary.getsockname()[1]
    with pytest.raises(ffmpeg.ToolFailed):
        ffmpeg.run(["-i", f"http://127.0.0.1:{port}/canary", "-f", "null", "-"], ffmpeg.Bounds(5))
    assert calls(canary) == 0


def test_A10_a_run_is_bounded_in_time_disk_and_memory(tmp_path: Path) -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x180", "-f", "null", "-"]
    with pytest.raises(ffmpeg.ToolFailed) as slow:
        ffmpeg.run(endless, ffmpeg.Bounds(0.4))
    assert slow.value.timed_out
    raw = ["-f", "lavfi", "-i", "testsrc=s=1280x720:d=5", "-f", "rawvideo", str(tmp_path / "raw")]
    with pytest.raises(ffmpeg.ToolFailed):
        ffmpeg.run(raw, ffmpeg.Bounds(10, file_bytes=10**6))
    assert (tmp_path / "raw").stat().st_size <= 10**6
    large = ["-f", "lavfi", "-i", "color=s=8000x8000:d=5", "-f", "null", "-"]
    with pytest.raises(ffmpeg.ToolFailed):
        ffmpeg.run(large, ffmpeg.Bounds(10, memory=200 * 1024**2))


def test_a_killed_run_is_tried_again_and_a_stopped_one_is_not() -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc=s=64x64", "-f", "null", "-"]

    def kill(_done: float) -> bool:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        for pid in children:
            if Path(f"/proc/{pid}/comm").read_text().startswith("ffmpeg"):
                os.kill(int(pid), 9)
        return True

    with pytest.raises(ffmpeg.ToolFailed) as killed:
        ffmpeg.run(endless, ffmpeg.Bounds(20), kill)
    assert killed.value.again
    with pytest.raises(ffmpeg.Stopped):
        ffmpeg.run(endless, ffmpeg.Bounds(20), lambda _done: False)


def lease_of(row: VideoVersion) -> due.Lease:
    now = due.database_now()
    return next(
        iter(due.lease(VideoVersion.objects.filter(pk=row.pk), now=now, span=preparation.LEASE, limit=1))
    )


def test_what_a_dead_worker_left_is_taken_up_again(films: Path) -> None:
    row = waiting(films / "quick.mp4")
    lease_of(row)
    VideoVersion.objects.filter(pk=row.pk).update(state=VersionState.PREPARING, progress=40)
    stale = storage.folder(row.pk) / ".180-dead"
    stale.mkdir(parents=True)
    assert not tasks.prepare_next()
    VideoVersion.objects.filter(pk=row.pk).update(due_at=due.database_now())
    assert prepared(row).state == VersionState.READY
    assert not stale.exists()


def test_after_three_tries_it_is_given_up_with_a_sentence(films: Path) -> None:
    row = waiting(films / "quick.mp4")
    VideoVersion.objects.filter(pk=row.pk).update(attempts=preparation.MOST_ATTEMPTS)
    assert prepared(row).state == VersionState.FAILED
    assert "could not be prepared" in row.error
    assert left_behind() == []


def test_who_lost_the_lease_writes_nothing(films: Path) -> None:
    row = waiting(films / "quick.mp4")
    first = lease_of(row)
    second = lease_of(row)
    preparation.prepare(first)
    row.refresh_from_db()
    assert (row.state, row.token) == (VersionState.WAITING, second.token)
    assert storage.source(row.pk).exists()
    preparation.prepare(second)
    row.refresh_from_db()
    assert row.state == VersionState.READY


def test_what_its_owner_stopped_leaves_nothing(films: Path) -> None:
    row = waiting(films / "quick.mp4")
    item = lease_of(row)
    row.delete()
    storage.remove(item.pk)
    preparation.prepare(item)
    assert left_behind() == []


def test_a_team_with_a_film_in_work_waits_behind_others(films: Path) -> None:
    busy, other = make.team(), make.team()
    lease_of(waiting(films / "quick.mp4", of=busy))
    mine = waiting(films / "quick.mp4", of=busy)
    theirs = waiting(films / "quick.mp4", of=other)
    assert prepared(theirs).state == VersionState.READY
    assert not tasks.prepare_next()
    mine.refresh_from_db()
    assert mine.state == VersionState.WAITING


def test_an_older_version_that_was_slower_does_not_come_back(films: Path) -> None:
    old = waiting(films / "quick.mp4")
    new = make.version(old.video.team)
    VideoVersion.objects.filter(pk=new.pk).update(video=old.video)
    Video.objects.filter(pk=old.video_id).update(current=new)
    assert prepared(old).state == VersionState.READY
    assert Video.objects.get(pk=old.video_id).current_id == new.pk


def test_progress_and_time_left_are_written_while_it_runs(
    films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = waiting(films / "quick.mp4")
    work = preparation.Work(lease_of(row))
    work.began -= 30
    work.noted -= 30
    before = VideoVersion.objects.get(pk=row.pk).due_at
    work.note(0.25)
    row.refresh_from_db()
    assert row.progress == 25
    assert row.seconds_left == pytest.approx(90, abs=2)
    assert row.due_at is not None
    assert before is not None
    assert row.due_at > before


def test_the_demo_film_is_made_by_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_film, "SCENES", tuple((2, *scene[1:]) for scene in demo_film.SCENES[:2]))
    monkeypatch.setattr(demo_film, "LENGTH", 4)
    video = Video.objects.create(team=make.team())
    row = queue_demo_film(video=video, now=timezone.now() - timedelta(seconds=1))
    assert row.state == VersionState.WAITING
    assert row.captions.get().language == "en"
    prepared(row)
    assert row.state == VersionState.READY, row.error
    assert sorted(row.renditions.values_list("height", flat=True)) == [360, 720]
    assert row.duration == pytest.approx(4, abs=0.2)


def test_segments_begin_at_the_same_instants_in_every_size(tmp_path: Path) -> None:
    path = clips.film(tmp_path / "long.mp4", seconds=9, size="640x480", rate="25")
    seen, duration = probe.probe(path, "mov", lambda _done: True)
    film = encoding.Film(path, "mov", seen, duration)
    lengths = []
    for size in (rules.Size(160, 120, 400_000), rules.Size(320, 240, 800_000)):
        folder = tmp_path / str(size.height)
        folder.mkdir()
        lengths.append(encoding.encode(film, size, folder, lambda _done: True))
    assert lengths[0] == lengths[1] == [4.0, 4.0, 1.0]

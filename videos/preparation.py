"""Makes what can be shown out of an uploaded file: probe, sizes as HLS, first picture; outside work under a lease."""

import logging
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from scheduling import due
from videos import demo_film, encoding, ffmpeg, probe, rules, storage
from videos.models import Rendition, VersionState, Video, VideoVersion
from videos.signals import version_ready

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)  # a worker that died is noticed after this long
RETRY_AFTER = timedelta(seconds=5)
MOST_ATTEMPTS = 3
NOTE_EVERY = 2.0  # seconds between two notes of the progress
CUT_OFF = 0.9  # a film that ends before this share of its stated length is damaged


class LeaseLost(Exception):
    """Somebody else took the row, or it is gone; whatever was made is thrown away."""


class Work:
    """One try at preparing one version; every write says whose lease it is under."""

    def __init__(self, item: due.Lease) -> None:
        self.item = item
        self.noted = time.monotonic()
        self.began = time.monotonic()

    def write(self, **fields: Any) -> None:
        """Write to the row under our lease and prolong it. Raises LeaseLost."""
        fields.setdefault("due_at", due.database_now() + LEASE)
        if not due.settle(VideoVersion, self.item, **fields):
            raise LeaseLost

    def note(self, share: float) -> None:
        """Note how much of the work is behind, 0 to 1, and prolong the lease; not more often than needed."""
        now = time.monotonic()
        if now - self.noted < NOTE_EVERY:
            return
        self.noted = now
        due.beat("videos", now=due.database_now())
        spent = now - self.began
        left = round(spent / share * (1 - share)) if share > 0.01 else None
        self.write(progress=min(99, int(share * 100)), seconds_left=left)


def prepare(item: due.Lease) -> None:
    """Do what is left to do for the leased version and write how it went; never raises for a bad file."""
    version = VideoVersion.objects.select_related("video").filter(pk=item.pk).first()
    if version is None:
        return  # stopped by its owner meanwhile
    work = Work(item)
    try:
        if item.attempt > MOST_ATTEMPTS:
            raise probe.NotShowable(_("This film could not be prepared. Upload it in another format."))
        _make(version, work)
    except (LeaseLost, ffmpeg.Stopped):
        _throw_away(version)
    except probe.NotShowable as error:
        _fail(version, work, str(error))
    except ffmpeg.ToolFailed as error:
        _after_tool_failed(version, work, error)
    except OSError:
        log.exception("preparing video version %s met the disk", version.pk)
        _try_again(work)


def _make(version: VideoVersion, work: Work) -> None:
    if version.state != VersionState.READY:
        work.write(state=VersionState.PREPARING, error="", progress=0)
    film = _film(version, work)
    work.write(duration=version.duration or film.duration, width=film.seen.width, height=film.seen.height)
    if not storage.poster(version.pk).exists():
        encoding.make_poster(film, storage.poster(version.pk))
    sizes = rules.ladder(film.seen.width, film.seen.height)
    for stale in storage.folder(version.pk).glob(".*"):
        shutil.rmtree(stale, ignore_errors=True)  # what a worker that died was at
    made = set(version.renditions.values_list("height", flat=True))
    for index, size in enumerate(sizes):
        if size.height not in made:
            _make_size(version, work, film, sizes, index)
    work.write(progress=100, seconds_left=0, due_at=None, token=None)
    storage.remove_source(version.pk)


def _film(version: VideoVersion, work: Work) -> encoding.Film:
    def going(_done: float) -> bool:
        work.note(0.0)
        return True

    source = storage.source(version.pk)
    if version.generated and not version.size:
        source.parent.mkdir(parents=True, exist_ok=True)
        demo_film.make_demo_film(source, going)
        version.size = source.stat().st_size
        work.write(size=version.size)
    demuxer = _demuxer(source)
    seen, duration = probe.probe(source, demuxer, going)
    return encoding.Film(source, demuxer, seen, duration)


def _demuxer(source: Path) -> str:
    try:
        with source.open("rb") as file:
            found = rules.demuxer_for_bytes(file.read(rules.MAGIC_BYTES))
    except FileNotFoundError as missing:
        raise probe.NotShowable(_("The uploaded file is gone. Upload it again.")) from missing
    if found is None:
        raise probe.NotShowable(_("This is not an MP4, MOV, WebM or MKV video."))
    return found


def _make_size(
    version: VideoVersion, work: Work, film: encoding.Film, sizes: list[rules.Size], index: int
) -> None:
    size = sizes[index]
    behind, after = rules.work_share(sizes, index)

    def going(done: float) -> bool:
        work.note(behind + (after - behind) * min(1.0, done / film.duration))
        return True

    final = storage.folder(version.pk) / str(size.height)
    fresh = final.with_name(f".{size.height}-{work.item.token.hex}")
    fresh.mkdir(parents=True)
    try:
        segments = encoding.encode(film, size, fresh, going)
        if sum(segments) < film.duration * CUT_OFF - 1:
            raise probe.NotShowable(_("This file is damaged: its film ends before its stated length."))
        work.write()  # nobody else may have put this size in place meanwhile
        shutil.rmtree(final, ignore_errors=True)
        fresh.rename(final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _publish(version, work, size, segments, has_sound=film.seen.has_sound)


def _publish(
    version: VideoVersion, work: Work, size: rules.Size, segments: list[float], *, has_sound: bool
) -> None:
    """Say that a size is there; with the first one the version can be shown and becomes the current one."""
    now = due.database_now()
    with transaction.atomic():
        Rendition.objects.update_or_create(
            version=version,
            height=size.height,
            defaults={
                "width": size.width,
                "bandwidth": int((size.bits + (rules.SOUND_BITS if has_sound else 0)) * 1.1),
                "codecs": "avc1.640029,mp4a.40.2" if has_sound else "avc1.640029",
                "segments": segments,
            },
        )
        if version.state == VersionState.READY:
            return
        version.state, version.ready_at, version.duration = VersionState.READY, now, round(sum(segments), 3)
        work.write(state=version.state, ready_at=now, duration=version.duration, attempts=0)
        older = Q(current=None) | Q(current__created_at__lte=version.created_at)
        # A version uploaded later may have been quicker: what is shown never goes back.
        if Video.objects.filter(older, pk=version.video_id).update(current=version):
            version_ready.send(VideoVersion, version=version, now=now)


def _after_tool_failed(version: VideoVersion, work: Work, error: ffmpeg.ToolFailed) -> None:
    log.warning("the media tool gave up on video version %s: %s", version.pk, error)
    if error.again or "No space left on device" in error.said:
        _try_again(work)
    elif error.timed_out:
        _fail(version, work, _("Preparing this film took too long. Upload it in a smaller size."))
    else:
        _fail(version, work, _("This file is damaged: its film could not be read to the end."))


def _try_again(work: Work) -> None:
    again_at = due.database_now() + RETRY_AFTER * work.item.attempt
    due.settle(VideoVersion, work.item, due_at=again_at, token=None)


def _fail(version: VideoVersion, work: Work, sentence: str) -> None:
    """Give up: with nothing to show all files go; what can be shown already stays as it is."""
    shown = version.state == VersionState.READY
    outcome = {"progress": 100} if shown else {"state": VersionState.FAILED, "error": sentence}
    if not due.settle(VideoVersion, work.item, seconds_left=None, due_at=None, token=None, **outcome):
        _throw_away(version)
    elif shown:
        storage.remove_source(version.pk)
    else:
        storage.remove(version.pk)


def _throw_away(version: VideoVersion) -> None:
    if not VideoVersion.objects.filter(pk=version.pk).exists():
        storage.remove(version.pk)

"""Takes files in, piece by piece: a row says whose and how long, the file on disk is the offset."""

import contextlib
import errno
import fcntl
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from io import FileIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.models import User
from scheduling import due
from videos import rules, storage
from videos.models import VersionState, Video, VideoVersion
from videos.services.refusals import Refused

KEPT = timedelta(hours=24)  # how long an upload waits to be gone on with
MOST_OPEN = 20  # uploads of one team at a time

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def begin_upload(*, video: Video, user: User, name: str, length: int, now: datetime) -> VideoVersion:
    """Make a new version of `video` of which no byte is there yet; `length` in bytes.

    Raises Refused: type_not_allowed, empty_file, file_too_large, too_many_uploads, storage_full.
    """
    if rules.demuxer_for_name(rules.shown_name(name)) is None:
        raise _wrong_type()
    if length <= 0:
        raise Refused("empty_file", _("This file is empty."))
    if length > settings.UPLOAD_MAX_BYTES:
        raise _too_large()
    open_now = VideoVersion.objects.of_team(video.team).filter(state=VersionState.UPLOADING).count()
    if open_now >= MOST_OPEN:
        raise Refused("too_many_uploads", _("Too many uploads are open. Finish or stop one of them first."))
    if not storage.has_room_for(length):
        raise _storage_full()
    try:
        return _new_upload(video, user, name, length, now)
    except OSError as error:
        raise _of_disk(error) from error


@transaction.atomic
def _new_upload(video: Video, user: User, name: str, length: int, now: datetime) -> VideoVersion:
    version = VideoVersion.objects.create(
        video=video,
        uploaded_by=user,
        file_name=rules.shown_name(name),
        size=length,
        created_at=now,
        due_at=now + KEPT,
    )
    storage.source(version.pk).touch(mode=0o640, exist_ok=False)
    return version


def offset_of(version: VideoVersion) -> int:
    """How many bytes of an upload are there; all of them once it is complete."""
    if version.state != VersionState.UPLOADING:
        return version.size
    with contextlib.suppress(FileNotFoundError):
        return storage.source(version.pk).stat().st_size
    return 0


def receive(*, version: VideoVersion, offset: int, pieces: Iterable[bytes], now: datetime) -> int:
    """Append `pieces` at `offset` and return the new offset; at the full length the file waits to be prepared.

    What came before a cut connection (any exception of `pieces`) stays. Raises Refused: locked, chunk_order,
    gone, and type_not_allowed, file_too_large, storage_full, after which the upload is gone with its file.
    """
    with _locked(version.pk) as file:
        if os.fstat(file.fileno()).st_size != offset or version.state != VersionState.UPLOADING:
            raise Refused(
                "chunk_order", _("The upload is at another place. Ask for its offset and go on there.")
            )
        try:
            reached = _append(file, offset, version, pieces)
        except Refused:
            _forget(version.pk)
            raise
        except OSError as error:
            _forget(version.pk)
            raise _of_disk(error) from error
        _settle(version, reached, now)
    return reached


@contextlib.contextmanager
def _locked(pk: uuid.UUID) -> Iterator[FileIO]:
    """The upload's file for one writer at a time; the lock ends with the process that holds it."""
    try:
        file = storage.source(pk).open("r+b", buffering=0)
    except FileNotFoundError as missing:
        raise Refused("gone", _("This upload no longer exists.")) from missing
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Refused("locked", _("Another request is writing to this upload.")) from taken
        yield file


def _append(file: FileIO, offset: int, version: VideoVersion, pieces: Iterable[bytes]) -> int:
    file.seek(offset)
    known = offset >= rules.MAGIC_BYTES
    for piece in pieces:
        if offset + len(piece) > version.size:
            raise _too_large()
        view = memoryview(piece)
        while view:
            view = view[file.write(view) :]
        offset += len(piece)
        if not known and offset >= min(rules.MAGIC_BYTES, version.size):
            _check_beginning(file, version)
            known = True
    return offset


def _check_beginning(file: FileIO, version: VideoVersion) -> None:
    start = os.pread(file.fileno(), rules.MAGIC_BYTES, 0)
    found = rules.demuxer_for_bytes(start)
    if found is None or found != rules.demuxer_for_name(version.file_name):
        raise _wrong_type()
    os.lseek(file.fileno(), 0, os.SEEK_END)


def _settle(version: VideoVersion, reached: int, now: datetime) -> None:
    """Note that the upload goes on, or that it is complete and waits to be prepared."""
    mine = VideoVersion.objects.filter(pk=version.pk, state=VersionState.UPLOADING)
    if reached < version.size:
        mine.update(due_at=now + KEPT)
    elif mine.update(state=VersionState.WAITING, due_at=now):
        version.state = VersionState.WAITING
    else:
        raise Refused("gone", _("This upload no longer exists."))


def cancel_upload(*, version: VideoVersion) -> None:
    """Remove a version that cannot be shown yet, with its files. Raises Refused: in_use."""
    with transaction.atomic():
        row = VideoVersion.objects.select_for_update().filter(pk=version.pk).first()
        if row is None:
            return
        if row.can_be_shown:
            raise Refused("in_use", _("This version can be shown already, so it cannot be stopped."))
        row.delete()
    storage.remove(version.pk)


def give_up_abandoned(*, now: datetime) -> int:
    """Remove uploads that nobody went on with for a day, with their files; returns how many."""

    def act(versions: list[VideoVersion]) -> None:
        for version in versions:
            transaction.on_commit(partial(storage.remove, version.pk))
            version.delete()

    def put_off(version: VideoVersion) -> None:
        version.due_at = now + timedelta(hours=1)
        version.save(update_fields=["due_at"])

    return due.act_on_due(VideoVersion.objects.abandoned(now), act, put_off=put_off)


def sweep(*, now: datetime) -> None:
    """Remove files older than a day whose row is gone, for example with its team; at most once an hour."""
    mark = storage.root() / ".swept"
    last = mark.stat().st_mtime if mark.exists() else 0.0
    if now.timestamp() - last < 3600:
        return
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    before = (now - KEPT).timestamp()
    old = {pk for pk, path in _on_disk() if path.stat().st_mtime < before}
    kept = set(VideoVersion.objects.filter(pk__in=old).values_list("pk", flat=True))
    for pk in old - kept:
        storage.remove(pk)


def _on_disk() -> Iterator[tuple[uuid.UUID, Path]]:
    for place in ("uploads", "videos"):
        for path in (storage.root() / place).glob("*"):
            with contextlib.suppress(ValueError, FileNotFoundError):
                yield uuid.UUID(path.name.partition(".")[0]), path


def _forget(pk: uuid.UUID) -> None:
    VideoVersion.objects.filter(pk=pk, state=VersionState.UPLOADING).delete()
    storage.remove(pk)


def _of_disk(error: OSError) -> Exception:
    return _storage_full() if error.errno in _FULL else error


def _wrong_type() -> Refused:
    return Refused("type_not_allowed", _("This is not an MP4, MOV, WebM or MKV video."))


def _too_large() -> Refused:
    limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
    return Refused("file_too_large", _("This file is too large. The limit is %(limit)s.") % {"limit": limit})


def _storage_full() -> Refused:
    return Refused("storage_full", _("The server's disk is full, so the upload was removed."))

"""Keeps the bytes of files that are sent in conversations; every name on the disk is generated."""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from videos import storage

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class TooLong(Exception):
    """More bytes came than there may be."""


def folder() -> Path:
    """Where they lie; no server hands this out by address."""
    return storage.root() / "files"


def content(key: uuid.UUID) -> Path:
    """The file itself."""
    return folder() / key.hex


def small(key: uuid.UUID) -> Path:
    """The small picture of a picture."""
    return folder() / f"{key.hex}.small"


def arriving(key: uuid.UUID) -> Path:
    """What has come so far of a file that is being sent."""
    return folder() / f"{key.hex}.part"


def take_in(key: uuid.UUID, pieces: Iterable[bytes], most: int) -> int:
    """Write what comes beside the others and return its length; TooLong past `most` bytes, OSError of the disk."""
    folder().mkdir(parents=True, exist_ok=True)
    length = 0
    with arriving(key).open("xb") as file:
        for piece in pieces:
            length += len(piece)
            if length > most:
                raise TooLong
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return length


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def keep_as_it_is(key: uuid.UUID) -> None:
    """What has arrived is the file."""
    arriving(key).replace(content(key))


def remove(key: uuid.UUID) -> None:
    """Remove everything of a file."""
    for path in (arriving(key), content(key), small(key)):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def keys_before(instant: float) -> Iterator[uuid.UUID]:
    """The keys of what was written before an instant (seconds since 1970)."""
    for path in folder().glob("*"):
        with contextlib.suppress(ValueError, FileNotFoundError):
            if path.stat().st_mtime < instant:
                yield uuid.UUID(path.name.partition(".")[0])

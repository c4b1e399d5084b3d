"""Says where the files of videos lie; every name on disk is generated, none comes from a person."""

import shutil
import uuid
from pathlib import Path

from django.conf import settings

KEEP_FREE = 64 * 1024**2  # bytes that an upload leaves to everybody else


def root() -> Path:
    """The folder of all media, which no server hands out by address."""
    return Path(settings.MEDIA_ROOT)


def source(version: uuid.UUID) -> Path:
    """The uploaded file; its size is the upload's offset."""
    return root() / "uploads" / f"{version.hex}.part"


def folder(version: uuid.UUID) -> Path:
    """What was made of a version."""
    return root() / "videos" / version.hex


def segment(version: uuid.UUID, height: int, number: int) -> Path:
    """One stretch of a rendition."""
    return folder(version) / str(height) / f"{number}.ts"


def poster(version: uuid.UUID) -> Path:
    """The first picture."""
    return folder(version) / "poster.webp"


def has_room_for(length: int) -> bool:
    """Whether the disk holds `length` more bytes and leaves some to others."""
    place = root() / "uploads"
    place.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(place).free >= length + KEEP_FREE


def remove_source(version: uuid.UUID) -> None:
    """Remove the uploaded file."""
    source(version).unlink(missing_ok=True)


def remove(version: uuid.UUID) -> None:
    """Remove everything of a version."""
    remove_source(version)
    shutil.rmtree(folder(version), ignore_errors=True)

"""Keeps the photos of members, whom attendees see when they answer; a photo is public to whoever knows its name."""

import contextlib
import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts import pictures
from accounts.models import User

MOST_BYTES = 5 * 1024**2
EDGE = 256  # pixels


def path_of(name: str) -> Path:
    """Where a photo lies."""
    return Path(settings.MEDIA_ROOT) / "photos" / f"{name}.webp"


def set_photo(*, user: User, data: bytes) -> None:
    """Show the middle of a picture as the user's photo, under a new name; the one before is gone.

    Raises `pictures.BadPicture` and OSError of the disk; the old one stays then.
    """
    small = pictures.square(data, EDGE)
    name = secrets.token_urlsafe(24)
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{uuid.uuid4().hex}")
    try:
        beside.write_bytes(small)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _replace(user, name)


def remove_photo(*, user: User) -> None:
    """Show the user's initials instead."""
    _replace(user, "")


def _replace(user: User, name: str) -> None:
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        old, row.photo = row.photo, name
        row.save(update_fields=["photo"])
        user.photo = name
        transaction.on_commit(lambda: _forget(old))


def _forget(name: str) -> None:
    if name:
        with contextlib.suppress(FileNotFoundError):
            path_of(name).unlink()

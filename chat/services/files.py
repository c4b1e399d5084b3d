"""Takes in the files that people send in a conversation, and gives them to the message that carries them."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts import pictures
from accounts.models import Membership, User
from chat import file_rules, file_store
from chat.models import Attachment, Conversation, FileState, Message
from chat.refusals import bad_file, chat_off
from chat.rules import Mode
from chat.services.automation import setting_of
from chat.services.reading import of_inbox
from scheduling import due
from videos.storage import has_room_for
from webinars.models import Registration

KEPT = timedelta(hours=24)  # how long an uploaded file waits to be sent
LARGEST_EDGE, SMALL_EDGE = 2560, 480  # pixels
DAY = timedelta(days=1)
TEAM_FACTOR = 10  # a conversation takes that many more files from the team

Pieces = Iterable[bytes]


def receive_from_attendee(
    *, registration: Registration, name: str, length: int, pieces: Pieces, now: datetime
) -> Attachment:
    """Keep a file of an attendee for a message to come; `length` in bytes as announced, 0 when it was not.

    Refuses files_off, chat_off, empty_file, file_too_large, type_not_allowed, image_too_large, quota_reached and
    storage_full; nothing is left of the file then.
    """
    setting = setting_of(registration.webinar_id)
    if not setting.files:
        raise bad_file("files_off")
    mode = setting.mode(registration.session.kind, now, registration.zone)
    if registration.cancelled_at is not None or mode in {Mode.OFF, Mode.OTHER}:
        raise chat_off()
    Conversation.objects.make(registration)
    conversation = Conversation.objects.of_registration(registration).get()
    row = Attachment(conversation=conversation, by_attendee=True, created_at=now, due_at=now + KEPT)
    return _receive(row, name, length, pieces)


def receive_from_member(
    *,
    membership: Membership,
    conversation_id: uuid.UUID,
    name: str,
    length: int,
    pieces: Pieces,
    now: datetime,
) -> Attachment:
    """Keep a file of a member for a message to come; refuses not_found and as `receive_from_attendee`."""
    row = Attachment(
        conversation=of_inbox(membership, conversation_id),
        by_attendee=False,
        user=membership.user,
        created_at=now,
        due_at=now + KEPT,
    )
    return _receive(row, name, length, pieces)


def _receive(row: Attachment, name: str, length: int, pieces: Pieces) -> Attachment:
    most = settings.CHAT_FILE_MAX_BYTES
    if length > most:
        raise _too_large()
    _check_quota(row)
    if not has_room_for(length or most):
        raise bad_file("storage_full")
    try:
        if not file_store.take_in(row.pk, pieces, most):
            raise bad_file("empty_file")
        _settle(row, name)
        row.save(force_insert=True)
    except BaseException as error:  # also a line that was cut: half a file is nobody's
        file_store.remove(row.pk)
        told = _told(error)
        if told is error:
            raise
        raise told from error
    return row


def _told(error: BaseException) -> BaseException:
    """What went wrong, as a refusal where a person can do something about it."""
    if isinstance(error, file_store.TooLong):
        return _too_large()
    if isinstance(error, OSError) and error.errno in file_store.FULL:
        return bad_file("storage_full")
    if isinstance(error, IntegrityError):  # the conversation was erased meanwhile
        return bad_file("file_gone")
    return error


def _too_large() -> Exception:
    return bad_file("file_too_large", limit=filesizeformat(settings.CHAT_FILE_MAX_BYTES))


def _check_quota(row: Attachment) -> None:
    """So many files a day in one conversation, sent or not."""
    limit = settings.CHAT_FILES_A_DAY * (1 if row.by_attendee else TEAM_FACTOR)
    used = Attachment.objects.filter(
        conversation=row.conversation, by_attendee=row.by_attendee, created_at__gt=row.created_at - DAY
    ).count()
    if used >= limit:
        raise bad_file("quota_reached", used=str(used), limit=str(limit))


def _settle(row: Attachment, name: str) -> None:
    """Look at what has arrived, and put what is kept of it in its place."""
    path: Path = file_store.arriving(row.pk)
    data = path.read_bytes()
    sent = file_rules.judge(data, name)
    if sent is None:
        raise bad_file("type_not_allowed")
    row.name, row.type, row.size = sent.name, sent.type, len(data)
    if sent.type != file_rules.PICTURE:
        file_store.keep_as_it_is(row.pk)
        return
    try:
        large, small = pictures.scaled(data, LARGEST_EDGE, SMALL_EDGE)
    except pictures.BadPicture as bad:
        raise bad_file("image_too_large" if bad.code == "image_too_large" else "type_not_allowed") from None
    file_store.write(file_store.content(row.pk), large.content)
    file_store.write(file_store.small(row.pk), small.content)
    path.unlink()
    row.size, row.width, row.height = len(large.content), large.width, large.height


def chosen(conversation: Conversation, user: User | None, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """The facts of files that go with a message, in its order, under the conversation's lock.

    Refuses too_many_files; not_found when one is somebody else's, was sent before or is not there any more.
    """
    if len(ids) > file_rules.MOST_FILES:
        raise bad_file("too_many_files")
    if not ids:
        return []
    # Under their locks, so that none is given up in this very moment.
    waiting = Attachment.objects.waiting_from(conversation, user).select_for_update(no_key=True)
    found = waiting.in_bulk(ids)
    if len(set(ids)) != len(ids) or set(ids) != found.keys():
        raise bad_file("file_gone")
    return [found[key].facts() for key in ids]


def give_to(message: Message, ids: Sequence[uuid.UUID]) -> None:
    """Let the stored message have the files; they stay as long as it does."""
    if ids:
        sent = {"message": message, "state": FileState.SENT, "due_at": None}
        Attachment.objects.filter(pk__in=ids).update(**sent)


def give_up_abandoned(*, now: datetime) -> int:
    """Remove what was uploaded and not sent within a day; returns how many."""

    def act(rows: list[Attachment]) -> None:
        for row in rows:
            transaction.on_commit(partial(file_store.remove, row.pk))
            row.delete()

    def put_off(row: Attachment) -> None:
        row.due_at = now + timedelta(hours=1)
        row.save(update_fields=["due_at"])

    return due.act_on_due(Attachment.objects.abandoned(now), act, put_off=put_off)


def sweep(*, now: datetime) -> None:
    """Remove from the disk, at most once an hour, what has no row: uploads that broke off, and erased conversations.

    What is younger than an hour may be arriving just now.
    """
    folder = file_store.folder()
    mark = folder.parent / ".files-swept"
    last = mark.stat().st_mtime if mark.exists() else 0.0
    if timezone.now().timestamp() - last < 3600 or not folder.exists():
        return
    mark.touch()
    old = set(file_store.keys_before(now.timestamp() - 3600))
    for key in old - set(Attachment.objects.filter(pk__in=old).values_list("pk", flat=True)):
        file_store.remove(key)

"""What moderators do with words of their own: edit, withdraw, take back before they go out, and let them go out."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from chat import refusals
from chat.models import Conversation, Message, MessageKind, MessageVersion
from chat.services.automation import decide_again, open_wait
from chat.services.posting import Posted, checked, take_effect
from chat.services.work import Work, locked, of_member

EDITABLE_FOR = timedelta(hours=24)  # after that it has been acted upon: a new message says what is different


@transaction.atomic
def edit(
    *,
    membership: Membership,
    conversation_id: uuid.UUID,
    seq: int,
    ref: uuid.UUID | None,
    text: str,
    base_seq: int | None,
    now: datetime,
) -> Posted:
    """Let a member's own message say something else, within a day; the attendee gets it as their next number.

    What it said is kept as a version. Refuses not_found, not_allowed, bad texts, id_invalid, id_reused, and too_late
    for what is old, withdrawn, or was changed after `base_seq`.
    """
    conversation, message, before = _own(membership, conversation_id, seq, ref)
    clean = checked(text, files=[uuid.UUID(file["id"]) for file in message.detail.get("files", ())])
    if before is not None:
        return before
    if message.withdrawn_at is not None:
        raise refusals.too_late(_("It was withdrawn, so there is nothing to change."))
    if now - message.at > EDITABLE_FOR:
        raise refusals.too_late(_("It is older than a day. Write what is different in a new message."))
    if base_seq is not None and Message.objects.filter(target=message, seq__gt=base_seq).exists():
        raise refusals.too_late(_("It was changed meanwhile. Look at it again."))
    if message.text == clean:
        return Posted(conversation.pk, conversation.seq, now)
    _keep_version(message, membership, now)
    message.text, message.edited_at = clean, now
    message.save(update_fields=["text", "edited_at"])
    return _noted(Work(conversation, now), message, "edited", membership, ref)


@transaction.atomic
def withdraw(
    *, membership: Membership, conversation_id: uuid.UUID, seq: int, ref: uuid.UUID | None, now: datetime
) -> Posted:
    """Take a member's own message away from both sides; what it said is kept as a version only the team can ask for.

    Whoever was answered by it is not waiting again: what they know by it cannot be taken back. Refuses not_found,
    not_allowed, id_invalid, id_reused, and too_late for what is withdrawn already.
    """
    conversation, message, before = _own(membership, conversation_id, seq, ref)
    if before is not None:
        return before
    if message.withdrawn_at is not None:
        raise refusals.too_late(_("It was withdrawn already."))
    if message.is_held:
        return _taken_back(Work(conversation, now), message, membership, ref)
    _take_away(message, membership, now)
    return _noted(Work(conversation, now), message, "withdrawn", membership, ref)


@transaction.atomic
def undo(
    *, membership: Membership, conversation_id: uuid.UUID, seq: int, ref: uuid.UUID | None, now: datetime
) -> Posted:
    """Take a reply back before it goes out: the attendee never gets it, and whoever waited waits as before (A-071).

    Refuses not_found, not_allowed, id_invalid, id_reused, and too_late for what is on its way or was taken back.
    """
    conversation, message, before = _own(membership, conversation_id, seq, ref)
    if before is not None:
        return before
    if not message.is_held or (message.held_until is not None and now >= message.held_until):
        raise refusals.too_late(_("It is on its way already. You can withdraw it."))
    return _taken_back(Work(conversation, now), message, membership, ref)


def release(conversation: Conversation, now: datetime) -> None:
    """Let the replies of a locked conversation go out whose time for being taken back is over, each once.

    Only now does the attendee's number, the end of the wait and what follows from an answer come true.
    """
    work = Work(conversation, now)
    held = Message.objects.filter(
        conversation=conversation, held_until__lte=now, public_seq=None, withdrawn_at=None
    )
    for message in held.select_related("user", "reply_to").order_by("seq"):
        conversation.public_seq += 1
        message.conversation = conversation
        message.public_seq, message.held_until, message.at = conversation.public_seq, None, now
        message.save(update_fields=["public_seq", "held_until", "at"])
        work.change(message, "released", message.user)
        take_effect(work, message)
    _look_on(work)
    work.finish()


@transaction.atomic
def release_one(conversation_id: uuid.UUID, now: datetime) -> None:
    """The same for one conversation, from the process that took the reply; the tick does it all the same."""
    found = locked(Conversation.objects.filter(pk=conversation_id, release_at__lte=now)).first()
    if found is not None:
        release(found, now)


def versions(membership: Membership, conversation_id: uuid.UUID, seq: int) -> list[MessageVersion]:
    """What a message of a member's inbox said before, the oldest first; refused as not found otherwise."""
    mine = Conversation.objects.visible_to(membership)
    message = Message.objects.filter(conversation__in=mine, conversation=conversation_id, seq=seq).first()
    if message is None:
        raise refusals.no_such_entry()
    return list(message.versions.select_related("user"))


def _own(
    membership: Membership, conversation_id: uuid.UUID, seq: int, ref: uuid.UUID | None
) -> tuple[Conversation, Message, Posted | None]:
    """The locked conversation, the member's message, and the answer to a ref that was used before (M2)."""
    if ref is None:
        raise refusals.id_invalid()
    conversation = of_member(membership, conversation_id)
    found = Message.objects.select_related("user", "reply_to").filter(conversation=conversation, seq=seq)
    message = found.exclude(kind__in=(MessageKind.EVENT, MessageKind.CHANGE)).first()
    if message is None:
        raise refusals.no_such_entry()
    if message.kind != MessageKind.MODERATOR or message.user_id != membership.user_id:
        raise refusals.not_allowed()
    message.conversation = conversation
    known = Message.objects.filter(
        conversation=conversation, author_key=f"u:{membership.user_id}", ref=ref
    ).first()
    if known is None:
        return conversation, message, None
    if known.target_id != message.pk:
        raise refusals.id_reused()
    return conversation, message, Posted(conversation.pk, known.seq, known.at, again=True)


def _keep_version(message: Message, membership: Membership, now: datetime) -> None:
    MessageVersion.objects.create(
        message=message, text=message.text, detail=message.detail, at=now, user=membership.user
    )


def _take_away(message: Message, membership: Membership, now: datetime) -> None:
    """Its text and files go out of the row itself, so that nothing that reads messages can ever show it."""
    _keep_version(message, membership, now)
    message.text, message.detail = "", {}
    message.withdrawn_at, message.held_until = now, None
    message.save(update_fields=["text", "detail", "withdrawn_at", "held_until"])


def _taken_back(work: Work, message: Message, membership: Membership, ref: uuid.UUID | None) -> Posted:
    _take_away(message, membership, work.now)
    _look_on(work)
    return _noted(work, message, "undone", membership, ref)


def _look_on(work: Work) -> None:
    """Set when the next reply goes out, and with it when a tick has to look."""
    held = Message.objects.filter(
        conversation=work.conversation, held_until__isnull=False, public_seq=None, withdrawn_at=None
    )
    work.conversation.release_at = held.order_by("held_until").values_list("held_until", flat=True).first()
    decide_again(work, open_wait(work.conversation))


def _noted(work: Work, message: Message, what: str, membership: Membership, ref: uuid.UUID | None) -> Posted:
    entry = work.change(message, what, membership.user, ref=ref)
    work.say_last_line()
    work.finish()
    return Posted(work.conversation.pk, entry.seq, work.now)

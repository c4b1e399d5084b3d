"""Builds what browsers are told, attendees and team each by their own builder so that nothing slips across."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.templatetags.parts import initials, tint
from chat.models import Conversation, Message, MessageKind, State
from webinars.models import PRESENT_FOR

Json = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # making one costs as much as a frame
AUTOMATIC = frozenset({MessageKind.WELCOME, MessageKind.AUTORESPONDER, MessageKind.PROMPT, MessageKind.FAQ})


def dump(frame: Mapping[str, Any]) -> str:
    """The one serialisation of a frame."""
    return _ENCODER.encode(frame)


def iso(at: datetime) -> str:
    """An instant as every frame writes it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(at: datetime | None) -> str | None:
    """The same for an instant that may be missing."""
    return None if at is None else iso(at)


def person(name: str, photo: str | None = None) -> Json:
    """Somebody as both sides may see them."""
    return {"name": name, "initials": initials(name), "tint": tint(name), "photo": photo}


def moderator(user: User | None) -> Json:
    """A member as attendees may see them: the name they chose and their photo, never an address."""
    return person(user.display_name, user.photo_address) if user else person(_("The team"))


def me(user: User) -> Json:
    """A member, for the team."""
    name = user.display_name
    return {"id": str(user.pk), "name": name, "initials": initials(name), "photo": user.photo_address}


def reason(message: Message) -> str | None:
    """Why an automatic message came, in words; None for what people wrote."""
    if message.kind == MessageKind.WELCOME:
        return _("Welcome")
    if message.kind == MessageKind.PROMPT:
        return _("Opened from an invitation")
    if message.kind == MessageKind.FAQ:
        return _("From the host’s answers")
    if message.kind != MessageKind.AUTORESPONDER:
        return None
    seconds = int(message.detail.get("waited", 0))
    if seconds < 120 and seconds != 60:
        return ngettext("No answer for %(n)s second", "No answer for %(n)s seconds", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    return ngettext("No answer for %(n)s minute", "No answer for %(n)s minutes", minutes) % {"n": minutes}


def with_files(message: Message) -> Json:
    """The files of a message that has some; they stand in it, so that no frame asks for them."""
    found = message.detail.get("files")
    return {"files": found} if found else {}


def from_list(message: Message) -> Json:
    """The field of an answer of the host's list; every other message is without it."""
    if message.kind != MessageKind.FAQ:
        return {}
    return {"faq": {"question": message.detail["question"], "helped": message.detail.get("helped")}}


class AttendeeFrames:
    """Frames for one attendee about their own conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation

    def author(self, message: Message) -> Json | None:
        """Who wrote: the attendee, or a moderator by display name only."""
        if message.kind == MessageKind.ATTENDEE:
            return person(self.conversation.person.first_name)
        if message.kind == MessageKind.MODERATOR:
            return moderator(message.user)
        return None

    def message(self, message: Message) -> Json:
        """A public entry in the attendee's numbers; a change carries the entry it speaks of as that is now."""
        mine = message.kind == MessageKind.ATTENDEE
        quoted = message.reply_to.public_seq if message.reply_to_id and message.reply_to else None
        changed = message.target if message.target_id else None
        return {
            "seq": message.public_seq,
            "kind": message.kind,
            "author": self.author(message),
            "automatic": message.kind in AUTOMATIC,
            "reason": reason(message),
            "text": message.text,
            "at": iso(message.at),
            "position": message.position,
            "ref": str(message.ref) if mine else None,
            "reply_to": quoted,
            "edited_at": iso_or_none(message.edited_at),
            "withdrawn": message.withdrawn_at is not None,
            "change": self.message(changed) if changed else None,
        } | {**with_files(message), **from_list(message)}

    def posted(self, message: Message) -> str:
        """The frame of a public entry."""
        return dump(
            {
                "type": "message.posted",
                "conversation": str(self.conversation.pk),
                "seq": message.public_seq,
                "message": self.message(message),
            }
        )


class TeamFrames:
    """Frames for members who see a conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation

    def author(self, message: Message) -> Json | None:
        """Who wrote."""
        if message.kind == MessageKind.ATTENDEE:
            return person(self.conversation.person.first_name)
        if message.kind == MessageKind.MODERATOR:
            return moderator(message.user)
        return None

    def event(self, message: Message) -> Json | None:
        """What happened, for an entry that is an event."""
        if message.kind != MessageKind.EVENT:
            return None
        return {"what": message.detail["what"], "by": message.user.display_name if message.user else None}

    def message(self, message: Message) -> Json:
        """An entry in the team's numbers; a change carries the entry it speaks of as that is now."""
        changed = message.target if message.target_id else None
        return {
            "seq": message.seq,
            "kind": message.kind,
            "author": self.author(message),
            "automatic": message.kind in AUTOMATIC,
            "reason": reason(message),
            "text": message.text,
            "at": iso(message.at),
            "position": message.position,
            "ref": str(message.ref),
            "reply_to": message.reply_to.seq if message.reply_to_id and message.reply_to else None,
            "edited_at": iso_or_none(message.edited_at),
            "withdrawn": message.withdrawn_at is not None,
            "change": self.message(changed) if changed else None,
            "public_seq": message.public_seq,
            "user": str(message.user_id) if message.user_id else None,
            "via": message.via,
            "event": self.event(message),
            "is_holding": message.is_holding,
            "held_until": iso_or_none(message.held_until) if message.is_held else None,
        } | {**with_files(message), **from_list(message)}

    def posted(self, message: Message) -> str:
        """The frame of an entry."""
        return dump(
            {
                "type": "event",
                "conversation": str(self.conversation.pk),
                "seq": message.seq,
                "message": self.message(message),
            }
        )


def row(conversation: Conversation, now: datetime) -> Json:
    """One line of the inbox; needs person, webinar with policy, registration with session and attendance, owner."""
    name = conversation.person.first_name
    owner = conversation.owner.user if conversation.owner else None
    policy = getattr(conversation.webinar, "chat_policy", None)
    return {
        "id": str(conversation.pk),
        "revision": conversation.revision,
        "person": {"name": name, "initials": initials(name), "tint": tint(name)},
        "webinar": {"id": str(conversation.webinar_id), "title": conversation.webinar.title},
        "kind": conversation.registration.session.kind,
        "position": position(conversation, now),
        "last_line": conversation.last_line,
        "last_by": conversation.last_by,
        "last_at": iso(conversation.last_at),
        "waiting_since": iso_or_none(conversation.waiting_since),
        "target_seconds": policy.target_seconds if policy else 180,
        "by_email": conversation.by_email,
        "owner": me(owner) if owner else None,
        "state": State(conversation.state).value,
        "owed_due_at": iso_or_none(conversation.owed_due_at),
        "seq": conversation.seq,
        "nudged": conversation.nudged_at is not None,
    }


def position(conversation: Conversation, now: datetime) -> float | str | None:
    """Seconds into the film, `left` for somebody who has gone, None for somebody who never entered."""
    attendance = getattr(conversation.registration, "attendance", None)
    if attendance is None:
        return None
    if attendance.last_seen_at < now - PRESENT_FOR:
        return "left"
    return round(float(attendance.position), 1) if attendance.film_from_at else None


def ack(ref: str | None, seq: int | None, at: datetime) -> str:
    """The command took effect."""
    return dump({"type": "ack", "ref": ref, "seq": seq, "at": iso(at)})


def refused(ref: str | None, code: str, text: str, retry_after_ms: int | None = None) -> str:
    """The command changed nothing."""
    return dump({"type": "refused", "ref": ref, "code": code, "text": text, "retry_after_ms": retry_after_ms})


def clock(kind: str, now: datetime, head: int) -> str:
    """A `beat` or a `pong`."""
    return dump({"type": kind, "now": iso(now), "head": head})


RELOAD = dump({"type": "reload"})

"""The refusals of chat's services, each with a code for the page and a sentence for the person."""

from datetime import timedelta

from django.utils.translation import gettext as _

from chat.models import Message
from chat.schemas.base import LONGEST_TEXT
from chat.wording import BadText


class Refusal(Exception):
    """The command changed nothing."""

    def __init__(self, code: str, text: str, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.retry_after = retry_after

    @property
    def retry_after_ms(self) -> int | None:
        """For the frame."""
        return None if self.retry_after is None else max(1, round(self.retry_after.total_seconds() * 1000))


class Conflict(Exception):
    """Somebody else answered meanwhile; `events` are the entries the writer had not seen."""

    def __init__(self, events: list[Message]) -> None:
        super().__init__("conflict")
        self.events = events


def not_found() -> Refusal:
    """Not there, or not theirs: the answer is the same."""
    return Refusal("not_found", _("This conversation is not here."))


def id_reused() -> Refusal:
    """A ref that already belongs to another text."""
    return Refusal("id_reused", _("This message was already sent with another text."))


def id_invalid() -> Refusal:
    """A message without a ref."""
    return Refusal("id_invalid", _("A message needs an id of its own."))


def chat_off() -> Refusal:
    """Nobody reads here."""
    return Refusal("chat_off", _("The chat is closed."))


def taken(name: str) -> Refusal:
    """Somebody else was first."""
    return Refusal("taken", _("%(name)s has taken this conversation.") % {"name": name})


def no_reply_needed() -> Refusal:
    """Resolving would leave a question without an answer."""
    return Refusal("no_reply_needed", _("A question is still unanswered. Does it need no reply?"))


def not_now() -> Refusal:
    """A prompt that must not be shown at this moment; nobody reads the sentence."""
    return Refusal("not_now", _("This is not the moment."))


def no_question() -> Refusal:
    """A draft of an answer is wanted where nobody has asked anything."""
    return Refusal("no_question", _("Nobody waits for an answer here."))


def conversation_changed() -> Refusal:
    """Resolving crossed a message of the attendee."""
    return Refusal("conversation_changed", _("The attendee has just written again."))


def said_already() -> Refusal:
    """Whether an automatic answer helped was said before, and this is no change that can be made of it."""
    return Refusal("said_already", _("You have said that already. Write below, and the team will answer."))


def no_such_entry() -> Refusal:
    """There is no such entry, or not for them to see."""
    return Refusal("not_found", _("This message is not here."))


def not_allowed() -> Refusal:
    """Somebody else's words."""
    return Refusal("not_allowed", _("Only who wrote a message can change it."))


def too_late(text: str) -> Refusal:
    """What was to be changed is not as it was any more."""
    return Refusal("too_late", text)


def bad_status(length: int = 0) -> Refusal:
    """A status that cannot be kept; `length` is that of a reason that is too long."""
    if length:
        text = _("At most 80 characters; this has %(length)s.") % {"length": length}
    else:
        text = _("Choose available, busy, away, or a break that ends in the future.")
    return Refusal("field_invalid", text)


def slow_down(code: str, retry_after: timedelta) -> Refusal:
    """Too fast, or the same thing again and again."""
    text = _("You have just sent this.") if code == "repeated" else _("A little slower, please.")
    return Refusal(code, text, retry_after)


def bad_text(bad: BadText) -> Refusal:
    """A text that cannot be kept."""
    texts = {
        "text_empty": _("There is no text to send."),
        "text_invalid": _("The text holds characters that cannot be stored."),
        "too_long": _("At most %(most)s characters; this has %(length)s.")
        % {"most": f"{LONGEST_TEXT:,}".replace(",", " "), "length": f"{bad.length:,}".replace(",", " ")},
    }
    return Refusal(bad.code, texts[bad.code])


def bad_file(code: str, **facts: str) -> Refusal:
    """A file that is not taken; `code` says why."""
    texts = {
        "type_not_allowed": _(
            "This kind of file cannot be sent."
            " Pictures (JPEG, PNG, GIF, WebP), PDF, text, CSV and Office documents can."
        ),
        "empty_file": _("This file is empty."),
        "file_too_large": _("This file is too large. The limit is %(limit)s."),
        "image_too_large": _("This picture has too many pixels. The limit is 25 megapixels."),
        "too_many_files": _("At most 5 files go with one message."),
        "quota_reached": _("%(used)s of %(limit)s files were sent today. Please go on tomorrow."),
        "storage_full": _("The server's disk is full, so the file was not kept."),
        "files_off": _("Files cannot be sent here."),
        "file_gone": _("A file of this message is not here any more. Add it again."),
        "cut": _("The connection was cut. Please try again."),
        "slow_down": _("A little slower, please."),
    }
    return Refusal("not_found" if code == "file_gone" else code, texts[code] % facts)

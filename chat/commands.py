"""Reads what comes up and runs it: the same for sockets and for HTTP."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from accounts.models import Membership
from chat import frames, news
from chat.refusals import Conflict, Refusal
from chat.schemas import up
from chat.schemas.base import DEEPEST_FRAME
from chat.services import availability, changing, faq_helping, handling, marks, posting, prompting
from chat.services.together import Outcome, Typed, post_together
from webinars.models import Registration


class BadFrame(Exception):
    """The frame is no command; `reply` says so to its sender."""

    def __init__(self, code: str, text: str, ref: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.reply = frames.refused(ref, code, text)


@dataclass(frozen=True, slots=True)
class Result:
    """What goes back to the sender, and then what goes out to everybody."""

    reply: str | None
    hints: list[news.Hint] = field(default_factory=list)
    done: bool = True
    held: tuple[UUID, datetime] | None = None  # the conversation of a reply under undo, and when it goes out


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same key twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def parse(text: str, shapes: TypeAdapter[Any]) -> Any:
    """The command in a frame; BadFrame with bad_frame, unknown_type, id_invalid, field_not_allowed, field_invalid."""
    try:
        data = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_number)
        if not isinstance(data, dict) or _depth(data) > DEEPEST_FRAME:
            raise ValueError("not an object")
    except (ValueError, RecursionError):
        raise BadFrame("bad_frame", _("This is no command.")) from None
    try:
        return shapes.validate_python(data)
    except ValidationError as error:
        raise _bad_field(error, data) from None


def _bad_field(error: ValidationError, data: dict[str, Any]) -> BadFrame:
    given = data.get("ref")
    ref = given if isinstance(given, str) and given.isascii() and len(given) <= 64 else None
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    names = [str(part)[:40] for part in first["loc"]]  # whoever makes up names gets none of them back whole
    if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return BadFrame("unknown_type", _("There is no such command."), ref)
    if "ref" in names:
        return BadFrame("id_invalid", _("A message needs an id of its own."), ref)
    if first["type"] == "extra_forbidden":
        return BadFrame(
            "field_not_allowed", _("The field “%(name)s” is not for you to set.") % {"name": names[-1]}, ref
        )
    return BadFrame(
        "field_invalid", _("The field “%(name)s” is not as it should be.") % {"name": names[-1]}, ref
    )


def _run(ref: UUID | None, act: Callable[[], tuple[int | None, datetime]]) -> Result:
    """Run a service with its hints held back, and put its outcome into a frame."""
    name = str(ref) if ref else None
    with news.held() as hints:
        try:
            seq, at = act()
        except Refusal as refusal:
            return _refused(name, refusal, hints)
    return Result(frames.ack(name, seq, at), hints)


def as_attendee(registration: Registration, guest_id: int, command: Any, now: datetime) -> Result:
    """Run a `message.post`, `read`, `delivered`, `prompt` or `faq.helped` of an attendee."""
    if isinstance(command, up.Read):
        return _read(registration, command, now)
    if isinstance(command, up.FaqHelped):
        return _helped(registration, guest_id, command, now)
    if isinstance(command, up.Delivered):
        return _delivered(registration, command, now)
    if isinstance(command, up.PromptNote):
        return _run(command.ref, lambda: _note_prompt(registration, guest_id, command, now))

    def post() -> tuple[int, datetime]:
        posted = posting.post_as_attendee(
            registration=registration,
            guest_id=guest_id,
            ref=command.ref,
            text=command.data.text,
            files=command.data.files,
            reply_to=command.data.reply_to,
            now=now,
        )
        return posted.seq, posted.at

    return _run(command.ref, post)


def _note_prompt(
    registration: Registration, guest_id: int, command: up.PromptNote, now: datetime
) -> tuple[None, datetime]:
    data = command.data
    prompting.note_prompt(
        registration=registration,
        guest_id=guest_id,
        prompt_id=data.prompt,
        what=data.what,
        page=data.page,
        now=now,
    )
    return None, now


def together(typed: Sequence[Typed]) -> list[Result | None]:
    """Run messages of several attendees at once; None for one that has to be run by `as_attendee`."""
    return [_result(one, outcome) for one, outcome in zip(typed, post_together(typed), strict=True)]


def _result(one: Typed, outcome: Outcome) -> Result | None:
    if isinstance(outcome, Refusal):
        return _refused(str(one.ref) if one.ref else None, outcome)
    if outcome is None:
        return None
    return Result(frames.ack(str(one.ref), outcome.posted.seq, outcome.posted.at), outcome.hints)


def _refused(ref: str | None, refusal: Refusal, hints: list[news.Hint] | None = None) -> Result:
    reply = frames.refused(ref, refusal.code, refusal.text, refusal.retry_after_ms)
    return Result(reply, hints or [], done=False)


def _read(registration: Registration, command: up.Read, now: datetime) -> Result:
    moved = marks.note_attendee_read(registration=registration, seq=command.data.seq, now=now)
    hints: list[news.Hint] = []
    if moved is not None:
        conversation, seq = str(moved[0]), moved[1]
        to_team = {"type": "read", "conversation": conversation, "seq": seq}
        hints.append(news.Whisper(("team", conversation), frames.dump(to_team)))
        hints.append(news.Whisper(("attendee", conversation), frames.dump({"type": "read", "seq": seq})))
    return Result(frames.ack(str(command.ref), None, now) if command.ref else None, hints)


def _helped(registration: Registration, guest_id: int, command: up.FaqHelped, now: datetime) -> Result:
    def note() -> tuple[None, datetime]:
        faq_helping.note_helped(
            registration=registration,
            guest_id=guest_id,
            seq=command.data.message,
            helped=command.data.helped,
            now=now,
        )
        return None, now

    return _run(command.ref, note)


def _delivered(registration: Registration, command: up.Delivered, now: datetime) -> Result:
    moved = marks.note_delivered(registration=registration, seq=command.data.seq)
    hints: list[news.Hint] = []
    if moved is not None:
        to_team = {"type": "delivered", "conversation": str(moved[0]), "seq": moved[1]}
        hints.append(news.Whisper(("team", str(moved[0])), frames.dump(to_team)))
    return Result(frames.ack(str(command.ref), None, now) if command.ref else None, hints)


def as_member(membership: Membership, command: Any, now: datetime) -> Result:
    """Run a member's command that changes something."""
    if isinstance(command, up.TeamPost):
        return _post(membership, command, now)
    if isinstance(command, up.ConversationSeen):
        return _seen(membership, command, now)
    return _run(command.ref, lambda: (_CHANGES[type(command)](membership, command, now), now))


def _post(membership: Membership, command: up.TeamPost, now: datetime) -> Result:
    data = command.data
    held: tuple[UUID, datetime] | None = None

    def post() -> tuple[int, datetime]:
        nonlocal held
        posted = posting.post_as_moderator(
            membership=membership,
            conversation_id=data.conversation,
            ref=command.ref,
            text=data.text,
            files=data.files,
            base_seq=data.base_seq,
            faq=data.faq,
            reply_to=data.reply_to,
            is_holding=data.is_holding,
            may_undo=True,
            now=now,
        )
        held = (data.conversation, posted.held_until) if posted.held_until else None
        return posted.seq, posted.at

    try:
        result = _run(command.ref, post)
        return replace(result, held=held)
    except Conflict as conflict:
        conversation = conflict.events[0].conversation
        build = frames.TeamFrames(conversation)
        held_back = {
            "type": "conflict",
            "ref": str(command.ref),
            "conversation": str(data.conversation),
            "events": [build.message(message) for message in conflict.events],
        }
        return Result(frames.dump(held_back), done=False)


def _claim(membership: Membership, command: up.Claim, now: datetime) -> int | None:
    return handling.claim(membership=membership, conversation_id=command.data.conversation, now=now)


def _release(membership: Membership, command: up.Release, now: datetime) -> int | None:
    return handling.release(membership=membership, conversation_id=command.data.conversation, now=now)


def _resolve(membership: Membership, command: up.Resolve, now: datetime) -> int | None:
    return handling.resolve(
        membership=membership,
        conversation_id=command.data.conversation,
        no_reply_needed=command.data.no_reply_needed,
        base_seq=command.data.base_seq,
        now=now,
    )


def _reopen(membership: Membership, command: up.Reopen, now: datetime) -> int | None:
    return handling.reopen(membership=membership, conversation_id=command.data.conversation, now=now)


def _edit(membership: Membership, command: up.Edit, now: datetime) -> int | None:
    data = command.data
    return changing.edit(
        membership=membership,
        conversation_id=data.conversation,
        seq=data.seq,
        ref=command.ref,
        text=data.text,
        base_seq=data.base_seq,
        now=now,
    ).seq


def _withdraw(membership: Membership, command: up.Withdraw, now: datetime) -> int | None:
    return changing.withdraw(
        membership=membership,
        conversation_id=command.data.conversation,
        seq=command.data.seq,
        ref=command.ref,
        now=now,
    ).seq


def _undo(membership: Membership, command: up.Undo, now: datetime) -> int | None:
    return changing.undo(
        membership=membership,
        conversation_id=command.data.conversation,
        seq=command.data.seq,
        ref=command.ref,
        now=now,
    ).seq


def _seen(membership: Membership, command: up.ConversationSeen, now: datetime) -> Result:
    told: list[news.Hint] = []

    def see() -> tuple[None, datetime]:
        seen = marks.note_team_seen(
            membership=membership,
            conversation_id=command.data.conversation,
            seq=command.data.seq,
            now=now,
        )
        if seen is not None:
            frame = frames.dump({"type": "seen", "seq": seen.seq})
            told.append(news.Whisper(("attendee", str(seen.conversation)), frame))
        return None, now

    result = _run(command.ref, see)
    return replace(result, hints=[*result.hints, *told])


def _set_status(membership: Membership, command: up.SetStatus, now: datetime) -> int | None:
    data = command.data
    availability.set_status(
        membership=membership, intent=data.intent, reason=data.reason, until=data.until, now=now
    )
    return None


_CHANGES: dict[type, Callable[[Membership, Any, datetime], int | None]] = {
    up.Claim: _claim,
    up.Release: _release,
    up.Resolve: _resolve,
    up.Reopen: _reopen,
    up.Edit: _edit,
    up.Withdraw: _withdraw,
    up.Undo: _undo,
    up.SetStatus: _set_status,
}
CHANGING = (up.TeamPost, up.ConversationSeen, *_CHANGES)

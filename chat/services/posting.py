"""Stores what attendees and moderators write, once for each ref, and what follows from it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Membership
from chat import pace, refusals, signals, wording
from chat.models import Conversation, Episode, Habits, Message, MessageKind, Via, Wait
from chat.rules import USUAL, Mode, end_of_day
from chat.services import files as sending
from chat.services.automation import decide_again, open_wait, place_of, setting_for
from chat.services.crowd import scenes
from chat.services.episodes import close_wait, note_answer
from chat.services.faq_speaking import answer_from_list, count_use
from chat.services.promises import owe, settle
from chat.services.work import Work, of_attendee, of_member, reopen_quietly
from webinars.models import Attendance, Registration
from webinars.standing import is_over, position_of

UNDO = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Posted:
    """What the sender is told: the number in the sender's own numbering, and the instant."""

    conversation: uuid.UUID
    seq: int
    at: datetime
    again: bool = False
    held_until: datetime | None = None  # it can be taken back until then


Files = Sequence[uuid.UUID]


def checked(text: str, *, files: Files = ()) -> str:
    """The text as it is kept, which may be empty beside files; refuses text_empty, text_invalid, too_long."""
    try:
        return wording.checked(text)
    except wording.BadText as bad:
        if files and bad.code == "text_empty":
            return ""
        raise refusals.bad_text(bad) from None


def _before(message: Message, text: str, files: Files, *, public: bool) -> Posted:
    """The answer to a ref that was used before (M2); what counts is what was sent, whatever became of it since."""
    changed = message.edited_at or message.withdrawn_at
    first = message.versions.first() if changed else None
    sent = [file["id"] for file in (first or message).detail.get("files", ())]
    if (first or message).text != text or sent != [str(key) for key in files]:
        raise refusals.id_reused()
    seq = message.public_seq if public and message.public_seq is not None else message.seq
    return Posted(message.conversation_id, seq, message.at, again=True)


def post_as_attendee(
    *,
    registration: Registration,
    ref: uuid.UUID | None,
    text: str,
    now: datetime,
    via: Via = Via.ROOM,
    guest_id: int | None = None,
    files: Files = (),
    reply_to: int | None = None,
) -> Posted:
    """Store an attendee's message; the same ref with the same text and files again gives the same answer.

    `reply_to` is the public number of the entry it answers.

    Of `registration` only its own columns are trusted; sessions change while a socket is open. Opens a wait when
    none is open, or carries the open one into a new session; the automation's next look is decided in the same
    transaction. Refuses by `refusals.Refusal`: text_empty, text_invalid, too_long, id_invalid, id_reused, slow_down,
    repeated, chat_off, not_found.
    """
    if ref is None:
        raise refusals.id_invalid()
    clean = checked(text, files=files)
    try:
        with transaction.atomic():
            conversation = of_attendee(registration, ref=ref, guest_id=guest_id, now=now)
            if getattr(conversation, "known_ref", False):
                raise IntegrityError
            quoted = _quoted(conversation, public_seq=reply_to)
            return _post_as_attendee(
                conversation, registration.pk, ref, clean, files, quoted=quoted, now=now, via=via
            )
    except IntegrityError:  # the same ref was stored before, or is being stored at this moment
        found = Message.objects.filter(
            conversation__webinar=registration.webinar_id, author_key=f"p:{registration.person_id}", ref=ref
        ).first()
        if found is None:
            raise
        return _before(found, clean, files, public=True)


def _post_as_attendee(
    conversation: Conversation,
    registration_id: uuid.UUID,
    ref: uuid.UUID,
    text: str,
    files: Files,
    *,
    quoted: Message | None,
    now: datetime,
    via: Via,
) -> Posted:
    registration = move_to(conversation, registration_id)
    work = Work(conversation, now)
    mode, message = say(work, registration, ref, text, via=via, files=files, quoted=quoted)
    sending.give_to(message, files)
    if mode is Mode.CHAT:
        mode = _mode_of(work, registration)
    if not is_one_more_line(conversation, registration):
        _await_answer(work, registration, message, by_email=mode is Mode.EMAIL)
    posted = Posted(conversation.pk, conversation.public_seq, now)
    answer_from_list(work, registration, message, mode)
    work.finish()
    return posted


def _quoted(conversation: Conversation, **number: int | None) -> Message | None:
    """The entry that is answered, None for none: words that both sides may see; refused as not found otherwise."""
    if None in number.values():
        return None
    found = Message.objects.select_related("user").filter(
        conversation=conversation, public_seq__isnull=False, **number
    )
    message = found.exclude(kind__in=(MessageKind.EVENT, MessageKind.CHANGE)).first()
    if message is None:
        raise refusals.no_such_entry()
    return message


def _mode_of(work: Work, registration: Registration) -> Mode:
    """How the question is asked, by who is there and who waits already: asked only where a limit is set."""
    setting = setting_for(work.conversation, work.now)
    kind = registration.session.kind
    crowd = USUAL
    if setting.policy.has_limits:
        conversation = work.conversation
        scene = scenes([conversation.webinar_id], work.now)[conversation.webinar_id]
        crowd = scene.crowd(conversation.pk, registration.session_id, work.now)
    return setting.way(kind, work.now, registration.zone, crowd).mode


def say(
    work: Work,
    registration: Registration,
    ref: uuid.UUID,
    text: str,
    *,
    via: Via = Via.ROOM,
    files: Files = (),
    quoted: Message | None = None,
) -> tuple[Mode, Message]:
    """Add an attendee's message to their locked conversation, unless mode or pace refuse it; changes nothing then."""
    conversation, now = work.conversation, work.now
    # Who is there and how many wait refuses nobody, and so is not asked here: this is the way of every line.
    mode = setting_for(conversation, now).mode(registration.session.kind, now, registration.zone)
    if registration.cancelled_at is not None or (mode in {Mode.OFF, Mode.OTHER} and via == Via.ROOM):
        raise refusals.chat_off()
    detail = {"files": sending.chosen(conversation, None, files)} if files else None
    try:
        said = text + "".join(map(str, files))
        conversation.pace = pace.spend(pace.Pace.of(conversation.pace), said, now).kept()
    except pace.TooFast as fast:
        raise refusals.slow_down(fast.code, fast.retry_after) from None
    message = work.add(
        MessageKind.ATTENDEE,
        author_key=f"p:{conversation.person_id}",
        ref=ref,
        text=text,
        detail=detail,
        via=via,
        session_id=registration.session_id,
        position=position_of(registration, now),
        reply_to=quoted,
    )
    conversation.last_by = "attendee"
    conversation.listed = True
    conversation.attendee_read = conversation.public_seq
    reopen_quietly(conversation)
    return mode, message


def is_one_more_line(conversation: Conversation, registration: Registration) -> bool:
    """Whether a question of the same session is open already: one more line of it changes no wait."""
    same_session = getattr(conversation, "wait_session", None) == registration.session_id
    return conversation.waiting_since is not None and same_session


def move_to(conversation: Conversation, registration_id: uuid.UUID) -> Registration:
    """Let a locked conversation follow its attendee to another session; the registration as it is now."""
    if conversation.registration_id == registration_id:
        return conversation.registration
    registration = Registration.objects.select_related("session").get(pk=registration_id)
    registration.webinar = conversation.webinar
    entered = Attendance.objects.filter(pk=registration_id).values_list("entered_at", flat=True).first()
    conversation.registration = registration
    conversation.entered_at = entered
    return registration


def _await_answer(work: Work, registration: Registration, message: Message, *, by_email: bool) -> None:
    """Open a wait, or carry the open one into the session of a new question."""
    conversation, now = work.conversation, work.now
    # Where the room is over nobody answers live: a replay may end before the end that is stored with it.
    ended = place_of(registration.session).is_over(now) or is_over(registration, now)
    late = message.via == Via.EMAIL or ended
    wait = open_wait(conversation)
    if wait is None:
        wait = _open_wait(work, registration, message, late=late, by_email=by_email or late)
        decide_again(work, wait)
        if late:
            owe(work, wait, due_at=end_of_day(now, registration.zone)[0], cause="late")
        signals.wait_opened.send(Wait, wait=wait, now=now)
    elif wait.session_id != registration.session_id and wait.automatic_at is None and not late:
        wait.session, wait.registration = registration.session, registration
        wait.counts_from, wait.late = now, False
        wait.by_email, wait.overflow_at = by_email, None
        wait.save(update_fields=["session", "registration", "counts_from", "late", "by_email", "overflow_at"])
        conversation.by_email = by_email
        decide_again(work, wait)


def _open_wait(
    work: Work, registration: Registration, message: Message, *, late: bool, by_email: bool
) -> Wait:
    conversation, now = work.conversation, work.now
    conversation.waiting_since = now
    conversation.by_email = by_email
    episode, _made = Episode.objects.get_or_create(
        conversation=conversation,
        resolved_at=None,
        defaults={
            "session": registration.session,
            "opened_at": now,
            "opened_seq": message.seq,
            "position": message.position,
        },
    )
    return Wait.objects.create(
        conversation=conversation,
        episode=episode,
        registration=registration,
        session=registration.session,
        opened_at=now,
        opened_seq=message.seq,
        counts_from=now,
        late=late,
        by_email=by_email,
    )


def post_as_moderator(
    *,
    membership: Membership,
    conversation_id: uuid.UUID,
    ref: uuid.UUID | None,
    text: str,
    base_seq: int | None,
    now: datetime,
    via: Via = Via.INBOX,
    is_holding: bool = False,
    files: Files = (),
    faq: int | None = None,
    reply_to: int | None = None,
    may_undo: bool = False,
) -> Posted:
    """Store a human answer: it closes the open wait, keeps what is owed and silences automation.

    A holding message only silences. With `may_undo`, a member who wants that has `UNDO` to take it back: till then it
    only holds automation. `faq` is the entry of the host's list that it was taken from. Raises `refusals.Conflict`
    when another moderator answered after `base_seq`; refuses not_found, id_invalid, id_reused and bad texts.
    """
    if ref is None:
        raise refusals.id_invalid()
    clean = checked(text, files=files)
    with transaction.atomic():
        conversation, author_key = of_member(membership, conversation_id), f"u:{membership.user_id}"
        same = Message.objects.filter(conversation=conversation, author_key=author_key, ref=ref).first()
        if same is not None:
            return _before(same, clean, files, public=False)
        _hold_back_when_stale(conversation, membership, base_seq)
        chosen = sending.chosen(conversation, membership.user, files)
        work = Work(conversation, now)
        message = work.add(
            MessageKind.MODERATOR,
            author_key=author_key,
            ref=ref,
            text=clean,
            user=membership.user,
            via=via,
            detail={"files": chosen} if chosen else None,
            session_id=conversation.registration.session_id,
            is_holding=is_holding,
            reply_to=_quoted(conversation, seq=reply_to),
            held_until=now + UNDO if may_undo and _wants_undo(membership) else None,
        )
        sending.give_to(message, files)
        _out_or_held(work, message)
        count_use(message, faq)
        work.finish()
    return Posted(conversation.pk, message.seq, now, held_until=message.held_until)


def _out_or_held(work: Work, message: Message) -> None:
    """What a member's words change at once; the rest waits while they can be taken back."""
    conversation = work.conversation
    conversation.last_by = "moderator"
    conversation.listed = True
    conversation.team_read = conversation.seq
    reopen_quietly(conversation)
    if message.held_until is None:
        take_effect(work, message)
        return
    conversation.release_at = min(filter(None, (conversation.release_at, message.held_until)))
    decide_again(work, open_wait(conversation))


def _wants_undo(membership: Membership) -> bool:
    return Habits.objects.filter(membership=membership, undo=True).exists()


def take_effect(work: Work, message: Message) -> None:
    """A human's words are out: the wait ends, what is owed is settled, the apps above are told."""
    work.conversation.team_wrote_at = work.now
    _answered(work, message)
    signals.answered.send(Message, message=message, now=work.now)


def _hold_back_when_stale(conversation: Conversation, membership: Membership, base_seq: int | None) -> None:
    """F-20: an answer written on an outdated view comes back with what changed."""
    if base_seq is None or base_seq >= conversation.seq:
        return
    newer = list(
        Message.objects.select_related("user")
        .filter(conversation=conversation, seq__gt=base_seq)
        .order_by("seq")[:50]
    )
    others = [
        m
        for m in newer
        if m.kind == MessageKind.MODERATOR and m.user_id != membership.user_id and m.withdrawn_at is None
    ]
    if others:
        raise refusals.Conflict(newer)


def _answered(work: Work, message: Message) -> None:
    wait = open_wait(work.conversation)
    if message.is_holding:
        if wait is not None and wait.held_at is None:
            wait.held_at = work.now
            wait.save(update_fields=["held_at"])
            work.event("promised", message.user)
        decide_again(work, wait)
        return
    note_answer(work, message, wait)
    if wait is not None:
        close_wait(work, wait, "answer", user=message.user, answer=message)
    settle(work, "answer")
    # A human has spoken: neither welcome nor autoresponder has anything to say.
    work.conversation.due_at = work.conversation.release_at

"""Says an answer of the host's list to a question that is near enough, in the transaction of the question."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from chat import faq_rules, rules
from chat.matching import Entry, Match, Matcher
from chat.models import (
    AutomaticRecord,
    Conversation,
    Episode,
    FaqAnswer,
    FaqEntry,
    FaqUse,
    Helped,
    Message,
    MessageKind,
    Via,
)
from chat.services.automation import place_of, setting_for
from chat.services.work import Work
from webinars.models import Registration

KIND = "faq"


def answer_from_list(work: Work, registration: Registration, asked: Message, mode: rules.Mode) -> None:
    """Answer the message that was just added, or note why not; nothing of either while the list is off.

    It answers no wait and counts for nothing that the team does: the autoresponder follows its own rule.
    """
    conversation, now = work.conversation, work.now
    setting = setting_for(conversation, now).faq
    if not setting.on:
        return
    nearest = next(iter(matcher_of(conversation.webinar_id, setting.version, now).rank(asked.text, 1)), None)
    entry = _entry(nearest) if nearest is not None and nearest.score >= setting.threshold else None
    why = faq_rules.judge(_question(work, registration, asked, mode, nearest), setting.threshold)
    if why is rules.Why.DUE and entry is not None and nearest is not None:
        _note(work, asked, why, _say(work, asked, entry, nearest))
    else:  # an entry that was removed in this very moment is near to nothing
        _note(work, asked, rules.Why.BELOW_THRESHOLD if why is rules.Why.DUE else why, None)


def matcher_of(webinar_id: UUID, version: int, now: datetime) -> Matcher:
    """The webinar's entries that may be said, prepared; kept while the list's version stands."""
    # What somebody changes past the services shows after a few seconds all the same.
    return _kept(webinar_id, version, int(now.timestamp()) // 60)


@lru_cache(maxsize=256)
def _kept(webinar_id: UUID, _version: int, _life: int) -> Matcher:
    found = FaqEntry.objects.spoken().filter(webinar=webinar_id)
    return Matcher(as_entry(row) for row in found)


def as_entry(row: FaqEntry) -> Entry:
    """The row as the matcher needs it."""
    return Entry(row.pk, row.language, row.question, tuple(row.phrasings))


def _entry(nearest: Match) -> FaqEntry | None:
    return FaqEntry.objects.spoken().filter(pk=nearest.key).first()


def _question(
    work: Work, registration: Registration, asked: Message, mode: rules.Mode, nearest: Match | None
) -> faq_rules.Question:
    conversation = work.conversation
    said = list(FaqAnswer.objects.filter(conversation=conversation))
    return faq_rules.Question(
        mode=mode,
        score=nearest.score if nearest else None,
        in_room=asked.via == Via.ROOM,
        session_over=place_of(registration.session).is_over(work.now),
        human_spoke=_human_spoke(conversation),
        wants_human=_wants_human(conversation, said),
        said_before=nearest is not None and any(one.entry_id == nearest.key for one in said),
    )


def _human_spoke(conversation: Conversation) -> bool:
    """Whether somebody of the team wrote in this episode, or before it without settling the one before."""
    wrote_at = conversation.team_wrote_at
    if wrote_at is None:
        return False
    settled = Episode.objects.filter(conversation=conversation, resolved_at__gte=wrote_at)
    return not settled.exists()


def _wants_human(conversation: Conversation, said: list[FaqAnswer]) -> bool:
    asked_at = max((one.helped_at for one in said if one.helped == Helped.NO and one.helped_at), default=None)
    if asked_at is None:
        return False
    return not Episode.objects.filter(conversation=conversation, resolved_at__gte=asked_at).exists()


def _say(work: Work, asked: Message, entry: FaqEntry, nearest: Match) -> Message:
    message = work.add(
        MessageKind.FAQ,
        author_key="auto",
        text=entry.answer,
        detail={"question": entry.question, "entry": entry.pk, "score": nearest.score},
        session_id=asked.session_id,
    )
    FaqAnswer.objects.create(
        conversation=work.conversation,
        entry=entry,
        asked=asked,
        message=message,
        score=nearest.score,
        at=work.now,
    )
    return message


def _note(work: Work, asked: Message, why: rules.Why, message: Message | None) -> None:
    AutomaticRecord.objects.create(
        conversation=work.conversation,
        kind=KIND,
        window=str(asked.seq),
        session_id=asked.session_id,
        said=message is not None,
        reason=why.value,
        due_at=work.now,
        at=work.now,
        message=message,
    )


def count_use(message: Message, entry_id: int | None) -> None:
    """Count that a moderator sent an entry's answer; nothing for an entry that is none of this webinar's."""
    if entry_id is None:
        return
    entry = FaqEntry.objects.filter(pk=entry_id, webinar=message.conversation.webinar_id).first()
    if entry is not None:
        FaqUse.objects.create(entry=entry, message=message, at=message.at)

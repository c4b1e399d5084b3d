"""Reads the host's list: what is nearest to an open question, and how it would have done with past ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q

from chat.matching import NEAREST, Match, Matcher
from chat.models import (
    ChatPolicy,
    Conversation,
    FaqAnswer,
    FaqEntry,
    FaqVerdict,
    Helped,
    Message,
    MessageKind,
    Wait,
)
from chat.services.faq_speaking import as_entry, matcher_of
from webinars.models import Webinar

PAST = 50  # questions of the preview
OPEN_LINES = 5  # of an open question, the last ones


def nearest(conversation: Conversation, wait: Wait | None, now: datetime) -> list[dict[str, Any]]:
    """For the moderator: the entries nearest to what is asked in the open wait, each with its best score."""
    policy = ChatPolicy.objects.filter(webinar=conversation.webinar_id, faq_spoken__gt=0).first()
    if wait is None or policy is None:
        return []
    matcher = matcher_of(conversation.webinar_id, policy.faq_version, now)
    best: dict[int, Match] = {}
    for text in _open_lines(conversation, wait):
        for match in matcher.rank(text):
            if match.key not in best or match.score > best[match.key].score:
                best[match.key] = match
    matches = sorted(best.values(), key=lambda match: -match.score)[:NEAREST]
    entries = FaqEntry.objects.spoken().in_bulk([match.key for match in matches])
    said = set(FaqAnswer.objects.filter(conversation=conversation).values_list("entry_id", flat=True))
    return [
        {
            "id": match.key,
            "question": entries[match.key].question,
            "answer": entries[match.key].answer,
            "score": match.score,
            "above": match.score >= policy.faq_threshold,
            "said": match.key in said,
        }
        for match in matches
        if match.key in entries
    ]


def _open_lines(conversation: Conversation, wait: Wait) -> Sequence[str]:
    lines = conversation.messages.filter(kind=MessageKind.ATTENDEE, seq__gte=wait.opened_seq)
    return list(lines.order_by("-seq").values_list("text", flat=True)[:OPEN_LINES])


class Outcome(StrEnum):
    """How the list does with a past question."""

    HIT = "hit"
    MISS = "miss"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A past question with the entry that would be said now, or the nearest one below the threshold."""

    message: Message
    outcome: Outcome
    entry: FaqEntry | None  # that would be said
    near: FaqEntry | None  # that would be, were the threshold lower
    score: int
    verdict: bool | None  # the host's, of this entry, or of silence
    asked_human: bool


@dataclass(frozen=True, slots=True)
class Past:
    """The last questions, and how many of them the list hits, leaves alone, and gets wrong."""

    questions: list[PastQuestion]
    hits: int
    misses: int
    wrong: int


def past(webinar: Webinar, threshold: int) -> Past:
    """How the list as it stands would do with the webinar's last questions at some threshold.

    Wrong is what the host has marked so, and an answer after which the attendee asked for a human.
    """
    entries = {row.pk: row for row in FaqEntry.objects.of_webinar(webinar).filter(on=True)}
    matcher = Matcher(as_entry(row) for row in entries.values())
    messages = _last_questions(webinar)
    verdicts = {
        (verdict.message_id, verdict.entry_id): verdict.right
        for verdict in FaqVerdict.objects.filter(message__in=messages)
    }
    said = FaqAnswer.objects.filter(asked__in=messages, helped=Helped.NO)
    known = _Known(entries, verdicts, set(said.values_list("asked_id", "entry_id")))
    questions = [
        known.judge(message, next(iter(matcher.rank(message.text, 1)), None), threshold)
        for message in messages
    ]
    tally = [sum(one.outcome is outcome for one in questions) for outcome in Outcome]
    return Past(questions, *tally)


def _last_questions(webinar: Webinar) -> list[Message]:
    """The lines that opened a wait: thanks and second thoughts ask nothing."""
    found = Message.objects.filter(conversation__webinar=webinar, kind=MessageKind.ATTENDEE)
    opened = Wait.objects.filter(conversation__webinar=webinar).values("conversation_id", "opened_seq")
    latest = opened.order_by("-opened_at")[:PAST]
    wanted = Q(pk__in=[])
    for wait in latest:
        wanted |= Q(conversation=wait["conversation_id"], seq=wait["opened_seq"])
    return list(found.filter(wanted).select_related("conversation__person").order_by("-at", "-pk"))


@dataclass(frozen=True, slots=True)
class _Known:
    """The list, and what host and attendees have said of its answers."""

    entries: dict[int, FaqEntry]
    verdicts: dict[tuple[int, int | None], bool]
    refused: set[tuple[int, int]]

    def judge(self, message: Message, best: Match | None, threshold: int) -> PastQuestion:
        near = self.entries[best.key] if best else None
        score = best.score if best else 0
        entry = near if score >= threshold else None
        verdict = self.verdicts.get((message.pk, entry.pk if entry else None))
        asked_human = entry is not None and (message.pk, entry.pk) in self.refused
        outcome = Outcome.HIT if entry else Outcome.MISS
        if verdict is False or (asked_human and verdict is None):
            outcome = Outcome.WRONG
        return PastQuestion(message, outcome, entry, near, score, verdict, asked_human)


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry of the list with what became of it."""

    entry: FaqEntry
    said: int
    helped: int
    refused: int
    sent: int  # by moderators


def listed(webinar: Webinar) -> list[Counted]:
    """The host's list with how often each was said, helped, did not, and was sent by a moderator."""
    rows: Any = FaqEntry.objects.of_webinar(webinar).annotate(
        n_said=Count("said", distinct=True),
        n_helped=Count("said", filter=Q(said__helped=Helped.YES), distinct=True),
        n_refused=Count("said", filter=Q(said__helped=Helped.NO), distinct=True),
        n_sent=Count("uses", distinct=True),
    )
    return [Counted(row, row.n_said, row.n_helped, row.n_refused, row.n_sent) for row in rows]

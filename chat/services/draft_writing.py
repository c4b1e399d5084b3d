"""Writes the drafts that were asked for: one try at a time, outside any request, dropped when a human was faster."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chat import ai, asking
from chat.models import Conversation, Draft, DraftState, FaqEntry, Message, MessageKind
from chat.services.drafting import is_offered, is_overtaken
from scheduling.due import Lease, lease, settle

Clock = Callable[[], datetime]
SPAN = timedelta(seconds=45)  # of a lease: more than the longest try
TRIES = 3
BACK_OFF = (timedelta(seconds=2), timedelta(seconds=8))
TOO_OLD = timedelta(minutes=3)  # nobody waits for a draft any longer
AT_ONCE = 1  # each look works on one, so that mails wait for one try at most
_WHO = {
    MessageKind.ATTENDEE: "attendee",
    MessageKind.MODERATOR: "team",
    MessageKind.AUTORESPONDER: "automatic",
}


def work(*, clock: Clock) -> int:
    """Write what is due, one try each; returns how many were looked at. Any number of couriers may do it."""
    now = clock()
    taken = list(lease(Draft.objects.due(now), now=now, span=SPAN, limit=AT_ONCE))
    for item in taken:
        question = _begin(item, clock())
        if question is not None:
            _write(item, question, clock)
    return len(taken)


def _write(item: Lease, question: asking.Question, clock: Clock) -> None:
    """The one step outside the database, and its outcome."""
    try:
        text = asking.plain(ai.complete(asking.talk(question)))
        if not text:
            raise ai.AiError("The model answered nothing.", permanent=False)
    except ai.AiError as error:
        _failed(item, error, clock())
    else:
        _came(item, text, clock())


def _locked(item: Lease) -> Draft | None:
    """The leased draft while the lease is ours, with its conversation under its lock: the first lock of all."""
    known = Draft.objects.filter(pk=item.pk, token=item.token).values_list("conversation", flat=True).first()
    if known is None or not Conversation.objects.select_for_update(no_key=True).filter(pk=known).exists():
        return None
    found = Draft.objects.select_related("conversation__person", "conversation__webinar", "wait__episode")
    return found.filter(pk=item.pk, token=item.token, state=DraftState.ASKED).first()


@transaction.atomic
def _begin(item: Lease, now: datetime) -> asking.Question | None:
    """What is asked; None when a human was faster, nobody waits for it any more, or it was switched off."""
    draft = _locked(item)
    if draft is None:
        return None
    if is_overtaken(draft):
        _settle(item, DraftState.DROPPED, now)
        return None
    if now - draft.asked_at > TOO_OLD or not is_offered(draft.conversation.webinar_id):
        _settle(item, DraftState.FAILED, now, reason="It took too long, or was switched off meanwhile.")
        return None
    return _question(draft)


def _question(draft: Draft) -> asking.Question:
    """The public lines of this episode, and what the webinar's page says."""
    conversation, webinar = draft.conversation, draft.conversation.webinar
    lines = Message.objects.filter(
        conversation=conversation,
        public_seq__isnull=False,
        seq__gte=draft.wait.episode.opened_seq,
        seq__lte=draft.asked_seq,
        kind__in=list(_WHO),
    ).exclude(text="")
    known = FaqEntry.objects.of_webinar(webinar).spoken().filter(language=webinar.language)
    latest = list(lines.order_by("-seq").values_list("kind", "text")[: asking.MOST_LINES])
    return asking.Question(
        title=webinar.title,
        promise=webinar.promise,
        first_name=conversation.person.first_name,
        language=webinar.language,
        known=list(known.values_list("question", "answer")[: asking.MOST_ANSWERS]),
        lines=[asking.Line(_WHO[MessageKind(kind)], text) for kind, text in reversed(latest)],
    )


@transaction.atomic
def _came(item: Lease, text: str, now: datetime) -> None:
    """Keep the draft for who asked, unless a human was faster: decided under the conversation's lock (F-28)."""
    draft = _locked(item)
    if draft is None:
        return
    if is_overtaken(draft):
        _settle(item, DraftState.DROPPED, now)
    else:
        _settle(item, DraftState.READY, now, text=text)


def _failed(item: Lease, error: ai.AiError, now: datetime) -> None:
    """Again a little later, or failed for its moderator to see."""
    if error.permanent or item.attempt >= TRIES:
        _settle(item, DraftState.FAILED, now, reason=str(error))
        return
    pause = max(BACK_OFF[item.attempt - 1], timedelta(seconds=error.pause or 0))
    settle(Draft, item, due_at=now + pause, reason=str(error)[:200])


def _settle(item: Lease, state: DraftState, now: datetime, **fields: Any) -> None:
    reason = fields.pop("reason", "")[:200]
    settle(Draft, item, state=state, settled_at=now, due_at=None, reason=reason, **fields)

"""Drafts of replies by a language model as moderators meet them: asked for, shown to who asked, put away."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Membership
from chat import refusals
from chat.models import ChatPolicy, Conversation, Draft, DraftState, Message, MessageKind, Wait
from chat.services.automation import open_wait
from chat.services.work import of_member


def is_configured() -> bool:
    """Whether the operator has named an address and a model."""
    return bool(settings.AI_BASE_URL and settings.AI_MODEL)


def is_offered(webinar_id: uuid.UUID) -> bool:
    """Whether drafts can be asked for here: the operator named a model, and the host switched it on."""
    return is_configured() and ChatPolicy.objects.filter(webinar=webinar_id, ai_drafts=True).exists()


@transaction.atomic
def ask(*, membership: Membership, conversation_id: uuid.UUID, now: datetime) -> Draft:
    """Note that a member wants a draft for the open question; the same again while one is being written.

    Refused not_found when it is not the member's or not offered, no_question when nobody waits.
    """
    conversation = of_member(membership, conversation_id)
    if not is_offered(conversation.webinar_id):
        raise refusals.not_found()
    wait = open_wait(conversation)
    if wait is None:
        raise refusals.no_question()
    mine = Draft.objects.filter(conversation=conversation, user=membership.user)
    asked = mine.filter(state=DraftState.ASKED).first()
    if asked is not None and asked.wait_id == wait.pk:
        return asked
    mine.shown_to(membership.user).update(state=DraftState.DISCARDED, due_at=None, settled_at=now)
    return Draft.objects.create(
        conversation=conversation,
        wait=wait,
        user=membership.user,
        asked_at=now,
        asked_seq=conversation.seq,
        due_at=now,
    )


def close(*, membership: Membership, draft_id: int, taken: bool, now: datetime) -> None:
    """Note that a member took their draft into the reply, or wants to see it no more; refused as not found."""
    mine = Draft.objects.filter(pk=draft_id, conversation__team_id=membership.team_id)
    state = DraftState.TAKEN if taken else DraftState.DISCARDED
    if not mine.shown_to(membership.user).update(state=state, due_at=None, settled_at=now):
        raise refusals.not_found()


def shown(membership: Membership, conversation: Conversation) -> dict[str, Any] | None:
    """The member's own draft beside the thread, or what became of it; None without one."""
    draft = Draft.objects.filter(conversation=conversation).shown_to(membership.user).first()
    if draft is None:
        return None
    state = draft.state
    if state == DraftState.READY and is_overtaken(draft):
        state = DraftState.DROPPED
    return {
        "id": draft.pk,
        "state": str(state),
        "text": draft.text if state == DraftState.READY else "",
        "reason": draft.reason,
    }


def is_overtaken(draft: Draft) -> bool:
    """Whether a human was faster: the wait is closed, or somebody of the team wrote after the draft was asked for."""
    if Wait.objects.filter(pk=draft.wait_id, closed_at__isnull=False).exists():
        return True
    later = Message.objects.filter(conversation=draft.conversation_id, seq__gt=draft.asked_seq)
    return later.filter(kind=MessageKind.MODERATOR).exists()

"""Gathers what stands beside a thread: who the attendee is, where they are, what was said by itself and why."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts.models import Membership
from chat import frames, reasons, texts, wording
from chat.models import Conversation, Wait
from chat.refusals import not_found
from chat.rules import autoresponder_outlook, judge
from chat.services import drafting
from chat.services.automation import open_wait, setting_of, standing_of
from chat.services.faq_reading import nearest
from chat.services.measured import outcomes_of
from chat.services.reading import with_row_facts
from chat.services.why import as_json, explain
from webinars.models import PRESENT_FOR, Person, Registration

MOST = 20  # of anything that is listed
MOST_AUTOMATIC = 100


def facts(membership: Membership, conversation_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """All of a conversation's facts as one JSON object; refused as not found when it is not the member's to see."""
    found = with_row_facts(Conversation.objects.visible_to(membership)).filter(pk=conversation_id)
    conversation = found.first()
    if conversation is None:
        raise not_found()
    return {
        "conversation": str(conversation.pk),
        "row": frames.row(conversation, now),
        "head": conversation.seq,
        "read": conversation.attendee_read,
        "delivered": conversation.attendee_has,
        "mailed": _mailed(conversation),
        "language": conversation.webinar.language,
        "holding": _holding(conversation),
        "person": _person(conversation),
        "duration": conversation.registration.session.duration,
        "sessions": _sessions(conversation, now),
        "episodes": _episodes(conversation),
        "webinars": _other_webinars(membership, conversation),
        "automatic": _automatic(conversation, now),
        "outlook": _outlook(conversation),
        "faq": nearest(conversation, open_wait(conversation), now),
        "drafts": drafting.is_offered(conversation.webinar_id),
        "draft": drafting.shown(membership, conversation),
        "title": _("Conversation with %(name)s") % {"name": conversation.person.first_name},
    }


def _mailed(conversation: Conversation) -> list[int]:
    """The numbers of the team's words that went by e-mail as well: changing them changes no mail."""
    copied = conversation.messages.filter(mailed_at__isnull=False).order_by("-seq")
    return list(copied.values_list("seq", flat=True)[:MOST])


def _holding(conversation: Conversation) -> list[str]:
    """Ways to ask for a moment, in the conversation's language and with the name filled in (A-064)."""
    policy = getattr(conversation.webinar, "chat_policy", None)
    name = conversation.person.first_name.strip() or (policy.name_fallback if policy else "")
    said = texts.of(conversation.webinar.language).holding
    return [wording.fill(text, {"first_name": name}) for text in said]


def _person(conversation: Conversation) -> dict[str, Any]:
    person, registration = conversation.person, conversation.registration
    same = Person.objects.filter(team=person.team_id, email__iexact=person.email).exclude(pk=person.pk)
    return {
        "first_name": person.first_name,
        "email": person.email,
        "confirmed": person.confirmed_at is not None,
        "same_address": same.count(),
        "zone": str(registration.zone),
        "language": _language(person.language),
        "since": frames.iso(person.created_at),
        "registered_at": frames.iso(registration.created_at),
    }


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def _sessions(conversation: Conversation, now: datetime) -> list[dict[str, Any]]:
    """Their places in this webinar, the latest first."""
    places = (
        Registration.objects.filter(person=conversation.person_id, webinar=conversation.webinar_id)
        .select_related("session", "attendance")
        .order_by("-created_at")[:MOST]
    )
    return [_place(registration, now) for registration in places]


def _place(registration: Registration, now: datetime) -> dict[str, Any]:
    session, attendance = registration.session, getattr(registration, "attendance", None)
    return {
        "kind": session.kind,
        "starts_at": frames.iso_or_none(session.starts_at),
        "duration": session.duration,
        "position": attendance.position if attendance else None,
        "standing": _standing(registration, now),
    }


def _standing(registration: Registration, now: datetime) -> str:
    """In one word: live, attended, cancelled, missed or coming."""
    session, attendance = registration.session, getattr(registration, "attendance", None)
    if attendance is not None:
        return "live" if attendance.last_seen_at >= now - PRESENT_FOR else "attended"
    if registration.cancelled_at is not None or session.cancelled_at is not None:
        return "cancelled"
    return "missed" if session.ends_at is not None and session.ends_at <= now else "coming"


def _episodes(conversation: Conversation) -> list[dict[str, Any]]:
    """What was settled before, the latest first, each with its first question."""
    settled = list(
        conversation.episodes.filter(resolved_at__isnull=False)
        .select_related("resolved_by")
        .order_by("-id")[:MOST]
    )
    outcomes = outcomes_of(settled)
    asked = conversation.messages.filter(seq__in=[episode.opened_seq for episode in settled])
    questions = {message.seq: message.words for message in asked}
    return [
        {
            "seq": episode.opened_seq,
            "question": " ".join(questions.get(episode.opened_seq, "").split())[:120],
            "opened_at": frames.iso(episode.opened_at),
            "answered_at": frames.iso_or_none(episode.first_answer_at),
            "resolved_at": frames.iso_or_none(episode.resolved_at),
            "by": episode.resolved_by.display_name if episode.resolved_by else None,
            "outcome": outcomes[episode.pk].value,
        }
        for episode in settled
    ]


def _other_webinars(membership: Membership, conversation: Conversation) -> list[dict[str, Any]]:
    """Other webinars of the member's that the same person registered for, with the conversation there."""
    places = (
        Registration.objects.visible_to(membership)
        .filter(person=conversation.person_id)
        .exclude(webinar=conversation.webinar_id)
        .order_by("webinar__title", "webinar_id")
        .distinct("webinar__title", "webinar_id")
        .values_list("webinar_id", "webinar__title")[:MOST]
    )
    talks = dict(
        Conversation.objects.visible_to(membership)
        .filter(person=conversation.person_id)
        .values_list("webinar_id", "pk")
    )
    return [
        {"title": title, "conversation": str(talks[webinar]) if webinar in talks else None}
        for webinar, title in places
    ]


def _automatic(conversation: Conversation, now: datetime) -> list[dict[str, Any]]:
    """What was said by itself and what was not, in order of time, with what is to come."""
    return [as_json(one) for one in explain(conversation, now)[-MOST_AUTOMATIC:]]


def _outlook(conversation: Conversation) -> dict[str, Any] | None:
    """What the autoresponder will do about the open wait, or why it stays silent; None when nobody waits."""
    wait: Wait | None = open_wait(conversation)
    if wait is None:
        return None
    setting = setting_of(conversation.webinar_id)
    outlook = autoresponder_outlook(setting.policy, standing_of(conversation, wait))
    why, due_at = outlook.why, None
    if outlook.automatic is not None:
        at = outlook.automatic.due_at
        hours_open = setting.open_at(at, wait.registration.zone)
        verdict = judge(outlook.automatic, setting.policy, now=at, hours_open=hours_open)
        why, due_at = verdict.why, at if verdict.said else None
    return {
        "seq": wait.opened_seq,
        "reason": why.value,
        "why": reasons.sentence(why),
        "due_at": frames.iso_or_none(due_at),
    }

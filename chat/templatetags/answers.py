"""Says on the pages of lower apps how a question would be answered, by the chat's own settings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from chat import rules
from chat.models import ChatPolicy, Conversation, MessageKind, OwedReply
from chat.services.automation import policy_value
from chat.services.reading import latest_public_messages
from webinars.models import Registration, Webinar

register = template.Library()


@register.filter
def length_of(seconds: float | None) -> str:
    """A length of time as figures show it: 1:52, 3 h 12, 2 d 4 h; a dash where there is none."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    hours, minutes = divmod(whole // 60, 60)
    if hours < 48:
        return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{minutes:02}"}
    days, hours = divmod(hours, 24)
    return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}


@register.simple_tag
def talk_of(webinar: Webinar) -> rules.Policy:
    """The webinar's chat settings; without any, nobody can talk."""
    policy = ChatPolicy.objects.filter(webinar=webinar).prefetch_related("kinds", "texts").first()
    return policy_value(policy, webinar.language) if policy else rules.Policy(kinds={})


@register.simple_tag
def answered_by(talk: rules.Policy, row: Any) -> str:
    """`chat`, `email` or nothing for a row of the picker, which knows its kind and whether hours are open then."""
    mode = rules.mode_at(talk, row.kind, hours_open=row.hours_open)
    return mode.value if mode in {rules.Mode.CHAT, rules.Mode.EMAIL} else ""


@register.simple_tag
def answers_differ(talk: rules.Policy, rows: Iterable[Any]) -> bool:
    """Whether some rows are answered in the chat and others by e-mail, so that the words need a line."""
    return len({answered_by(talk, row) for row in rows} - {""}) > 1


@dataclass(slots=True)
class Question:
    """One thing an attendee asked, with what people answered; `owed_until` while an answer is owed to them."""

    text: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    owed_until: datetime | None = None


@register.simple_tag
def own_questions(registration: Registration) -> list[Question]:
    """What the registered person asked the team, unanswered first, else in order; nothing automatic among it."""
    if not Conversation.objects.of_registration(registration).exists():
        return []  # looking at a page makes no conversation (A6)
    questions: list[Question] = []
    asking = False
    for message in latest_public_messages(registration):
        if message["kind"] == MessageKind.ATTENDEE:
            if asking:
                questions[-1].text += "\n" + message["text"]
            else:
                questions.append(Question(message["text"]))
            asking = True
        elif message["kind"] == MessageKind.MODERATOR and not message["withdrawn"]:
            asking = False
            if questions:
                questions[-1].answers.append(message | {"at": datetime.fromisoformat(message["at"])})
    owed = OwedReply.objects.filter(
        conversation__webinar=registration.webinar_id,
        conversation__person=registration.person_id,
        settled_at__isnull=True,
    ).first()
    if owed is not None and questions:
        questions[-1].owed_until = owed.due_at
    return sorted(questions, key=lambda question: question.owed_until is None)

"""Says on the pages of lower apps how a question would be answered, by the chat's own settings."""

from collections.abc import Iterable
from typing import Any

from django import template

from chat import rules
from chat.models import ChatPolicy
from chat.services.automation import policy_value
from webinars.models import Webinar

register = template.Library()


@register.simple_tag
def talk_of(webinar: Webinar) -> rules.Policy:
    """The webinar's chat settings; without any, nobody can talk."""
    policy = ChatPolicy.objects.filter(webinar=webinar).prefetch_related("kinds").first()
    return policy_value(policy) if policy else rules.Policy(kinds={})


@register.simple_tag
def answered_by(talk: rules.Policy, row: Any) -> str:
    """`chat`, `email` or nothing for a row of the picker, which knows its kind and whether hours are open then."""
    mode = rules.mode_at(talk, row.kind, hours_open=row.hours_open)
    return mode.value if mode in {rules.Mode.CHAT, rules.Mode.EMAIL} else ""


@register.simple_tag
def answers_differ(talk: rules.Policy, rows: Iterable[Any]) -> bool:
    """Whether some rows are answered in the chat and others by e-mail, so that the words need a line."""
    return len({answered_by(talk, row) for row in rows} - {""}) > 1

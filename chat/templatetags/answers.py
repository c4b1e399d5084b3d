"""Says on the pages of lower apps how a question would be answered, by the chat's own settings."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat import rules
from chat.links import parts
from chat.models import ChatPolicy
from chat.services.afterwards import Past, past
from chat.services.automation import policy_value
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


@register.simple_tag(takes_context=True)
def conversation(context: dict[str, Any], registration: Registration) -> Past:
    """What the registered person wrote and got: the latest page of it, or the one that the address asks for."""
    given = context["request"].GET.get("before", "")
    known = given.isascii() and given.isdigit() and len(given) < 16
    return past(registration, before=int(given) if known else None, now=context["now"])


@register.simple_tag
def fresh_ref() -> str:
    """The id of a message that a form will send, so that sending it twice is one message."""
    return str(uuid.uuid4())


@register.filter
def linked(text: str) -> SafeString:
    """Somebody's words with addresses that can be pressed; everything else of them is escaped."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html(
                    '<a class="link" href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>',
                    part.href,
                    part.text,
                )
                if part.href
                else part.text,
            )
            for part in parts(text)
        ),
    )

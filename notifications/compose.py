"""Turns what a mail says into what leaves: subject, text, HTML, headers and the calendar file."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.mime.text import MIMEText
from email.utils import parseaddr, quote
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from mjml import mjml2html

from notifications.colours import act_colours
from notifications.models import Email, Purpose
from notifications.sealing import fill, placeholder, seal, unseal
from notifications.texts import Content, content_of, team_name
from notifications.transport import NotTakenError

# What XML and mail cannot carry; line breaks and tabs can.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_GAPS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_BY_PEOPLE = {Purpose.REPLY}
_TO_STRANGERS = {Purpose.INVITATION}


def compose(email: Email, facts: dict[str, Any], now: datetime) -> None:
    """Write the mail's texts into the row as they are about to leave, secrets sealed; the caller saves it."""
    content = content_of(email, facts, now)
    with translation.override(content.language):
        context = content.context | _frame(email, content)
        name = f"emails/{content.template}"
        subject = " ".join(render_to_string(f"{name}.subject.txt", context).split())
        email.subject = _CONTROL.sub("", subject)[:300]
        context["subject"] = email.subject
        email.text = tidy(render_to_string(f"{name}.txt", context)) + "\n"
        email.html = mjml2html(_CONTROL.sub("", render_to_string(f"{name}.mjml", context)))
    team = context["sender_team"]
    email.sender = _from(f"{content.sender}, {team}" if content.sender else team)
    email.reply_to = email.team.answer_address if email.team and _to_visitor(email) else ""
    email.message_id = f"<{email.pk}@{urlsplit(settings.SITE_URL).hostname}>"
    email.headers = _headers(email, content)
    secrets = content.secrets | ({"calendar": content.calendar} if content.calendar else {})
    email.sealed = seal(secrets) if secrets else None


def tidy(text: str) -> str:
    """A text part without what mail cannot carry and without wide gaps."""
    return _GAPS.sub("\n\n", _CONTROL.sub("", text).strip())


def message_of(email: Email) -> EmailMultiAlternatives:
    """The stored mail as Django sends it, secrets in place; the same each time it is asked for."""
    secrets = unseal(email.sealed)
    if email.sealed and not secrets:
        raise NotTakenError("The installation's key has changed since the mail was written.", permanent=True)
    calendar = secrets.pop("calendar", "")
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=fill(email.text, secrets),
        from_email=email.sender,
        to=[_address(email.to_name, email.to)],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={name: fill(value, secrets) for name, value in email.headers.items()},
    )
    message.attach_alternative(fill(email.html, secrets), "text/html")
    if calendar:
        message.attach(_calendar_part(calendar))
    return message


def _calendar_part(calendar: str) -> MIMEText:
    """The calendar file as the mail programs want it: with its method in the content type, as RFC 6047 says."""
    method = _METHOD.search(calendar)
    part = MIMEText(calendar, "calendar", "utf-8")
    if method:
        part.set_param("method", method[1])
    part.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    return part


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as it left, secrets in place where they were kept."""

    text: str
    html: str
    calendar: str
    headers: dict[str, str]


def shown(email: Email) -> Shown:
    """The stored mail for the outbox."""
    secrets = unseal(email.sealed)
    calendar = secrets.pop("calendar", "")
    headers = {name: fill(value, secrets) for name, value in email.headers.items()}
    return Shown(fill(email.text, secrets), fill(email.html, secrets), calendar, headers)


def _frame(email: Email, content: Content) -> dict[str, Any]:
    """What every template may use."""
    team = email.team
    act, act_night = act_colours(team.colour if team else "")
    return {
        "language": content.language,
        "sender_team": team_name(team, to_strangers=email.purpose in _TO_STRANGERS),
        "footer": team.footer if team and email.purpose not in _TO_STRANGERS else "",
        "answers": bool(team and team.answer_address),
        "act": act,
        "act_night": act_night,
    }


def _to_visitor(email: Email) -> bool:
    return bool(email.registration_id or email.waiting_id)


def _from(name: str) -> str:
    """The installation's own address under the sender's name, so that SPF and DKIM are about us."""
    return _address(name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def _address(name: str, address: str) -> str:
    """A name with its address, readable and on one line; Django encodes what needs it when the mail is built."""
    name = " ".join(_CONTROL.sub("", name).split())[:120]
    return f'"{quote(name)}" <{address}>' if name else address


def _headers(email: Email, content: Content) -> dict[str, str]:
    headers = {
        "Message-ID": email.message_id,
        "Auto-Submitted": "no" if email.purpose in _BY_PEOPLE else "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if content.bulk:
        headers["List-Unsubscribe"] = f"<{placeholder('unsubscribe')}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers

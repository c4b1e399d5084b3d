"""Gathers what each mail says: the template, its facts in the reader's zone, and the secrets it carries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team
from chat.models import Message, MessageKind
from chat.services.afterwards import links_for
from notifications import rules
from notifications.account_texts import account_text
from notifications.models import Email, Purpose
from notifications.sealing import placeholder, unseal
from notifications.tokens import unsubscribe_url
from scheduling.templatetags.zones import zone_label
from webinars import calendar, standing
from webinars.links import join_url, waiting_url
from webinars.models import Registration, WaitingPlace
from webinars.picker import standing_in_line
from webinars.services.seats import last_moment
from webinars.services.wishes import free_slots
from webinars.standing import zone_of

OFFERED = 4  # next starts in a mail


@dataclass(slots=True)
class Content:
    """What one mail is made of; `bulk` mails carry the ways to unsubscribe."""

    template: str
    language: str
    context: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    bulk: bool = False
    calendar: str = ""


def when(instant: datetime | None, zone: tzinfo) -> dict[str, str] | None:
    """An instant in words of the reader's zone and language; None for none."""
    if instant is None:
        return None
    local = instant.astimezone(zone)
    return {
        "day": formats.date_format(local, "l j F"),
        "weekday": formats.date_format(local, "l"),
        "date": formats.date_format(local, "l j F Y"),
        "time": formats.date_format(local, "H:i"),
        "zone": zone_label(zone, instant),
    }


def lines_html(text: str) -> SafeString:
    """Somebody's words for the HTML part: escaped, with their line breaks."""
    return mark_safe("<br />".join(escape(line) for line in text.splitlines()))  # noqa: S308 - escaped here


def said(text: str) -> dict[str, Any]:
    """Somebody's words for both parts, and as a quotation."""
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    return {"text": text, "html": lines_html(text), "quoted": quoted}


def content_of(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    """What the mail says if it leaves at `now`; `facts` come from the decision that it does."""
    return _BUILDERS[Purpose(email.purpose)](email, facts, now)


def _place(email: Email) -> Registration:
    if email.registration is None:
        raise ValueError("A mail to an attendee names the registration.")
    return email.registration


def words_of(registration: Registration) -> dict[str, Any]:
    """What every mail about a place may say; where it carries a secret, the place to put it."""
    webinar, session, zone = registration.webinar, registration.session, registration.zone
    shared = session.is_shared
    doors = session.starts_at - timedelta(minutes=webinar.doors_minutes) if session.starts_at else None
    return {
        "name": rules.greeting_name(registration.person.first_name),
        "title": webinar.title,
        "when": when(session.starts_at if shared else None, zone),
        "doors": when(doors, zone),
        "ends": when(session.ends_at if shared else None, zone),
        "registered": when(registration.created_at, zone),
        "join_url": placeholder("join"),
        "unsubscribe_url": placeholder("unsubscribe"),
        "page_url": calendar.public_url(webinar),
        "google": calendar.google_url(registration) if shared else "",
        "outlook": calendar.outlook_url(registration) if shared else "",
    }


def change_of(registration: Registration, facts: dict[str, Any], now: datetime) -> tuple[str, dict[str, Any]]:
    """The template for a change of a session with what it says besides `words_of`: `facts` are the mail's own."""
    zone = registration.zone
    context: dict[str, Any] = {"note": facts.get("note", ""), "was": None, "next": [], "own": True}
    if facts.get("cancelled"):
        offered = (
            standing.offered(registration.webinar, zone, now) if registration.webinar.is_published else []
        )
        starts = [slot.starts_at for slot in offered if slot.starts_at and not slot.full]
        context["next"] = [when(start, zone) for start in starts[:OFFERED]]
        # The link of a place that was taken back leads nowhere any more.
        context["own"] = not facts.get("withdrawn")
        return "cancelled", context
    if facts.get("was"):
        context["was"] = when(datetime.fromisoformat(facts["was"]), zone)
    return "moved", context


def _note(email: Email) -> str:
    """The host's words about a change, but not in the first mail to an address that nobody has confirmed (X8)."""
    note: str = email.facts.get("note", "")
    before = Email.objects.filter(address=email.address, handed_at__isnull=False).exclude(pk=email.pk)
    return note if note and (not email.capped or before.exists()) else ""


def _attendee(email: Email, template: str, now: datetime) -> Content:
    registration = _place(email)
    secrets = {"join": join_url(registration, now), "unsubscribe": unsubscribe_url(registration)}
    return Content(template, registration.webinar.language, words_of(registration), secrets)


def _with_calendar(content: Content, email: Email, now: datetime) -> Content:
    registration = _place(email)
    if registration.session.is_shared:
        file = calendar.calendar_file(registration, url=content.secrets["join"], now=now, invitation=True)
        content.calendar = file.decode()
    return content


def _confirmation(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    template = "moved_up" if email.facts.get("waited") else "confirmation"
    return _with_calendar(_attendee(email, template, now), email, now)


def _access(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    return _with_calendar(_attendee(email, "access", now), email, now)


def _waiting(email: Email, template: str) -> tuple[Content, WaitingPlace]:
    waiting = email.waiting
    if waiting is None:
        raise ValueError("A mail to somebody who waits names the waiting place.")
    webinar, zone = waiting.webinar, zone_of(waiting.zone)
    context = {
        "name": rules.greeting_name(waiting.person.first_name),
        "title": webinar.title,
        "asked": when(waiting.created_at, zone),
        "page_url": calendar.public_url(webinar),
        "unsubscribe_url": placeholder("unsubscribe"),
    }
    secrets = {"unsubscribe": unsubscribe_url(waiting)}
    return Content(template, webinar.language, context, secrets, bulk=True), waiting


def _waiting_listed(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    off = bool(email.facts.get("off"))
    content, waiting = _waiting(email, "waiting_off" if off else "waiting_listed")
    session = waiting.session
    if session is None or session.starts_at is None:
        raise ValueError("Who waits for a place waits for a session.")
    zone = zone_of(waiting.zone)
    content.context |= {"when": when(session.starts_at, zone), "note": _note(email)}
    if off:
        starts = [slot.starts_at for slot in free_slots(waiting.webinar, zone, now) if slot.starts_at]
        content.context["next"] = [when(start, zone) for start in starts[:OFFERED]]
        return content
    content.secrets["waiting"] = waiting_url(waiting)
    was = email.facts.get("was")
    content.context |= {
        "was": when(datetime.fromisoformat(was), zone) if was else None,
        "ends": when(session.ends_at, zone),
        "until": when(last_moment(session, waiting.webinar), zone),
        "stands": standing_in_line(facts["position"]),
        "waiting_url": placeholder("waiting"),
    }
    return content


def _date_offered(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    content, waiting = _waiting(email, "date_offered")
    zone = zone_of(waiting.zone)
    dates = [when(slot.starts_at, zone) for slot in facts["dates"] if slot.starts_at]
    content.context |= {
        "dates": dates[:OFFERED],
        "more": len(dates) > OFFERED,
        "any_time": any(slot.starts_at is None for slot in facts["dates"]),
        "zone": zone_label(zone, facts["dates"][0].starts_at or now),
    }
    return content


def _reminder(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    content = _attendee(email, "reminder", now)
    content.bulk = True
    return content


def _change(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    template, more = change_of(_place(email), email.facts | {"note": _note(email)}, now)
    content = _attendee(email, template, now)
    content.context |= more
    return _with_calendar(content, email, now)


def _follow_up(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    content = _attendee(email, facts["which"], now)
    content.context["links"] = links_for(_place(email))
    content.bulk = True
    return content


def _reply(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    content = _attendee(email, "reply", now)
    registration, lines = _place(email), facts["lines"]
    content.sender = _author(lines[-1])
    names = [_author(line) for line in lines]
    content.context["author"] = content.sender
    content.context["lines"] = [
        said(line.text) | {"author": name if len(set(names)) > 1 else "", "files": _files(line)}
        for line, name in zip(lines, names, strict=True)
    ]
    if registration.person.confirmed_at is not None:  # X8: a stranger's words go to no unconfirmed address
        content.context |= _question(lines[0], registration)
    return content


def _files(line: Message) -> str:
    """That files were sent, and where they are: no mail carries them."""
    names = [file["name"] for file in line.detail.get("files", ())]
    if not names:
        return ""
    text = ngettext(
        "A file was sent: %(names)s. You find it in the conversation.",
        "Files were sent: %(names)s. You find them in the conversation.",
        len(names),
    )
    return text % {"names": ", ".join(names)}


def _author(line: Message) -> str:
    return line.user.display_name if line.user else _("The team")


def _question(answer: Message, registration: Registration) -> dict[str, Any]:
    asked = (
        Message.objects.filter(
            conversation=answer.conversation_id, kind=MessageKind.ATTENDEE, public_seq__lt=answer.public_seq
        )
        .order_by("-public_seq")
        .first()
    )
    if asked is None:
        return {}
    facts: dict[str, Any] = dict(when(asked.at, registration.zone) or {})
    if asked.position is None:
        sentence = _("You wrote on %(day)s, %(time)s:") % facts
    else:
        facts["minute"] = int(asked.position // 60)
        sentence = _("You wrote at %(time)s, minute %(minute)d of the film:") % facts
    return {"question": said(asked.words), "asked": sentence}


def _team_mail(email: Email, template: str, inbox: str) -> tuple[Content, tzinfo]:
    user, team = email.user, email.team
    if user is None or team is None:
        raise ValueError("A mail to a moderator names the user and the team.")
    zone = user.zone
    context = {
        "inbox_url": f"{settings.SITE_URL}/studio/{team.slug}/inbox/{inbox}",
        "title": email.webinar.title if email.webinar else "",
        "zone": str(zone),
    }
    return Content(template, user.language, context), zone


def _wait_alert(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    content, zone = _team_mail(email, "wait_alert", f"#{facts['waits'][0].conversation_id}")
    content.context["waits"] = [
        said(_asked_in(wait.conversation_id, wait.opened_seq))
        | {
            "name": wait.conversation.person.first_name,
            "title": wait.conversation.webinar.title,
            "minutes": max(int((now - wait.opened_at).total_seconds() // 60), 1),
            "at": when(wait.opened_at, zone),
        }
        for wait in facts["waits"]
    ]
    return content


def _owed(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    template = "overdue" if email.facts.get("overdue") else "owed"
    content, zone = _team_mail(email, template, "?view=owed")
    content.context["when"] = when(email.session.starts_at if email.session else None, zone)
    content.context["owed"] = [
        said(_asked_in(owed.conversation_id, owed.wait.opened_seq))
        | {"name": owed.conversation.person.first_name, "due": when(owed.due_at, zone)}
        for owed in facts["owed"]
    ]
    return content


def _asked_in(conversation: Any, seq: int) -> str:
    asked = Message.objects.filter(conversation=conversation, seq=seq).first()
    return asked.words if asked else ""


def _account(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    secrets = unseal(email.sealed)
    context = account_text(email.facts["template"])
    context |= {name: placeholder(name) for name, secret in secrets.items() if secret}
    return Content("account", email.user.language if email.user else "en", context, secrets)


def _invitation(email: Email, facts: dict[str, Any], now: datetime) -> Content:
    invitation = facts["invitation"]
    inviter = invitation.invited_by
    context = {
        "inviter": rules.greeting_name(inviter.display_name) or inviter.email,
        "role": invitation.get_role_display(),
        "expires": when(invitation.expires_at, inviter.zone),
        "link": placeholder("link"),
    }
    return Content("invitation", inviter.language, context, unseal(email.sealed))


def team_name(team: Team | None, *, to_strangers: bool = False) -> str:
    """What the sender is called; a name that could pass for a link does not go to people who never asked."""
    if team is None:
        return "Matinee"
    return (rules.greeting_name(team.name) or _("a team")) if to_strangers else team.name


_BUILDERS: dict[Purpose, Callable[[Email, dict[str, Any], datetime], Content]] = {
    Purpose.CONFIRMATION: _confirmation,
    Purpose.ACCESS: _access,
    Purpose.REMINDER: _reminder,
    Purpose.CHANGE: _change,
    Purpose.FOLLOW_UP: _follow_up,
    Purpose.REPLY: _reply,
    Purpose.WAIT_ALERT: _wait_alert,
    Purpose.OWED: _owed,
    Purpose.ACCOUNT: _account,
    Purpose.INVITATION: _invitation,
    Purpose.WAITING_LISTED: _waiting_listed,
    Purpose.DATE_OFFERED: _date_offered,
}

"""Shows a host the mail that an act would send, before it is done."""

from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.compose import tidy
from notifications.sealing import fill
from notifications.texts import change_of, team_name, words_of
from webinars.models import Person, Registration, Session

register = template.Library()


@register.simple_tag
def change_mail(session: Session, note: str, now: datetime, was: datetime | None = None) -> dict[str, str]:
    """Subject and text of the mail about a session as it would be: called off, or moved from `was`.

    `session` is not saved with what is only planned; the reader is somebody in the webinar's zone.
    """
    webinar = session.webinar
    place = Registration(
        webinar=webinar,
        session=session,
        person=Person(first_name="Dana"),
        zone=webinar.schedule.zone,
        starts_at=session.starts_at,
        created_at=now,
    )
    facts: dict[str, Any] = {"note": note, "cancelled": bool(session.cancelled_at)}
    facts["was"] = was.isoformat() if was else ""
    with translation.override(webinar.language):
        name, more = change_of(place, facts, now)
        context = words_of(place) | more
        context |= {"sender_team": team_name(webinar.team), "footer": webinar.team.footer}
        context["answers"] = bool(webinar.team.answer_address)
        subject = " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())
        text = tidy(render_to_string(f"emails/{name}.txt", context))
    own = {"join": _("(the personal link)"), "unsubscribe": _("(the link to stop these mails)")}
    return {"subject": subject, "text": fill(text, own)}

"""Writes a place down for calendars: a file, and addresses that open a web calendar's own form."""

from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from webinars.models import Registration, Webinar

_STAMP = "%Y%m%dT%H%M%SZ"


def public_url(webinar: Webinar) -> str:
    """The registration page, absolute."""
    path = reverse("registration_page", args=[webinar.team.slug, webinar.slug])
    return f"{settings.SITE_URL}{path}"


def calendar_file(registration: Registration, *, url: str, now: datetime, invitation: bool = False) -> bytes:
    """The place as an iCalendar file; the same event wherever it is made, so that a later file replaces it.

    `url` is the address in it: the public page, or in a mail to the registered person their personal link. An
    `invitation` is what a mail carries (RFC 5546 REQUEST and CANCEL, with organizer and attendee); without it, what
    one downloads. Times stand in the registrant's zone with its rules; the session's `sequence` grows with each
    change, so that what a calendar has is replaced. ValueError for a place on a clock of one's own, which has no
    time.
    """
    starts_at, ends_at = _span(registration)
    cancelled = bool(registration.session.cancelled_at or registration.cancelled_at)
    event = Event()
    event.add("uid", f"{registration.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", registration.session.sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(registration.zone))
    event.add("dtend", ends_at.astimezone(registration.zone))
    event.add("summary", registration.webinar.title)
    event.add("description", _description(registration, url))
    event.add("location", vText(url))
    event.add("url", url)
    event.add("organizer", _organizer(registration.webinar))
    calendar = Calendar()
    calendar.add("prodid", "-//Matinee//EN")
    calendar.add("version", "2.0")
    if invitation:
        event.add("attendee", _attendee(registration))
        calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    else:
        calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def google_url(registration: Registration) -> str:
    """Google Calendar's form, filled in; it carries the public page only, for the address is not private there."""
    starts_at, ends_at = _span(registration)
    url = public_url(registration.webinar)
    query = {
        "action": "TEMPLATE",
        "text": registration.webinar.title,
        "dates": f"{starts_at.strftime(_STAMP)}/{ends_at.strftime(_STAMP)}",
        "details": _description(registration, url),
        "location": url,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query)}"


def outlook_url(registration: Registration) -> str:
    """Outlook's form on the web, filled in, with the public page only."""
    starts_at, ends_at = _span(registration)
    url = public_url(registration.webinar)
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": registration.webinar.title,
        "startdt": starts_at.isoformat(),
        "enddt": ends_at.isoformat(),
        "body": _description(registration, url),
        "location": url,
    }
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(query)}"


def _span(registration: Registration) -> tuple[datetime, datetime]:
    starts_at, ends_at = registration.session.starts_at, registration.session.ends_at
    if starts_at is None or ends_at is None:
        raise ValueError("A place on a clock of one's own has no time.")
    return starts_at.astimezone(UTC), ends_at.astimezone(UTC)


def _description(registration: Registration, url: str) -> str:
    team = registration.webinar.team.name
    return _("%(team)s: the film starts by itself. Your place: %(url)s") % {"team": team, "url": url}


def _organizer(webinar: Webinar) -> vCalAddress:
    """Whose event it is: the address that our mails come from, or calendars take no change from them."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = vText(webinar.team.name)
    return organizer


def _attendee(registration: Registration) -> vCalAddress:
    """Who is invited: by address alone, for a name may be corrected later and the line has to stay the same.

    They said yes by registering, and nobody reads an answer.
    """
    attendee = vCalAddress(f"mailto:{registration.email}")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee

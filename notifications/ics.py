"""Writes the calendar file of a place, and the addresses that put it into a calendar on the web."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vText

from webinars.models import Registration


def uid(registration: Registration) -> str:
    """The event's name in every calendar, the same for all versions of it."""
    return f"{registration.pk}@{urlsplit(settings.SITE_URL).hostname}"


def ends_at(registration: Registration) -> datetime | None:
    """When the film ends; None while there is no start."""
    session = registration.session
    if session.starts_at is None:
        return None
    return session.ends_at or session.starts_at + timedelta(seconds=session.duration)


def calendar_file(
    registration: Registration, *, url: str, sequence: int, now: datetime, cancelled: bool = False
) -> str:
    """The iCalendar text of a place with its personal link; "" if the session has no start.

    Times stand in the registrant's zone with its VTIMEZONE, and are the session's to the second. A later
    `sequence` replaces what a calendar has; a cancelled place is taken out of it.
    """
    session = registration.session
    if session.starts_at is None:
        return ""
    event = Event()
    event.add("uid", uid(registration))
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", session.starts_at.astimezone(registration.zone).replace(microsecond=0))
    end = ends_at(registration)
    if end is not None:
        event.add("dtend", end.astimezone(registration.zone).replace(microsecond=0))
    event.add("summary", registration.webinar.title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if not cancelled:
        event.add("url", url)
        event.add("location", vText(url))
        event.add("description", f"{registration.webinar.team.name}\n{url}")
    calendar = Calendar()
    calendar.add("prodid", "-//Matinee//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def google_url(registration: Registration, page_url: str) -> str:
    """Google's form with the event filled in; it carries the public page, never the personal link."""
    start, end = registration.session.starts_at, ends_at(registration)
    if start is None or end is None:
        return ""
    span = "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (start, end))
    query = {"action": "TEMPLATE", "text": registration.webinar.title, "dates": span, "details": page_url}
    return f"https://calendar.google.com/calendar/render?{urlencode(query)}"


def outlook_url(registration: Registration, page_url: str) -> str:
    """Outlook's form with the event filled in; it carries the public page, never the personal link."""
    start, end = registration.session.starts_at, ends_at(registration)
    if start is None or end is None:
        return ""
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": registration.webinar.title,
        "startdt": start.astimezone(UTC).isoformat(timespec="seconds"),
        "enddt": end.astimezone(UTC).isoformat(timespec="seconds"),
        "body": page_url,
    }
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(query)}"

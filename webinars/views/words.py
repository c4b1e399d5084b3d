"""Sentences and data that the public pages say about starts."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.models import ReplayFor, ReplayUntil, Schedule
from webinars.models import Webinar
from webinars.picker import Picker, day_of
from webinars.services.registration import SessionFull, SlotGone
from webinars.stamp import Sent


def gone_sentence(gone: SlotGone, starts_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Why the chosen start cannot be had, and the next one that can; nothing is booked by it."""
    what = _what_happened(gone, starts_at, zone, now)
    slot = gone.next
    if slot is None:
        return what + " " + _("There is no other date at the moment.")
    if slot.starts_at is None:
        return what + " " + _("You can watch right away instead. Nothing you typed is lost.")
    local = slot.starts_at.astimezone(zone)
    when = f"{day_of(local, now)} {date_format(local, 'H:i')}"
    return what + " " + _("The next start is %(when)s. Nothing you typed is lost.") % {"when": when}


@dataclass(frozen=True, slots=True)
class Untimely:
    """What is said of a form that came back too soon or too late, and the status it is said with."""

    note: str
    status: int


def untimely(came: Sent) -> Untimely | None:
    """Nothing for a form that came back in time; else it is shown again as it was typed."""
    if came is Sent.SOON:
        return Untimely(_("That was very quick. Please press the button once more."), 200)
    if came is Sent.LATE:
        text = _("This page was open for a long time, so the times are new. Nothing you typed is lost.")
        return Untimely(text + " " + _("Please look at your time and press the button once more."), 422)
    return None


def _what_happened(gone: SlotGone, starts_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if starts_at is None:
        return _("This can’t be watched right away just now.")
    local = starts_at.astimezone(zone)
    time = date_format(local, "H:i")
    if isinstance(gone, SessionFull):
        return _("The last place at %(time)s has just been taken.") % {"time": time}
    if starts_at <= now:
        return _("%(time)s began while you were writing.") % {"time": time}
    return _("%(time)s is no longer available.") % {"time": time}


def json_ld(webinar: Webinar, picker: Picker, url: str, picture: str) -> SafeString:
    """The page as schema.org data: the next start that everybody can share, with its place on the web."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": webinar.title,
        "description": webinar.promise or webinar.title,
        "inLanguage": webinar.language,
        "url": url,
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "isAccessibleForFree": True,
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": {"@type": "Organization", "name": webinar.team.name},
        "performer": [
            {"@type": "Person", "name": who["name"]} for who in webinar.presenters if who.get("name")
        ],
    }
    row = next((row for row in picker.every if row.local), None)
    if row and row.local:
        data["startDate"] = row.local.isoformat()
    if picture:
        data["image"] = picture
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308 - escaped as json_script does


# The characters that could end the script element or open a comment in it.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def replay_words(schedule: Schedule) -> str:
    """Until when a replay is open after the session, for the ticket; nothing where there is none."""
    if not schedule.replay or schedule.replay_for == ReplayFor.ATTENDED:
        return ""
    match schedule.replay_until:
        case ReplayUntil.DATE if schedule.replay_last_on:
            day = date_format(schedule.replay_last_on, "j F")
            return _("The replay stays open until %(day)s.") % {"day": day}
        case ReplayUntil.NEVER:
            return _("The replay stays open.")
    hours = schedule.replay_hours
    if hours % 24:
        words = ngettext("The replay is open for %(n)s hour.", "The replay is open for %(n)s hours.", hours)
        return words % {"n": hours}
    days = hours // 24
    words = ngettext("The replay is open for %(n)s day.", "The replay is open for %(n)s days.", days)
    return words % {"n": days}

"""Says above the composer what to expect: who answers, in about how long, and what happens on leaving."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.frames import Json, iso_or_none, moderator
from chat.models import ChatPolicy, Wait
from chat.rules import Cause, Crowd, Mode, Way
from chat.services.automation import Setting, setting_of
from scheduling import hours
from scheduling.templatetags.zones import zone_label
from webinars.models import Assignment, Webinar

MEASURED_OVER = timedelta(days=7)
FEWEST = 5  # answers, before a figure says anything
MOST_AHEAD = 20  # a longer queue is told by nobody's place in it
KEPT = 60  # seconds in the process


class _Kept:
    """Figures of a webinar for a minute, so that a thousand joining attendees cost one measurement."""

    def __init__(self) -> None:
        self.found: dict[UUID, tuple[float, tuple[float | None, list[Json], str]]] = {}

    def get(self, webinar: Webinar, setting: Setting, now: datetime) -> tuple[float | None, list[Json], str]:
        """Median seconds to the first answer, who answers, and the host's own words."""
        at, figures = self.found.get(webinar.pk, (0.0, (None, [], "")))
        if abs(now.timestamp() - at) > KEPT:
            figures = (measured(webinar, setting, now), _people(webinar), _own_words(webinar))
            self.found[webinar.pk] = (now.timestamp(), figures)
        return figures


_kept = _Kept()


def measured(webinar: Webinar, setting: Setting, now: datetime) -> float | None:
    """The median wait of the last seven days for a human answer within chat hours, in seconds; None for too few."""
    found = Wait.objects.filter(
        conversation__webinar=webinar, closed_by="answer", late=False, opened_at__gte=now - MEASURED_OVER
    ).values_list("opened_at", "closed_at")[:1000]
    spans = [
        (closed - opened).total_seconds()
        for opened, closed in found
        if closed is not None and hours.is_open(setting.hours, opened)
    ]
    return median(spans) if len(spans) >= FEWEST else None


def usual_words(webinar: Webinar, now: datetime) -> str:
    """What is said while somebody is there and the host has no words of their own, in the active language."""
    return _measured_words(measured(webinar, setting_of(webinar.pk), now))


def _people(webinar: Webinar) -> list[Json]:
    found = Assignment.objects.filter(webinar=webinar, moderates=True, membership__user__is_active=True)
    return [
        moderator(line.membership.user)
        for line in found.select_related("membership__user").order_by("pk")[:3]
    ]


def _own_words(webinar: Webinar) -> str:
    return ChatPolicy.objects.filter(webinar=webinar).values_list("expectation", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that what is said above the composer depends on, besides the instant: the same for many attendees."""

    way: Way
    available: bool
    ahead: int  # people whose turn comes first; 0 where that is not worth saying
    zone: ZoneInfo


def outlook(way: Way, crowd: Crowd, zone: ZoneInfo) -> Outlook:
    """What counts of one attendee's surroundings."""
    told = way.mode is Mode.CHAT and crowd.waited is not None and crowd.ahead <= MOST_AHEAD
    return Outlook(way, crowd.available, crowd.ahead if told else 0, zone)


def expectation(webinar: Webinar, setting: Setting, seen: Outlook, now: datetime) -> dict[str, Any] | None:
    """What to show, in the webinar's language; None where one cannot talk to the team."""
    mode, cause = seen.way.mode, seen.way.cause
    if mode not in {Mode.CHAT, Mode.EMAIL}:
        return None
    seconds, people, words = _kept.get(webinar, setting, now)
    opens_at = hours.next_opening(setting.hours, now, seen.zone) if cause is Cause.HOURS else None
    with translation.override(webinar.language):
        text, leaving = said(seen, words or _measured_words(seconds), opens_at)
    return {
        "text": text,
        "leaving": leaving,
        "people": people,
        "opens_at": iso_or_none(opens_at),
        "cause": cause.value,
    }


def said(seen: Outlook, usual: str, opens_at: datetime | None) -> tuple[str, str]:
    """What to expect, and what happens on leaving; `usual` is what is said while somebody is there."""
    if seen.way.mode is Mode.EMAIL:
        return _by_email(seen.way.cause, opens_at, seen.zone), _("We answer by e-mail.")
    text = usual
    if seen.way.cause is Cause.HOURS:
        text = _closed(opens_at, seen.zone)
    elif not seen.available:  # whatever the host's own words promise, nobody is there to keep it
        text = _("Nobody is at the chat just now. Whoever comes first answers you.")
    if seen.ahead:
        before = ngettext("%(n)s person is before you.", "%(n)s people are before you.", seen.ahead)
        text = f"{text} {before % {'n': seen.ahead}}"
    return text, _("If you leave, the answer comes by e-mail.")


def _by_email(cause: Cause, opens_at: datetime | None, zone: ZoneInfo) -> str:
    """Why nobody answers live."""
    said = {
        Cause.AWAY: _("Nobody is at the chat just now."),
        Cause.FULL: _("Many people are waiting in the chat."),
        Cause.LONG: _("This takes longer than we thought, so you need not wait here."),
        Cause.KIND: _("Nobody answers live here."),
    }
    return said.get(cause) or _closed(opens_at, zone)


def _measured_words(seconds: float | None) -> str:
    if seconds is None:
        return _("A human reads every question.")
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "Usually answers within %(n)s minute.", "Usually answers within %(n)s minutes.", minutes
    ) % {"n": minutes}


def _closed(opens_at: datetime | None, zone: ZoneInfo) -> str:
    if opens_at is None:
        return _("Nobody answers live here.")
    local = opens_at.astimezone(zone)
    when = f"{date_format(local, 'l j F')}, {local:%H:%M} ({zone_label(zone, opens_at)})"
    return _("Nobody is at the chat right now. It opens again on %(when)s.") % {"when": when}

"""Says above the composer what to expect: who answers, in about how long, and what happens on leaving."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.frames import Json, iso_or_none, moderator
from chat.models import ChatPolicy, Wait
from chat.rules import Mode
from chat.services.automation import Setting
from scheduling import hours
from webinars.models import Assignment, Webinar

MEASURED_OVER = timedelta(days=7)
FEWEST = 5  # answers, before a figure says anything
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


def _people(webinar: Webinar) -> list[Json]:
    found = Assignment.objects.filter(webinar=webinar, moderates=True, membership__user__is_active=True)
    return [
        moderator(line.membership.user)
        for line in found.select_related("membership__user").order_by("pk")[:3]
    ]


def _own_words(webinar: Webinar) -> str:
    return ChatPolicy.objects.filter(webinar=webinar).values_list("expectation", flat=True).first() or ""


def expectation(
    webinar: Webinar, setting: Setting, mode: Mode, zone: ZoneInfo, now: datetime
) -> dict[str, Any] | None:
    """What to show for a mode; None where one cannot talk to the team."""
    if mode not in {Mode.CHAT, Mode.EMAIL}:
        return None
    seconds, people, words = _kept.get(webinar, setting, now)
    open_now = setting.open_at(now, zone)
    opens_at = None if open_now else hours.next_opening(setting.hours, now, zone)
    if mode is Mode.EMAIL:
        return _frame(_closed(opens_at, zone), _("We answer by e-mail."), people, opens_at)
    text = words or _measured_words(seconds)
    if not open_now:
        text = _closed(opens_at, zone)
    return _frame(text, _("If you leave, the answer comes by e-mail."), people, opens_at)


def _frame(text: str, leaving: str, people: list[Json], opens_at: datetime | None) -> dict[str, Any]:
    return {
        "text": text,
        "leaving": leaving,
        "people": people,
        "opens_at": iso_or_none(opens_at),
    }


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
    when = f"{date_format(local, 'l')} {local:%H:%M} ({zone.key})"
    return _("Nobody is at the chat right now. It opens again on %(when)s.") % {"when": when}

"""Tell me when there is a date: keeps the wish, and looks again and again until there is something to tell."""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from scheduling import slots
from webinars import signals, standing
from webinars.models import GuestSession, WaitingPlace, WaitingPlaceQuerySet, Webinar
from webinars.services import identity
from webinars.services.registration import NotOpen
from webinars.services.waiting import Joined

log = logging.getLogger(__name__)

# How long until a wish is looked at again; the tick comes every 15 s.
LOOK_EVERY = timedelta(seconds=30)
GROUPS = 50  # webinars and zones looked at in one tick


class DatesOffered(Exception):
    """There is something to choose now; nobody has to wait for it."""


def wish(
    *,
    webinar: Webinar,
    first_name: str,
    email: str,
    zone: ZoneInfo,
    guest: GuestSession | None,
    now: datetime,
    language: str = "",
    browser: bytes | None = None,
) -> Joined:
    """Keep that somebody wants to hear of the next date; the same again is the same wish, after a mail a new one.

    Raises DatesOffered, or NotOpen without a page.
    """
    if not webinar.is_published:
        raise NotOpen
    if free_slots(webinar, zone, now):
        raise DatesOffered
    with transaction.atomic():
        identity.one_at_a_time(guest, browser)
        person = identity.person_of(guest, browser, webinar, email, now)
        if person is None:
            person = identity.new_person(webinar, first_name, email, language, now)
        else:
            identity.rename(person, first_name)
        kept, created = WaitingPlace.objects.select_for_update(of=("self",)).get_or_create(
            webinar=webinar,
            session=None,
            person=person,
            defaults={
                "email": person.email,
                "zone": zone,
                "created_at": now,
                "due_at": now + LOOK_EVERY,
                "browser": browser,
            },
        )
        if not created and (kept.served_at or kept.left_at):
            kept.served_at = kept.left_at = None
            kept.created_at, kept.due_at, kept.zone, kept.email = now, now + LOOK_EVERY, zone, person.email
            kept.save()
        token = identity.hold(guest, person, now)
    return Joined(kept, None, token)


def free_slots(webinar: Webinar, zone: ZoneInfo, now: datetime) -> list[slots.Slot]:
    """What somebody in `zone` can have now, as the page offers it; nothing that is full."""
    if not webinar.is_published:
        return []
    return [slot for slot in standing.offered(webinar, zone, now) if not slot.full]


def tell_of_dates(now: datetime) -> int:
    """Look for everybody whose wish is due whether there is a date in their zone, and tell them once; how many.

    Wishes of one webinar and zone are looked at together; with nothing to tell they are due again a little later.
    An address that wished from several browsers gets one mail. Any number of these may run beside each other.
    """
    due = WaitingPlace.objects.wishes().filter(due_at__lte=now)
    groups = due.values_list("webinar", "zone").annotate(first=Min("due_at")).order_by("first")[:GROUPS]
    told = 0
    for webinar_id, zone, _first in list(groups):
        mine = due.filter(webinar=webinar_id, zone=zone)
        try:
            told += _look(mine, webinar_id, standing.zone_of(zone), now)
        except Exception:
            log.exception("looking for a date of webinar %s failed", webinar_id)
            mine.update(due_at=now + LOOK_EVERY)
    return told


def _look(mine: WaitingPlaceQuerySet, webinar_id: Any, zone: ZoneInfo, now: datetime) -> int:
    found = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current")
    webinar = found.get(pk=webinar_id)
    if free_slots(webinar, zone, now):
        return _tell(mine, webinar, now)
    mine.update(due_at=now + LOOK_EVERY)
    return 0


def _tell(mine: WaitingPlaceQuerySet, webinar: Webinar, now: datetime) -> int:
    with transaction.atomic():
        rows = list(mine.select_for_update(skip_locked=True, of=("self",)).order_by("created_at"))
        WaitingPlace.objects.filter(pk__in=[row.pk for row in rows]).update(served_at=now, due_at=None)
        first_of = {row.email.casefold(): row for row in reversed(rows)}
        for row in first_of.values():
            row.served_at, row.due_at, row.webinar = now, None, webinar
            signals.date_offered.send(WaitingPlace, waiting=row, now=now)
    return len(first_of)

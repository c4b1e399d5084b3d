"""Keeps what members intend, and says who is available: intends to be, is connected, and is on shift."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from accounts.models import Membership, Team
from chat import frames, refusals, wording
from chat.models import Intent, Presence, StatusInterval
from chat.news import News, announce
from chat.services.presence import SILENCE
from scheduling import hours
from scheduling.models import Roster
from webinars.models import Assignment
from webinars.standing import hours_of

LONGEST_REASON = 80
LONGEST_BREAK = timedelta(days=7)  # an instant at the end of the calendar is none in every zone


@dataclass(frozen=True, slots=True)
class Status:
    """What a member intends, since when; `until` is when they mean to be back from a break."""

    intent: Intent = Intent.AVAILABLE
    reason: str = ""
    until: datetime | None = None
    since: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For the member's own pages."""
        return {
            "intent": self.intent.value,
            "reason": self.reason,
            "until": frames.iso_or_none(self.until),
            "since": frames.iso_or_none(self.since),
        }


def statuses(team_id: uuid.UUID | str) -> dict[int, Status]:
    """What the team's members intend, by membership; who is missing never said anything, and is available."""
    rows = StatusInterval.objects.open().filter(team_id=team_id, membership__isnull=False)
    return {row.membership_id: _status(row) for row in rows if row.membership_id is not None}


def status_of(membership: Membership) -> Status:
    """What one member intends."""
    row = StatusInterval.objects.open().filter(membership=membership).first()
    return _status(row) if row else Status()


def _status(row: StatusInterval) -> Status:
    return Status(Intent(row.intent), row.reason, row.planned_until, row.from_at)


@transaction.atomic
def set_status(
    *, membership: Membership, intent: str, reason: str = "", until: datetime | None = None, now: datetime
) -> Status:
    """Let a member intend something from now on; the same again changes nothing.

    `reason` and `until` belong to a break. Refuses field_invalid for anything else, for an end that is past, and for
    reasons that cannot be kept.
    """
    wanted = Status(*_checked(intent, reason, until, now), since=now)
    Membership.objects.select_for_update().get(pk=membership.pk)
    row = StatusInterval.objects.open().filter(membership=membership).first()
    before = _status(row) if row else Status()
    if (before.intent, before.reason, before.until) == (wanted.intent, wanted.reason, wanted.until):
        return before
    if row is not None:
        row.until_at = max(now, row.from_at)
        row.save(update_fields=["until_at"])
    StatusInterval.objects.create(
        team_id=membership.team_id,
        membership=membership,
        intent=wanted.intent,
        reason=wanted.reason,
        planned_until=wanted.until,
        from_at=max(now, row.from_at) if row else now,
    )
    # The team's next revision lets every inbox look, in every process; it is the last lock, as everywhere.
    Team.objects.filter(pk=membership.team_id).update(revision=F("revision") + 1)
    revision = Team.objects.values_list("revision", flat=True).get(pk=membership.team_id)
    announce(News(team=str(membership.team_id), revision=revision, conversation="", entries=()))
    return wanted


def _checked(
    intent: str, reason: str, until: datetime | None, now: datetime
) -> tuple[Intent, str, datetime | None]:
    if intent not in Intent.values or (until is not None and not now < until <= now + LONGEST_BREAK):
        raise refusals.bad_status()
    if intent != Intent.BREAK:
        return Intent(intent), "", None
    try:
        words = " ".join(wording.checked(reason, LONGEST_REASON).split()) if reason.strip() else ""
    except wording.BadText as bad:
        raise refusals.bad_status(bad.length if bad.code == "too_long" else 0) from None
    return Intent.BREAK, words, until


def available(webinars: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, set[int]]:
    """Who of each webinar's moderators is available, by membership; one statement for all of them.

    Available is who intends to be, was heard of within a minute and, if they have shifts, is in one.
    """
    there = Presence.objects.filter(membership=OuterRef("membership"), until_at__gte=now - SILENCE)
    elsewhere = StatusInterval.objects.open().filter(membership=OuterRef("membership"))
    found = (
        Assignment.objects.filter(webinar__in=webinars, moderates=True, membership__user__is_active=True)
        .filter(Exists(there), ~Exists(elsewhere.exclude(intent=Intent.AVAILABLE)))
        .values_list("webinar_id", "membership_id", "membership__roster__id", "membership__roster__version")
    )
    people: dict[uuid.UUID, set[int]] = {webinar: set() for webinar in webinars}
    for webinar, member, roster, version in found:
        if _on_shift(roster, version, now):
            people[webinar].add(member)
    return people


def _on_shift(roster: int | None, version: int | None, now: datetime) -> bool:
    shifts = None if roster is None else _shifts(roster, version or 0)
    return shifts is None or hours.openings(shifts).is_open(now)


@lru_cache(maxsize=2048)
def _shifts(roster: int, _version: int) -> hours.Hours | None:
    """A member's shifts at a version; None for a roster that was emptied, which holds nobody back."""
    found = Roster.objects.select_related("hours").prefetch_related("hours__windows", "hours__exceptions")
    row = found.filter(pk=roster).first()
    if row is None:
        return None
    shifts: hours.Hours = hours_of(row.hours)
    has_any = bool(shifts.windows) or any(exception.open for exception in shifts.exceptions)
    return shifts if has_any else None


def one_of(statuses_by_member: Mapping[int, Status], membership: int) -> dict[str, Any]:
    """One member's status out of their team's, as their pages show it."""
    return statuses_by_member.get(membership, Status()).as_json()

"""Keeps members' shifts and what a host expects of a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Membership, User
from accounts.services import audit
from scheduling.models import ChatHours, Expectation, HoursException, HoursWindow, Roster, Schedule
from scheduling.services import Stale


@dataclass(frozen=True)
class Shifts:
    """A member's shifts as typed: the zone they are read in, weekly windows, and dates that differ (leave: closed)."""

    zone: ZoneInfo
    windows: Sequence[HoursWindow] = ()
    exceptions: Sequence[HoursException] = ()


@transaction.atomic
def save_roster(
    *, membership: Membership, actor: User, shifts: Shifts, version: int, now: datetime
) -> Roster:
    """Replace a member's shifts. `version` is the one the editor began with, 0 without any; raises Stale."""
    Membership.objects.select_for_update().get(pk=membership.pk)
    row = Roster.objects.select_for_update().filter(membership=membership).first()
    if (row.version if row else 0) != version:
        raise Stale(row.version if row else 0)
    if row is None:
        hours = ChatHours.objects.create(zone=shifts.zone)
        row = Roster.objects.create(membership=membership, hours=hours)
    row.hours.zone = shifts.zone
    row.hours.save(update_fields=["zone"])
    row.hours.windows.all().delete()
    row.hours.exceptions.all().delete()
    rows: list[HoursWindow | HoursException] = [*shifts.windows, *shifts.exceptions]
    for one in rows:
        one.hours = row.hours
        one.save(force_insert=True)
    row.version += 1
    row.save(update_fields=["version"])
    detail = {"windows": len(shifts.windows), "exceptions": len(shifts.exceptions)}
    target = f"membership {membership.pk}"
    audit(team=membership.team, actor=actor, act="shifts.saved", target=target, detail=detail, now=now)
    return row


@transaction.atomic
def save_expectation(*, schedule: Schedule, values: dict[str, Any]) -> Expectation:
    """Keep what a host expects of a week; None in a value follows the past again."""
    row, _made = Expectation.objects.update_or_create(schedule=schedule, defaults=values)
    return row

"""Saves what an editor says about a schedule and its chat hours, as a whole or not at all."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from scheduling.models import Blackout, ChatHours, HoursException, HoursWindow, Recurrence, Schedule


class Stale(Exception):
    """Somebody else saved meanwhile; `version` is the one to build on now."""

    def __init__(self, version: int) -> None:
        super().__init__("This was changed meanwhile.")
        self.version = version


@dataclass(frozen=True)
class Plan:
    """A whole schedule as typed: the columns of the two parents, and unsaved rows to hang under them."""

    fields: dict[str, Any]
    hours_zone: ZoneInfo
    recurrences: Sequence[Recurrence] = ()
    blackouts: Sequence[Blackout] = ()
    windows: Sequence[HoursWindow] = ()
    exceptions: Sequence[HoursException] = ()


@transaction.atomic
def save_schedule(*, schedule: Schedule, hours: ChatHours, plan: Plan, version: int) -> Schedule:
    """Replace all of a schedule and its chat hours by the plan, and give it the next version.

    `version` is the one the editor began with. Raises Stale, and changes nothing, when another save came between.
    """
    row = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if row.version != version:
        raise Stale(row.version)
    for name, value in plan.fields.items():
        setattr(row, name, value)
    row.version = version + 1
    row.save()
    clock = ChatHours.objects.select_for_update().get(pk=hours.pk)
    clock.zone = plan.hours_zone
    clock.save()
    _replace(row.recurrences, plan.recurrences, schedule=row)
    _replace(row.blackouts, plan.blackouts, schedule=row)
    _replace(clock.windows, plan.windows, hours=clock)
    _replace(clock.exceptions, plan.exceptions, hours=clock)
    return row


def _replace(manager: Any, rows: Sequence[models.Model], **parent: models.Model) -> None:
    manager.all().delete()
    for row in rows:
        row.pk = None
        for name, value in parent.items():
            setattr(row, name, value)
        row.save(force_insert=True)


def drafted(schedule: Schedule, hours: ChatHours, plan: Plan) -> tuple[Schedule, ChatHours]:
    """Copies of the two as the plan would make them, never saved: for a preview by the page's own computation."""
    shown, clock = copy.copy(schedule), copy.copy(hours)
    for name, value in plan.fields.items():
        setattr(shown, name, value)
    clock.zone = plan.hours_zone
    _hang(shown, recurrences=plan.recurrences, blackouts=plan.blackouts)
    _hang(clock, windows=plan.windows, exceptions=plan.exceptions)
    return shown, clock


def _hang(parent: models.Model, **children: Sequence[models.Model]) -> None:
    """Let the parent's related managers answer with unsaved rows, as after prefetch_related."""
    cache: dict[str, Any] = {}
    for name, rows in children.items():
        answer = getattr(parent, name).none()
        answer._result_cache = list(rows)
        answer._prefetch_done = True
        cache[name] = answer
    parent._prefetched_objects_cache = cache  # type: ignore[attr-defined]

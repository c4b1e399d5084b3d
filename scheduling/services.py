"""Saves what an editor says about a schedule and its chat hours, as a whole or not at all."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from scheduling.models import (
    Blackout,
    ChatHours,
    Exclusion,
    HoursException,
    HoursVersion,
    HoursWindow,
    Recurrence,
    Schedule,
)

_NOT_PLANNED = {"id", "version", "before", "jit_hours"}
COLUMNS = tuple(f.name for f in Schedule._meta.concrete_fields if f.name not in _NOT_PLANNED)
HOURS_COLUMNS = ("attendee_zone", "holidays_country", "holidays_region")


class Stale(Exception):
    """Somebody else saved meanwhile; `version` is the one to build on now."""

    def __init__(self, version: int) -> None:
        super().__init__("This was changed meanwhile.")
        self.version = version


@dataclass(frozen=True)
class Plan:
    """A whole schedule as typed: the columns of the two parents, and unsaved rows to hang under them.

    `fields` are columns of the schedule, `hours_fields` those of the chat hours besides their zone; a column that
    is not named stays as it is. `own_windows` are just-in-time hours of their own, None follows the chat hours.
    """

    fields: dict[str, Any]
    hours_zone: ZoneInfo
    recurrences: Sequence[Recurrence] = ()
    blackouts: Sequence[Blackout] = ()
    windows: Sequence[HoursWindow] = ()
    exceptions: Sequence[HoursException] = ()
    hours_fields: dict[str, Any] = field(default_factory=dict)
    exclusions: Sequence[Exclusion] = ()
    own_windows: Sequence[HoursWindow] | None = None


@transaction.atomic
def save_schedule(
    *, schedule: Schedule, hours: ChatHours, plan: Plan, version: int, now: datetime
) -> Schedule:
    """Replace all of a schedule and its chat hours by the plan, and give it the next version.

    What stood before is kept for `undone`, and for reports where the chat hours change. `version` is the one the
    editor began with. Raises Stale, and changes nothing, when another save came between.
    """
    row = Schedule.objects.select_for_update(of=("self",)).select_related("jit_hours").get(pk=schedule.pk)
    if row.version != version:
        raise Stale(row.version)
    clock = ChatHours.objects.select_for_update().get(pk=hours.pk)
    row.before = snapshot(row, clock)
    before = hours_snapshot(clock)
    for name, value in plan.fields.items():
        setattr(row, name, value)
    row.version = version + 1
    _keep_own_hours(row, plan)
    row.save()
    _set_hours(clock, plan)
    clock.save()
    _replace(row.recurrences, plan.recurrences, schedule=row)
    _replace(row.blackouts, plan.blackouts, schedule=row)
    _replace(row.exclusions, list({one.at: one for one in plan.exclusions}.values()), schedule=row)
    _replace(clock.windows, plan.windows, hours=clock)
    _replace(clock.exceptions, plan.exceptions, hours=clock)
    _keep_version(clock, before, now)
    return row


def _keep_version(clock: ChatHours, before: dict[str, Any], now: datetime) -> None:
    """Remember what was advertised until now, if it is other than what is advertised from now on."""
    if _unordered(before) == _unordered(hours_snapshot(clock)):
        return
    last = clock.versions.order_by("-until_at").values_list("until_at", flat=True).first()
    HoursVersion.objects.create(hours=clock, from_at=last, until_at=now, value=before)


def _unordered(kept: dict[str, Any]) -> dict[str, Any]:
    """For comparing: the same windows in another order are the same hours."""
    rows = {name: sorted(map(str, kept[name])) for name in ("windows", "exceptions")}
    return {**kept, **rows}


def _set_hours(clock: ChatHours, plan: Plan) -> None:
    clock.zone = plan.hours_zone
    for name, value in plan.hours_fields.items():
        setattr(clock, name, value)


def _keep_own_hours(row: Schedule, plan: Plan) -> None:
    """Just-in-time hours of their own stand on the chat hours' clock; without any the row goes."""
    if plan.own_windows is None:
        if row.jit_hours is not None:
            gone, row.jit_hours = row.jit_hours, None
            row.save(update_fields=["jit_hours"])
            gone.delete()
        return
    clock = row.jit_hours or ChatHours()
    _set_hours(clock, plan)
    clock.holidays_country = clock.holidays_region = ""
    clock.save()
    row.jit_hours = clock
    _replace(clock.windows, plan.own_windows, hours=clock)


def _replace(manager: Any, rows: Sequence[models.Model], **parent: models.Model) -> None:
    manager.all().delete()
    for row in rows:
        row.pk = None
        for name, value in parent.items():
            setattr(row, name, value)
    manager.model.objects.bulk_create(rows)


def drafted(schedule: Schedule, hours: ChatHours, plan: Plan) -> tuple[Schedule, ChatHours]:
    """Copies of the two as the plan would make them, never saved: for a preview by the page's own computation."""
    shown, clock = copy.copy(schedule), copy.copy(hours)
    for parent in (shown, clock):  # a shallow copy shares Django's record of what was read
        parent._state = copy.copy(parent._state)
        parent._state.fields_cache = dict(parent._state.fields_cache)
    for name, value in plan.fields.items():
        setattr(shown, name, value)
    _set_hours(clock, plan)
    shown.jit_hours = None
    if plan.own_windows is not None:
        own = ChatHours()
        _set_hours(own, plan)
        own.holidays_country = own.holidays_region = ""
        _hang(own, windows=plan.own_windows, exceptions=())
        shown.jit_hours = own
    _hang(shown, recurrences=plan.recurrences, blackouts=plan.blackouts, exclusions=plan.exclusions)
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


def snapshot(schedule: Schedule, hours: ChatHours) -> dict[str, Any]:
    """The two with their rows as JSON, for `plan_of`."""
    own = schedule.jit_hours
    return {
        "fields": {name: _text(schedule, name) for name in COLUMNS},
        **hours_snapshot(hours),
        "recurrences": _texts(schedule.recurrences),
        "blackouts": _texts(schedule.blackouts),
        "exclusions": _texts(schedule.exclusions),
        "own_windows": _texts(own.windows) if own else None,
    }


def hours_snapshot(hours: ChatHours) -> dict[str, Any]:
    """Chat hours with their rows as JSON, for `hours_of_snapshot`."""
    return {
        "hours": {name: _text(hours, name) for name in ("zone", *HOURS_COLUMNS)},
        "windows": _texts(hours.windows),
        "exceptions": _texts(hours.exceptions),
    }


def hours_of_snapshot(kept: dict[str, Any]) -> ChatHours:
    """Chat hours as `hours_snapshot` kept them, never saved, whose rows are read without a query."""
    clock: ChatHours = _row(ChatHours, kept["hours"])
    windows = [_row(HoursWindow, row) for row in kept["windows"]]
    _hang(clock, windows=windows, exceptions=[_row(HoursException, row) for row in kept["exceptions"]])
    return clock


def plan_of(kept: dict[str, Any]) -> Plan:
    """The plan that brings back what `snapshot` kept."""
    row, clock = _row(Schedule, kept["fields"]), _row(ChatHours, kept["hours"])
    own = kept["own_windows"]
    return Plan(
        fields={name: getattr(row, name) for name in kept["fields"] if name in COLUMNS},
        hours_zone=clock.zone,
        hours_fields={name: getattr(clock, name) for name in HOURS_COLUMNS},
        recurrences=[_row(Recurrence, row) for row in kept["recurrences"]],
        blackouts=[_row(Blackout, row) for row in kept["blackouts"]],
        exclusions=[_row(Exclusion, row) for row in kept["exclusions"]],
        windows=[_row(HoursWindow, row) for row in kept["windows"]],
        exceptions=[_row(HoursException, row) for row in kept["exceptions"]],
        own_windows=None if own is None else [_row(HoursWindow, row) for row in own],
    )


def undone(schedule: Schedule) -> Plan | None:
    """The plan that takes back the last save, if there was one."""
    return plan_of(schedule.before) if schedule.before else None


def _texts(manager: Any) -> list[dict[str, str | None]]:
    names = [f.name for f in manager.model._meta.concrete_fields if f.name != "id" and not f.is_relation]
    return [{name: _text(row, name) for name in names} for row in sorted(manager.all(), key=lambda r: r.pk)]


def _text(row: models.Model, name: str) -> str | None:
    column: Any = row._meta.get_field(name)
    return None if getattr(row, name) is None else column.value_to_string(row)


def _row(model: Any, kept: dict[str, str | None]) -> Any:
    """An unsaved row; columns that no longer exist are left out."""
    known = {column.name: column for column in model._meta.concrete_fields}
    return model(**{name: known[name].to_python(text) for name, text in kept.items() if name in known})

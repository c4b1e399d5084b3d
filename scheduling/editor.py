"""One schedule with its rows as a set of forms: read from rows, reshaped without saving, turned into a plan."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext as _

from scheduling import forms, models, recurrence
from scheduling.models import ChatHours, EventType, Frequency, Schedule
from scheduling.services import Plan
from scheduling.values import rules_of_row

LIMITS = {"rule": 8, "date": 20, "window": 14, "exception": 20, "blackout": 20}
_FORMS: dict[str, type[Form]] = {
    "rule": forms.RuleForm,
    "date": forms.DateForm,
    "window": forms.WindowForm,
    "exception": forms.ExceptionForm,
    "blackout": forms.BlackoutForm,
}
_SETS: dict[str, Any] = {  # formset classes: at run time Django's cannot be subscripted
    name: formset_factory(
        form, extra=0, max_num=LIMITS[name], validate_max=True, absolute_max=LIMITS[name] + 10
    )
    for name, form in _FORMS.items()
}
NOTHING_WITHIN = timedelta(days=731)
_DIRECT = (
    "event_type",
    "zone",
    "starts_on",
    "ends_on",
    "on_demand",
    "just_in_time",
    "interval_minutes",
    "lead_seconds",
    "replay",
    "replay_days",
    "offer_count",
    "offer_days",
    "cutoff_minutes",
    "places",
)


class ScheduleEditor:
    """The forms of one schedule. Bound with `data`, else filled from the rows."""

    def __init__(self, schedule: Schedule, hours: ChatHours, data: QueryDict | None = None) -> None:
        self.schedule, self.hours = schedule, hours
        self._fine: bool | None = None
        self.form = forms.ScheduleForm(data, initial=None if data else _initial(schedule, hours))
        rows = {} if data else _initial_rows(schedule, hours)
        self.sets = {
            name: kind(data, prefix=name, initial=rows.get(name, []), form_kwargs={"empty_permitted": False})
            for name, kind in _SETS.items()
        }

    def is_valid(self, now: datetime) -> bool:
        """Whether all of it can be meant; the sentences stand beside their fields otherwise."""
        if self._fine is None:
            each = [self.form.is_valid(), *(rows.is_valid() for rows in self.sets.values())]
            self._fine = all(each) and self._check_rules(now)
        return self._fine

    def _check_rules(self, now: datetime) -> bool:
        kind = self.form.cleaned_data["event_type"]
        if kind == EventType.ON_DEMAND_ONLY:
            return True
        rows = self.sets["rule" if kind == EventType.RECURRING else "date"].forms
        if not rows:
            self.form.add_error("event_type", _("Say when it is shown, or choose “On demand only”."))
        if kind == EventType.ONE_TIME and (
            len(rows) > 1 or any(len(r.cleaned_data["times"]) > 1 for r in rows)
        ):
            self.form.add_error(
                "event_type", _("One time is one date and one hour. For more choose “Specific dates”.")
            )
        for row in rows:
            self._check_rule(row, now)
        return self.form.is_valid() and all(row.is_valid() for row in rows)

    def _check_rule(self, row: Form, now: datetime) -> None:
        data = self.form.cleaned_data
        bounds = Schedule(starts_on=data["starts_on"], ends_on=data["ends_on"])
        rules = rules_of_row(bounds, _recurrence(row.cleaned_data))
        start = next(recurrence.occurrences(rules, data["zone"], now), None)
        if start is not None and start <= now + NOTHING_WITHIN:
            return
        if "on" in row.fields and row.cleaned_data["on"] <= now.astimezone(data["zone"]).date():
            row.add_error("on", ValidationError(_("This is in the past."), code="past"))
        else:
            sentence = _("This gives no session in the next two years.")
            row.add_error("times", ValidationError(sentence, code="yields_nothing"))

    def plan(self) -> Plan:
        """What was typed, once `is_valid` has said so."""
        data = self.form.cleaned_data
        fields = {name: data[name] for name in _DIRECT} | {"attendee_zone": data["clock"] == "own"}
        limited = {*self.schedule.hours_limit} - {models.Kind.JUST_IN_TIME.value}
        inside = {models.Kind.JUST_IN_TIME.value} if data["jit_hours"] == "inside" else set()
        return Plan(
            fields=fields | {"hours_limit": sorted(limited | inside)},
            hours_zone=data["hours_zone"],
            recurrences=[
                _recurrence(row.cleaned_data, data["event_type"])
                for name in ("rule", "date")
                for row in self.sets[name].forms
            ],
            blackouts=[models.Blackout(**row.cleaned_data) for row in self.sets["blackout"].forms],
            windows=[window for row in self.sets["window"].forms for window in _windows(row.cleaned_data)],
            exceptions=[
                models.HoursException(**{k: v for k, v in row.cleaned_data.items() if k != "state"})
                for row in self.sets["exception"].forms
            ],
        )


def _recurrence(data: dict[str, Any], event_type: str = models.EventType.RECURRING) -> models.Recurrence:
    """A row as typed; a row of dates has no frequency of its own."""
    of_type = models.EventType.RECURRING
    if "frequency" not in data:
        one_time = event_type == models.EventType.ONE_TIME
        of_type = models.EventType.ONE_TIME if one_time else models.EventType.SPECIFIC
    kind = data.get("frequency", Frequency.ONCE)
    weekdays = data["weekdays"] if kind in {Frequency.WEEKLY, Frequency.FORTNIGHTLY} else []
    nth = None
    if kind == Frequency.MONTHLY_WEEKDAY:
        weekdays, nth = [int(data["weekday"] or 0)], int(data["nth"] or 1)
    elif kind == Frequency.FORTNIGHTLY:
        nth = int(data["week"] or 1)
    return models.Recurrence(
        event_type=of_type,
        frequency=kind,
        weekdays=weekdays,
        nth=nth,
        day=data["day"] if kind == Frequency.MONTHLY_DAY else None,
        on=data.get("on"),
        times=data["times"],
        count=data.get("count"),
    )


def _windows(data: dict[str, Any]) -> Iterator[models.HoursWindow]:
    for day in forms.GROUP_DAYS.get(data["days"]) or (int(data["days"]),):
        yield models.HoursWindow(weekday=day, opens=data["opens"], closes=data["closes"])


def _initial(schedule: Schedule, hours: ChatHours) -> dict[str, Any]:
    inside = models.Kind.JUST_IN_TIME in schedule.hours_limit
    return {name: getattr(schedule, name) for name in _DIRECT} | {
        "version": schedule.version,
        "zone": str(schedule.zone),
        "clock": "own" if schedule.attendee_zone else "fixed",
        "end": "on" if schedule.ends_on else "none",
        "jit_hours": "inside" if inside else "always",
        "hours_zone": str(hours.zone),
    }


def _initial_rows(schedule: Schedule, hours: ChatHours) -> dict[str, list[dict[str, Any]]]:
    rules = list(schedule.recurrences.order_by("pk"))
    return {
        "rule": [_initial_rule(row) for row in rules if row.frequency != Frequency.ONCE],
        "date": [{"on": row.on, "times": _times(row)} for row in rules if row.frequency == Frequency.ONCE],
        "window": list(_grouped(list(hours.windows.order_by("weekday", "opens")))),
        "exception": [
            {
                "on": row.on,
                "state": "open" if row.opens else "closed",
                "opens": row.opens,
                "closes": row.closes,
            }
            | {"name": row.name}
            for row in hours.exceptions.order_by("on", "pk")
        ],
        "blackout": [
            {"first": row.first, "last": row.last, "name": row.name}
            for row in schedule.blackouts.order_by("first", "pk")
        ],
    }


def _initial_rule(row: models.Recurrence) -> dict[str, Any]:
    monthly = row.frequency == Frequency.MONTHLY_WEEKDAY
    return {
        "frequency": row.frequency,
        "weekdays": [] if monthly else row.weekdays,
        "weekday": row.weekdays[0] if monthly else 0,
        "nth": row.nth if monthly else 1,
        "week": 1 if monthly else row.nth or 1,
        "day": row.day,
        "times": _times(row),
        "count": row.count,
    }


def _times(row: models.Recurrence) -> list[str]:
    return [f"{at:%H:%M}" for at in row.times]


def _grouped(windows: list[models.HoursWindow]) -> Iterator[dict[str, Any]]:
    """Windows of the same hours as one row where their days have a name together."""
    hours = dict.fromkeys((window.opens, window.closes) for window in windows)
    for opens, closes in hours:
        days = tuple(w.weekday for w in windows if (w.opens, w.closes) == (opens, closes))
        name = next((name for name, group in forms.GROUP_DAYS.items() if group == days), None)
        for one in [name] if name else map(str, days):
            yield {"days": one, "opens": opens, "closes": closes}


def reshaped(data: QueryDict, do: str) -> QueryDict:
    """The typed data with a row added ("rule-add"), taken out ("rule-remove-1") or given a time ("rule-time-0").

    Anything else leaves it as it is.
    """
    name, _dash, act = do.partition("-")
    if name not in _SETS:
        return data
    data = data.copy()
    act, _dash, number = act.partition("-")
    total = _number(data.get(f"{name}-TOTAL_FORMS"), LIMITS[name])
    if act == "add" and total < LIMITS[name]:
        for key, values in _fresh(name, data).items():
            data.setlist(f"{name}-{total}-{key}", values)
        data[f"{name}-TOTAL_FORMS"] = str(total + 1)
    elif act == "remove" and _number(number, total) < total:
        _take_out(data, name, _number(number, total), total)
    elif act == "time" and name in {"rule", "date"}:
        key = f"{name}-{_number(number, total)}-times"
        data.setlist(key, [*data.getlist(key), _later(data.getlist(key))][: forms.TIMES_A_DAY])
    return data


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 4 else otherwise


def _take_out(data: QueryDict, name: str, gone: int, total: int) -> None:
    fields = list(_FORMS[name].base_fields)
    for index in range(gone, total):
        for field in fields:
            following = data.getlist(f"{name}-{index + 1}-{field}") if index + 1 < total else []
            data.setlist(f"{name}-{index}-{field}", following)
    data[f"{name}-TOTAL_FORMS"] = str(total - 1)


def _fresh(name: str, data: QueryDict) -> dict[str, list[str]]:
    """A new row that is right as it stands, so that nothing is red before anything was typed."""
    today = data.get("starts_on", "")
    return {
        "rule": {"frequency": ["weekdays"], "times": ["11:00"], "day": ["1"]},
        "date": {"on": [today], "times": ["11:00"]},
        "window": {"days": ["weekdays"], "opens": ["09:00"], "closes": ["17:00"]},
        "exception": {"on": [today], "state": ["closed"]},
        "blackout": {"first": [today], "last": [today]},
    }[name]


def _later(times: list[str]) -> str:
    hour = times[-1].partition(":")[0] if times else ""
    return f"{min(int(hour) + 2, 23):02}:00" if hour.isascii() and hour.isdecimal() else "11:00"

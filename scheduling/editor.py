"""One schedule with its rows as a set of forms: read from rows, checked as a whole, turned into a plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, Form, formset_factory
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling import models, recurrence
from scheduling.editor_rows import DIRECT, HOURS, SET_OF_TYPE, initial, initial_rows
from scheduling.models import ChatHours, EventType, Frequency, Kind, Schedule
from scheduling.reshaping import FORMS, LIMITS
from scheduling.schedule_form import ScheduleForm
from scheduling.services import Plan
from scheduling.values import recurrences_of, rules_of_row
from scheduling.window_rows import exception_of, windows_of

NOTHING_WITHIN = timedelta(days=731)
_TOO_MANY: dict[str, str | Promise] = {
    "once": gettext_lazy("One time is one date and one hour. For more choose “Specific dates”."),
}
_SETS: dict[str, Any] = {  # formset classes: at run time Django's cannot be subscripted
    name: formset_factory(
        form, extra=0, max_num=LIMITS[name], validate_max=True, absolute_max=LIMITS[name] + 10
    )
    for name, form in FORMS.items()
}


class ScheduleEditor:
    """The forms of one schedule. Bound with `data`, else filled from the rows; `film` is how long the film is."""

    def __init__(
        self,
        schedule: Schedule,
        hours: ChatHours,
        data: QueryDict | None = None,
        *,
        film: timedelta = timedelta(0),
    ) -> None:
        self.schedule, self.hours, self.film = schedule, hours, film
        self._fine: bool | None = None
        self.form = ScheduleForm(data, initial=None if data else initial(schedule, hours))
        rows = {} if data else initial_rows(schedule, hours)
        self.sets: dict[str, BaseFormSet[Form]] = {
            name: kind(
                data,
                prefix=name,
                initial=rows.get(name, []),
                form_kwargs={"empty_permitted": False},
                error_messages={"too_many_forms": _TOO_MANY[name]} if name in _TOO_MANY else None,
            )
            for name, kind in _SETS.items()
        }

    def is_valid(self, now: datetime) -> bool:
        """Whether all of it can be meant; the sentences stand beside their fields otherwise."""
        if self._fine is None:
            each = [self.form.is_valid(), *(rows.is_valid() for rows in self.sets.values())]
            self._fine = all(each) and self._check(now)
            self._point_at_hidden()
        return self._fine

    @property
    def alone(self) -> bool:
        """Whether there is but one recurrence."""
        return len(self.sets["rule"].forms) == 1

    @property
    def kind(self) -> str:
        """The type whose rows are in force, as typed."""
        return str(self.form["event_type"].value() or "")

    def _point_at_hidden(self) -> None:
        """Rows of a type that is not chosen are out of sight: say where something is wrong."""
        labels = dict(EventType.choices)
        for kind, name in SET_OF_TYPE.items():
            if self.kind != kind and not self.sets[name].is_valid():
                sentence = _("Something is marked red under “%(type)s”.") % {"type": labels[kind]}
                self.form.add_error("event_type", sentence)

    def _check(self, now: datetime) -> bool:
        data = self.form.cleaned_data
        if data["jit_hours"] == "own" and not self.sets["own"].forms:
            self.form.add_error("jit_hours", _("Give its hours, or choose the chat hours."))
        if (
            data["late"] == models.Late.GO_BACK
            and self.film
            and data["late_point"] >= self.film.total_seconds()
        ):
            self.form.add_error("late_point", _("The film is over by then."))
        if data["event_type"] != EventType.ON_DEMAND_ONLY:
            self._check_rules(data["event_type"], now)
        return self.form.is_valid() and all(rows.is_valid() and _sound(rows) for rows in self.sets.values())

    def _check_rules(self, kind: str, now: datetime) -> None:
        rows = self.sets[SET_OF_TYPE[EventType(kind)]].forms
        if not rows:
            self.form.add_error("event_type", _("Say when it is shown, or choose “On demand only”."))
        known = set(recurrences_of(self.schedule))
        for row in rows:
            if kind == EventType.ONE_TIME and len(row.cleaned_data["times"]) > 1:
                row.add_error("times", str(_TOO_MANY["once"]))
            else:
                self._check_rule(row, kind, now, known)

    def _check_rule(self, row: Form, kind: str, now: datetime, known: set[recurrence.Recurrence]) -> None:
        """A rule must give something soon, unless it stands just so already: what has passed may stay."""
        data = self.form.cleaned_data
        bounds = Schedule(starts_on=data["starts_on"], ends_on=data["ends_on"], week_start=data["week_start"])
        try:
            rules = rules_of_row(bounds, self._recurrence(row, EventType(kind)))
        except ValueError:  # an end of its own before the common start, or the other way round
            row.add_error("ends_on", _("The end comes before the start."))
            return
        start = next(recurrence.occurrences(rules, data["zone"], now), None)
        if {*rules} <= known or (start is not None and start <= now + NOTHING_WITHIN):
            return
        on = row.cleaned_data.get("on")
        if on and on <= now.astimezone(data["zone"]).date():
            row.add_error("on", ValidationError(_("This is in the past."), code="past"))
        else:
            sentence = _("This gives no session in the next two years.")
            row.add_error("times", ValidationError(sentence, code="yields_nothing"))

    def _recurrence(self, row: Form, kind: EventType) -> models.Recurrence:
        return _recurrence(row.cleaned_data, kind, self.form.cleaned_data["sessions"])

    def _exclusion(self, wall: datetime) -> models.Exclusion:
        """A start taken out: an instant, or where the times are the attendee's own a wall time."""
        data = self.form.cleaned_data
        if data["clock"] == "own":
            return models.Exclusion(at=wall.replace(tzinfo=UTC), floating=True)
        return models.Exclusion(at=recurrence.resolve(wall, data["zone"]))

    def plan(self) -> Plan:
        """What was typed, once `is_valid` has said so."""
        data, sets = self.form.cleaned_data, self.sets
        own = [one for row in sets["own"].forms for one in windows_of(row.cleaned_data)]
        return Plan(
            fields=self._columns(),
            hours_zone=data["hours_zone"],
            hours_fields={name: data[name] for name in HOURS}
            | {"attendee_zone": data["hours_clock"] == "own"},
            recurrences=[
                self._recurrence(row, kind) for kind, name in SET_OF_TYPE.items() for row in sets[name].forms
            ],
            blackouts=[models.Blackout(**row.cleaned_data) for row in sets["blackout"].forms],
            windows=[one for row in sets["window"].forms for one in windows_of(row.cleaned_data)],
            exceptions=[exception_of(row.cleaned_data) for row in sets["exception"].forms],
            exclusions=[self._exclusion(row.cleaned_data["at"]) for row in sets["exclusion"].forms],
            own_windows=own if data["jit_hours"] == "own" else None,
        )

    def _columns(self) -> dict[str, Any]:
        data = self.form.cleaned_data
        inside = set() if data["jit_hours"] == "always" else {Kind.JUST_IN_TIME.value}
        return {name: data[name] for name in DIRECT} | {
            "attendee_zone": data["clock"] == "own",
            "hours_limit": sorted({*data["hours_limit"]} | inside),
            "hours_hold_end": data["hours_hold"] == "end",
            "replay_hours": data["replay_hours"] or self.schedule.replay_hours,
            "full_shown": data["full"] == "shown",
            "waiting_list": data["waiting"] == "with",
            "late_point_seconds": data["late_point"],
        }


def _sound(rows: "BaseFormSet[Form]") -> bool:
    """Whether its rows are still right after what was added to them."""
    return all(row.is_valid() for row in rows.forms)


def _recurrence(data: dict[str, Any], kind: EventType, sessions: int | None) -> models.Recurrence:
    """A row as typed; a row of dates has no frequency of its own."""
    frequency = data.get("frequency", Frequency.ONCE)
    if frequency == Frequency.ONCE:
        return models.Recurrence(
            event_type=kind, frequency=Frequency.ONCE, on=data["on"], times=data["times"]
        )
    chosen = {Frequency.WEEKLY, Frequency.FORTNIGHTLY, Frequency.MONTHLY_WEEKDAY}
    nth = {Frequency.MONTHLY_WEEKDAY: data["nth"], Frequency.FORTNIGHTLY: data["week"]}
    return models.Recurrence(
        event_type=kind,
        frequency=frequency,
        weekdays=sorted(data["weekdays"]) if frequency in chosen else [],
        nth=int(nth[frequency] or 1) if frequency in nth else None,
        day=data["day"] if frequency == Frequency.MONTHLY_DAY else None,
        times=data["times"],
        count=data["count"] or sessions,
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        week_start=int(data["week_start"]) if data["week_start"] else None,
    )

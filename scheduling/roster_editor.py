"""One member's shifts as a set of forms: read from rows, turned into what is saved."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms import formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from scheduling.fields import ZoneField
from scheduling.forms import ExceptionForm, WindowForm
from scheduling.models import Roster
from scheduling.rosters import Shifts
from scheduling.window_rows import exception_of, exceptions_as_typed, grouped, windows_of

LIMITS = {"window": 14, "exception": 20}
_SETS: dict[str, Any] = {
    name: formset_factory(
        form, extra=0, max_num=LIMITS[name], validate_max=True, absolute_max=LIMITS[name] + 10
    )
    for name, form in (("window", WindowForm), ("exception", ExceptionForm))
}


class ClockForm(forms.Form):
    """Whose clock the shifts are read on, and the version the editor began with."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    zone = ZoneField(label=gettext_lazy("Time zone"))


class RosterEditor:
    """The forms of one member's shifts. Bound with `data`, else filled from `roster`, else empty in `zone`."""

    def __init__(self, roster: Roster | None, zone: ZoneInfo, data: QueryDict | None = None) -> None:
        hours = roster.hours if roster else None
        initial = {"version": roster.version if roster else 0, "zone": str(hours.zone if hours else zone)}
        self.form = ClockForm(data, initial=initial)
        rows: dict[str, list[dict[str, Any]]] = {}
        if hours is not None:
            rows = {
                "window": list(grouped(list(hours.windows.order_by("weekday", "opens")))),
                "exception": exceptions_as_typed(hours),
            }
        self.sets = {
            name: kind(data, prefix=name, initial=rows.get(name, []), form_kwargs={"empty_permitted": False})
            for name, kind in _SETS.items()
        }

    def is_valid(self) -> bool:
        """Whether all of it can be meant; the sentences stand beside their fields otherwise."""
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.sets.values())])

    @property
    def version(self) -> int:
        """The version the editor began with, once `is_valid` has said so."""
        return int(self.form.cleaned_data["version"])

    def shifts(self) -> Shifts:
        """What was typed, once `is_valid` has said so."""
        return Shifts(
            zone=self.form.cleaned_data["zone"],
            windows=[window for row in self.sets["window"].forms for window in windows_of(row.cleaned_data)],
            exceptions=[exception_of(row.cleaned_data) for row in self.sets["exception"].forms],
        )

"""What a host may type when a session is called off or moved, and the sentence beside what cannot be meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.fields import ClockField, DayField, ZoneField
from scheduling.recurrence import is_repeated, is_skipped, resolve
from webinars.forms import TextField
from webinars.services.session_changes import NOTE_LENGTH


def _note() -> TextField:
    return TextField(
        max_length=NOTE_LENGTH,
        required=False,
        label=gettext_lazy("A word from you in the mail"),
        widget=forms.Textarea({"rows": 2, "maxlength": NOTE_LENGTH}),
    )


class CancelForm(forms.Form):
    """The host's words to those who held places."""

    note = _note()


@dataclass(frozen=True, slots=True)
class Meant:
    """The instant that a wall time in a zone means, and what a clock change does to it."""

    instant: datetime
    wall: datetime
    zone: ZoneInfo
    skipped: bool
    repeated: bool


class MoveForm(forms.Form):
    """The new start as wall time in a zone."""

    on = DayField(label=gettext_lazy("Date"))
    at = ClockField(label=gettext_lazy("Time"))
    zone = ZoneField(label=gettext_lazy("Time zone"))
    note = _note()

    def meant(self) -> Meant:
        """The instant that was typed, once the form is valid."""
        data: dict[str, Any] = self.cleaned_data
        wall, zone = datetime.combine(data["on"], data["at"]), data["zone"]
        return Meant(
            resolve(wall, zone), wall, zone, skipped=is_skipped(wall, zone), repeated=is_repeated(wall, zone)
        )

    def clean(self) -> dict[str, Any]:
        """A wall time at the far end of the calendar has no instant."""
        data = super().clean() or {}
        if {"on", "at", "zone"} <= data.keys():
            try:
                self.meant()
            except OverflowError:
                self.add_error("on", _("Choose another date."))
        return data

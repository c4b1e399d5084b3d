"""The rows a host may write in a schedule, and the sentence they read when one cannot be meant."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.fields import ClockField, DayField, TimesField, WallField, flag
from scheduling.models import Frequency

MOST_SESSIONS = 500  # of a rule that counts them; without a number a rule has no end
DAYS = (
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
    ("5", gettext_lazy("Saturday")),
    ("6", gettext_lazy("Sunday")),
)
NTHS = (
    ("1", gettext_lazy("first")),
    ("2", gettext_lazy("second")),
    ("3", gettext_lazy("third")),
    ("4", gettext_lazy("fourth")),
    ("5", gettext_lazy("fifth")),
    ("-1", gettext_lazy("last")),
)
DAY_GROUPS = (
    ("weekdays", gettext_lazy("Monday to Friday")),
    ("every", gettext_lazy("Every day")),
    ("weekend", gettext_lazy("Saturday and Sunday")),
    *DAYS,
)
GROUP_DAYS = {"weekdays": (0, 1, 2, 3, 4), "every": (0, 1, 2, 3, 4, 5, 6), "weekend": (5, 6)}


class SessionsField(forms.IntegerField):
    """After how many sessions a rule ends."""

    def __init__(self) -> None:
        sentence = gettext_lazy("Give a number from 1 to 500, or leave it out for a rule without an end.")
        names = ("invalid", "min_value", "max_value")
        super().__init__(
            min_value=1,
            max_value=MOST_SESSIONS,
            required=False,
            label=gettext_lazy("Number of sessions"),
            error_messages=dict.fromkeys(names, sentence),
            widget=forms.NumberInput({"placeholder": gettext_lazy("any number of")}),
        )


class RuleForm(forms.Form):
    """One row of the schedule: a frequency, what it needs, the times, and bounds of its own."""

    frequency = forms.ChoiceField(choices=Frequency.choices, label=gettext_lazy("Which days"))
    weekdays = forms.TypedMultipleChoiceField(
        choices=DAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    week = forms.ChoiceField(
        choices=[
            ("1", gettext_lazy("this and every second week")),
            ("2", gettext_lazy("starting next week")),
        ],
        required=False,
        label=gettext_lazy("Which week"),
    )
    nth = forms.ChoiceField(choices=NTHS, required=False, label=gettext_lazy("Which one in the month"))
    day = forms.IntegerField(
        min_value=1,
        max_value=31,
        required=False,
        label=gettext_lazy("Day of the month"),
        error_messages={"invalid": gettext_lazy("Give a day of the month, 1 to 31.")},
    )
    on = DayField(required=False, label=gettext_lazy("Date"))
    times = TimesField(
        label=gettext_lazy("Times"), error_messages={"required": gettext_lazy("Give at least one time.")}
    )
    count = SessionsField()
    starts_on = DayField(required=False, label=gettext_lazy("First day of this rule"))
    ends_on = DayField(required=False, label=gettext_lazy("Last day of this rule"))
    week_start = forms.ChoiceField(
        choices=[("", gettext_lazy("as above")), *DAYS],
        required=False,
        label=gettext_lazy("First day of the week for this rule"),
    )

    def clean(self) -> dict[str, Any]:
        """What the frequency needs must be there, and an end of its own comes after its start."""
        data = super().clean() or {}
        match data.get("frequency"):
            case Frequency.WEEKLY | Frequency.FORTNIGHTLY | Frequency.MONTHLY_WEEKDAY:
                if not data.get("weekdays"):
                    flag(self, "weekdays", _("Choose at least one day of the week."), "required")
            case Frequency.MONTHLY_DAY if not data.get("day") and "day" not in self.errors:
                flag(self, "day", _("Give a day of the month, 1 to 31."), "required")
            case Frequency.ONCE if not data.get("on") and "on" not in self.errors:
                flag(self, "on", _("Give the date."), "required")
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            flag(self, "ends_on", _("The end comes before the start."), "order")
        return data

    @property
    def more(self) -> bool:
        """Whether what is rarely needed is set here, or wrong."""
        return any(
            self[name].errors or self[name].value() not in {None, ""}
            for name in ("count", "starts_on", "ends_on", "week_start")
        )


class DateForm(forms.Form):
    """One date with its times, for one-time and specific dates."""

    on = DayField(label=gettext_lazy("Date"), error_messages={"required": gettext_lazy("Give the date.")})
    times = TimesField(
        label=gettext_lazy("Times"), error_messages={"required": gettext_lazy("Give at least one time.")}
    )


class WindowForm(forms.Form):
    """Chat hours of some days of the week."""

    days = forms.ChoiceField(choices=DAY_GROUPS, label=gettext_lazy("Days"))
    opens = ClockField(label=gettext_lazy("From"))
    closes = ClockField(label=gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        """A window has a length; midnight to midnight is the whole day."""
        return _with_length(self)


def _with_length(form: forms.Form) -> dict[str, Any]:
    data = form.cleaned_data
    opens, closes = data.get("opens"), data.get("closes")
    if opens is not None and opens == closes != time(0):
        flag(
            form,
            "closes",
            _("These hours close when they open. For the whole day write 00:00 to 00:00."),
            "empty_window",
        )
    return data


class ExceptionForm(forms.Form):
    """One date on which the weekly chat hours do not count."""

    on = DayField(label=gettext_lazy("Date"))
    state = forms.ChoiceField(
        choices=[("closed", gettext_lazy("closed")), ("open", gettext_lazy("open from"))],
        label=gettext_lazy("Open or closed"),
    )
    opens = ClockField(required=False, label=gettext_lazy("From"))
    closes = ClockField(required=False, label=gettext_lazy("To"))
    name = forms.CharField(
        max_length=80,
        required=False,
        label=gettext_lazy("Name"),
        widget=forms.TextInput({"placeholder": gettext_lazy("a name")}),
    )

    def clean(self) -> dict[str, Any]:
        """Open needs hours that have a length; closed needs none."""
        data = super().clean() or {}
        if data.get("state") == "closed":
            return data | {"opens": None, "closes": None}
        if data.get("opens") is None or data.get("closes") is None:
            flag(self, "closes", _("Give both hours, or choose closed."), "required")
            return data
        return _with_length(self)


class BlackoutForm(forms.Form):
    """Dates on which nothing starts."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("To"))
    name = forms.CharField(
        max_length=80,
        required=False,
        label=gettext_lazy("Name"),
        widget=forms.TextInput({"placeholder": gettext_lazy("a name")}),
    )

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            flag(self, "last", _("The end comes before the start."), "order")
        return data

    @property
    def reversed(self) -> bool:
        """Whether the two dates only stand the wrong way round."""
        return any(error.code == "order" for error in self.errors.as_data().get("last", ()))


class ExclusionForm(forms.Form):
    """One start taken out, as it would be on the clock of the schedule's own zone."""

    at = WallField(
        label=gettext_lazy("Date and time"),
        error_messages={"required": gettext_lazy("Give a date and a time.")},
    )

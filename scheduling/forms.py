"""What a host may type about time, and the sentence they read when it cannot be meant."""

from collections.abc import Callable, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.models import EventType, Frequency
from scheduling.slots import JIT_INTERVALS
from scheduling.zones import UnknownZone, named, names

FIRST_DATE, YEARS_AHEAD = date(2000, 1, 1), 10
TIMES_A_DAY = 8
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
    ("-1", gettext_lazy("last")),
)
DAY_GROUPS = (
    ("weekdays", gettext_lazy("Monday to Friday")),
    ("every", gettext_lazy("Every day")),
    ("weekend", gettext_lazy("Saturday and Sunday")),
    *DAYS,
)
GROUP_DAYS = {"weekdays": (0, 1, 2, 3, 4), "every": (0, 1, 2, 3, 4, 5, 6), "weekend": (5, 6)}
# What people type instead of a zone; a place says when its clocks change, an abbreviation does not.
_ABBREVIATIONS = {
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "MST": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "GMT": "Europe/London",
    "BST": "Europe/London",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "MEZ": "Europe/Berlin",
    "EET": "Europe/Helsinki",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
}


def _nearest_zone(text: str) -> str:
    text = text[:64]  # comparing grows with the length, and no name is longer
    short = text.upper().rstrip("+-0123456789:")
    if short in _ABBREVIATIONS:
        return _ABBREVIATIONS[short]
    by_place = {name.rsplit("/", 1)[-1].lower(): name for name in sorted(names())}
    words = text.replace(" ", "_").rsplit("/", 1)[-1].lower()
    close = get_close_matches(words, by_place, n=1, cutoff=0.7)
    return by_place[close[0]] if close else "Europe/Warsaw"


class ZoneField(forms.CharField):
    """The name of an IANA zone; cleans to the zone."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The zone; a sentence with the nearest name for anything else."""
        text = super().to_python(value)
        if not text:
            return text
        try:
            return named(text.replace(" ", "_"))
        except UnknownZone:
            raise ValidationError(
                _("This is not a time zone we know. Give a place, such as %(zone)s.")
                % {"zone": _nearest_zone(text)},
                code="zone_unknown",
            ) from None

    def run_validators(self, value: Any) -> None:
        """The length of what was typed; a zone needs no more."""
        if not isinstance(value, ZoneInfo):
            super().run_validators(value)


class DayField(forms.DateField):
    """A date a schedule may hold, in a native control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The date, between 2000 and ten years from now."""
        day = super().to_python(value)
        last = date(date.today().year + YEARS_AHEAD, 12, 31)  # noqa: DTZ011 - a bound, a day more or less is the same
        if day and not FIRST_DATE <= day <= last:
            raise ValidationError(
                _("Choose a date between %(first)s and %(last)s.")
                % {"first": FIRST_DATE.year, "last": last.year},
                code="date_out_of_range",
            )
        return day


class ClockField(forms.TimeField):
    """A time of day in whole minutes, in a native control."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%H:%M", "%H:%M:%S"])
        super().__init__(widget=forms.TimeInput({"type": "time"}, format="%H:%M"), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The time, its seconds dropped."""
        at = super().to_python(value)
        return at.replace(second=0, microsecond=0) if at else at


class TimesWidget(forms.Widget):
    """Several controls of one name."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Every text sent under the name, the empty ones left out."""
        sent = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [text for text in sent if text]


class TimesField(forms.Field):
    """The times of one rule; cleans to sorted, distinct times."""

    widget = TimesWidget

    def to_python(self, value: list[str] | None) -> list[time]:
        """The times; a sentence naming what is none."""
        one = ClockField()
        try:
            found = {one.clean(text) for text in value or []}
        except ValidationError:
            raise ValidationError(
                _("Give each time as hours and minutes, such as 11:00."), code="time"
            ) from None
        if len(found) > TIMES_A_DAY:
            raise ValidationError(
                _("At most %(count)s times in one rule; add another rule.") % {"count": TIMES_A_DAY}
            )
        return sorted(found)


def _in_minutes(count: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


_minutes: Callable[[int], str] = lazy(_in_minutes, str)


def _flag(form: forms.Form, name: str, sentence: str, code: str) -> None:
    form.add_error(name, ValidationError(sentence, code=code))


class RuleForm(forms.Form):
    """One row of the schedule: a frequency, what it needs, and the times."""

    frequency = forms.ChoiceField(
        choices=[c for c in Frequency.choices if c[0] != Frequency.ONCE], label=gettext_lazy("Which days")
    )
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
    weekday = forms.ChoiceField(choices=DAYS, required=False, label=gettext_lazy("Day of the week"))
    day = forms.IntegerField(
        min_value=1,
        max_value=31,
        required=False,
        label=gettext_lazy("Day of the month"),
        error_messages={"invalid": gettext_lazy("Give a day of the month, 1 to 31.")},
    )
    times = TimesField(
        label=gettext_lazy("Times"), error_messages={"required": gettext_lazy("Give at least one time.")}
    )
    count = forms.IntegerField(min_value=1, max_value=5000, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """What the frequency needs must be there."""
        data = super().clean() or {}
        match data.get("frequency"):
            case Frequency.WEEKLY | Frequency.FORTNIGHTLY if not data.get("weekdays"):
                _flag(self, "weekdays", _("Choose at least one day of the week."), "required")
            case Frequency.MONTHLY_DAY if not data.get("day") and "day" not in self.errors:
                _flag(self, "day", _("Give a day of the month, 1 to 31."), "required")
        return data


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
        _flag(
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
            _flag(self, "closes", _("Give both hours, or choose closed."), "required")
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
            _flag(self, "last", _("The end comes before the start."), "order")
        return data


class ScheduleForm(forms.Form):
    """The columns of a schedule and of its chat hours."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    event_type = forms.ChoiceField(
        choices=[
            (EventType.RECURRING, gettext_lazy("Recurring")),
            (EventType.ONE_TIME, gettext_lazy("One time")),
            (EventType.SPECIFIC, gettext_lazy("Specific dates")),
            (EventType.ON_DEMAND_ONLY, gettext_lazy("On demand only")),
        ],
        widget=forms.RadioSelect,
        label=gettext_lazy("Event type"),
    )
    clock = forms.ChoiceField(
        choices=[
            ("own", gettext_lazy("the attendee’s own time")),
            ("fixed", gettext_lazy("the time of one place")),
        ],
        label=gettext_lazy("Whose clock"),
    )
    zone = ZoneField(label=gettext_lazy("Time zone"))
    starts_on = DayField(label=gettext_lazy("First day"))
    end = forms.ChoiceField(
        choices=[("none", gettext_lazy("without an end")), ("on", gettext_lazy("until"))],
        label=gettext_lazy("End"),
    )
    ends_on = DayField(required=False, label=gettext_lazy("Last day"))
    on_demand = forms.BooleanField(required=False, label=gettext_lazy("On demand"))
    just_in_time = forms.BooleanField(required=False, label=gettext_lazy("Just in time"))
    interval_minutes = forms.TypedChoiceField(
        choices=[(minutes, _minutes(minutes)) for minutes in JIT_INTERVALS],
        coerce=int,
        label=gettext_lazy("Interval"),
        error_messages={"invalid_choice": gettext_lazy("Choose 5, 10, 15, 30 or 60 minutes.")},
    )
    jit_hours = forms.ChoiceField(
        choices=[
            ("inside", gettext_lazy("only inside the chat hours")),
            ("always", gettext_lazy("at any hour")),
        ],
        label=gettext_lazy("Limit"),
    )
    lead_seconds = forms.IntegerField(
        min_value=0, max_value=900, label=gettext_lazy("Seconds ahead at least")
    )
    replay = forms.BooleanField(required=False, label=gettext_lazy("Replays"))
    replay_days = forms.IntegerField(min_value=1, max_value=365, label=gettext_lazy("Days a replay is open"))
    offer_count = forms.IntegerField(min_value=1, max_value=50, label=gettext_lazy("How many starts"))
    offer_days = forms.IntegerField(min_value=1, max_value=365, label=gettext_lazy("Days ahead"))
    cutoff_minutes = forms.IntegerField(
        min_value=0, max_value=10_080, label=gettext_lazy("Minutes before a start")
    )
    places = forms.IntegerField(
        min_value=1,
        max_value=1_000_000,
        required=False,
        label=gettext_lazy("Places in a session"),
        widget=forms.NumberInput({"placeholder": gettext_lazy("no limit")}),
    )
    hours_zone = ZoneField(label=gettext_lazy("Time zone of the chat hours"))

    def clean(self) -> dict[str, Any]:
        """An end comes after the start."""
        data = super().clean() or {}
        if data.get("end") == "none":
            data["ends_on"] = None
        elif not data.get("ends_on") and "ends_on" not in self.errors:
            _flag(self, "ends_on", _("Give the last day, or choose “without an end”."), "required")
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            _flag(self, "ends_on", _("The end comes before the start."), "order")
        if data.get("event_type") == EventType.ON_DEMAND_ONLY:
            data["on_demand"] = True
        return data

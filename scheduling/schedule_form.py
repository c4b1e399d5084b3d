"""The sentences of a schedule that are not rows: its columns and those of its chat hours."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling import places
from scheduling.fields import DayField, FilmTimeField, ZoneField, flag
from scheduling.forms import DAYS, SessionsField
from scheduling.models import EventType, Kind, Late, ReplayFor, ReplayUntil
from scheduling.slots import JIT_INTERVALS

HOURS_A_DAY = 24
MOST_REPLAY_HOURS = 365 * HOURS_A_DAY


def _in_minutes(count: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


_minutes: Callable[[int], str] = lazy(_in_minutes, str)


class WhenForm(forms.Form):
    """Which type, whose clock, from when, until when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    event_type = forms.ChoiceField(
        choices=EventType.choices, widget=forms.RadioSelect, label=gettext_lazy("Event type")
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
        choices=[
            ("none", gettext_lazy("without an end")),
            ("on", gettext_lazy("until")),
            ("after", gettext_lazy("until there were")),
        ],
        label=gettext_lazy("End"),
    )
    ends_on = DayField(required=False, label=gettext_lazy("Last day"))
    sessions = SessionsField()
    week_start = forms.TypedChoiceField(choices=DAYS, coerce=int, label=gettext_lazy("First day of the week"))
    switches_after_first = forms.BooleanField(
        required=False, label=gettext_lazy("Only once the first session has begun")
    )

    def clean(self) -> dict[str, Any]:
        """An end comes after the start."""
        data = super().clean() or {}
        end, first, last = data.get("end"), data.get("starts_on"), data.get("ends_on")
        if end == "on" and not last and "ends_on" not in self.errors:
            flag(self, "ends_on", _("Give the last day, or choose “without an end”."), "required")
        if end == "after" and not data.get("sessions") and "sessions" not in self.errors:
            flag(self, "sessions", _("Give the number of sessions, or choose “without an end”."), "required")
        if end == "on" and first and last and last < first:
            flag(self, "ends_on", _("The end comes before the start."), "order")
        if data.get("event_type") == EventType.ON_DEMAND_ONLY:
            data["on_demand"] = True
        return data | {
            "ends_on": last if end == "on" else None,
            "sessions": data.get("sessions") if end == "after" else None,
        }


class TopForm(forms.Form):
    """The three switches and what belongs to each."""

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
            ("own", gettext_lazy("only inside hours of its own")),
            ("always", gettext_lazy("at any hour")),
        ],
        label=gettext_lazy("Limit"),
    )
    lead_seconds = forms.IntegerField(
        min_value=0, max_value=900, label=gettext_lazy("Seconds ahead at least")
    )
    replay = forms.BooleanField(required=False, label=gettext_lazy("Replays"))
    replay_for = forms.ChoiceField(choices=ReplayFor.choices, label=gettext_lazy("Who may open a replay"))
    replay_until = forms.ChoiceField(
        choices=[
            (ReplayUntil.AFTER_SESSION, gettext_lazy("after the session for")),
            (ReplayUntil.AFTER_OPENING, gettext_lazy("after they first open it for")),
            (ReplayUntil.DATE, gettext_lazy("until")),
            (ReplayUntil.NEVER, gettext_lazy("without an end")),
        ],
        label=gettext_lazy("Until when a replay can be opened"),
    )
    replay_length = forms.IntegerField(
        min_value=1, required=False, label=gettext_lazy("How long a replay is open")
    )
    replay_unit = forms.ChoiceField(
        choices=[("hours", gettext_lazy("hours")), ("days", gettext_lazy("days"))],
        label=gettext_lazy("Hours or days"),
    )
    replay_last_on = DayField(required=False, label=gettext_lazy("Last day of replays"))
    replay_from_hours = forms.IntegerField(
        min_value=0, max_value=720, label=gettext_lazy("Hours after the session before a replay opens")
    )

    def clean(self) -> dict[str, Any]:
        """How long a replay is open, in hours."""
        data = super().clean() or {}
        until, length = data.get("replay_until"), data.get("replay_length")
        by_length = until in {ReplayUntil.AFTER_SESSION, ReplayUntil.AFTER_OPENING}
        hours = (length or 0) * (HOURS_A_DAY if data.get("replay_unit") == "days" else 1)
        if by_length and not length and "replay_length" not in self.errors:
            flag(self, "replay_length", _("Say how long, or choose “without an end”."), "required")
        if by_length and hours > MOST_REPLAY_HOURS:
            flag(self, "replay_length", _("At most 365 days; longer is “without an end”."), "too_long")
        if (
            until == ReplayUntil.DATE
            and not data.get("replay_last_on")
            and "replay_last_on" not in self.errors
        ):
            flag(self, "replay_last_on", _("Give the last day, or choose “without an end”."), "required")
        if until != ReplayUntil.DATE:
            data["replay_last_on"] = None
        return data | {"replay_hours": hours if by_length and hours else None}


class HoursForm(forms.Form):
    """On whose clock chat hours are kept, on which holidays they are closed, and what they limit."""

    hours_clock = forms.ChoiceField(
        choices=[("fixed", gettext_lazy("one place")), ("own", gettext_lazy("whoever asks"))],
        label=gettext_lazy("Whose clock the chat hours follow"),
    )
    hours_zone = ZoneField(label=gettext_lazy("Time zone of the chat hours"))
    holidays_country = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Country of the holidays"),
        error_messages={"invalid_choice": gettext_lazy("Choose a country from the list.")},
    )
    holidays_region = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Region of the holidays"),
        error_messages={
            "invalid_choice": gettext_lazy("Choose a region of this country, or the whole country.")
        },
    )
    hours_limit = forms.MultipleChoiceField(
        choices=[
            (Kind.SCHEDULED, gettext_lazy("Scheduled")),
            (Kind.ON_DEMAND, gettext_lazy("On demand")),
            (Kind.REPLAY, gettext_lazy("Replays")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What else the chat hours limit"),
    )
    hours_hold = forms.ChoiceField(
        choices=[("start", gettext_lazy("starts inside")), ("end", gettext_lazy("starts and ends inside"))],
        label=gettext_lazy("When a session counts as inside the hours"),
    )


class OfferForm(forms.Form):
    """What is offered, to how many, and what becomes of somebody late."""

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
    full = forms.ChoiceField(
        choices=[("shown", gettext_lazy("shown as full")), ("hidden", gettext_lazy("left out"))],
        label=gettext_lazy("Full sessions"),
    )
    waiting = forms.ChoiceField(
        choices=[("with", gettext_lazy("with")), ("without", gettext_lazy("without"))],
        label=gettext_lazy("Waiting list"),
    )
    late = forms.ChoiceField(choices=Late.choices, label=gettext_lazy("Late arrival"))
    late_minutes = forms.IntegerField(
        min_value=0, max_value=1440, label=gettext_lazy("Minutes after which it counts as late")
    )
    late_point = FilmTimeField(required=False, label=gettext_lazy("Where in the film they begin"))

    def clean(self) -> dict[str, Any]:
        """Who goes back goes back."""
        data = super().clean() or {}
        minutes, point = data.get("late_minutes"), data.get("late_point")
        if data.get("late") == Late.GO_BACK and minutes is not None and point and point > minutes * 60:
            flag(
                self, "late_point", _("By then the film has not come so far: nobody would go back."), "order"
            )
        return data


class ScheduleForm(WhenForm, TopForm, HoursForm, OfferForm):
    """All of it as one form; what is rarely needed folds away unless it is set or wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = str(self["holidays_country"].value() or "")
        _choose(self.fields["holidays_country"], [("", _("no country")), *places.countries()])
        _choose(self.fields["holidays_region"], [("", _("the whole country")), *places.regions(country)])

    @property
    def more_times(self) -> bool:
        """Whether the start of the week is another than Sunday."""
        return bool(self["week_start"].errors) or str(self["week_start"].value()) != "6"

    @property
    def more_replays(self) -> bool:
        """Whether replays open later than at once."""
        return bool(self["replay_from_hours"].errors) or str(self["replay_from_hours"].value()) != "0"

    @property
    def more_hours(self) -> bool:
        """Whether the chat hours limit more than is usual."""
        fields = self["hours_limit"], self["hours_hold"]
        return bool(fields[0].value()) or fields[1].value() == "end" or any(f.errors for f in fields)


def _choose(field: Any, choices: list[tuple[str, str]]) -> None:
    field.choices = choices

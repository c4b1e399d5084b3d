"""The controls a host fills in about time, and the sentence each gives when it cannot be meant."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from scheduling.zones import UnknownZone, named, names

FIRST_DATE, YEARS_AHEAD = date(2000, 1, 1), 10
TIMES_A_DAY = 8
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


@cache
def _by_place() -> dict[str, str]:
    """The last part of each zone's name in small letters, and the name; of two the later in the alphabet."""
    return {name.rsplit("/", 1)[-1].lower(): name for name in sorted(names())}


def _nearest_zone(text: str) -> str:
    text = text[:64]  # comparing grows with the length, and no name is longer
    short = text.upper().rstrip("+-0123456789:")
    if short in _ABBREVIATIONS:
        return _ABBREVIATIONS[short]
    words = text.replace(" ", "_").rsplit("/", 1)[-1].lower()
    close = get_close_matches(words, _by_place(), n=1, cutoff=0.7)
    return _by_place()[close[0]] if close else "Europe/Warsaw"


def _zone_of(text: str) -> ZoneInfo:
    """The zone of a name, or of a city alone however it is written: New York, new_york."""
    words = text.strip().replace(" ", "_")
    if words in names():
        return named(words)
    city = words.lower()
    return named(_by_place().get(city, words) if city.upper() not in _ABBREVIATIONS else words)


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
            return _zone_of(text)
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


class FilmTimeField(forms.CharField):
    """A place in the film as 4:30 or 1:02:05; cleans to seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=9, widget=forms.TextInput({"inputmode": "numeric"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The seconds; a sentence for anything else."""
        text = super().to_python(value)
        if not text:
            return 0
        found = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", text, re.ASCII)
        if found is None:
            raise ValidationError(
                _("Give a place in the film as minutes and seconds, such as 4:30."), code="film_time"
            )
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds

    def run_validators(self, value: Any) -> None:
        """Seconds need no more."""

    def prepare_value(self, value: Any) -> Any:
        """Seconds as they are written; what was typed as it was."""
        if not isinstance(value, int):
            return value
        minutes, seconds = divmod(value, 60)
        hours, rest = divmod(minutes, 60)
        return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class WallField(forms.Field):
    """A date with a time of day and no zone, in a native control; cleans to a naive datetime."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> Any:
        """The wall time in whole minutes, within the years a schedule may hold."""
        if not value or isinstance(value, datetime):
            return value or None
        try:
            wall = datetime.strptime(str(value)[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - a wall time
        except ValueError:
            raise ValidationError(_("Give a date and a time."), code="wall") from None
        DayField().to_python(wall.date())
        return wall


def flag(form: forms.Form, name: str, sentence: str, code: str) -> None:
    """Put a sentence beside a field."""
    form.add_error(name, ValidationError(sentence, code=code))

"""Changes the rows of a typed schedule without saving: adds one, takes one out, turns two dates round."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.forms import Form
from django.http import QueryDict

from scheduling import fields, forms

LIMITS = {
    "rule": 40,
    "once": 1,
    "date": 60,
    "exclusion": 60,
    "window": 28,
    "own": 28,
    "exception": 60,
    "blackout": 40,
}
FORMS: Mapping[str, type[Form]] = {
    "rule": forms.RuleForm,
    "once": forms.DateForm,
    "date": forms.DateForm,
    "exclusion": forms.ExclusionForm,
    "window": forms.WindowForm,
    "own": forms.WindowForm,
    "exception": forms.ExceptionForm,
    "blackout": forms.BlackoutForm,
}


def reshaped(data: QueryDict, do: str) -> QueryDict:
    """The typed data after one act on a row; anything else leaves it as it is.

    Acts: "rule-add", "rule-remove-1", "rule-time-0" (one time more), "rule-drop-0-2" (its third time out),
    "blackout-swap-0" (first and last turned round), "country" (another one, so no region yet).
    """
    data = data.copy()
    if do == "country":
        data["holidays_region"] = ""
    name, _dash, act = do.partition("-")
    if name not in FORMS:
        return data
    act, _dash, where = act.partition("-")
    number, _dash, place = where.partition("-")
    total = _number(data.get(f"{name}-TOTAL_FORMS"), LIMITS[name])
    at = _number(number, total)
    if act == "add" and total < LIMITS[name]:
        add(data, name, _fresh(name, data))
    elif act == "remove" and at < total:
        _take_out(data, name, at, total)
    elif act == "time" and "times" in FORMS[name].base_fields:
        key = f"{name}-{at}-times"
        data.setlist(key, [*data.getlist(key), _later(data.getlist(key))][: fields.TIMES_A_DAY])
    elif act == "drop" and "times" in FORMS[name].base_fields:
        key, gone = f"{name}-{at}-times", _number(place, fields.TIMES_A_DAY)
        data.setlist(key, [text for index, text in enumerate(data.getlist(key)) if index != gone])
    elif act == "swap" and name == "blackout":
        first, last = f"{name}-{at}-first", f"{name}-{at}-last"
        data[first], data[last] = data.get(last, ""), data.get(first, "")
    return data


def add(data: QueryDict, name: str, row: Mapping[str, list[str]]) -> None:
    """Put one more row into typed data."""
    total = _number(data.get(f"{name}-TOTAL_FORMS"), 0)
    for key, values in row.items():
        data.setlist(f"{name}-{total}-{key}", values)
    data[f"{name}-TOTAL_FORMS"] = str(total + 1)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 4 else otherwise


def _take_out(data: QueryDict, name: str, gone: int, total: int) -> None:
    for index in range(gone, total):
        for field in FORMS[name].base_fields:
            following = data.getlist(f"{name}-{index + 1}-{field}") if index + 1 < total else []
            data.setlist(f"{name}-{index}-{field}", following)
    data[f"{name}-TOTAL_FORMS"] = str(total - 1)


def _fresh(name: str, data: QueryDict) -> dict[str, list[str]]:
    """A new row that is right as it stands, so that nothing is red before anything was typed."""
    day = _day_to_come(data.get("starts_on", ""))
    return {
        "rule": {"frequency": ["weekdays"], "times": ["11:00"], "day": ["1"], "nth": ["1"], "week": ["1"]},
        "once": {"on": [day], "times": ["11:00"]},
        "date": {"on": [day], "times": ["11:00"]},
        "exclusion": {"at": [f"{day}T11:00"]},
        "window": {"days": ["weekdays"], "opens": ["09:00"], "closes": ["17:00"]},
        "own": {"days": ["weekdays"], "opens": ["09:00"], "closes": ["17:00"]},
        "exception": {"on": [day], "state": ["closed"]},
        "blackout": {"first": [day], "last": [day]},
    }[name]


def _day_to_come(typed: str) -> str:
    """The typed first day, or tomorrow where that has passed or is none."""
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - a proposal, a day more or less is the same
    return typed if len(typed) == len(tomorrow) and typed > tomorrow else tomorrow


def _later(times: list[str]) -> str:
    hour = times[-1].partition(":")[0] if times else ""
    readable = hour.isascii() and hour.isdecimal() and len(hour) < 3
    return f"{min(int(hour) + 2, 23):02}:00" if readable else "11:00"

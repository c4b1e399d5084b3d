"""Hours of the week between rows of a form and rows of the database: groups of days, dates that differ."""

from collections.abc import Iterator
from typing import Any

from scheduling import forms, models


def windows_of(data: dict[str, Any]) -> Iterator[models.HoursWindow]:
    """A row of the form as windows, one for each of its days."""
    for day in forms.GROUP_DAYS.get(data["days"]) or (int(data["days"]),):
        yield models.HoursWindow(weekday=day, opens=data["opens"], closes=data["closes"])


def exception_of(data: dict[str, Any]) -> models.HoursException:
    """A date of the form that differs from the week."""
    return models.HoursException(**{name: value for name, value in data.items() if name != "state"})


def exceptions_as_typed(hours: models.ChatHours) -> list[dict[str, Any]]:
    """The dates that differ, as rows of the form."""
    return [
        {
            "on": row.on,
            "state": "open" if row.opens else "closed",
            "opens": row.opens,
            "closes": row.closes,
            "name": row.name,
        }
        for row in hours.exceptions.order_by("on", "pk")
    ]


def grouped(windows: list[models.HoursWindow]) -> Iterator[dict[str, Any]]:
    """Windows of the same hours as one row where their days have a name together."""
    hours = dict.fromkeys((window.opens, window.closes) for window in windows)
    for opens, closes in hours:
        days = tuple(w.weekday for w in windows if (w.opens, w.closes) == (opens, closes))
        name = next((name for name, group in forms.GROUP_DAYS.items() if group == days), None)
        for one in [name] if name else map(str, days):
            yield {"days": one, "opens": opens, "closes": closes}

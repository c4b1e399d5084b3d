"""Says in words what a strategy is, what each of its fields holds, and what applying it leaves alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.models import Mode
from chat.models import Promise as ByWhen
from config import presets
from config.presets import Change, Values
from scheduling.models import EventType, Frequency
from webinars.models import Webinar

NAMES: dict[int, Promise] = {
    1: gettext_lazy("Minimal automation"),
    2: gettext_lazy("Partial automation"),
    3: gettext_lazy("Full automation"),
}
SHORT: dict[int, Promise] = {
    1: gettext_lazy("1 to 2 a week, one zone, no replays"),
    2: gettext_lazy("2 to 3 each weekday, just in time in chat hours"),
    3: gettext_lazy("3 to 4 a day in their own time, everything on"),
}
MEANT_FOR: dict[int, Promise] = {
    1: gettext_lazy("For teams that come from live webinars and answer on the spot."),
    2: gettext_lazy("For teams that are easier with automation and answer within minutes."),
    3: gettext_lazy("For teams that want all of it: people watch whenever they like."),
}
LABELS: dict[str, Promise] = {
    "times": gettext_lazy("Times"),
    "attendee_zone": gettext_lazy("Time zone"),
    "on_demand": gettext_lazy("On demand"),
    "just_in_time": gettext_lazy("Just in time"),
    "replay": gettext_lazy("Replays"),
    "modes": gettext_lazy("How they reach you"),
    "welcome": gettext_lazy("Welcome"),
    "welcome_text": gettext_lazy("Welcome text"),
    "autoresponder": gettext_lazy("Autoresponder"),
    "delay": gettext_lazy("Autoresponder waits"),
    "autoresponder_text": gettext_lazy("Autoresponder text"),
    "outside_text": gettext_lazy("Its text outside the chat hours"),
    "promise": gettext_lazy("Promised answer"),
}
STAYS: tuple[Promise, ...] = (
    gettext_lazy("first and last day"),
    gettext_lazy("dates on which nothing starts"),
    gettext_lazy("chat hours and their exceptions"),
    gettext_lazy("who may open a replay, and until when"),
    gettext_lazy("places and waiting list"),
    gettext_lazy("how many starts are offered"),
    gettext_lazy("how many days ahead"),
    gettext_lazy("registration cut-off"),
    gettext_lazy("lead time of just in time"),
    gettext_lazy("late arrival"),
    gettext_lazy("what happens outside the chat hours"),
    gettext_lazy("when the welcome comes"),
    gettext_lazy("how often the autoresponder speaks"),
    gettext_lazy("when an answer is late"),
    gettext_lazy("what to expect, above the composer"),
    gettext_lazy("how somebody without a name is called"),
    gettext_lazy("moderators and their notifications"),
    gettext_lazy("waiting room and exit room"),
    gettext_lazy("video and registration page"),
)
_KINDS: dict[str, Promise] = {
    "scheduled": gettext_lazy("scheduled"),
    "just_in_time": gettext_lazy("just in time and on demand"),
    "replay": gettext_lazy("replay"),
}
_EVERY = {
    Frequency.DAILY: gettext_lazy("Every day"),
    Frequency.WEEKDAYS: gettext_lazy("Weekdays"),
    Frequency.WEEKLY: gettext_lazy("%(days)s"),
    Frequency.FORTNIGHTLY: gettext_lazy("Every 2 weeks on %(days)s"),
    Frequency.MONTHLY_WEEKDAY: gettext_lazy("Every month on a %(days)s"),
    Frequency.MONTHLY_DAY: gettext_lazy("Every month on day %(day)s"),
    Frequency.ONCE: gettext_lazy("%(on)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the diff as it is read; `long` ones are whole texts."""

    label: str | Promise
    now: str
    after: str
    by_host: bool
    long: bool


def lines_of(webinar: Webinar, changes: list[Change]) -> list[Line]:
    """The diff in words; nothing of it is looked up."""
    return [
        Line(
            label=LABELS[change.field],
            now=said(webinar, change.field, change.now),
            after=said(webinar, change.field, change.after),
            by_host=change.by_host,
            long=change.field.endswith("_text"),
        )
        for change in changes
    ]


def said(webinar: Webinar, field: str, value: Any) -> str:
    """What a field holds, in words."""
    if field == "attendee_zone":
        return _("The attendee’s own") if value else _place(webinar)
    return _SAYERS.get(field, _on)(value)


def _place(webinar: Webinar) -> str:
    return str(webinar.schedule.zone).rsplit("/", 1)[-1].replace("_", " ")


def _on(value: Any) -> str:
    return _("On") if value else _("Off")


def _times(values: Values) -> str:
    if values["event_type"] == EventType.ON_DEMAND_ONLY:
        return str(EventType.ON_DEMAND_ONLY.label)
    rows = [row for row in values["rows"] if row["event_type"] == values["event_type"]]
    return " · ".join(_row(row) for row in rows) or _("None yet")


def _row(row: Values) -> str:
    days = ", ".join(str(WEEKDAYS[day]) for day in row["weekdays"])
    on = date_format(date.fromisoformat(row["on"]), "D j M Y") if row["on"] else ""
    every = str(_EVERY[Frequency(row["frequency"])]) % {"days": days, "day": row["day"], "on": on}
    return f"{every} {', '.join(row['times'])}"


def _just_in_time(value: Values) -> str:
    if not value["on"]:
        return _("Off")
    every = _("Every %(minutes)s minutes") % {"minutes": value["minutes"]}
    if not value["inside"]:
        return every
    where = _("only in hours of its own") if value["own"] is not None else _("only inside the chat hours")
    return f"{every}, {where}"


def _kinds(kinds: list[str]) -> str:
    if not kinds:
        return _("Off")
    if len(kinds) == len(presets.KINDS):
        return _("Every kind of session")
    return capfirst(", ".join(str(_KINDS[kind]) for kind in kinds))


def _modes(modes: dict[str, str]) -> str:
    ways = {kind: str(Mode(modes[kind]).label) for kind in presets.KINDS}
    if len(set(ways.values())) == 1:
        return ways[presets.KINDS[0]]
    return " · ".join(f"{capfirst(str(_KINDS[kind]))}: {way}" for kind, way in ways.items())


def _text(by_kind: dict[str, str]) -> str:
    if len(set(by_kind.values())) == 1:
        return next(iter(by_kind.values())) or _("None")
    return "\n".join(f"{capfirst(str(_KINDS[kind]))}: {text or _('None')}" for kind, text in by_kind.items())


def _delay(seconds: int) -> str:
    if seconds % 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}


def _promise(value: Values) -> str:
    if value["word"] == ByWhen.HOURS:
        return _("Within %(hours)s hours") % {"hours": value["hours"]}
    return str(ByWhen(value["word"]).label)


_SAYERS: dict[str, Callable[[Any], str]] = {
    "times": _times,
    "just_in_time": _just_in_time,
    "modes": _modes,
    "welcome": _kinds,
    "welcome_text": _text,
    "autoresponder": _kinds,
    "delay": _delay,
    "autoresponder_text": _text,
    "outside_text": _text,
    "promise": _promise,
}

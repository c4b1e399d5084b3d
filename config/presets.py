"""The three strategies as data, and what applying one would change: plain values in, plain values out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chat import texts

Values = dict[str, Any]  # JSON: a field's name to its value, see FIELDS

RECOMMENDED = 3
KINDS = ("scheduled", "just_in_time", "replay")  # on demand goes with just in time
INTERVALS = (5, 10, 15)
WEEKEND_DAY = 5  # Saturday
DAY = 24  # hours


@dataclass(frozen=True, slots=True)
class Row:
    """One recurrence: a `scheduling.models.Frequency`, weekdays (Monday 0), wall-clock times "HH:MM"."""

    frequency: str
    times: tuple[str, ...]
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """One strategy. `welcome` and `autoresponder` name the kinds of session in which they speak.

    `delays` is the range that the autoresponder may wait, in which a host's own value is left alone.
    """

    number: int
    rows: tuple[Row, ...]
    attendee_zone: bool
    just_in_time: bool
    inside_hours: bool
    on_demand: bool
    replay: bool
    modes: Mapping[str, str]
    welcome: frozenset[str]
    autoresponder: frozenset[str]
    delays: tuple[timedelta, timedelta]
    promise: str
    live: bool  # whether the texts speak for a team that is there on the day


_CHAT = dict.fromkeys(KINDS, "chat")
_FIVE = timedelta(minutes=5)

PRESETS: dict[int, Preset] = {
    1: Preset(
        number=1,
        rows=(Row("weekly", ("11:00",), (1,)), Row("weekly", ("16:00",), (3,))),
        attendee_zone=False,
        just_in_time=False,
        inside_hours=False,
        on_demand=False,
        replay=False,
        modes=_CHAT,
        welcome=frozenset({"scheduled"}),
        autoresponder=frozenset(KINDS),
        delays=(_FIVE, _FIVE),
        promise="day_end",
        live=True,
    ),
    2: Preset(
        number=2,
        rows=(Row("weekdays", ("10:00", "13:00", "16:00")),),
        attendee_zone=False,
        just_in_time=True,
        inside_hours=True,
        on_demand=False,
        replay=False,
        modes={**_CHAT, "replay": "email"},
        welcome=frozenset({"scheduled", "just_in_time"}),
        autoresponder=frozenset({"scheduled", "just_in_time"}),
        delays=(_FIVE, _FIVE),
        promise="hours",
        live=False,
    ),
    3: Preset(
        number=3,
        rows=(Row("weekdays", ("09:00", "11:00", "15:00", "19:00")),),
        attendee_zone=True,
        just_in_time=True,
        inside_hours=False,
        on_demand=True,
        replay=True,
        modes=_CHAT,
        welcome=frozenset(KINDS),
        autoresponder=frozenset(KINDS),
        delays=(timedelta(minutes=2), timedelta(minutes=3)),
        promise="hours",
        live=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What a host may choose besides the number; the last two count for preset 2 and preset 3 alone."""

    keep_times: bool = False
    replays: bool = False  # with the e-mail form instead of the chat
    weekend_day: bool = False  # Saturday too


PLAIN = Options()


def wanted(number: int, now: Values, language: str, options: Options = PLAIN) -> Values:
    """The values after applying a preset to `now`, texts in the webinar's language.

    What a preset allows in a range (interval, delay) stays where it lies in that range.
    """
    preset = PRESETS[number]
    words = texts.of(language)
    welcome = words.live_welcome if preset.live else words.welcome
    answer = words.live_autoresponder if preset.live else words.autoresponder
    return now | {
        "times": now["times"] if options.keep_times else _times(preset, now, options),
        "attendee_zone": preset.attendee_zone,
        "on_demand": preset.on_demand,
        "just_in_time": _just_in_time(preset, now["just_in_time"]),
        "replay": preset.replay or (number == 2 and options.replays),
        "modes": dict(preset.modes),
        "welcome": [kind for kind in KINDS if kind in preset.welcome],
        "welcome_text": dict.fromkeys(KINDS, welcome),
        "autoresponder": [kind for kind in KINDS if kind in preset.autoresponder],
        "delay": _delay(preset, now["delay"]),
        "autoresponder_text": dict.fromkeys(KINDS, answer),
        "outside_text": dict.fromkeys(KINDS, words.outside),
        "promise": {"word": preset.promise, "hours": DAY if preset.promise == "hours" else 0},
    }


def _times(preset: Preset, now: Values, options: Options) -> Values:
    """Recurring by the preset's rows; the rows of other event types stay for whoever switches back."""
    rows = preset.rows
    if preset.number == RECOMMENDED and options.weekend_day:
        rows = (*rows, Row("weekly", rows[0].times[:3], (WEEKEND_DAY,)))
    fresh = [{"frequency": r.frequency, "times": list(r.times), "weekdays": list(r.weekdays)} for r in rows]
    kept = [row for row in now["times"]["rows"] if row["event_type"] != "recurring"]
    return {"event_type": "recurring", "rows": [_row(row) for row in fresh] + kept}


def _row(values: Values) -> Values:
    nothing = dict.fromkeys(("nth", "day", "on", "count", "starts_on", "ends_on", "week_start"))
    return {"event_type": "recurring", **nothing, **values}


def _just_in_time(preset: Preset, now: Values) -> Values:
    """Every 15 minutes unless the host's interval is one that presets have; while off, what was set stays."""
    if not preset.just_in_time:
        return now | {"on": False}
    minutes = now["minutes"] if now["minutes"] in INTERVALS else INTERVALS[-1]
    return {"on": True, "minutes": minutes, "inside": preset.inside_hours, "own": None}


def _delay(preset: Preset, now: int) -> int:
    least, most = (round(span.total_seconds()) for span in preset.delays)
    return now if least <= now <= most else least


def _same_times(values: Values) -> Any:
    """What of the times is in force: the event type with its rows, whatever order they stand in."""
    rows = [row for row in values["rows"] if row["event_type"] == values["event_type"]]
    return values["event_type"], sorted(str(sorted(row.items())) for row in rows)


def _same_just_in_time(values: Values) -> Any:
    if not values["on"]:
        return False
    return values["minutes"], values["inside"] and (values["own"] or True)


def _same_promise(values: Values) -> Any:
    return values["word"], values["hours"] if values["word"] == "hours" else 0


_MEANING: dict[str, Callable[[Any], Any]] = {
    "times": _same_times,
    "just_in_time": _same_just_in_time,
    "promise": _same_promise,
}
FIELDS = (
    "times",
    "attendee_zone",
    "on_demand",
    "just_in_time",
    "replay",
    "modes",
    "welcome",
    "welcome_text",
    "autoresponder",
    "delay",
    "autoresponder_text",
    "outside_text",
    "promise",
)
"""All that a preset sets, in the order of the editor."""


def differing(one: Values, other: Values) -> list[str]:
    """The fields in which two sets of values mean something else, in the order of FIELDS."""
    return [name for name in FIELDS if not _means_the_same(name, one.get(name), other.get(name))]


_SAID = ("welcome_text", "autoresponder_text", "outside_text")


def in_language(values: Values, now: Values) -> Values:
    """The values for a webinar in the language of `now`; where they were made in another, the texts of `now` stand."""
    if values.get("language", now.get("language")) == now.get("language"):
        return values
    return values | {name: now[name] for name in (*_SAID, "language")}


def _means_the_same(name: str, one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    meaning = _MEANING.get(name, lambda value: value)
    return bool(meaning(one) == meaning(other))


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a preset would change; `by_host`: it is not what the last applied preset set."""

    field: str
    now: Any
    after: Any
    by_host: bool


def diff(now: Values, after: Values, last: Values | None) -> list[Change]:
    """Exactly the fields that would change; `last` is what the preset in force set, None without one."""
    own = set(differing(now, last)) if last else set()
    return [Change(name, now[name], after[name], name in own) for name in differing(now, after)]

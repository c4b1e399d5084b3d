"""Puts what a visitor may choose into words: the rows of the session picker, in the visitor's zone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling import hours as pure_hours
from scheduling import slots
from scheduling.templatetags.zones import zone_label

SHOWN = 6  # rows before the rest folds away
SOON = timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 1970, 2999
_WAIT = "/wait"


@dataclass(frozen=True, slots=True)
class Row:
    """One radio of the picker: the value it sends, what one wants, the detail beside it."""

    value: str
    name: str
    detail: str
    kind: str
    starts_at: datetime | None
    local: datetime | None
    relative: bool  # the name (just in time) or the detail moves with the clock
    hours_open: bool  # whether a human can be expected to answer then; for a replay, at any time
    full: bool
    checked: bool
    button: str
    waitable: bool = False  # full, and its waiting list can be joined
    count: str = ""  # how many wait already
    note: str = ""  # what waiting means here


@dataclass(frozen=True, slots=True)
class Picker:
    """The rows in sight, those behind the last row, and what that last row says."""

    rows: list[Row]
    folded: list[Row]
    more: str
    fold_open: bool

    @property
    def every(self) -> list[Row]:
        """All rows, in order."""
        return [*self.rows, *self.folded]

    @property
    def any_open(self) -> bool:
        """Whether there is anything that can be chosen."""
        return any(row.waitable or not row.full for row in self.every)


@dataclass(frozen=True, slots=True)
class Lines:
    """The waiting lists that can be joined: who waits already, how many places each session has, until when."""

    waiting: Mapping[slots.SlotKey, int]
    places: int
    cut_off: timedelta


def value_of(kind: str, starts_at: datetime | None) -> str:
    """What a radio sends: the kind and, where it has one, the start in UTC."""
    return f"{kind}@{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if starts_at else str(kind)


def waiting_value(slot: slots.Slot) -> str:
    """What the radio of a full start sends where its waiting list can be joined."""
    return value_of(slot.kind, slot.starts_at) + _WAIT


def parse_waiting(text: str) -> tuple[slots.Kind, datetime] | None:
    """The kind and start of a full session whose waiting list a radio asked for; None for anything else."""
    parsed = parse_value(text.removesuffix(_WAIT)) if text.endswith(_WAIT) else None
    return (parsed[0], parsed[1]) if parsed and parsed[1] else None


def parse_value(text: str) -> tuple[slots.Kind, datetime | None] | None:
    """The kind and start that a radio sent; None for anything that no picker of ours sends."""
    kind_text, _at, start_text = text.partition("@")
    try:
        kind = slots.Kind(kind_text)
        start = (
            datetime.strptime(start_text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if start_text else None
        )
    except ValueError:
        return None
    # At the ends of the calendar an instant has no wall time in half of the zones.
    if start is not None and not FIRST_YEAR <= start.year <= LAST_YEAR:
        return None
    shared = kind in {slots.Kind.SCHEDULED, slots.Kind.JUST_IN_TIME}
    return (kind, start) if shared == (start is not None) else None


def picker_of(
    offered: Iterable[slots.Slot],
    *,
    zone: ZoneInfo,
    now: datetime,
    minutes: int,
    hours: pure_hours.Hours,
    chosen: str = "",
    lines: Lines | None = None,
) -> Picker:
    """The picker of what is offered to somebody in `zone`; `minutes` is the film's length.

    `chosen` is the value that was sent before, if any; without it the first shared start with a place is chosen.
    With `lines`, a full session can be waited for.
    """
    every = list(offered)
    values = [
        waiting_value(slot) if lines and slot.full else value_of(slot.kind, slot.starts_at) for slot in every
    ]
    if chosen not in values:
        chosen = _default(every)
    how = _How(zone, now, minutes, hours, lines)
    rows = [_row(slot, how, chosen) for slot in every]
    shown, folded = (rows, []) if len(rows) <= SHOWN + 1 else _folded(rows)
    return Picker(shown, folded, _more(folded), any(row.checked for row in folded))


def day_of(local: datetime, now: datetime) -> str:
    """Today, Tomorrow, or the day and date, on the clock of `local`."""
    days = (local.date() - now.astimezone(local.tzinfo).date()).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Tomorrow")
    return date_format(local, "l j F")


def in_words(span: timedelta) -> str:
    """How long until something: "in 4 minutes" rounded up, from an hour and a half on in hours, then in days."""
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    if minutes >= 36 * 60:
        days = round(minutes / 1440)
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    if minutes >= 90:
        hours = round(minutes / 60)
        return ngettext("in %(count)d hour", "in %(count)d hours", hours) % {"count": hours}
    return ngettext("in %(count)d minute", "in %(count)d minutes", minutes) % {"count": minutes}


def _default(every: list[slots.Slot]) -> str:
    free = [slot for slot in every if not slot.full]
    first = next((slot for slot in free if slot.starts_at), free[0] if free else None)
    return value_of(first.kind, first.starts_at) if first else ""


def _folded(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Six rows in sight; the replay, which stands last, stays among them."""
    last = [row for row in rows if row.kind == slots.Kind.REPLAY]
    others = [row for row in rows if row.kind != slots.Kind.REPLAY]
    return [*others[: SHOWN - len(last)], *last], others[SHOWN - len(last) :]


def _more(folded: list[Row]) -> str:
    dates = [row.local for row in folded if row.local]
    if not dates:
        return ""
    words = ngettext("%(count)d more time until %(day)s", "%(count)d more times until %(day)s", len(folded))
    return words % {"count": len(folded), "day": date_format(max(dates), "j F")}


@dataclass(frozen=True, slots=True)
class _How:
    """How the rows are read: whose clock, when, and what is said beside them."""

    zone: ZoneInfo
    now: datetime
    minutes: int
    hours: pure_hours.Hours
    lines: Lines | None = None


def _row(slot: slots.Slot, how: _How, chosen: str) -> Row:
    waitable = bool(how.lines and slot.full and slot.starts_at)
    value = waiting_value(slot) if waitable else value_of(slot.kind, slot.starts_at)
    name, detail, relative = _words(slot, how.now, how.minutes)
    return Row(
        value=value,
        name=name,
        detail=" ".join(filter(None, (detail, _other_offset(slot, how)))),
        kind=slot.kind,
        starts_at=slot.starts_at,
        local=slot.local,
        relative=relative,
        hours_open=_hours_open(slot, how),
        full=slot.full,
        checked=value == chosen,
        button=_("Join the waiting list") if waitable else _button(slot),
        waitable=waitable,
        count=_count(slot, how),
        note=_waiting_note(slot, how),
    )


def standing_in_line(position: int) -> str:
    """Where somebody stands in a line, as a sentence."""
    words = _ordinals()
    if position <= len(words):
        return _("You are %(ordinal)s in line.") % {"ordinal": words[position - 1]}
    return _("You are number %(n)d in line.") % {"n": position}


def _ordinals() -> list[str]:
    return [
        _("first"), _("second"), _("third"), _("fourth"), _("fifth"),
        _("sixth"), _("seventh"), _("eighth"), _("ninth"), _("tenth"),
    ]  # fmt: skip


def _ahead(slot: slots.Slot, how: _How) -> int:
    return how.lines.waiting.get((slot.kind, slot.starts_at), 0) if how.lines and slot.starts_at else 0


def _count(slot: slots.Slot, how: _How) -> str:
    ahead = _ahead(slot, how)
    return ngettext("%(n)d waiting", "%(n)d waiting", ahead) % {"n": ahead} if ahead else ""


def _waiting_note(slot: slots.Slot, how: _How) -> str:
    """What choosing a full session means: the real number of places and of those who wait, and until when."""
    if how.lines is None or not slot.full or slot.starts_at is None or slot.local is None:
        return ""
    cut_off = how.lines.cut_off if slot.kind is slots.Kind.SCHEDULED else timedelta(0)
    until = (slot.starts_at - cut_off).astimezone(how.zone)
    ahead, words = _ahead(slot, how), _ordinals()
    place = (
        _("You would be %(ordinal)s on the waiting list.") % {"ordinal": words[ahead]}
        if ahead < len(words)
        else _("You would be number %(n)d on the waiting list.") % {"n": ahead + 1}
    )
    taken = ngettext(
        "The one place at %(time)s is taken.", "All %(n)d places at %(time)s are taken.", how.lines.places
    ) % {"n": how.lines.places, "time": date_format(slot.local, "H:i")}
    when = date_format(until, "H:i")
    if until.date() != how.now.astimezone(how.zone).date():
        when = f"{date_format(until, 'l')} {when}"
    yours = _("If one becomes free by %(when)s, it is yours, and we write at once.") % {"when": when}
    return f"{taken} {place} {yours}"


def _other_offset(slot: slots.Slot, how: _How) -> str:
    """The offset of that date where clocks change before it: the one above the picker is today's."""
    if slot.local is None or slot.local.utcoffset() == how.now.astimezone(how.zone).utcoffset():
        return ""
    return zone_label(how.zone, slot.local).rpartition(", ")[2]


def _words(slot: slots.Slot, now: datetime, minutes: int) -> tuple[str, str, bool]:
    """The name of a row, the detail beside it, and whether one of them moves with the clock."""
    if slot.starts_at is None or slot.local is None:
        if slot.kind is slots.Kind.REPLAY:
            return _("Watch the replay"), _("any time"), False
        return _("Watch now"), _("%(minutes)d min") % {"minutes": minutes}, False
    clock = date_format(slot.local, "H:i")
    left = slot.starts_at - now
    if slot.kind is slots.Kind.JUST_IN_TIME:
        return _("Starts %(when)s") % {"when": in_words(left)}, clock, True
    day = day_of(slot.local, now)
    if left < SOON:
        return f"{day} {clock}", in_words(left), True
    return f"{day} {clock}", date_format(slot.local, "l") if day == _("Tomorrow") else "", False


def _button(slot: slots.Slot) -> str:
    if slot.local is None:
        return _("Watch the replay") if slot.kind is slots.Kind.REPLAY else _("Watch now")
    return _("Save my place for %(time)s") % {"time": date_format(slot.local, "H:i")}


def _hours_open(slot: slots.Slot, how: _How) -> bool:
    if slot.kind is slots.Kind.REPLAY:
        return not how.hours.windows
    return pure_hours.is_open(how.hours, slot.starts_at or how.now, how.zone)

"""Reads the lines of a calendar file (RFC 5545) that say when its events take place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline, Contentlines
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling import zones
from scheduling.recurrence import resolve

MAX_CHARACTERS = 1_000_000
MAX_LINES = 10_000
MAX_DEPTH = 8
MAX_VALUES = 1_000  # dates of RDATE, and of EXDATE
FIRST_YEAR, LAST_YEAR = 1970, 2999

_OF_AN_EVENT = {"DTSTART", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS"}
_NAME = re.compile(r"[A-Za-z0-9-]+")
_MOMENT = re.compile(r"(\d{8}T\d{6})(Z?)", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_SAME_AS_UTC = {"UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT", "Etc/Zulu", "Zulu"}


class Refused(ValueError):
    """The file cannot be brought in: `name` is the property (or its part) at fault, `sentence` says why."""

    def __init__(self, name: str, sentence: str) -> None:
        name = printable(name[:60])
        super().__init__(f"{name}: {sentence}")
        self.name = name
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One property with its parameters, their names in capitals."""

    name: str
    value: str
    params: Mapping[str, str]


@dataclass(slots=True)
class Event:
    """The lines of one event by their names, in the order of the file."""

    lines: dict[str, list[Line]] = field(default_factory=dict)

    def all(self, name: str) -> list[Line]:
        return self.lines.get(name, [])

    def add(self, line: Line) -> None:
        self.lines.setdefault(line.name, []).append(line)

    @property
    def is_cancelled(self) -> bool:
        return any(line.value.strip().upper() == "CANCELLED" for line in self.all("STATUS"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A naive wall time and the zone it is read in; None: whatever clock is looked at."""

    wall: datetime
    zone: ZoneInfo | None

    @property
    def instant(self) -> datetime:
        """In UTC; of a wall time without a zone, as if it were in UTC."""
        return self.wall.replace(tzinfo=UTC) if self.zone is None else resolve(self.wall, self.zone)


def events(text: str) -> list[Event]:
    """The events of a calendar file that are not cancelled; Refused for what is no calendar, or too big.

    Lines without any BEGIN around them are one event.
    """
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES:
        raise Refused(
            "VCALENDAR", f"the file has more than {MAX_LINES} lines or {MAX_CHARACTERS} characters."
        )
    found: list[Event] = []
    bare = Event()
    stack: list[str] = []
    for line in _lines(text):
        if line.name in {"BEGIN", "END"}:
            _step(stack, line)
            if line.name == "BEGIN" and stack[-1] == "VEVENT":
                found.append(Event())
        elif not stack:
            bare.add(line)
        elif stack[-1] == "VEVENT":
            found[-1].add(line)
    if stack:
        raise Refused(stack[-1][:40], "begins and does not end.")
    return [event for event in found or [bare] if (found or bare.lines) and not event.is_cancelled]


def _step(stack: list[str], line: Line) -> None:
    """Into a component, or out of it."""
    name = line.value.upper()
    if line.name == "END":
        if not stack or stack.pop() != name:
            raise Refused("END", f"{quoted(name)} closes what was not begun.")
        return
    if len(stack) >= MAX_DEPTH:
        raise Refused("BEGIN", f"components stand more than {MAX_DEPTH} deep in one another.")
    if name == "VEVENT" and name in stack:
        raise Refused("VEVENT", "an event stands inside another one.")
    stack.append(name)


def _lines(text: str) -> Iterator[Line]:
    """The lines that matter, long ones put together again."""
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES:
        raise Refused(
            "VCALENDAR", f"the file has more than {MAX_LINES} lines or {MAX_CHARACTERS} characters."
        )
    unfolded: list[Contentline] = Contentlines.from_ical(text.removeprefix("\ufeff"))  # type: ignore[no-untyped-call]
    for line in unfolded:
        named = _NAME.match(line)
        name = named.group().upper() if named else ""
        if name in {"BEGIN", "END"} | _OF_AN_EVENT:
            yield _parts(name, line)


def _parts(name: str, line: Contentline) -> Line:
    try:
        _, params, value = line.raw_parts()
    except ValueError as error:
        raise Refused(name, "the line cannot be read.") from error
    plain = {
        str(key).upper(): item if isinstance(item, str) else ",".join(item) for key, item in params.items()
    }
    return Line(name, str(value).strip(), plain)


def moments(lines: list[Line]) -> list[Moment]:
    """The date-times of lines such as EXDATE and RDATE, which hold any number each."""
    found = [moment(line, value) for line in lines for value in line.value.split(",")]
    if len(found) > MAX_VALUES:
        raise Refused(lines[0].name, f"more than {MAX_VALUES} of them.")
    return found


def moment(line: Line, value: str) -> Moment:
    """A date-time as it stands in this line; Refused for dates, periods and what is neither."""
    kind = line.params.get("VALUE", "").upper()
    if kind == "PERIOD" or "/" in value:
        raise Refused(line.name, "periods cannot be brought in, only dates with a time.")
    if kind == "DATE" or _DATE.fullmatch(value):
        raise Refused(line.name, "a date without a time cannot be brought in.")
    wall, is_utc = date_time(line.name, value)
    if is_utc:
        return Moment(wall, ZoneInfo("UTC"))
    name = line.params.get("TZID")
    return Moment(wall, None if name is None else zone_of(name))


def date_time(name: str, value: str) -> tuple[datetime, bool]:
    """A value such as 20261025T003000Z as a naive date-time, and whether it is in UTC."""
    parts = _MOMENT.fullmatch(value.strip().upper())
    if parts is None:
        raise Refused(name, f"{quoted(value)} is no date with a time.")
    try:
        return datetime.strptime(parts[1], "%Y%m%dT%H%M%S"), bool(parts[2])  # noqa: DTZ007
    except ValueError as error:
        raise Refused(name, f"{quoted(value)} is no date with a time.") from error


def check_year(name: str, at: Moment) -> Moment:
    """The same again; Refused for years so far away that nobody can mean them."""
    if not FIRST_YEAR <= at.wall.year <= LAST_YEAR:
        raise Refused(name, f"the year {at.wall.year} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return at


def zone_of(name: str) -> ZoneInfo:
    """The zone a TZID names, whatever a VTIMEZONE of the file says about it; Refused if that is none.

    Besides IANA's names: their form with a maker before them, and those of Windows.
    """
    plain = name.strip().strip('"')
    if plain in _SAME_AS_UTC:
        return ZoneInfo("UTC")
    parts = plain.split("/")
    for candidate in (plain, WINDOWS_TO_OLSON.get(plain, ""), "/".join(parts[-2:]), "/".join(parts[-3:])):
        if candidate in zones.names() and (candidate == plain or plain.startswith("/") or "/" not in plain):
            return zones.named(candidate)
    raise Refused("TZID", f"{quoted(name)} is not a time zone that is known here.")


def quoted(value: str) -> str:
    """What the file says, short and printable, to stand in a sentence."""
    return f"“{printable(value[:40])}”"


def printable(value: str) -> str:
    """A text of a stranger's without what cannot be seen or turns the writing around."""
    return "".join(character if character.isprintable() else "?" for character in value)

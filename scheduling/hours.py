"""Says when somebody can be expected to answer: weekly windows in wall time, with dated exceptions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.recurrence import resolve

_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Window:
    """Open each week on `day` (Monday is 0) from `opens` until just before `closes`.

    A window that closes at or before it opens runs into the next day; midnight to midnight is the whole day.
    """

    day: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.day <= 6:
            raise ValueError("Days of the week are 0 (Monday) to 6.")
        _check_span(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class DatedException:
    """Otherwise than in the week on one date: open or closed, the whole day unless times are given.

    Where they meet, open on a date wins over closed on a date, and both over the week: closed on 24 December and
    open on 24 December from 10 to 12 means open from 10 to 12. A closed day also ends what began the night before.
    """

    on: date
    open: bool
    opens: time = _MIDNIGHT
    closes: time = _MIDNIGHT
    name: str = ""

    def __post_init__(self) -> None:
        _check_span(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class Hours:
    """Chat hours. No weekly windows at all means always open (but for the closed exceptions).

    `zone` is whose wall clock the times are read on. With `attendee_zone` it is only the fallback, and the functions
    read the times on the clock of the attendee's zone that they are given.
    """

    windows: tuple[Window, ...]
    zone: ZoneInfo
    exceptions: tuple[DatedException, ...] = ()
    attendee_zone: bool = False


def _check_span(opens: time, closes: time) -> None:
    if opens == closes != _MIDNIGHT:
        raise ValueError("Hours cannot close when they open.")
    if opens.tzinfo or closes.tzinfo:
        raise ValueError("Hours are wall times without a zone.")

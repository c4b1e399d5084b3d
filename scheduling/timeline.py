"""Says which phase a session is in and how far into the video it is, from the server's clock alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AHEAD = timedelta(seconds=30)

_NONE = timedelta(0)


class Phase(StrEnum):
    """What the room shows."""

    EARLY = "early"
    INTRO = "intro"
    PLAYING = "playing"
    EXIT = "exit"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Timeline:
    """One session's times, for one person where the clock is their own.

    `starts_at` is a UTC instant; None on a clock of one's own means that it was not opened yet. `doors` is how long
    before the start the room lets people in. `paused` is what this person was allowed to pause so far, `paused_at` the
    beginning of a pause that lasts; both stay empty on a shared clock.
    """

    starts_at: datetime | None
    duration: timedelta
    intro: timedelta = _NONE
    exit_room: timedelta = _NONE
    doors: timedelta = _NONE
    own_clock: bool = False
    paused: timedelta = _NONE
    paused_at: datetime | None = None

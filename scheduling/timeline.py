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

    `starts_at` is a UTC instant; None on a clock of one's own means that it was not opened yet. `doors` is
    how long before the start the room lets people in. `paused` is what this person was allowed to pause so
    far, `paused_at` the beginning of a pause that lasts; both stay empty on a shared clock.
    """

    starts_at: datetime | None
    duration: timedelta
    intro: timedelta = _NONE
    exit_room: timedelta = _NONE
    doors: timedelta = _NONE
    own_clock: bool = False
    paused: timedelta = _NONE
    paused_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.duration <= _NONE or min(self.intro, self.exit_room, self.doors, self.paused) < _NONE:
            raise ValueError("A session has a video, and nothing in it lasts less than no time.")
        if self.starts_at is None and not self.own_clock:
            raise ValueError("A shared clock has a start.")


@dataclass(frozen=True, slots=True)
class Replay:
    """When a recording may be watched at one's own pace: from `opens_at` until just before `closes_at`.

    None for an end that does not come. The position is the viewer's own, so there is none to compute.
    """

    opens_at: datetime
    closes_at: datetime | None = None


class Until(StrEnum):
    """What ends a replay."""

    NEVER = "never"
    AFTER_SESSION = "after_session"
    AFTER_OPENING = "after_opening"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ReplayTerms:
    """From when and until when a replay may be watched.

    `opens_after` counts from the end of the session; `span` from there or from the first opening, as `until` says;
    `last` is the first instant after the last day.
    """

    opens_after: timedelta
    until: Until
    span: timedelta
    last: datetime | None = None


def replay_of(
    terms: ReplayTerms, *, session_ends_at: datetime | None, opened_at: datetime | None, now: datetime
) -> Replay:
    """When the replay of a session that ends then may be watched; without a session it counts from its opening.

    What was not opened yet is judged as if it were opened at `now`.
    """
    opened = opened_at or now
    opens_at = opened if session_ends_at is None else session_ends_at + terms.opens_after
    match terms.until:
        case Until.NEVER:
            return Replay(opens_at)
        case Until.DATE:
            return Replay(opens_at, terms.last)
        case Until.AFTER_SESSION if session_ends_at is not None:
            return Replay(opens_at, session_ends_at + terms.span)
        case _:
            return Replay(opens_at, opened + terms.span)


def phase(timeline: Timeline, at: datetime) -> Phase:
    """The phase at the aware instant `at`: each begins at its first instant, ends before the next one's."""
    if timeline.starts_at is None:
        return Phase.EARLY
    since = _elapsed(timeline, at)
    video_from = timeline.intro
    video_until = video_from + timeline.duration
    if since < _NONE:
        return Phase.EARLY
    if since < video_from:
        return Phase.INTRO
    if since < video_until:
        return Phase.PLAYING
    return Phase.EXIT if since < video_until + timeline.exit_room else Phase.OVER


def replay_phase(replay: Replay, at: datetime) -> Phase:
    """Early, playing or over: a replay has neither intro nor exit room."""
    if at < replay.opens_at:
        return Phase.EARLY
    return Phase.PLAYING if replay.closes_at is None or at < replay.closes_at else Phase.OVER


def position(timeline: Timeline, at: datetime) -> float:
    """Seconds into the video at the aware instant `at`: 0 before it plays, its whole length afterwards."""
    if timeline.starts_at is None:
        return 0.0
    into = _elapsed(timeline, at) - timeline.intro
    return min(max(into, _NONE), timeline.duration).total_seconds()


def edge(timeline: Timeline, at: datetime) -> float:
    """Seconds of the video that may be handed out at `at`: 0 before the start and when the session is over.

    On a shared clock that is 30 seconds ahead of the position, the same for everybody, so that the intro
    already loads the video's beginning; on a clock of one's own it is all, once opened.
    """
    if phase(timeline, at) in {Phase.EARLY, Phase.OVER}:
        return 0.0
    if timeline.own_clock:
        return timeline.duration.total_seconds()
    ahead = _elapsed(timeline, at) - timeline.intro + AHEAD
    return min(max(ahead, _NONE), timeline.duration).total_seconds()


def doors_at(timeline: Timeline) -> datetime | None:
    """The UTC instant from which the room lets people in; None: always, on a clock that nobody started."""
    return None if timeline.starts_at is None else timeline.starts_at - timeline.doors


def ends_at(timeline: Timeline) -> datetime | None:
    """The UTC instant at which the session is over, pauses so far included.

    None while it cannot be known: before a clock of one's own was started, and during a pause.
    """
    if timeline.starts_at is None or timeline.paused_at is not None:
        return None
    length = timeline.intro + timeline.duration + timeline.exit_room
    return timeline.starts_at + timeline.paused + length


def is_room_open(timeline: Timeline, at: datetime) -> bool:
    """Whether the room lets people in at `at`: from its doors until the session is over."""
    doors = doors_at(timeline)
    return (doors is None or at >= doors) and phase(timeline, at) is not Phase.OVER


def next_change(timeline: Timeline, at: datetime) -> datetime | None:
    """The UTC instant after `at` at which the next phase begins; None if none does by itself."""
    if timeline.starts_at is None or timeline.paused_at is not None:
        return None
    since = _elapsed(timeline, at)
    if since < _NONE:
        return timeline.starts_at
    video_until = timeline.intro + timeline.duration
    steps = (timeline.intro, video_until, video_until + timeline.exit_room)
    return next((at + (step - since) for step in steps if step > since), None)


def _elapsed(timeline: Timeline, at: datetime) -> timedelta:
    """What has passed of a session that has a start, less this person's pauses; negative before the start."""
    moment = at if timeline.paused_at is None else min(at, timeline.paused_at)
    since = moment - (timeline.starts_at or moment)
    return since if since < _NONE else max(since - timeline.paused, _NONE)

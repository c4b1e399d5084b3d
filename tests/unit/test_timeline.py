"""The phases of a session, the position in its video, and what of it may be handed out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.timeline import (
    Phase,
    Replay,
    Timeline,
    doors_at,
    edge,
    ends_at,
    is_room_open,
    next_change,
    phase,
    position,
    replay_phase,
)

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SHARED = Timeline(
    START,
    duration=timedelta(minutes=40),
    intro=timedelta(seconds=20),
    exit_room=timedelta(minutes=10),
    doors=timedelta(minutes=15),
)
VIDEO_FROM = START + SHARED.intro
VIDEO_UNTIL = VIDEO_FROM + SHARED.duration
END = VIDEO_UNTIL + SHARED.exit_room

spans = st.timedeltas(timedelta(0), timedelta(hours=3))
lengths = st.timedeltas(timedelta(seconds=1), timedelta(hours=3))
timelines = st.builds(
    Timeline,
    st.just(START),
    duration=lengths,
    intro=spans,
    exit_room=spans,
    doors=spans,
    own_clock=st.booleans(),
)
moments = st.timedeltas(timedelta(hours=-4), timedelta(hours=10)).map(lambda after: START + after)


@pytest.mark.parametrize(
    ("begins", "expected"),
    [
        (START, Phase.INTRO),
        (VIDEO_FROM, Phase.PLAYING),
        (VIDEO_UNTIL, Phase.EXIT),
        (END, Phase.OVER),
    ],
)
def test_a_phase_begins_at_its_instant_and_not_before(begins: datetime, expected: Phase) -> None:
    order = list(Phase)
    assert phase(SHARED, begins) is expected
    assert phase(SHARED, begins - MOMENT) is order[order.index(expected) - 1]


def test_what_lasts_no_time_is_passed_over() -> None:
    bare = Timeline(START, duration=timedelta(minutes=1))
    assert phase(bare, START - MOMENT) is Phase.EARLY
    assert phase(bare, START) is Phase.PLAYING
    assert phase(bare, START + timedelta(minutes=1)) is Phase.OVER
    assert next_change(bare, START - MOMENT) == START
    assert next_change(bare, START) == START + timedelta(minutes=1)


def test_the_position_counts_from_the_end_of_the_intro() -> None:
    assert position(SHARED, START - timedelta(hours=1)) == 0
    assert position(SHARED, VIDEO_FROM) == 0
    assert position(SHARED, VIDEO_FROM + timedelta(seconds=90.25)) == 90.25
    assert position(SHARED, END) == 2400


def test_A8_a_live_playlist_ends_thirty_seconds_ahead_and_is_empty_before_the_start_and_after_the_end() -> (
    None
):
    assert edge(SHARED, START - MOMENT) == 0
    assert edge(SHARED, START) == 10  # the intro loads the beginning
    assert edge(SHARED, VIDEO_FROM + timedelta(seconds=90)) == 120
    assert edge(SHARED, VIDEO_UNTIL - timedelta(seconds=10)) == 2400
    assert edge(SHARED, END - MOMENT) == 2400
    assert edge(SHARED, END) == 0


def test_the_room_is_open_from_its_doors_until_the_session_is_over() -> None:
    doors = START - timedelta(minutes=15)
    assert doors_at(SHARED) == doors
    assert not is_room_open(SHARED, doors - MOMENT)
    assert is_room_open(SHARED, doors)
    assert is_room_open(SHARED, END - MOMENT)
    assert not is_room_open(SHARED, END)
    assert ends_at(SHARED) == END


@given(timeline=timelines, at=moments)
def test_the_next_change_is_where_the_phase_next_differs(timeline: Timeline, at: datetime) -> None:
    change = next_change(timeline, at)
    if change is None:
        assert phase(timeline, at) is Phase.OVER
        assert phase(timeline, at + timedelta(days=1)) is Phase.OVER
    else:
        assert phase(timeline, change) is not phase(timeline, at)
        assert phase(timeline, change - MOMENT) is phase(timeline, at)


@given(timeline=timelines, at=moments, later=spans)
def test_neither_position_nor_phase_ever_goes_back(
    timeline: Timeline, at: datetime, later: timedelta
) -> None:
    order = list(Phase)
    assert position(timeline, at) <= position(timeline, at + later)
    assert order.index(phase(timeline, at)) <= order.index(phase(timeline, at + later))
    if phase(timeline, at) in {Phase.INTRO, Phase.PLAYING, Phase.EXIT}:
        assert position(timeline, at) <= edge(timeline, at) <= timeline.duration.total_seconds()


OWN = Timeline(START, duration=timedelta(minutes=40), own_clock=True)


def test_a_clock_of_ones_own_that_nobody_started_waits() -> None:
    waiting = Timeline(None, duration=timedelta(minutes=40), own_clock=True)
    assert phase(waiting, START) is Phase.EARLY
    assert position(waiting, START) == 0
    assert edge(waiting, START) == 0
    assert is_room_open(waiting, START)
    assert doors_at(waiting) is ends_at(waiting) is next_change(waiting, START) is None


def test_a_clock_of_ones_own_hands_out_the_whole_video_once_started() -> None:
    assert edge(OWN, START - MOMENT) == 0
    assert edge(OWN, START) == 2400
    assert edge(OWN, START + timedelta(minutes=40)) == 0


def test_pauses_that_were_allowed_move_everything_after_them() -> None:
    five_minutes = timedelta(minutes=5)
    paused = Timeline(START, timedelta(minutes=40), own_clock=True, paused_at=START + timedelta(minutes=10))
    assert position(paused, START + timedelta(minutes=4)) == 240
    assert position(paused, START + timedelta(minutes=10)) == 600
    assert position(paused, START + timedelta(hours=9)) == 600
    assert phase(paused, START + timedelta(hours=9)) is Phase.PLAYING
    assert ends_at(paused) is next_change(paused, START) is None

    resumed = Timeline(START, timedelta(minutes=40), own_clock=True, paused=five_minutes)
    assert position(resumed, START + timedelta(minutes=20)) == 900
    assert phase(resumed, START + timedelta(minutes=44)) is Phase.PLAYING
    end = START + timedelta(minutes=45)
    assert ends_at(resumed) == next_change(resumed, START + timedelta(minutes=20)) == end
    assert phase(resumed, end) is Phase.OVER


def test_a_replay_plays_from_its_opening_until_it_expires() -> None:
    week = Replay(START, START + timedelta(days=7))
    assert replay_phase(week, START - MOMENT) is Phase.EARLY
    assert replay_phase(week, START) is Phase.PLAYING
    assert replay_phase(week, START + timedelta(days=7) - MOMENT) is Phase.PLAYING
    assert replay_phase(week, START + timedelta(days=7)) is Phase.OVER
    assert replay_phase(Replay(START), START + timedelta(days=7000)) is Phase.PLAYING


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: Timeline(None, timedelta(minutes=1)),
        lambda: Timeline(START, timedelta(0)),
        lambda: Timeline(START, timedelta(minutes=1), intro=timedelta(seconds=-1)),
        lambda: Timeline(START, timedelta(minutes=1), paused=timedelta(seconds=-1)),
    ],
)
def test_what_cannot_be_meant_is_refused(mistake: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        mistake()

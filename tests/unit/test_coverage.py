"""Who is there when: shifts, sessions and chat hours over each other, and the questions of an hour."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.coverage import Kept, Span, covered, gaps, kept, length, stretches, union, within, without
from scheduling.hours import Hours, Window, open_spans
from scheduling.load import Assumptions, questions, spread

EASTERN, PACIFIC = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 3, 2, tzinfo=EASTERN).astimezone(UTC)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


def nine_to_six(zone: ZoneInfo) -> Hours:
    return Hours(tuple(Window(day, time(9), time(18)) for day in range(5)), zone)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(EASTERN):%a %H:%M}"


def test_A017_two_coasts_together_are_there_from_nine_to_nine_eastern_without_a_gap() -> None:
    end = MONDAY + WEEK
    wanted = Hours(tuple(Window(day, time(9), time(21)) for day in range(5)), EASTERN)
    hours = open_spans(wanted, MONDAY, end)
    both = {zone.key: open_spans(nine_to_six(zone), MONDAY, end) for zone in (EASTERN, PACIFIC)}
    pieces = stretches(MONDAY, end, shifts=both, sessions=[], hours=hours)
    there = [piece for piece in pieces if piece.people]
    assert {local(piece.begin)[4:] for piece in there} == {"09:00", "12:00", "18:00"}
    assert gaps(pieces, []) == []
    assert covered(pieces) == (timedelta(hours=60), timedelta(hours=60))
    alone = stretches(MONDAY, end, shifts={"east": both[EASTERN.key]}, sessions=[], hours=hours)
    found = gaps(alone, [])
    assert next((local(gap.begin), local(gap.end)) for gap in found) == ("Mon 18:00", "Mon 21:00")
    assert len(found) == 5
    assert covered(alone)[0] == timedelta(hours=45)


def test_a_session_with_nobody_on_shift_is_a_gap_also_outside_the_chat_hours() -> None:
    session = (MONDAY + 20 * HOUR, MONDAY + 21 * HOUR)
    shifts = {"Bob": [(MONDAY + 9 * HOUR, MONDAY + 20.5 * HOUR)]}
    pieces = stretches(MONDAY, MONDAY + WEEK, shifts=shifts, sessions=[session], hours=[])
    (gap,) = gaps(pieces, [session])
    assert (gap.begin, gap.end, gap.sessions, gap.hours_open) == (
        MONDAY + 20.5 * HOUR,
        MONDAY + 21 * HOUR,
        1,
        False,
    )


def test_over_a_clock_change_a_shift_keeps_its_wall_time() -> None:
    begin = datetime(2026, 3, 6, tzinfo=EASTERN).astimezone(UTC)
    spans = open_spans(
        Hours((Window(4, time(9), time(17)), Window(0, time(9), time(17))), EASTERN), begin, begin + WEEK
    )
    assert [local(start) for start, _end in spans] == ["Fri 09:00", "Mon 09:00"]
    assert spans[1][0] - spans[0][0] == timedelta(days=3) - HOUR


@st.composite
def some_spans(draw: st.DrawFn) -> list[Span]:
    pairs = draw(st.lists(st.tuples(st.integers(0, 160), st.integers(1, 20)), max_size=6))
    return [(MONDAY + a * HOUR, MONDAY + (a + n) * HOUR) for a, n in pairs]


@given(some_spans(), some_spans(), some_spans(), some_spans())
def test_the_pieces_leave_no_hole_and_say_of_each_hour_what_is_so(
    bob: list[Span], dana: list[Span], sessions: list[Span], hours: list[Span]
) -> None:
    end = MONDAY + WEEK
    shifts = {"Bob": bob, "Dana": dana}
    pieces = stretches(MONDAY, end, shifts=shifts, sessions=sessions, hours=hours)
    assert pieces[0].begin == MONDAY
    assert pieces[-1].end == end
    assert all(a.end == b.begin for a, b in pairwise(pieces))
    for number in range(168):
        at = MONDAY + number * HOUR
        piece = next(piece for piece in pieces if piece.begin <= at < piece.end)
        assert piece.people == {who for who, spans in shifts.items() if any(a <= at < b for a, b in spans)}
        assert piece.sessions == sum(a <= at < b for a, b in sessions)
        assert piece.hours_open == any(a <= at < b for a, b in hours)


def test_A019_twice_the_sessions_at_equal_registrations_lower_the_peak() -> None:
    assumed = Assumptions(attendees=100, questions_an_hour=1)
    once = [MONDAY + day * 24 * HOUR + 15 * HOUR for day in range(5)]
    twice = once + [start + 4 * HOUR for start in once]
    peaks = [
        max(
            questions(
                spread(assumed, scheduled=starts, at_will=[], length=HOUR), assumed, MONDAY, length=HOUR
            )
        )
        for starts in (once, twice)
    ]
    assert peaks == [pytest.approx(20), pytest.approx(10)]


@given(st.floats(0, 1), st.integers(0, 12), st.booleans(), st.integers(10, 180))
def test_however_they_are_spread_the_week_brings_what_its_people_ask(
    share: float, sessions: int, at_will: bool, minutes: int
) -> None:
    assumed = Assumptions(attendees=80, questions_an_hour=1.5, scheduled_share=share)
    starts = [MONDAY + n * 12 * HOUR for n in range(sessions)]
    spans = [(MONDAY + 9 * HOUR, MONDAY + 17.25 * HOUR)] if at_will else []
    length = timedelta(minutes=minutes)
    runs = spread(assumed, scheduled=starts, at_will=spans, length=length)
    total = sum(questions(runs, assumed, MONDAY, length=length, hours=200))
    expected = 80 * 1.5 * minutes / 60 if starts or spans else 0
    assert total == pytest.approx(expected)


def test_fewer_than_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than none"):
        Assumptions(attendees=-1, questions_an_hour=1)


_MOMENTS = st.integers(0, 60).map(lambda quarter: MONDAY + quarter * timedelta(minutes=15))
_SPANS = st.lists(st.tuples(_MOMENTS, _MOMENTS), max_size=8)


@given(_SPANS, _SPANS)
def test_M11_hours_kept_are_what_the_stretches_of_one_person_say(
    hours: list[Span], there: list[Span]
) -> None:
    found = kept(hours, there)
    pieces = stretches(MONDAY, MONDAY + WEEK, shifts={"any": there}, sessions=[], hours=hours)
    assert list(found.gaps) == gaps(pieces, [])
    assert (found.there, found.advertised) == covered(pieces)
    assert (found.percent == 100) == (not found.gaps)
    assert found.longest is None or all(gap.length <= found.longest.length for gap in found.gaps)


@given(_SPANS, _SPANS)
def test_spans_are_taken_together_apart_and_out_of_each_other_minute_by_minute(
    some: list[Span], others: list[Span]
) -> None:
    for number in range(61):
        at = MONDAY + number * timedelta(minutes=15)
        first, second = (any(a <= at < b for a, b in spans) for spans in (some, others))
        assert any(a <= at < b for a, b in union(some)) == first
        assert any(a <= at < b for a, b in without(some, others)) == (first and not second)
        assert any(a <= at < b for a, b in within(some, others)) == (first and second)
    assert length(union(some)) == length(within(some, others)) + length(without(some, others))


def test_hours_that_nobody_advertised_are_kept() -> None:
    assert (Kept().percent, Kept().longest) == (100, None)

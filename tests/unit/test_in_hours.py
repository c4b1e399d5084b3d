"""Time within hours against a count of single minutes, over changes of the clocks and of the hours themselves."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.hours import Hours, Window, is_open
from scheduling.in_hours import in_force, open_time

MINUTE = timedelta(minutes=1)
ZONES = [ZoneInfo(name) for name in ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "UTC")]
# Two days around each change of the clocks in these zones.
CHANGES = [
    datetime(2026, month, day, tzinfo=UTC)
    for month, day in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31))
]
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]


@st.composite
def windows(draw: st.DrawFn) -> Window:
    opens = draw(st.sampled_from(QUARTERS))
    closes = draw(st.sampled_from([one for one in QUARTERS if one != opens]))
    return Window(draw(st.integers(0, 6)), opens, closes)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    rows = tuple(draw(st.lists(windows(), max_size=4)))
    return Hours(rows, draw(st.sampled_from(ZONES)), attendee_zone=draw(st.booleans()))


@settings(deadline=None, max_examples=80)
@given(
    begin=st.builds(
        lambda change, minutes: change + minutes * MINUTE,
        st.sampled_from(CHANGES),
        st.integers(0, 60 * 24),
    ),
    length=st.integers(0, 60 * 14),
    current=hours(),
    earlier=st.lists(
        st.tuples(st.integers(-600, 60 * 16), hours()), max_size=2, unique_by=lambda one: one[0]
    ),
    zone=st.sampled_from(ZONES),
)
def test_G11_time_within_hours_is_what_a_count_of_open_minutes_gives(
    begin: datetime, length: int, current: Hours, earlier: list[tuple[int, Hours]], zone: ZoneInfo
) -> None:
    end = begin + length * MINUTE
    versions = sorted(((begin + at * MINUTE, one) for at, one in earlier), key=lambda one: one[0])

    def stood(at: datetime) -> Hours:
        return next((one for until, one in versions if at < until), current)

    minutes = [begin + minute * MINUTE for minute in range(length)]
    counted = sum(is_open(stood(at), at, zone) for at in minutes)
    assert open_time(versions[::-1], current, begin, end, zone) == counted * MINUTE


def test_pieces_follow_each_other_without_a_hole_and_none_is_empty() -> None:
    begin, old, new = CHANGES[0], Hours((), ZONES[0]), Hours((), ZONES[3])
    past, later = (begin - MINUTE, old), (begin + 5 * MINUTE, old)
    assert list(in_force([later, past], new, begin, begin + 9 * MINUTE)) == [
        (old, begin, begin + 5 * MINUTE),
        (new, begin + 5 * MINUTE, begin + 9 * MINUTE),
    ]
    assert list(in_force([later], new, begin, begin)) == []

"""Chat hours against a minute table, over midnight, exceptions and clock changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import holidays
from scheduling.hours import DatedException, Hours, Window, closes_at, is_open, next_opening, openings
from scheduling.recurrence import FRIDAY, MONDAY, SATURDAY, SUNDAY, TUESDAY
from tests.unit import minutes
from tests.unit.minutes import DAY, MINUTE

WARSAW = ZoneInfo("Europe/Warsaw")
TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = Hours(tuple(Window(day, time(9), time(17)) for day in range(5)), WARSAW)
NIGHT = Hours((Window(SATURDAY, time(22), time(2)), Window(SUNDAY, time(2), time(6))), WARSAW)
ALL_WEEK = Hours(tuple(Window(day, time(0), time(0)) for day in range(7)), WARSAW)


def warsaw(*wall: int) -> datetime:
    return datetime(*wall, tzinfo=WARSAW)  # type: ignore[misc,arg-type]


quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def spans(draw: st.DrawFn) -> tuple[time, time]:
    opens, closes = draw(quarters), draw(quarters)
    return (opens, closes) if opens != closes else (time(0), time(0))


# Poland's, on days near clock changes somewhere.
HOLIDAYS = {
    *(date(2026, 4, 5), date(2026, 4, 6), date(2026, 11, 1)),
    *(date(2011, 12, 25), date(2011, 12, 26)),
}


@st.composite
def hours_near(draw: st.DrawFn, zone: str, middle: date) -> Hours:
    windows = tuple(Window(day, *draw(spans())) for day in draw(st.lists(st.integers(0, 6), max_size=5)))
    exceptions = tuple(
        DatedException(middle + timedelta(days=after), draw(st.booleans()), *draw(spans()))
        for after in draw(st.lists(st.integers(-3, 3), max_size=3))
    )
    return Hours(windows, ZoneInfo(zone), exceptions, country=draw(st.sampled_from(["", "PL"])))


def open_minutes(hours: Hours, zone: str, middle: date) -> set[datetime]:
    """The open minutes around a day: the week's, less what is closed on a date, and what is open on a date."""
    known = minutes.table(zone, middle)
    week, closed, opened = set[datetime](), set[datetime](), set[datetime]()
    for after in range(-6, 6):
        day = middle + after * DAY
        shut = any(one.on == day and one.is_closed_day for one in hours.exceptions)
        if hours.country and day in HOLIDAYS:
            shut = True
            closed |= _minutes(known, day, time(0), time(0))
        for window in hours.windows:
            if window.day == day.weekday() and not shut:
                week |= _minutes(known, day, window.opens, window.closes)
        if not hours.windows and not shut:
            week |= _minutes(known, day, time(0), time(0))
        for exception in hours.exceptions:
            if exception.on == day:
                found = _minutes(known, day, exception.opens, exception.closes)
                opened, closed = (opened | found, closed) if exception.open else (opened, closed | found)
    return (week - closed) | opened


def _minutes(known: dict[datetime, datetime], day: date, opens: time, closes: time) -> set[datetime]:
    until = datetime.combine(day if closes > opens else day + DAY, closes)
    return minutes.covered(known, [(datetime.combine(day, opens), until)])


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
@settings(deadline=None, max_examples=4 * minutes.DEEPER)
@given(data=st.data())
def test_S7_F16_open_hours_over_a_clock_change_equal_the_table(
    zone: str, day: date, data: st.DataObject
) -> None:
    hours, there = data.draw(hours_near(zone, day)), None
    expected = open_minutes(hours, zone, day)
    if data.draw(st.booleans()):
        # The same on the clock of whoever asks.
        hours, there = replace(hours, zone=TOKYO, attendee_zone=True), ZoneInfo(zone)
    kept = openings(hours, there)
    low, high = minutes.bounds(zone, day, 2)
    starts = [low + n * timedelta(minutes=15) for n in range((high - low) // timedelta(minutes=15))]
    for instant in starts:
        assert is_open(hours, instant, there) == kept.is_open(instant) == (instant in expected)
    for instant in starts[:: data.draw(st.integers(37, 61))]:
        assert is_open(hours, instant - MINUTE, there) == (instant - MINUTE in expected)
        opening, closing = next_opening(hours, instant, there), closes_at(hours, instant, there)
        if opening is None or opening > high:
            assert not any(instant <= minute < high for minute in expected)
        else:
            assert opening == min(minute for minute in expected if minute >= instant)
        if instant not in expected:
            assert closing is None
        elif closing is not None and closing < high:
            assert closing not in expected
            assert all(minute in expected for minute in starts if instant <= minute < closing)


def test_no_windows_is_always_open() -> None:
    always = Hours((), WARSAW)
    now = warsaw(2026, 6, 1, 3)
    assert is_open(always, now)
    assert next_opening(always, now) == now
    assert closes_at(always, now) is None


def test_open_at_the_opening_and_not_at_the_closing() -> None:
    opening, closing = warsaw(2026, 6, 1, 9), warsaw(2026, 6, 1, 17)
    moment = timedelta(microseconds=1)
    assert not is_open(OFFICE, opening - moment)
    assert is_open(OFFICE, opening)
    assert is_open(OFFICE, closing - moment)
    assert not is_open(OFFICE, closing)
    assert next_opening(OFFICE, opening) == opening
    assert closes_at(OFFICE, opening) == closing
    assert closes_at(OFFICE, closing) is None


def test_after_friday_comes_monday() -> None:
    assert next_opening(OFFICE, warsaw(2026, 6, 5, 17)) == warsaw(2026, 6, 8, 9)


def test_a_window_over_midnight_runs_into_the_next_one() -> None:
    assert is_open(NIGHT, warsaw(2026, 6, 7, 1, 59))
    assert is_open(NIGHT, warsaw(2026, 6, 7, 2))
    assert closes_at(NIGHT, warsaw(2026, 6, 6, 23)) == warsaw(2026, 6, 7, 6)


def test_S7_a_shift_that_ends_in_the_gap_hands_over_to_the_next_without_a_hole() -> None:
    shifts = Hours((Window(SATURDAY, time(22), time(2, 30)), Window(SUNDAY, time(2, 30), time(6))), WARSAW)
    assert closes_at(shifts, warsaw(2026, 3, 28, 23)) == warsaw(2026, 3, 29, 6)


def test_S7_hours_that_the_gap_turns_upside_down_do_not_open_that_day() -> None:
    # 02:30 moves to 03:30, behind their own end.
    hours = Hours((Window(SUNDAY, time(2, 30), time(3, 15)),), WARSAW)
    assert next_opening(hours, warsaw(2026, 3, 29, 3, 10)) == warsaw(2026, 4, 5, 2, 30)
    pause = DatedException(date(2026, 3, 29), False, time(2, 30), time(3, 15))
    assert closes_at(Hours(NIGHT.windows, WARSAW, (pause,)), warsaw(2026, 3, 29, 1)) == warsaw(2026, 3, 29, 6)


def test_midnight_to_midnight_is_the_whole_day_and_a_whole_week_never_closes() -> None:
    monday = Hours((Window(MONDAY, time(0), time(0)),), WARSAW)
    assert next_opening(monday, warsaw(2026, 6, 5)) == warsaw(2026, 6, 8)
    assert closes_at(monday, warsaw(2026, 6, 8, 12)) == warsaw(2026, 6, 9)
    assert closes_at(ALL_WEEK, warsaw(2026, 6, 8, 12)) is None


def test_a_far_exception_ends_what_is_open_all_week() -> None:
    holiday = DatedException(date(2027, 1, 1), open=False, name="New Year")
    hours = Hours(ALL_WEEK.windows, WARSAW, (holiday,))
    assert closes_at(hours, warsaw(2026, 6, 8, 12)) == warsaw(2027, 1, 1)
    assert next_opening(hours, warsaw(2027, 1, 1, 8)) == warsaw(2027, 1, 2)
    assert closes_at(Hours((), WARSAW, (holiday,)), warsaw(2026, 12, 30)) == warsaw(2027, 1, 1)


def test_closed_on_a_date_also_ends_the_night_before() -> None:
    hours = Hours(NIGHT.windows, WARSAW, (DatedException(date(2026, 6, 7), open=False),))
    assert closes_at(hours, warsaw(2026, 6, 6, 23)) == warsaw(2026, 6, 7)
    assert not is_open(hours, warsaw(2026, 6, 7, 3))


def test_nothing_of_the_week_begins_on_a_closed_date() -> None:
    hours = Hours(NIGHT.windows, WARSAW, (DatedException(date(2026, 6, 6), open=False),))
    assert not is_open(hours, warsaw(2026, 6, 6, 23))
    assert not is_open(hours, warsaw(2026, 6, 7, 1))
    assert is_open(hours, warsaw(2026, 6, 7, 3))


def test_open_on_a_date_wins_over_closed_on_it() -> None:
    day = date(2026, 12, 24)
    closed = DatedException(day, open=False)
    morning = DatedException(day, open=True, opens=time(10), closes=time(12))
    for exceptions in ((closed, morning), (morning, closed)):
        hours = Hours(OFFICE.windows, WARSAW, exceptions)
        assert next_opening(hours, warsaw(2026, 12, 24)) == warsaw(2026, 12, 24, 10)
        assert closes_at(hours, warsaw(2026, 12, 24, 10)) == warsaw(2026, 12, 24, 12)


def test_F16_public_holidays_close_and_hours_on_that_date_open_again() -> None:
    poland = replace(OFFICE, country="PL")
    assert not is_open(poland, warsaw(2026, 11, 11, 12))  # a Wednesday
    assert is_open(OFFICE, warsaw(2026, 11, 11, 12))
    assert next_opening(poland, warsaw(2026, 11, 10, 17)) == warsaw(2026, 11, 12, 9)
    some = DatedException(date(2026, 11, 11), open=True, opens=time(10), closes=time(12))
    assert next_opening(replace(poland, exceptions=(some,)), warsaw(2026, 11, 10, 17)) == warsaw(
        2026, 11, 11, 10
    )
    assert closes_at(replace(ALL_WEEK, country="PL"), warsaw(2026, 11, 2)) == warsaw(2026, 11, 11)
    assert closes_at(Hours((), WARSAW, country="PL"), warsaw(2026, 11, 2)) == warsaw(2026, 11, 11)
    bavaria = Hours(OFFICE.windows, WARSAW, country="DE", region="BY")
    epiphany = warsaw(2026, 1, 6, 12)
    assert not is_open(bavaria, epiphany)
    assert is_open(replace(bavaria, region="BE"), epiphany)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Warsaw", "Pacific/Apia"])
def test_hours_that_are_kept_a_week_at_a_time_are_the_same_hours(zone: str) -> None:
    nights = tuple(Window(day, time(22), time(21, 30)) for day in range(7))
    for windows in (nights, NIGHT.windows, nights[::2]):
        hours = Hours(windows, ZoneInfo(zone), country="PL")
        kept = openings(hours)
        for start in (datetime(2011, 12, 20, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)):
            for number in range(0, 16 * 24 * 4, 3):
                instant = start + number * timedelta(minutes=15)
                assert kept.is_open(instant) == is_open(hours, instant)


def test_a_holiday_is_judged_on_the_clock_the_hours_are_read_on() -> None:
    anywhere = Hours((), WARSAW, attendee_zone=True, country="PL")
    still_the_tenth = datetime(2026, 11, 11, 1, tzinfo=UTC)
    assert is_open(anywhere, still_the_tenth, ZoneInfo("America/New_York"))
    assert not is_open(anywhere, still_the_tenth, TOKYO)


def test_holidays_are_known_by_country_region_and_year() -> None:
    assert holidays.public("PL", "", [2026])[date(2026, 11, 11)] == "National Independence Day"
    assert holidays.public("PL", "", [2011, 2026]).keys() >= HOLIDAYS
    assert holidays.public("DE", "BY", [2026]).keys() > holidays.public("DE", "", [2026]).keys()
    assert all(len(code) == 2 and code.isupper() for code in holidays.countries())
    assert "CA" in holidays.countries()["US"]
    for place in (("XX", ""), ("PL", "XX"), ("", ""), ("pl", "")):
        assert holidays.public(*place, [2026]) == {}
        with pytest.raises(holidays.UnknownPlace):
            holidays.check(*place)
    for year in (1, 1800, 9999):
        assert isinstance(holidays.public("PL", "", [year]), dict)


def test_an_extra_opening_is_found_and_hours_that_never_open_are_none() -> None:
    saturday = DatedException(date(2026, 6, 6), open=True, opens=time(10), closes=time(12))
    assert next_opening(Hours(OFFICE.windows, WARSAW, (saturday,)), warsaw(2026, 6, 5, 17)) == warsaw(
        2026, 6, 6, 10
    )
    tuesdays = Hours(
        (Window(TUESDAY, time(9), time(10)),),
        WARSAW,
        tuple(DatedException(date(2026, 1, 6) + timedelta(days=7 * n), open=False) for n in range(100)),
    )
    assert next_opening(tuesdays, warsaw(2026, 6, 1)) is None


def test_the_attendees_own_zone_counts_where_the_hours_say_so() -> None:
    nine_in_tokyo = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
    own = Hours(OFFICE.windows, WARSAW, attendee_zone=True)
    assert is_open(own, nine_in_tokyo, TOKYO)
    assert not is_open(own, nine_in_tokyo)
    assert not is_open(OFFICE, nine_in_tokyo, TOKYO)
    assert next_opening(own, nine_in_tokyo - MINUTE, TOKYO) == nine_in_tokyo
    assert closes_at(own, nine_in_tokyo, TOKYO) == nine_in_tokyo + timedelta(hours=8)


def test_the_ends_of_the_calendar_are_no_error() -> None:
    for instant in (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)):
        assert is_open(ALL_WEEK, instant) in {True, False}
        closes_at(OFFICE, instant)
        next_opening(OFFICE, instant)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: Window(FRIDAY, time(9), time(9)),
        lambda: Window(7, time(9), time(10)),
        lambda: Window(0, time(9, tzinfo=UTC), time(10)),
        lambda: DatedException(date(2026, 1, 1), True, time(9), time(9)),
    ],
)
def test_what_cannot_be_meant_is_refused(mistake: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        mistake()

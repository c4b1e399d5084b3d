"""When a human answers, in words on the clock of whoever asks (A-086)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from scheduling.hours import DatedException, Hours, Window
from scheduling.opening import Line, fortnight, week

WARSAW, NEW_YORK = ZoneInfo("Europe/Warsaw"), ZoneInfo("America/New_York")
OFFICE = tuple(Window(day, time(9), time(18)) for day in range(5))


def test_A086_days_with_the_same_hours_are_one_line() -> None:
    now = datetime(2026, 10, 12, 8, tzinfo=UTC)  # a Monday
    assert week(Hours(OFFICE, WARSAW), WARSAW, now) == [
        Line("Mon 12 Oct to Fri 16 Oct", ("09:00–18:00",)),
        Line("Sat 17 Oct to Sun 18 Oct", ()),
    ]


def test_A086_the_hours_follow_the_visitors_clock_over_a_change() -> None:
    now = datetime(2026, 10, 23, 12, tzinfo=UTC)  # a Friday; Warsaw changes on Sunday, New York a week later
    assert [line.times for line in week(Hours(OFFICE, WARSAW), NEW_YORK, now)] == [
        ("03:00–12:00",),
        (),
        ("04:00–13:00",),
    ]


def test_A086_a_holiday_and_a_sale_are_lines_of_their_own() -> None:
    sale = DatedException(date(2026, 11, 14), open=True, opens=time(10), closes=time(22))
    hours = Hours(OFFICE, WARSAW, (sale,), country="PL")
    found = week(hours, WARSAW, datetime(2026, 11, 9, 8, tzinfo=UTC))
    assert [(line.words, line.times) for line in found] == [
        ("Mon 9 Nov to Tue 10 Nov", ("09:00–18:00",)),
        ("Wed 11 Nov", ()),
        ("Thu 12 Nov to Fri 13 Nov", ("09:00–18:00",)),
        ("Sat 14 Nov", ("10:00–22:00",)),
        ("Sun 15 Nov", ()),
    ]


def test_A086_nights_are_cut_at_midnight_and_whole_days_are_said_so() -> None:
    night = Hours((Window(0, time(22), time(6)), Window(2, time(0), time(0))), WARSAW)
    found = week(night, WARSAW, datetime(2026, 11, 9, 8, tzinfo=UTC))
    assert [line.times for line in found] == [("22:00–24:00",), ("00:00–06:00",), ("all day",), ()]


def test_A086_nothing_is_said_where_somebody_is_always_there() -> None:
    assert week(Hours((), WARSAW), WARSAW, datetime(2026, 11, 9, 8, tzinfo=UTC)) == []


def test_A029_dates_of_the_week_after_are_named_where_they_differ() -> None:
    sale = DatedException(date(2026, 11, 14), open=True, opens=time(10), closes=time(22))
    hours = Hours(OFFICE, WARSAW, (sale,), country="PL")
    found = fortnight(hours, WARSAW, datetime(2026, 11, 2, 8, tzinfo=UTC))
    assert [(line.words, line.times) for line in found] == [
        ("Mon 2 Nov to Fri 6 Nov", ("09:00–18:00",)),
        ("Sat 7 Nov to Sun 8 Nov", ()),
        ("Wed 11 Nov", ()),
        ("Sat 14 Nov", ("10:00–22:00",)),
    ]
    usual = fortnight(Hours(OFFICE, WARSAW), WARSAW, datetime(2026, 11, 2, 8, tzinfo=UTC))
    assert [line.words for line in usual] == ["Mon 2 Nov to Fri 6 Nov", "Sat 7 Nov to Sun 8 Nov"]
    assert fortnight(Hours((), WARSAW), WARSAW, datetime(2026, 11, 2, 8, tzinfo=UTC)) == []

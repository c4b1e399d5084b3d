"""Recurrences against a table of minutes made without them, and against dateutil where it knows the rule."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import zones
from scheduling.recurrence import (
    FRIDAY,
    MONDAY,
    SUNDAY,
    EveryDay,
    EveryWeekday,
    Fortnightly,
    MonthlyDay,
    MonthlyWeekday,
    Once,
    Pattern,
    Recurrence,
    Weekly,
    contains,
    is_repeated,
    is_skipped,
    occurrences,
    resolve,
)
from tests.unit import minutes

KATHMANDU = ZoneInfo("Asia/Kathmandu")
BERLIN = ZoneInfo("Europe/Berlin")

ALL_DAY = tuple(time(minute // 60, minute % 60) for minute in range(24 * 60))
weekdays = st.integers(0, 6)
sets_of_weekdays = st.frozensets(weekdays, min_size=1)
patterns: st.SearchStrategy[Pattern] = st.one_of(
    st.just(EveryDay()),
    st.just(EveryWeekday()),
    st.builds(Weekly, sets_of_weekdays),
    st.builds(Fortnightly, sets_of_weekdays, st.sampled_from([1, 2])),
    st.builds(MonthlyWeekday, st.sampled_from([1, 2, 3, 4, 5, -1]), weekdays),
    st.builds(MonthlyDay, st.integers(1, 31)),
    st.just(Once()),
)
# Most clock changes happen in the first hours of the day: look there more often.
clock_times = st.one_of(st.times(), st.times(max_value=time(4))).map(
    lambda t: t.replace(second=0, microsecond=0)
)
times_of_day = st.lists(clock_times, min_size=1, max_size=5).map(tuple)


@st.composite
def rules_near(draw: st.DrawFn, middle: date) -> Recurrence:
    starts_on = middle - timedelta(days=draw(st.one_of(st.integers(-3, 8), st.integers(0, 400))))
    ends_on = draw(st.none() | st.integers(0, 420).map(lambda days: starts_on + timedelta(days=days)))
    count = draw(st.none() | st.integers(1, 40) | st.integers(1, 1600))
    return Recurrence(draw(patterns), draw(times_of_day), starts_on, ends_on, count, draw(weekdays))


def between(rules: list[Recurrence], zone: ZoneInfo, low: datetime, high: datetime) -> list[datetime]:
    return list(takewhile(lambda instant: instant < high, occurrences(rules, zone, low)))


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
def test_the_table_holds_a_clock_change(zone: str, day: date) -> None:
    known = minutes.table(zone, day)
    lengths = [minutes.of_day(known, day + timedelta(days=n)) for n in (-1, 0, 1)]
    assert (lengths != [1440] * 3) == (zone != "Asia/Kathmandu")


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
def test_S7_every_minute_around_a_clock_change_is_the_instant_the_table_says(zone: str, day: date) -> None:
    rule = Recurrence(EveryDay(), ALL_DAY, day - timedelta(days=30))
    low, high = minutes.bounds(zone, day)
    assert between([rule], ZoneInfo(zone), low, high) == minutes.instants([rule], zone, day)


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
def test_S7_one_time_a_day_keeps_its_place_on_the_wall_on_each_minute_of_the_change(
    zone: str, day: date
) -> None:
    known = minutes.table(zone, day)
    for at in ALL_DAY:
        wall = datetime.combine(day, at)
        assert resolve(wall, ZoneInfo(zone)) == known[wall]
        assert is_skipped(wall, ZoneInfo(zone)) == (
            known[wall].astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall
        )


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
@settings(deadline=None, max_examples=9 * minutes.DEEPER)
@given(data=st.data())
def test_S7_any_rules_over_a_clock_change_equal_the_table(zone: str, day: date, data: st.DataObject) -> None:
    rules = data.draw(st.lists(rules_near(day), max_size=3))
    low, high = minutes.bounds(zone, day)
    expected = minutes.instants(rules, zone, day)
    assert between(rules, ZoneInfo(zone), low, high) == expected
    assert all(contains(rules, ZoneInfo(zone), instant) for instant in expected)
    for instant in expected:
        for beside in (
            instant - minutes.MINUTE,
            instant + minutes.MINUTE,
            instant + timedelta(microseconds=1),
        ):
            if low <= beside < high:
                assert contains(rules, ZoneInfo(zone), beside) == (beside in expected)


SOME_TIMES = ALL_DAY[::10]


def each_kind(day: date) -> list[Pattern]:
    """Every pattern in a form that means this day, or the one before."""
    here, nth = day.weekday(), (day.day - 1) // 7 + 1
    both = frozenset({here, (here - 1) % 7})
    return [
        EveryDay(),
        EveryWeekday(),
        Weekly(both),
        Fortnightly(both, 1),
        Fortnightly(both, 2),
        MonthlyWeekday(nth, here),
        MonthlyWeekday(-1, here),
        MonthlyDay(day.day),
        Once(),
    ]


@pytest.mark.parametrize(("zone", "day"), minutes.CHANGES)
def test_S7_each_kind_of_rule_over_each_clock_change_equals_the_table(zone: str, day: date) -> None:
    low, high = minutes.bounds(zone, day)
    for pattern in each_kind(day):
        for back in (0, 1, 8):
            whole = Recurrence(pattern, SOME_TIMES, day - timedelta(days=back))
            # A third of the times of the change's own day, as a number and as an end.
            counted = replace(whole, count=len(SOME_TIMES) * back + len(SOME_TIMES) // 3)
            ended = replace(whole, ends_on=day)
            for rule in (whole, counted, ended):
                assert between([rule], ZoneInfo(zone), low, high) == minutes.instants([rule], zone, day)


@settings(deadline=None, max_examples=40 * minutes.DEEPER)
@given(data=st.data(), change=st.sampled_from(minutes.CHANGES))
def test_looking_from_any_instant_on_gives_the_rest_of_the_same_list(
    data: st.DataObject, change: tuple[str, date]
) -> None:
    zone, day = change
    rules = data.draw(st.lists(rules_near(day), min_size=1, max_size=3))
    low, high = minutes.bounds(zone, day)
    whole = between(rules, ZoneInfo(zone), low, high)
    assert all(earlier < later for earlier, later in pairwise(whole))
    after = low + timedelta(minutes=data.draw(st.integers(0, 6 * 24 * 60 - 180)))
    assert between(rules, ZoneInfo(zone), after, high) == [instant for instant in whole if instant >= after]


RFC_DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def frequency(pattern: Pattern) -> str:
    """The pattern as RFC 5545 writes it, which has no word for one date or for the second week of a fortnight."""
    match pattern:
        case Weekly(days):
            return f"FREQ=WEEKLY;BYDAY={','.join(RFC_DAYS[day] for day in days)}"
        case Fortnightly(days):
            return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={','.join(RFC_DAYS[day] for day in days)}"
        case MonthlyWeekday(nth, day):
            return f"FREQ=MONTHLY;BYDAY={nth}{RFC_DAYS[day]}"
        case MonthlyDay(day):
            return f"FREQ=MONTHLY;BYMONTHDAY={day}"
        case _:
            return {EveryDay(): "FREQ=DAILY", EveryWeekday(): "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}[pattern]


def in_dateutil(rule: Recurrence) -> rrule.rrule:
    """The rule, which has one time, as dateutil reads it; a second week is a first week seven days on."""
    start, at = rule.starts_on, rule.times[0]
    if isinstance(rule.pattern, Fortnightly) and rule.pattern.week == 2:
        start += timedelta(days=7 - (start.weekday() - rule.week_start) % 7)
    if rule.pattern == Once():
        return rrule.rrule(rrule.DAILY, datetime.combine(start, at), count=1)
    text = f"{frequency(rule.pattern)};WKST={RFC_DAYS[rule.week_start]};BYHOUR={at.hour};BYMINUTE={at.minute}"
    if rule.count is not None:
        text += f";COUNT={rule.count}"
    if rule.ends_on is not None:
        text += f";UNTIL={rule.ends_on:%Y%m%d}T235959"
    found = rrule.rrulestr(text, dtstart=datetime.combine(start, time()))
    assert isinstance(found, rrule.rrule)
    return found


@settings(deadline=None, max_examples=100 * minutes.DEEPER)
@given(
    pattern=patterns,
    at=clock_times,
    starts_on=st.dates(date(1999, 1, 1), date(2030, 1, 1)),
    ends=st.none() | st.integers(0, 3000),
    count=st.none() | st.integers(1, 300),
    week_start=weekdays,
    after=st.integers(-40, 4000),
)
def test_equals_dateutil(
    *,
    pattern: Pattern,
    at: time,
    starts_on: date,
    ends: int | None,
    count: int | None,
    week_start: int,
    after: int,
) -> None:
    # RFC 5545 allows an end or a number, not both.
    ends_on = starts_on + timedelta(days=ends) if ends is not None and count is None else None
    rule = Recurrence(pattern, (at,), starts_on, ends_on, count, week_start)
    since = starts_on + timedelta(days=after)
    low = datetime.combine(since, time(12), KATHMANDU)
    high = low + timedelta(days=500)
    naive = in_dateutil(rule).between(low.replace(tzinfo=None), high.replace(tzinfo=None), inc=True)
    expected = [wall.replace(tzinfo=KATHMANDU).astimezone(UTC) for wall in naive]
    assert between([rule], KATHMANDU, low, high + timedelta(seconds=1)) == expected


def berlin(*wall: int) -> datetime:
    return datetime(*wall, tzinfo=BERLIN)  # type: ignore[misc,arg-type]


def test_S7_a_time_in_the_gap_moves_forward_counts_and_comes_once() -> None:
    rule = Recurrence(EveryDay(), (time(2, 30), time(3, 30)), date(2026, 3, 28), count=5)
    assert list(occurrences([rule], BERLIN, berlin(2026, 1, 1))) == [
        berlin(2026, 3, 28, 2, 30),
        berlin(2026, 3, 28, 3, 30),
        berlin(2026, 3, 29, 3, 30),  # both of that day
        berlin(2026, 3, 30, 2, 30),
    ]


def test_what_moves_out_of_a_gap_lands_in_order() -> None:
    rule = Recurrence(Once(), (time(2, 45), time(3, 0), time(3, 30), time(4)), date(2026, 3, 29))
    walls = [instant.astimezone(BERLIN).time() for instant in occurrences([rule], BERLIN, berlin(2026, 3, 1))]
    assert walls == [time(3), time(3, 30), time(3, 45), time(4)]


def test_S7_a_time_that_comes_twice_means_the_first() -> None:
    rule = Recurrence(Once(), (time(2, 30),), date(2026, 10, 25))
    assert list(occurrences([rule], BERLIN, berlin(2026, 10, 1))) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ]
    assert not contains([rule], BERLIN, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert is_repeated(datetime.combine(autumn, time(2, 30)), BERLIN)
    assert not is_repeated(datetime.combine(autumn, time(3)), BERLIN)
    assert is_skipped(datetime.combine(spring, time(2, 30)), BERLIN)
    assert not is_repeated(datetime.combine(spring, time(2, 30)), BERLIN)


def test_a_start_at_the_very_instant_is_included_and_a_moment_later_is_not() -> None:
    rule = Recurrence(EveryDay(), (time(11),), date(2026, 1, 1))
    start = berlin(2026, 6, 1, 11)
    assert next(occurrences([rule], BERLIN, start)) == start
    assert next(occurrences([rule], BERLIN, start + timedelta(microseconds=1))) == berlin(2026, 6, 2, 11)


def test_the_same_times_in_two_rules_come_once() -> None:
    daily = Recurrence(EveryDay(), (time(11),), date(2026, 6, 1))
    fridays = Recurrence(Weekly(frozenset({FRIDAY})), (time(11), time(15)), date(2026, 6, 1))
    found = islice(occurrences([daily, fridays], BERLIN, berlin(2026, 6, 5)), 3)
    assert list(found) == [berlin(2026, 6, 5, 11), berlin(2026, 6, 5, 15), berlin(2026, 6, 6, 11)]


def test_fortnights_count_from_the_sunday_on_or_before_the_start() -> None:
    # 3 June 2026 is a Wednesday; its week began on Sunday 31 May.
    first = Recurrence(Fortnightly(frozenset({SUNDAY, MONDAY}), 1), (time(9),), date(2026, 6, 3))
    second = Recurrence(Fortnightly(frozenset({SUNDAY, MONDAY}), 2), (time(9),), date(2026, 6, 3))
    from_monday = Recurrence(
        Fortnightly(frozenset({SUNDAY, MONDAY}), 1), (time(9),), date(2026, 6, 3), week_start=MONDAY
    )

    def days(rule: Recurrence) -> list[int]:
        return [instant.day for instant in islice(occurrences([rule], KATHMANDU, berlin(2026, 6, 1)), 3)]

    assert days(first) == [14, 15, 28]
    assert days(second) == [7, 8, 21]
    assert days(from_monday) == [7, 15, 21]


def test_a_31st_and_a_fifth_weekday_that_do_not_exist_are_left_out() -> None:
    last_days = Recurrence(MonthlyDay(31), (time(9),), date(2026, 1, 1))
    fifth_fridays = Recurrence(MonthlyWeekday(5, FRIDAY), (time(9),), date(2026, 1, 1))
    leap_days = Recurrence(MonthlyDay(29), (time(9),), date(2026, 2, 1), date(2026, 3, 31))
    new_year = berlin(2026, 1, 1)
    assert [i.month for i in islice(occurrences([last_days], BERLIN, new_year), 4)] == [1, 3, 5, 7]
    assert [(i.month, i.day) for i in islice(occurrences([fifth_fridays], BERLIN, new_year), 2)] == [
        (1, 30),
        (5, 29),
    ]
    assert [i.month for i in occurrences([leap_days], BERLIN, new_year)] == [3]


def test_the_age_of_a_rule_costs_nothing() -> None:
    now = datetime(2026, 10, 20, 12, tzinfo=UTC)

    def calls(starts_on: date, count: int | None) -> int:
        rule = Recurrence(EveryWeekday(), (time(9), time(11), time(15), time(19)), starts_on, count=count)
        return calls_of(lambda: list(islice(occurrences([rule], ZoneInfo("America/New_York"), now), 20)))

    calls(date(2026, 10, 13), None)  # the beginnings of days are kept
    for count in (None, 1_000_000):
        young, old = calls(date(2026, 10, 13), count), calls(date(1926, 10, 12), count)
        assert abs(old - young) < 20


def calls_of(work: Callable[[], object]) -> int:
    seen = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal seen
        seen += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize(
    "pattern", [EveryDay(), EveryWeekday(), MonthlyDay(31), MonthlyWeekday(5, MONDAY), Once()]
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_the_ends_of_the_calendar_are_no_error(pattern: Pattern, zone: str) -> None:
    rule = Recurrence(pattern, (time(0), time(23, 59)), date.min, date.max)
    last = datetime.combine(date.max, time.max, UTC)
    for after in (datetime.combine(date.min, time(), UTC), last - timedelta(days=90), last):
        found = occurrences([rule], ZoneInfo(zone), after)
        assert all(earlier < later for earlier, later in pairwise(islice(found, 500)))
    endless = Recurrence(pattern, (time(9),), date(9000, 1, 1), count=10**9)
    assert list(islice(occurrences([endless], ZoneInfo(zone), datetime(8999, 1, 1, tzinfo=UTC)), 1))


def test_no_rules_start_nothing() -> None:
    assert list(occurrences([], BERLIN, berlin(2026, 1, 1))) == []
    assert not contains([], BERLIN, berlin(2026, 1, 1))


TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: Recurrence(EveryDay(), (), TODAY),
        lambda: Recurrence(EveryDay(), (time(9, 0, 30),), TODAY),
        lambda: Recurrence(EveryDay(), (time(9, tzinfo=UTC),), TODAY),
        lambda: Recurrence(EveryDay(), (time(9),), TODAY, date(2025, 12, 31)),
        lambda: Recurrence(EveryDay(), (time(9),), TODAY, count=0),
        lambda: Recurrence(EveryDay(), (time(9),), TODAY, week_start=7),
        lambda: Weekly(frozenset()),
        lambda: Weekly(frozenset({7})),
        lambda: Fortnightly(frozenset({1}), 3),
        lambda: MonthlyWeekday(0, 1),
        lambda: MonthlyWeekday(6, 1),
        lambda: MonthlyWeekday(1, -1),
        lambda: MonthlyDay(0),
        lambda: MonthlyDay(32),
    ],
)
def test_what_cannot_be_meant_is_refused(mistake: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        mistake()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EST",
        "GMT+2",
        "Etc/GMT+2",
        "+02:00",
        "europe/berlin",
        "../etc/passwd",
        "Europe/Berlin\0",
        "\ud800",
        "/",
    ],
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(zones.UnknownZone):
        zones.named(name)


def test_zones_come_from_the_package() -> None:
    assert zones.named("Africa/Casablanca").key == "Africa/Casablanca"
    assert {name for name, _ in minutes.CHANGES} <= zones.names()
    assert all(zones.named(name) for name in zones.names())
    assert zones.release().startswith("20")

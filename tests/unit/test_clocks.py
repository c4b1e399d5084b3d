"""Clock changes and the wall times of rules that fall into them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.clocks import ClockChange, Oddity, changes, oddities
from scheduling.recurrence import EveryDay, EveryWeekday, Once, Recurrence

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


wall = datetime.fromisoformat


def rule(*times: time, **fields: object) -> Recurrence:
    """Every day from 2026 on unless told otherwise."""
    defaults: dict[str, object] = {"pattern": EveryDay(), "starts_on": date(2026, 1, 1)}
    return Recurrence(times=times, **(defaults | fields))  # type: ignore[arg-type]


def test_a_year_in_warsaw_has_two_changes() -> None:
    assert list(changes(WARSAW, NOW, NOW + timedelta(days=365))) == [
        ClockChange(datetime(2026, 3, 29, 1, tzinfo=UTC), wall("2026-03-29T02:00"), wall("2026-03-29T03:00")),
        ClockChange(
            datetime(2026, 10, 25, 1, tzinfo=UTC), wall("2026-10-25T03:00"), wall("2026-10-25T02:00")
        ),
    ]


@pytest.mark.parametrize(
    ("zone", "count"),
    [
        ("UTC", 0),
        ("Asia/Tokyo", 0),
        ("Australia/Lord_Howe", 2),
        ("America/New_York", 2),
        ("Africa/Casablanca", 2),
    ],
)
def test_every_change_moves_the_wall_clock_by_what_the_offset_moves(zone: str, count: int) -> None:
    there = ZoneInfo(zone)
    found = list(changes(there, NOW, NOW + timedelta(days=365)))
    assert len(found) == count
    for change in found:
        just_before = (change.at - timedelta(seconds=1)).astimezone(there)
        after = change.at.astimezone(there)
        assert after.replace(tzinfo=None, fold=0) == change.after
        assert just_before.replace(tzinfo=None, fold=0) == change.before - timedelta(seconds=1)
        before_it, after_it = (at.utcoffset() or timedelta(0) for at in (just_before, after))
        assert change.forward == (after_it > before_it)


def test_a_time_in_the_gap_is_named_with_the_instant_it_means() -> None:
    assert oddities([rule(time(2, 30), time(3, 30))], WARSAW, NOW, days=60) == [
        Oddity(wall("2026-03-29T02:30"), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), skipped=True)
    ]


def test_a_time_that_comes_twice_is_named_with_the_first_instant() -> None:
    assert oddities([rule(time(2, 15))], WARSAW, datetime(2026, 10, 1, tzinfo=UTC), days=60) == [
        Oddity(wall("2026-10-25T02:15"), datetime(2026, 10, 25, 0, 15, tzinfo=UTC), skipped=False)
    ]


def test_rules_that_do_not_meet_a_change_have_no_oddities() -> None:
    rules = [
        rule(time(2, 30), pattern=EveryWeekday()),  # clocks change on Sundays
        rule(time(2, 30), pattern=Once(), starts_on=date(2026, 3, 28)),
        rule(time(2, 30), ends_on=date(2026, 3, 28)),
        rule(time(1, 59), time(3, 0)),
    ]
    assert oddities(rules, WARSAW, NOW) == []


def test_a_gap_at_midnight_is_found() -> None:
    there = ZoneInfo("America/Asuncion")
    now = datetime(2023, 9, 1, tzinfo=UTC)
    assert [
        odd.wall for odd in oddities([rule(time(0, 30), starts_on=date(2023, 1, 1))], there, now, days=60)
    ] == [wall("2023-10-01T00:30")]

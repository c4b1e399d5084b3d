"""What the rows of the session picker say, and what they send."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.hours import Hours
from scheduling.slots import Kind, Slot
from webinars import picker

NOW = datetime(2026, 3, 27, 14, 41, tzinfo=UTC)  # a Friday, two days before Europe's clocks go ahead
WARSAW = ZoneInfo("Europe/Warsaw")
ALWAYS = Hours((), ZoneInfo("UTC"))


def slot(kind: Kind, minutes: float | None = None, *, full: bool = False) -> Slot:
    if minutes is None:
        return Slot(kind)
    start = NOW + timedelta(minutes=minutes)
    return Slot(kind, start, start, start.astimezone(WARSAW), 0 if full else None, full)


def rows(*slots: Slot, chosen: str = "") -> list[picker.Row]:
    return picker.picker_of(slots, zone=WARSAW, now=NOW, minutes=52, hours=ALWAYS, chosen=chosen).every


def test_rows_say_what_one_wants_and_when() -> None:
    said = [
        (row.name, row.detail)
        for row in rows(
            slot(Kind.ON_DEMAND),
            slot(Kind.JUST_IN_TIME, 4),
            slot(Kind.SCHEDULED, 19),
            slot(Kind.SCHEDULED, 19 + 180),
            slot(Kind.SCHEDULED, 19 + 24 * 60),
            slot(Kind.SCHEDULED, 19 + 3 * 24 * 60),
            slot(Kind.REPLAY),
        )
    ]
    assert said == [
        ("Watch now", "52 min"),
        ("Starts in 4 minutes", "15:45"),
        ("Today 16:00", "in 19 minutes"),
        ("Today 19:00", ""),
        ("Tomorrow 16:00", "Saturday"),
        ("Monday 30 March 17:00", "UTC+2"),  # clocks change before it: the offset of that date
        ("Watch the replay", "any time"),
    ]


def test_minutes_are_rounded_up_and_never_none() -> None:
    assert picker.in_words(timedelta(seconds=61)) == "in 2 minutes"
    assert picker.in_words(timedelta(seconds=1)) == "in 1 minute"
    assert picker.in_words(timedelta(hours=19)) == "in 19 hours"
    assert picker.in_words(timedelta(days=3)) == "in 3 days"


def test_the_first_shared_start_with_a_place_is_chosen() -> None:
    every = rows(slot(Kind.ON_DEMAND), slot(Kind.SCHEDULED, 19, full=True), slot(Kind.SCHEDULED, 60))
    assert [row.checked for row in every] == [False, False, True]
    assert [row.checked for row in rows(slot(Kind.ON_DEMAND), slot(Kind.REPLAY))] == [True, False]
    assert rows(slot(Kind.SCHEDULED, 19, full=True))[0].checked is False


def test_what_was_chosen_before_stays_chosen_while_it_is_there() -> None:
    two = (slot(Kind.SCHEDULED, 19), slot(Kind.SCHEDULED, 60))
    assert [row.checked for row in rows(*two, chosen=picker.value_of("scheduled", two[1].starts_at))] == [
        False,
        True,
    ]
    assert [row.checked for row in rows(*two, chosen="replay")] == [True, False]


def test_more_than_seven_rows_fold_and_the_replay_stays_in_sight() -> None:
    many = [slot(Kind.SCHEDULED, 60 * number) for number in range(1, 11)]
    whole = picker.picker_of([*many, slot(Kind.REPLAY)], zone=WARSAW, now=NOW, minutes=52, hours=ALWAYS)
    assert len(whole.rows) == 6
    assert whole.rows[-1].kind == Kind.REPLAY
    assert whole.more == "5 more times until 28 March"
    assert len(whole.every) == 11


@pytest.mark.parametrize("given", [slot(Kind.ON_DEMAND), slot(Kind.REPLAY), slot(Kind.SCHEDULED, 19)])
def test_what_a_row_sends_is_understood(given: Slot) -> None:
    assert picker.parse_value(rows(given)[0].value) == (given.kind, given.starts_at)


@pytest.mark.parametrize(
    "text",
    [
        *("", "scheduled", "scheduled@", "scheduled@now", "replay@2026-03-27T14:00:00Z", "x@y@z", "\x00"),
        *("scheduled@9999-12-31T23:59:00Z", "just_in_time@0001-01-01T00:00:00Z"),
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert picker.parse_value(text) is None

"""When mails are due, what follows a doubtful hand-over, and which names may stand in them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import rules
from notifications.rules import Step

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["on_demand", "replay"])
def test_a_clock_of_ones_own_has_no_reminder(kind: str) -> None:
    assert rules.reminder_at(kind=kind, starts_at=NOW + timedelta(days=1), now=NOW) is None
    assert rules.reminder_at(kind="scheduled", starts_at=None, now=NOW) is None


@given(st.integers(-10_000, 1_000_000), st.sampled_from(["scheduled", "just_in_time"]))
def test_a_reminder_is_ten_minutes_before_or_not_at_all(seconds: int, kind: str) -> None:
    start = NOW + seconds * SECOND
    due = rules.reminder_at(kind=kind, starts_at=start, now=NOW)
    assert due is None or (due == start - 10 * MINUTE and due > NOW)
    if kind == "just_in_time" and start - NOW < 15 * MINUTE:
        assert due is None


@pytest.mark.parametrize(
    ("first", "last", "seen", "expected"),
    [
        (0, 0, None, 30),  # was never there: 30 s after the line
        (0, 0, -600, 30),  # gone for long
        (0, 25, -600, 55),  # a second line moves it
        (0, 115, -600, 120),  # but never beyond two minutes after the first
        (0, 0, 0, 60),  # there until the line came: gone a minute later
        (0, 0, 100, 120),  # still there: unread for two minutes
        (0, 0, -59, 30),
    ],
)
def test_when_unread_lines_go_by_mail(first: int, last: int, seen: int | None, expected: int) -> None:
    found = rules.reply_at(
        first_unread_at=NOW + first * SECOND,
        last_line_at=NOW + last * SECOND,
        last_seen_at=None if seen is None else NOW + seen * SECOND,
        now=NOW,
    )
    assert found == NOW + expected * SECOND


@pytest.mark.parametrize(
    ("access", "handovers", "honours_keys", "taken", "expected"),
    [
        (False, 1, True, None, Step.AGAIN),
        (False, 7, True, None, Step.AGAIN),
        (False, 8, True, None, Step.UNCERTAIN),
        (False, 1, False, True, Step.TAKEN),
        (False, 1, False, False, Step.AGAIN),
        (False, 1, False, None, Step.UNCERTAIN),
        (True, 1, False, None, Step.AGAIN),
        (True, 2, False, None, Step.UNCERTAIN),
    ],
)
def test_X1_what_follows_a_doubtful_hand_over(
    access: bool, handovers: int, honours_keys: bool, taken: bool | None, expected: Step
) -> None:
    found = rules.after_unknown(access=access, handovers=handovers, honours_keys=honours_keys, taken=taken)
    assert found == expected


@pytest.mark.parametrize(
    ("kind", "attended", "later", "reached", "expected"),
    [
        ("scheduled", True, True, True, "attended"),
        ("on_demand", True, False, False, "attended"),
        ("scheduled", False, False, False, "missed"),
        ("just_in_time", False, False, False, "missed"),
        ("scheduled", False, True, False, ""),
        ("scheduled", False, False, True, ""),
        ("on_demand", False, False, False, ""),
        ("replay", False, False, False, ""),
    ],
)
def test_which_follow_up(kind: str, attended: bool, later: bool, reached: bool, expected: str) -> None:
    assert rules.follow_up(kind=kind, attended=attended, holds_later=later, reached=reached) == expected


def test_X8_the_caps_are_three_an_hour_and_six_a_day() -> None:
    assert not rules.over_cap(last_hour=2, last_day=5)
    assert rules.over_cap(last_hour=3, last_day=3)
    assert rules.over_cap(last_hour=0, last_day=6)


@given(st.text(max_size=100))
def test_X8_a_greeted_name_is_short_and_can_be_no_link(name: str) -> None:
    greeted = rules.greeting_name(name)
    assert len(greeted) <= 40
    assert not set(greeted) & set("@/\\<>\r\n\0")
    assert rules.greeting_name(greeted) == greeted


def test_refusals_are_followed_by_longer_and_longer_pauses() -> None:
    pauses = [rules.back_off(failures) for failures in range(1, 9)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=2)

"""What is said by itself, when, and why not: a table of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chat.rules import (
    ByWhen,
    KindRules,
    Mode,
    OpenWait,
    Place,
    Policy,
    Promise,
    Standing,
    What,
    Why,
    autoresponder_outlook,
    end_of_day,
    judge,
    mode_at,
    next_automatic,
    promised,
    welcome_outlook,
)

T = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TEXTS = KindRules(welcome_text="Hello", inside_text="Soon", outside_text="Tomorrow")
POLICY = Policy(kinds={"scheduled": TEXTS, "just_in_time": TEXTS, "replay": TEXTS})
PLACE = Place("s1", "scheduled", closes_at=T + 60 * MINUTE)
WAIT = OpenWait("w1", PLACE, counts_from=T)
WAITING = Standing(place=PLACE, entered_at=T - MINUTE, welcome_dealt_with=True, wait=WAIT)
ENTERED = Standing(place=PLACE, entered_at=T)

AUTORESPONDER_CASES: list[tuple[str, Policy, dict[str, Any], Why]] = [
    ("a question unanswered for the delay is due", POLICY, {}, Why.DUE),
    ("a holding message silences it for the whole wait", POLICY, {"held": True}, Why.HELD),
    ("an answer that helped silences it for the whole wait", POLICY, {"helped": True}, Why.HELPED),
    (
        "at most once a wait, even carried into a new session",
        POLICY,
        {"had_automatic": True},
        Why.ONCE_A_WAIT,
    ),
    ("what lapsed is not made up for in this session", POLICY, {"dealt_with": True}, Why.DEALT_WITH),
    ("once a session by default", POLICY, {"said_in_session": True}, Why.ONCE_A_SESSION),
    (
        "once a session can be switched off",
        replace(POLICY, once_per_session=False),
        {"said_in_session": True},
        Why.DUE,
    ),
    ("a question by mail or after the session is owed instead", POLICY, {"late": True}, Why.LATE),
    (
        "never after the exit room closed",
        POLICY,
        {"place": replace(PLACE, closes_at=T + 5 * MINUTE)},
        Why.AFTER_EXIT,
    ),
    (
        "due just before the exit room closes",
        POLICY,
        {"place": replace(PLACE, closes_at=T + 5 * MINUTE + SECOND)},
        Why.DUE,
    ),
    (
        "a session whose end is not known yet never closes",
        POLICY,
        {"place": Place("s1", "on_demand")},
        Why.DUE,
    ),
]


@pytest.mark.parametrize(
    ("policy", "facts", "why"),
    [case[1:] for case in AUTORESPONDER_CASES],
    ids=[c[0] for c in AUTORESPONDER_CASES],
)
def test_F15_the_autoresponder_table(policy: Policy, facts: dict[str, Any], why: Why) -> None:
    outlook = autoresponder_outlook(policy, replace(WAITING, wait=replace(WAIT, **facts)))
    assert outlook.why is why
    assert (outlook.automatic is not None) is (why is Why.DUE)


def test_without_an_open_wait_there_is_nothing_to_say() -> None:
    assert autoresponder_outlook(POLICY, replace(WAITING, wait=None)).why is Why.NOBODY_WAITS
    assert next_automatic(POLICY, replace(WAITING, wait=None)) is None


def test_it_counts_from_the_first_unanswered_message() -> None:
    automatic = next_automatic(POLICY, WAITING)
    assert automatic is not None
    assert (automatic.what, automatic.due_at) == (What.AUTORESPONDER, T + 5 * MINUTE)
    assert (automatic.window, automatic.waited) == ("s1/w1", 5 * MINUTE)


@pytest.mark.parametrize(("delay", "due"), [(0, 15), (15, 15), (16, 16), (120, 120)])
def test_the_delay_is_at_least_15_seconds(delay: int, due: int) -> None:
    automatic = next_automatic(replace(POLICY, autoresponder_delay=delay * SECOND), WAITING)
    assert automatic is not None
    assert automatic.due_at == T + due * SECOND


def test_a_changed_delay_moves_what_is_not_yet_due() -> None:
    moved = next_automatic(replace(POLICY, autoresponder_delay=2 * MINUTE), WAITING)
    assert moved is not None
    assert moved.due_at == T + 2 * MINUTE


WELCOME_CASES: list[tuple[str, Policy, dict[str, Any], Why]] = [
    ("five seconds after the first entry", POLICY, {}, Why.DUE),
    ("nobody entered", POLICY, {"entered_at": None}, Why.NOT_ENTERED),
    ("once a session whether or not they reload", POLICY, {"welcome_dealt_with": True}, Why.DEALT_WITH),
    ("not if the team wrote since they entered", POLICY, {"team_wrote_at": T + SECOND}, Why.TEAM_WROTE),
    (
        "what the team wrote in an earlier session is no obstacle",
        POLICY,
        {"team_wrote_at": T - SECOND},
        Why.DUE,
    ),
    ("a question of their own does not stop it", POLICY, {"wait": WAIT}, Why.DUE),
    ("not after the exit room", POLICY, {"place": replace(PLACE, closes_at=T + 5 * SECOND)}, Why.AFTER_EXIT),
]


@pytest.mark.parametrize(
    ("policy", "facts", "why"), [case[1:] for case in WELCOME_CASES], ids=[case[0] for case in WELCOME_CASES]
)
def test_the_welcome_table(policy: Policy, facts: dict[str, Any], why: Why) -> None:
    outlook = welcome_outlook(policy, replace(ENTERED, **facts))
    assert outlook.why is why
    if outlook.automatic is not None:
        assert (outlook.automatic.due_at, outlook.automatic.window) == (T + 5 * SECOND, "s1")


def test_the_earlier_of_both_comes_first() -> None:
    both = replace(ENTERED, wait=WAIT)
    first = next_automatic(POLICY, both)
    assert first is not None
    assert first.what is What.WELCOME
    later = next_automatic(replace(POLICY, welcome_delay=10 * MINUTE), both)
    assert later is not None
    assert later.what is What.AUTORESPONDER


def verdict_of(
    rules: KindRules, *, hours_open: bool = True, at: datetime = T + 5 * MINUTE, **policy: Any
) -> Any:
    automatic = next_automatic(POLICY, WAITING)
    assert automatic is not None
    changed = replace(POLICY, kinds={"scheduled": rules}, **policy)
    verdict = judge(automatic, changed, now=at, hours_open=hours_open)
    return verdict.text if verdict.said else verdict.why


def test_the_policy_at_the_due_time_decides() -> None:
    assert verdict_of(TEXTS) == "Soon"
    assert verdict_of(replace(TEXTS, autoresponder_on=False)) is Why.SWITCHED_OFF
    assert verdict_of(replace(TEXTS, inside_text=" \n")) is Why.NO_TEXT
    for mode in (Mode.EMAIL, Mode.OFF, Mode.OTHER):
        assert verdict_of(replace(TEXTS, mode=mode)) is Why.NOT_CHAT


def test_outside_chat_hours_the_way_of_talking_decides() -> None:
    assert verdict_of(TEXTS, hours_open=False) is Why.NOT_CHAT  # the e-mail form is the default
    assert verdict_of(TEXTS, hours_open=False, outside_mode=Mode.CHAT) == "Tomorrow"
    assert verdict_of(TEXTS, hours_open=False, outside_mode=Mode.OFF) is Why.NOT_CHAT


def test_a_late_tick_never_speaks_after_the_exit_room_closed() -> None:
    assert verdict_of(TEXTS, at=T + 60 * MINUTE - SECOND) == "Soon"
    assert verdict_of(TEXTS, at=T + 60 * MINUTE) is Why.AFTER_EXIT


def test_on_demand_goes_with_just_in_time_and_an_unknown_kind_is_off() -> None:
    policy = Policy(kinds={"just_in_time": TEXTS})
    assert mode_at(policy, "on_demand", hours_open=True) is Mode.CHAT
    assert mode_at(policy, "replay", hours_open=True) is Mode.OFF


@pytest.mark.parametrize(
    ("now", "zone", "end", "word"),
    [
        ("2026-03-10T12:00+00:00", "Europe/Paris", "2026-03-10T23:00+00:00", ByWhen.TODAY),
        ("2026-03-10T21:00+00:00", "Europe/Paris", "2026-03-10T23:00+00:00", ByWhen.TODAY),
        ("2026-03-10T21:00:01+00:00", "Europe/Paris", "2026-03-11T23:00+00:00", ByWhen.TOMORROW),
        # the day of the clock change is 23 hours long
        ("2026-03-29T12:00+00:00", "Europe/Paris", "2026-03-29T22:00+00:00", ByWhen.TODAY),
        # in Beirut midnight itself is skipped that night: the day ends where the next one begins
        ("2026-03-28T12:00+00:00", "Asia/Beirut", "2026-03-28T22:00+00:00", ByWhen.TODAY),
    ],
)
def test_the_end_of_the_attendees_day(now: str, zone: str, end: str, word: ByWhen) -> None:
    assert end_of_day(datetime.fromisoformat(now), ZoneInfo(zone)) == (datetime.fromisoformat(end), word)


def test_what_is_promised() -> None:
    paris = ZoneInfo("Europe/Paris")
    ends_at = T + 30 * MINUTE

    def due(promise: Promise, now: datetime = T) -> Any:
        return promised(replace(POLICY, promise=promise), now=now, zone=paris, ends_at=ends_at)

    assert due(Promise.NONE) is None
    assert due(Promise.WEBINAR_END) == (ends_at, ByWhen.WEBINAR)
    assert due(Promise.WEBINAR_END, ends_at)[1] is ByWhen.TODAY
    assert due(Promise.HOURS) == (T + timedelta(hours=24), ByWhen.HOURS)
    assert due(Promise.DAY_END)[1] is ByWhen.TODAY

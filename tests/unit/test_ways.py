"""How one can talk: every combination of kind, hours, who is there, how many wait and for how long."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from chat.other import BadAddress, checked, origin_of
from chat.rules import (
    Cause,
    Crowd,
    KindRules,
    Mode,
    OpenWait,
    Place,
    Policy,
    Standing,
    Way,
    next_look,
    overflows_at,
    way_at,
)

MINUTE = timedelta(minutes=1)
T = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROOM = Place("s1", "scheduled", T + 60 * MINUTE)


def policy(mode: Mode = Mode.CHAT, outside: Mode = Mode.EMAIL, *, limits: bool = True) -> Policy:
    kinds = {"scheduled": KindRules(mode=mode)}
    if not limits:
        return Policy(kinds, outside_mode=outside)
    return Policy(kinds, outside_mode=outside, away_email=True, queue_most=5, queue_wait=10 * MINUTE)


WAITED = (None, timedelta(0), 10 * MINUTE - timedelta(seconds=1), 10 * MINUTE)
EVERY = list(
    product(
        Mode,
        (Mode.CHAT, Mode.EMAIL, Mode.OFF),
        (True, False),  # inside the hours
        (True, False),  # limits are set
        (True, False),  # somebody is available
        (0, 4, 5, 6),  # wait in the chat
        WAITED,
        (True, False),  # was overflowed
        (True, False),  # the exit room is closed
    )
)


def by_hand(case: tuple[object, ...]) -> Way:  # noqa: PLR0911 - a sentence of the product each
    """The same from the product's sentences, in another order."""
    mode, outside, inside, limits, available, waiting, waited, overflowed, over = case
    if over:
        return Way(Mode.OFF, Cause.OVER)
    if mode is not Mode.CHAT:
        return Way(mode)  # type: ignore[arg-type]
    long = overflowed or (limits and waited == 10 * MINUTE)
    if not inside and outside is not Mode.CHAT:
        return Way(outside, Cause.LONG if long and outside is Mode.EMAIL else Cause.HOURS)  # type: ignore[arg-type]
    if long:
        return Way(Mode.EMAIL, Cause.LONG)
    if not inside:
        return Way(Mode.CHAT, Cause.HOURS)
    if limits and not available:
        return Way(Mode.EMAIL, Cause.AWAY)
    if limits and waited is None and waiting in {5, 6}:
        return Way(Mode.EMAIL, Cause.FULL)
    return Way(Mode.CHAT)


def test_A082_A083_F11_every_combination_of_what_the_mode_depends_on() -> None:
    causes = set()
    for case in EVERY:
        mode, outside, inside, limits, available, waiting, waited, overflowed, over = case
        crowd = Crowd(available, waiting, 0, waited, overflowed)
        way = way_at(
            policy(mode, outside, limits=limits), "scheduled", hours_open=inside, crowd=crowd, over=over
        )
        assert way == by_hand(case), case
        causes.add(way.cause)
    assert causes == set(Cause)


def test_A083_the_sixth_is_offered_email_and_the_fifth_waits_on() -> None:
    four, five = Crowd(waiting=4), Crowd(waiting=5)
    assert way_at(policy(), "scheduled", hours_open=True, crowd=four).mode is Mode.CHAT
    assert way_at(policy(), "scheduled", hours_open=True, crowd=five) == Way(Mode.EMAIL, Cause.FULL)
    waits = Crowd(waiting=5, waited=MINUTE)
    assert way_at(policy(), "scheduled", hours_open=True, crowd=waits).mode is Mode.CHAT


def test_A083_the_next_look_is_at_the_end_of_the_longest_wait() -> None:
    waits = Standing(place=ROOM, entered_at=T, wait=OpenWait("w", ROOM, T), welcome_dealt_with=True)
    assert overflows_at(policy(), waits) == T + 10 * MINUTE
    assert next_look(policy(), waits) == T + 5 * MINUTE  # the autoresponder comes first
    said = OpenWait("w", ROOM, T, had_automatic=True)
    after = Standing(place=ROOM, entered_at=T, wait=said, welcome_dealt_with=True)
    assert next_look(policy(), after) == T + 10 * MINUTE
    assert next_look(policy(limits=False), after) is None


@pytest.mark.parametrize(
    "wait",
    [
        None,
        OpenWait("w", ROOM, T, by_email=True),
        OpenWait("w", ROOM, T, late=True),
        OpenWait("w", Place("earlier", "scheduled"), T),
        OpenWait("w", ROOM, T + 55 * MINUTE),  # the exit room closes before
    ],
)
def test_what_is_by_email_owed_or_of_another_session_overflows_never(wait: OpenWait | None) -> None:
    assert overflows_at(policy(), Standing(place=ROOM, entered_at=T, wait=wait)) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "required"),
        ("https://chat.example.com/" + "a" * 2048, "too_long"),
        ("http://chat.example.com/", "not_https"),
        ("javascript:alert(1)", "not_https"),
        ("//chat.example.com/", "not_https"),
        ("https://me:secret@chat.example.com/", "credentials"),
        ("https://@chat.example.com/", "credentials"),
        ("https://localhost/", "host_private"),
        ("https://10.0.0.7/", "host_private"),
        ("https://[::1]/", "host_private"),
        ("https://2130706433/", "host_private"),
        ("https://0x7f.1/", "host_private"),
        ("https://printer.local/", "host_private"),
        ("https://wiki.internal/", "host_private"),
        ("https://intranet/", "host_private"),
        ("https:///chat", "address_invalid"),
        ("https://chat.example.com:99999/", "address_invalid"),
        ("https://chat.example.com/;script-src *", "address_invalid"),
        ("https://chat.exämple.com/", "address_invalid"),
        ("https://webinars.example.org/x", "host_own"),
    ],
)
def test_A11_only_a_public_https_address_of_somebody_else_is_framed(address: str, code: str) -> None:
    with pytest.raises(BadAddress) as bad:
        checked(address, own_hosts=["webinars.example.org"])
    assert bad.value.code == code


def test_the_origin_is_what_the_policy_names() -> None:
    assert checked(" https://chat.example.com/a?b=c#d\n") == "https://chat.example.com/a?b=c#d"
    assert origin_of("https://Chat.Example.com/room?x=1#y") == "https://chat.example.com"
    assert origin_of("https://chat.example.com:8443/") == "https://chat.example.com:8443"

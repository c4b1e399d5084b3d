"""Which prompt shows, and why not: the table that the browser is held to as well, and what holds for all of it."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.prompting import (
    SITES,
    Action,
    Comparison,
    Join,
    Often,
    Page,
    Prompt,
    Seen,
    Situation,
    Why,
    decide,
    judge,
    site_preset,
    worded,
)
from chat.rules import Mode
from tests.make import NOW

TABLE = json.loads((Path(__file__).parents[1] / "tables" / "prompts.json").read_text(encoding="utf-8"))
KINDS = {"join": Join, "often": Often, "action": Action}


def prompt_of(given: dict[str, Any]) -> Prompt:
    values: dict[str, Any] = {name: KINDS[name](v) if name in KINDS else v for name, v in given.items()}
    for name in ("pages_in", "pages_out"):
        values[name] = frozenset(map(Page, values.get(name, ())))
    values["properties"] = tuple(Comparison(**one) for one in values.get("properties", ()))
    return Prompt("p", "Ask us.", **values)


def at(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


def situation_of(given: dict[str, Any]) -> Situation:
    facts = dict(given)
    seen = facts.pop("seen", None)
    quiet, human = facts.pop("quiet", None), facts.pop("human", None)
    return Situation(
        page=Page(facts.pop("page", "registration")),
        now=NOW,
        mode=Mode(facts.pop("mode", "chat")),
        passed=frozenset(facts.pop("passed", ())),
        seen={"p": Seen(at(seen["at"]), seen["session"])} if seen else {},
        quiet_until=None if quiet is None else at(quiet),
        human_at=None if human is None else at(human),
        question_open=facts.pop("question", False),
        **facts,
    )


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_a047_a080_the_table_of_conditions(row: dict[str, Any]) -> None:
    assert judge(prompt_of(row["prompt"]), situation_of(row["situation"])) == row["why"]


ADDRESSES = [
    ((), (), "/lumen/bread/", Why.SHOWS),
    (("/lumen/*",), (), "/lumen/bread/", Why.SHOWS),
    (("/lumen/*",), (), "/other/bread/", Why.ADDRESS),
    ((), ("*/checkout/*",), "/lumen/checkout/1/", Why.ADDRESS),
    (("/lumen/*",), ("/lumen/bread/",), "/lumen/bread/", Why.ADDRESS),
    (("/r/*", "/lumen/*"), ("*/pay/*",), "/lumen/bread/", Why.SHOWS),
    (("/LUMEN/*",), (), "/lumen/bread/", Why.ADDRESS),
]


@pytest.mark.parametrize(("included", "excluded", "address", "why"), ADDRESSES)
def test_a080_patterns_of_addresses_include_and_exclude(
    included: tuple[str, ...], excluded: tuple[str, ...], address: str, why: Why
) -> None:
    prompt = Prompt("p", "Ask us.", addresses_in=included, addresses_out=excluded)
    assert judge(prompt, Situation(Page.REGISTRATION, NOW, address=address)) is why


def test_what_is_off_or_says_nothing_never_shows() -> None:
    here = Situation(Page.REGISTRATION, NOW)
    assert judge(Prompt("p", "Ask us.", is_on=False), here) is Why.SWITCHED_OFF
    assert judge(Prompt("p", " \n"), here) is Why.NO_TEXT


# A busy machine makes examples slowly; that says nothing about the rules.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PROMPTS = st.builds(
    Prompt,
    key=st.sampled_from(["a", "b", "c"]),
    text=st.just("Ask us."),
    is_on=st.booleans(),
    seconds=st.none() | st.integers(0, 90),
    idle=st.none() | st.integers(0, 90),
    pages=st.none() | st.integers(1, 5),
    pages_in=st.frozensets(st.sampled_from(Page), max_size=3),
    pages_out=st.frozensets(st.sampled_from(Page), max_size=3),
    form_too=st.booleans(),
    often=st.sampled_from(Often),
    days=st.integers(1, 90),
    action=st.sampled_from(Action),
)
SITUATIONS = st.builds(
    Situation,
    page=st.sampled_from(Page),
    now=st.just(NOW),
    session=st.sampled_from(["", "s"]),
    mode=st.sampled_from(Mode),
    seconds=st.floats(0, 120),
    idle=st.floats(0, 120),
    pages=st.integers(1, 6),
    seen=st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.builds(
            Seen, st.integers(-90, 0).map(lambda d: NOW + timedelta(days=d)), st.sampled_from(["", "s"])
        ),
    ),
    quiet_until=st.none() | st.integers(-9, 9).map(lambda d: NOW + timedelta(days=d)),
    question_open=st.booleans(),
    human_at=st.none() | st.integers(-900, 0).map(lambda s: NOW + timedelta(seconds=s)),
    typing=st.booleans(),
    showing=st.booleans(),
)


@patient
@given(st.lists(PROMPTS, max_size=5, unique_by=lambda prompt: prompt.key), SITUATIONS)
def test_at_most_one_prompt_shows_and_never_over_somebody_who_is_busy(
    prompts: list[Prompt], situation: Situation
) -> None:
    decision = decide(prompts, situation)
    shown = [key for key, why in decision.why.items() if why is Why.SHOWS]
    assert shown == ([decision.shows.key] if decision.shows else [])
    assert set(decision.why) == {prompt.key for prompt in prompts}
    if decision.shows:
        assert not any((situation.typing, situation.showing, situation.question_open))
        assert situation.quiet_until is None or situation.quiet_until <= NOW
        assert situation.page is not Page.FORM or decision.shows.form_too


@patient
@given(PROMPTS, SITUATIONS)
def test_a100_no_page_list_lets_a_prompt_onto_the_last_step_of_registration(
    prompt: Prompt, situation: Situation
) -> None:
    there = replace(situation, page=Page.FORM)
    assert judge(replace(prompt, form_too=False), there) is not Why.SHOWS


@patient
@given(PROMPTS, SITUATIONS)
def test_a074_what_was_closed_stays_silent_on_every_page(prompt: Prompt, situation: Situation) -> None:
    for page in Page:
        quiet = replace(situation, page=page, quiet_until=NOW + timedelta(days=1))
        assert judge(prompt, quiet) is not Why.SHOWS


@patient
@given(PROMPTS, SITUATIONS)
def test_waiting_longer_on_a_page_never_takes_a_prompt_away(prompt: Prompt, situation: Situation) -> None:
    if judge(prompt, situation) is Why.SHOWS:
        later = replace(situation, seconds=situation.seconds + 60, idle=situation.idle + 60)
        assert judge(prompt, later) is Why.SHOWS


def test_a072_each_site_preset_yields_its_rule_and_never_creates_none() -> None:
    pages, minute = site_preset("shop")
    assert (pages.pages, minute.seconds) == (3, 60)
    assert pages.pages_in == minute.pages_in == {Page.REGISTRATION}
    (services,) = site_preset("services")
    assert services.seconds == 60
    assert services.pages_in == {Page.ROOM}
    assert site_preset("never") == ()
    assert SITES == ("shop", "services", "never")
    assert not any(prompt.form_too for site in SITES for prompt in site_preset(site))


def test_a094_single_says_the_same_everywhere_and_variants_say_their_own() -> None:
    there = [Prompt("a", "At the door", pages_in=frozenset({Page.REGISTRATION})), Prompt("b", "In the room")]
    assert {worded(prompt, "One for all").text for prompt in there} == {"One for all"}
    assert [worded(prompt, "").text for prompt in there] == ["At the door", "In the room"]

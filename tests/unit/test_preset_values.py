"""The three strategies as values: what each sets, what a diff lists, what three answers propose, what the film says."""

from itertools import product
from typing import Any

import pytest

from chat import texts, wording
from chat.models import Mode
from chat.script import Talk, case_of, line_of
from config import presets
from config.presets import FIELDS, KINDS, PRESETS, Options, diff, differing, wanted
from config.questions import Answer, proposal

LANGUAGES = ("en", "fr", "pl")


def blank() -> presets.Values:
    """A webinar on which nothing was set."""
    return {
        "times": {"event_type": "recurring", "rows": []},
        "attendee_zone": True,
        "on_demand": False,
        "just_in_time": {"on": False, "minutes": 15, "inside": False, "own": None},
        "replay": False,
        "modes": dict.fromkeys(KINDS, "off"),
        "welcome": [],
        "welcome_text": dict.fromkeys(KINDS, ""),
        "autoresponder": [],
        "delay": 60,
        "autoresponder_text": dict.fromkeys(KINDS, ""),
        "outside_text": dict.fromkeys(KINDS, ""),
        "promise": {"word": "none", "hours": 24},
    }


# The table of the three strategies, each cell as it was written down, before any text.
MATRIX: dict[int, dict[str, Any]] = {
    1: {
        "attendee_zone": False,
        "on_demand": False,
        "just_in_time": False,
        "replay": False,
        "modes": ("chat", "chat", "chat"),
        "welcome": ["scheduled"],
        "autoresponder": ["scheduled", "just_in_time", "replay"],
        "delay": 300,
        "promise": "day_end",
    },
    2: {
        "attendee_zone": False,
        "on_demand": False,
        "just_in_time": True,
        "replay": False,
        "modes": ("chat", "chat", "email"),
        "welcome": ["scheduled", "just_in_time"],
        "autoresponder": ["scheduled", "just_in_time"],
        "delay": 300,
        "promise": "hours",
    },
    3: {
        "attendee_zone": True,
        "on_demand": True,
        "just_in_time": True,
        "replay": True,
        "modes": ("chat", "chat", "chat"),
        "welcome": ["scheduled", "just_in_time", "replay"],
        "autoresponder": ["scheduled", "just_in_time", "replay"],
        "delay": 120,
        "promise": "hours",
    },
}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_A001_each_preset_on_a_blank_webinar_is_the_matrix(number: int) -> None:
    after = wanted(number, blank(), "en")
    cells = MATRIX[number]
    assert set(after) == set(FIELDS)
    assert after["just_in_time"]["on"] is cells["just_in_time"]
    assert after["just_in_time"]["inside"] is (number == 2)
    assert tuple(after["modes"].values()) == cells["modes"]
    assert after["promise"]["word"] == cells["promise"]
    for name in ("attendee_zone", "on_demand", "replay", "welcome", "autoresponder", "delay"):
        assert after[name] == cells[name], name


def test_A001_the_diff_of_2_over_1_lists_exactly_what_the_table_tells_apart() -> None:
    first = wanted(1, blank(), "en")
    changes = diff(first, wanted(2, first, "en"), first)
    assert [change.field for change in changes] == [
        "times",
        "just_in_time",
        "modes",
        "welcome",
        "welcome_text",
        "autoresponder",
        "autoresponder_text",
        "promise",
    ]
    assert not any(change.by_host for change in changes)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_preset_over_itself_changes_nothing(number: int) -> None:
    after = wanted(number, blank(), "en")
    assert differing(after, wanted(number, after, "en")) == []


def test_what_the_host_changed_is_marked() -> None:
    last = wanted(3, blank(), "en")
    now = last | {"delay": 600, "on_demand": False}
    marks = {change.field: change.by_host for change in diff(now, wanted(2, now, "en"), last)}
    assert marks["delay"]
    assert not marks["welcome"]
    assert "on_demand" not in marks  # off now, off after: nothing changes


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_an_interval_that_the_table_allows_stays(minutes: int) -> None:
    now = blank() | {"just_in_time": {"on": True, "minutes": minutes, "inside": False, "own": None}}
    assert wanted(3, now, "en")["just_in_time"]["minutes"] == minutes


@pytest.mark.parametrize("minutes", [30, 60])
def test_an_interval_that_it_does_not_allow_becomes_15(minutes: int) -> None:
    now = blank() | {"just_in_time": {"on": True, "minutes": minutes, "inside": False, "own": None}}
    assert wanted(3, now, "en")["just_in_time"]["minutes"] == 15


@pytest.mark.parametrize(("delay", "kept"), [(119, 120), (120, 120), (150, 150), (180, 180), (181, 120)])
def test_preset_3_lets_the_autoresponder_wait_two_to_three_minutes(delay: int, kept: int) -> None:
    assert wanted(3, blank() | {"delay": delay}, "en")["delay"] == kept


def test_my_own_times_and_the_variants() -> None:
    mine = {"event_type": "specific", "rows": []}
    now = blank() | {"times": mine}
    assert wanted(1, now, "en", Options(keep_times=True))["times"] == mine
    variant = wanted(2, now, "en", Options(replays=True))
    assert variant["replay"]
    assert variant["modes"]["replay"] == "email"
    assert "replay" not in variant["autoresponder"] + variant["welcome"]
    assert [row["weekdays"] for row in wanted(3, now, "en", Options(weekend_day=True))["times"]["rows"]] == [
        [],
        [5],
    ]


def test_rows_of_other_event_types_wait_for_whoever_switches_back() -> None:
    date = {
        "event_type": "specific",
        "frequency": "once",
        "times": ["11:00"],
        "weekdays": [],
        "on": "2026-05-01",
    }
    now = blank() | {"times": {"event_type": "specific", "rows": [date]}}
    after = wanted(1, now, "en")
    assert after["times"]["event_type"] == "recurring"
    assert date in after["times"]["rows"]
    assert "times" in differing(now, after)


def test_A002_each_of_27_answers_proposes_one_preset_and_says_why() -> None:
    found = {answers: proposal(*answers) for answers in product(Answer, repeat=3)}
    assert len(found) == 27
    assert {one.preset for one in found.values()} == set(PRESETS)
    for answers, one in found.items():
        assert one.why.endswith(".")
        assert "%" not in one.why
        assert min(answers) <= one.preset <= min(answers) + 1
    assert [found[(answer,) * 3].preset for answer in Answer] == [1, 2, 3]


def test_A002_a_more_daring_answer_never_proposes_less() -> None:
    for answers in product(Answer, repeat=3):
        for place in range(3):
            if answers[place] < Answer.MUCH:
                bolder = [*answers]
                bolder[place] = Answer(answers[place] + 1)
                assert proposal(*bolder).preset >= proposal(*answers).preset


def test_A015_the_line_is_another_one_for_each_preset_in_each_language() -> None:
    chat = frozenset({Mode.CHAT.value})
    talks = [
        Talk(chat, scheduled_only=True, staffed=True, promise="day_end"),
        Talk(chat, scheduled_only=False, staffed=True, promise="hours"),
        Talk(chat, scheduled_only=False, staffed=False, promise="hours"),
    ]
    assert [case_of(talk) for talk in talks] == ["live", "hours", "anytime"]
    lines = {line_of(talk, language) for talk in talks for language in LANGUAGES}
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("modes", "case"),
    [
        ({"chat"}, "anytime"),
        ({"email"}, "email"),
        ({"email", "off"}, "email"),
        ({"chat", "email"}, "mixed"),
        ({"chat", "email", "off"}, "mixed"),
        ({"chat", "off"}, "partly"),
        ({"chat", "other"}, "partly"),
        ({"off"}, ""),
        (set(), ""),
    ],
)
def test_A015_no_line_promises_a_chat_that_is_not_there(modes: set[str], case: str) -> None:
    talk = Talk(frozenset(modes), scheduled_only=False, staffed=False)
    assert case_of(talk) == case
    assert bool(line_of(talk, "pl")) is bool(case)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_names_and_the_same_promises(language: str) -> None:
    words, english = texts.of(language), texts.of("en")
    for name in ("live_welcome", "welcome", "live_autoresponder", "autoresponder", "outside"):
        text = getattr(words, name)
        assert wording.template(text) == text  # only names that can be filled in
        assert "{first_name}" in text
        assert ("{by_when}" in text) is (name == "live_autoresponder")  # only preset 1 names a day
    for table in ("by_when", "script", "when"):
        assert set(getattr(words, table)) == set(getattr(english, table))
    for key, line in words.script.items():
        assert ("{when}" in line) is ("{when}" in english.script[key])
    assert "👋" in words.welcome
    assert "👋" in words.live_welcome
    assert texts.of(f"{language}-XX") is words
    assert "12" in texts.by_when("hours", 12, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["live_welcome", "welcome", "live_autoresponder", "autoresponder", "outside"]
)
def test_A012_an_unknown_name_leaves_no_braces_double_space_or_stray_comma(language: str, name: str) -> None:
    said = wording.fill(
        getattr(texts.of(language), name), {"first_name": "", "webinar": "W", "by_when": "today"}
    )
    assert "{" not in said
    assert "  " not in said
    assert " ," not in said
    assert ",," not in said
    assert ",!" not in said
    assert ", !" not in said
    assert ",." not in said
    assert said[0].isupper()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {first_name}!", "Hello!"),
        ("{first_name}, welcome", "Welcome"),
        ("It is here, {first_name}.", "It is here."),
        ("Bonjour {first_name} !", "Bonjour !"),
    ],
)
def test_A012_the_comma_goes_with_the_name(text: str, said: str) -> None:
    assert wording.fill(text, {"first_name": ""}) == said


@pytest.mark.parametrize("alias", ["{prénom}", "{prenom}", "{imię}", "{Prénom}", "{ imię }", "{first_name}"])
def test_names_in_other_languages_are_stored_as_one(alias: str) -> None:
    assert wording.template(f"Hi {alias}!") == "Hi {first_name}!"

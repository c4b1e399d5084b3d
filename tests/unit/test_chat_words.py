"""What people type is checked, hosts' texts are filled once, and nobody writes too fast."""

from datetime import UTC, datetime, timedelta

import pytest

from chat import pace, wording

T = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \n\t", "text_empty"),
        ("\u200b\ufeff", "text_empty"),
        ("a\0b", "text_invalid"),
        ("a\ud800b", "text_invalid"),
        ("é" * 4001, "too_long"),
    ],
)
def test_bad_texts_are_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(wording.BadText) as refused:
        wording.checked(text)
    assert refused.value.code == code


def test_4000_code_points_are_fine_whatever_their_bytes() -> None:
    assert len(wording.checked("😀" * 4000)) == 4000


def test_lines_end_in_one_way_and_edges_are_trimmed() -> None:
    assert wording.checked(" a\r\nb\rc \n") == "a\nb\nc"


@pytest.mark.parametrize("alias", ["first_name", "prénom", "prenom", "imię", " First_Name "])
def test_aliases_are_stored_as_first_name(alias: str) -> None:
    assert wording.template(f"Hi {{{alias}}}!") == "Hi {first_name}!"


@pytest.mark.parametrize(
    "text", ["{x}", "{{first_name}}", "{first_name.a}", "{", "a } b", "{first_name!r}", "{0}"]
)
def test_A12_anything_else_in_braces_is_refused(text: str) -> None:
    with pytest.raises(wording.UnknownNames):
        wording.template(text)


def test_A12_values_are_never_looked_at_again() -> None:
    filled = wording.fill(
        "Hi {first_name}, {webinar}", {"first_name": "{webinar}", "webinar": "{first_name}"}
    )
    assert filled == "Hi {webinar}, {first_name}"


def test_five_at_once_then_one_every_second_and_a_half() -> None:
    state = pace.Pace()
    for number in range(5):
        state = pace.spend(state, str(number), T)
    with pytest.raises(pace.TooFast) as refused:
        pace.spend(state, "six", T)
    assert (refused.value.code, refused.value.retry_after) == ("slow_down", timedelta(seconds=1.5))
    state = pace.spend(pace.Pace.of(state.kept()), "six", T + timedelta(seconds=1.5))
    with pytest.raises(pace.TooFast):
        pace.spend(state, "seven", T + timedelta(seconds=2.9))


def test_the_same_text_a_third_time_within_a_minute_is_refused() -> None:
    state = pace.Pace()
    for second in (0, 20):
        state = pace.spend(state, "hello?", T + timedelta(seconds=second))
    with pytest.raises(pace.TooFast) as refused:
        pace.spend(state, "hello?", T + timedelta(seconds=40))
    assert refused.value.code == "repeated"
    assert refused.value.retry_after == timedelta(seconds=20)
    pace.spend(state, "hello?", T + timedelta(seconds=60))

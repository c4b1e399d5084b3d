"""What visitors type, and the union of what they watched."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webinars import rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zofia", "Zofia"),
        ("  Anna   Maria ", "Anna Maria"),
        ("Jean\u200b-Luc", "Jean-Luc"),
        ("Zoe\u0308", "Zoë"),
        ("李雷", "李雷"),
        ("O’Brien-Śmigły, Jr.", "O’Brien-Śmigły, Jr."),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_kept_as_it_is_meant(typed: str, kept: str) -> None:
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_required"),
        ("   ", "name_required"),
        ("\u200b\u2060\ufeff", "name_required"),
        ("x" * 81, "name_too_long"),
        ("www.example.org", "name_has_link"),
        ("a@b", "name_has_link"),
        ("<i>", "name_has_link"),
        ("a\nb", "name_has_forbidden_characters"),
        ("a\x00", "name_has_forbidden_characters"),
        ("a\u202eb", "name_has_forbidden_characters"),
        ("a\ud800", "name_has_forbidden_characters"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(rules.Refused) as refused:
        rules.clean_name(typed)
    assert refused.value.code == code


@given(st.text())
def test_no_text_at_all_breaks_the_rules(text: str) -> None:
    for clean in (rules.clean_name, rules.clean_address):
        with suppress(rules.Refused):
            assert clean(text)
    rules.clean_token(text)
    rules.likely_address(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@gmai.com", "a@gmail.com"),
        ("a@gmaill.com", "a@gmail.com"),
        ("a@gnail.com", "a@gmail.com"),
        ("a@gmail.co", "a@gmail.com"),
        ("a@hotnail.com", "a@hotmail.com"),
        ("a@laposte.ne", "a@laposte.net"),
    ],
)
def test_a_slip_in_a_known_domain_is_seen(typed: str, meant: str) -> None:
    assert rules.likely_address(typed) == meant


@pytest.mark.parametrize(
    "fine", ["a@gmail.com", "a@example.org", "a@wp.eu", "a@mail.com", "a@gmx.net", "nonsense"]
)
def test_what_may_be_right_is_left_alone(fine: str) -> None:
    assert rules.likely_address(fine) is None


def test_every_domain_that_is_proposed_is_left_alone_itself() -> None:
    for address in ("a@googlemail.com", "a@yahoo.fr", "a@hotmail.com", "a@ymail.com", "a@icloud.com"):
        assert rules.likely_address(address) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20))))
def test_coverage_is_the_set_of_seconds_that_were_played(pairs: list[tuple[int, int]]) -> None:
    spans = [(float(start), float(start + length)) for start, length in pairs]
    seconds = {second for start, length in pairs for second in range(start, start + length)}
    union = rules.merged(spans)
    assert rules.watched_seconds(spans) == len(seconds)
    assert union == sorted(union)
    assert all(before[1] < after[0] for before, after in pairwise(union))
    assert rules.merged(union) == union

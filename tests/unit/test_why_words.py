"""Every reason for which something is said by itself, or not, has a sentence."""

from datetime import timedelta

import pytest

from chat import reasons
from chat.rules import What, Why


def test_every_reason_has_a_sentence_and_no_two_have_the_same() -> None:
    assert set(reasons.SENTENCES) == set(Why)
    assert len({str(words) for words in reasons.SENTENCES.values()}) == len(Why)


def test_every_automatic_message_has_a_name_and_a_rule_in_words() -> None:
    assert set(What) <= set(reasons.NAMES)
    for what in What:
        assert "2 minutes" in reasons.rule(what, timedelta(minutes=2))


def test_a_reason_of_another_version_is_shown_as_it_is_stored() -> None:
    assert reasons.sentence("of_tomorrow") == "of_tomorrow"
    assert reasons.name("of_tomorrow") == "Of tomorrow"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (15, "15 seconds"),
        (60, "1 minute"),
        (90, "1 minute 30 seconds"),
        (3600, "1 hour"),
        (86_400, "24 hours"),
    ],
)
def test_lengths_are_words(seconds: int, words: str) -> None:
    assert reasons.span(timedelta(seconds=seconds)) == words

"""Openers that presume a problem warn in three languages; neutral ones never do."""

import pytest

from chat.openers import LIBRARY, language_of, presumed

PRESUMING = [
    "What problem are you having?",
    "What's the problem?",
    "Hello! What problems do you have today?",
    "Having trouble finding the right date?",
    "Are you stuck?",
    "Can't find what you are looking for?",
    "Hi {first_name}, what went wrong?",
    "Tell us about your issue.",
    "Struggling with the choice?",
    "Quel problème rencontrez-vous ?",
    "Quel est votre problème ?",
    "QUEL EST VOTRE PROBLEME ?",
    "Bonjour ! Un souci ?",
    "Des difficultés pour choisir ?",
    "Vous êtes bloqué ?",
    "Qu’est-ce qui ne va pas ?",
    "Jaki masz problem?",
    "Z jakim problemem przychodzisz?",
    "Masz problem z wyborem?",
    "Masz jakieś kłopoty?",
    "Coś nie działa?",
    "Co poszło nie tak?",
    "Utknąłeś?",
]
NEUTRAL = [
    "Hello! Can I answer anything for you?",
    "Ask us whatever you like: no problem if it is a small thing.",
    "If you run into a problem, write to us.",
    "Which time suits you best?",
    "Une question ? Nous sommes là.",
    "Si vous rencontrez un problème, écrivez-nous.",
    "Quelle date vous convient ?",
    "Masz pytanie? Jesteśmy tutaj.",
    "Jeśli masz problem, napisz do nas.",
    "Co Cię ciekawi?",
    "",
]


@pytest.mark.parametrize("text", PRESUMING)
def test_a081_an_opener_that_presumes_a_problem_warns(text: str) -> None:
    assert presumed(text)
    assert presumed(text) in text


@pytest.mark.parametrize("text", NEUTRAL)
def test_a081_a_neutral_opener_does_not_warn(text: str) -> None:
    assert presumed(text) == ""


@pytest.mark.parametrize("language", ["en", "fr", "pl"])
def test_a081_the_library_has_neutral_openers_in_each_language(language: str) -> None:
    assert len(LIBRARY[language]) >= 4
    assert [text for text in LIBRARY[language] if presumed(text)] == []
    assert language_of(f"{language}-XX") == language


def test_a081_a_language_without_a_library_reads_the_english_one() -> None:
    assert language_of("de") == "en"

"""Knows openers: neutral ones to choose from, and which words presume that the reader has a problem."""

import re
import unicodedata
from collections.abc import Mapping

# An opener meets everybody: those who compare, those who come back, those who only look.
LIBRARY: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Hello {first_name}! We are here. Ask us whatever you would like to know.",
        "Good to see you. Is there anything you would like to ask us about this webinar?",
        "A human reads every question here. What would you like to know?",
        "Would you like to talk to us? Write a line, and one of us answers.",
    ),
    "fr": (
        "Bonjour {first_name} ! Nous sommes là : demandez-nous ce que vous aimeriez savoir.",
        "Ravis de vous voir ici. Une question sur ce webinaire ?",
        "Chaque question est lue par un humain. Qu’aimeriez-vous savoir ?",
        "Envie d’en parler avec nous ? Écrivez une ligne, l’un de nous vous répond.",
    ),
    "pl": (
        "Cześć {first_name}! Jesteśmy tutaj. Zapytaj o wszystko, co Cię ciekawi.",
        "Dobrze Cię widzieć. Czy chcesz nas o coś zapytać w sprawie tego webinaru?",
        "Każde pytanie czyta tu człowiek. Co chcesz wiedzieć?",
        "Chcesz z nami porozmawiać? Napisz zdanie, a ktoś z nas odpowie.",
    ),
}

# Written without accents and in small letters, as the text is looked at.
_TROUBLE = (
    r"problem\w*|troubl\w+|issues?\b|difficult\w*|struggl\w+|stuck\b|frustrat\w+|confus\w+|wrong\b|broken\b"
    r"|(?:not|n[o']?t|isn't|doesn't) work\w*|can'?t (?:find|decide|figure)\w*|lost\b"
    r"|souci\w*|ennui\w*|bloque\w*|galer\w+|coince\w*|perdue?s?\b|ne va pas|ne (?:marche|fonctionne) pas|en panne"
    r"|klopot\w*|trudnosc\w*|utkn\w+|zgubi\w+|nie (?:dziala|wychodzi|radzisz)|poszlo nie tak|jest nie tak"
)
# What only might be, or is ruled out, is not presumed: "if you run into a problem", "no problem".
_ONLY_IF = r"\b(?:if|should|whenever|no|any time|si|s'il|en cas|aucun|sans|jesli|jezeli|gdyby|gdy|w razie|bez|zaden)\b"
_CLAUSE = re.compile(r"[^.!?;:\n,]+[.!?;:\n,]?")


def language_of(language: str) -> str:
    """The language of the library for a webinar's language; English where there is none."""
    short = language.partition("-")[0].lower()
    return short if short in LIBRARY else "en"


def presumed(text: str) -> str:
    """The words of an opener that presume a problem, as they are written; empty for a neutral one.

    Source: A-081 of the reference; a warning for the host, never a refusal.
    """
    plain = _folded(text)
    for clause in _CLAUSE.finditer(plain):
        found = re.search(_TROUBLE, clause.group())
        if found and not re.search(_ONLY_IF, clause.group()[: found.start()]):
            return text[clause.start() : clause.end()].strip(" ,;:\n")
    return ""


def _folded(text: str) -> str:
    """The text without accents and capitals, letter for letter as long as it was."""
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter in "łŁ":
        return "l"
    if letter in "’‘ʼ":
        return "'"
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter

"""Checks what people type, and fills the fixed list of names into hosts' texts, once."""

import re
from collections.abc import Mapping

from chat.schemas.base import LONGEST_TEXT

NAMES = ("first_name", "webinar", "by_when")
ALIASES = {"prénom": "first_name", "prenom": "first_name", "imię": "first_name", "imie": "first_name"}

_BRACED = re.compile(r"\{([^{}]*)\}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


class BadText(Exception):
    """The text cannot be kept; `code` is text_empty, text_invalid or too_long, `length` counts code points."""

    def __init__(self, code: str, length: int) -> None:
        super().__init__(code)
        self.code = code
        self.length = length


class UnknownNames(Exception):
    """The template holds something in braces that is not in the fixed list."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(", ".join(found))
        self.found = found


def checked(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text with plain line ends and without blank edges; BadText when it cannot be stored or says nothing."""
    if "\0" in text or _SURROGATE.search(text):
        raise BadText("text_invalid", len(text))
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not _INVISIBLE.sub("", plain):
        raise BadText("text_empty", 0)
    if len(plain) > longest:
        raise BadText("too_long", len(plain))
    return plain


def template(text: str) -> str:
    """A host's text with aliases replaced by their names; UnknownNames lists what is not allowed in braces."""
    unknown: list[str] = []

    def canonical(match: re.Match[str]) -> str:
        given = match.group(1).strip().lower()
        name = ALIASES.get(given, given)
        if name not in NAMES:
            unknown.append(match.group(0))
        return f"{{{name}}}"

    result = _BRACED.sub(canonical, text)
    rest = _BRACED.sub("", text)
    unknown.extend(brace for brace in "{}" if brace in rest)
    if unknown:
        raise UnknownNames(unknown)
    return result


def fill(text: str, values: Mapping[str, str]) -> str:
    """The template with each known name replaced once; what a value holds is never looked at again.

    A name without a value goes with the comma or space that led to it: "Hi {first_name}, welcome" says "Hi, welcome".
    """
    for name in (name for name, value in values.items() if not value):
        braced = re.escape(f"{{{name}}}")
        text = re.sub(rf"^{braced}[\s,;:!]*(\w?)", lambda m: m.group(1).upper(), text, flags=re.MULTILINE)
        text = re.sub(rf",?[^\S\n]*{braced}", "", text)
    return _BRACED.sub(lambda match: values.get(match.group(1), match.group(0)), text)

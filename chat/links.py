"""Finds the addresses in what people write; only those that a browser opens safely."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”«»„]+", re.IGNORECASE)
_AFTER = ".,;:!?…'’*_"  # what ends a sentence belongs to it
_PAIRS = {")": "(", "]": "[", "}": "{"}
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; `href` is empty for plain words."""

    text: str
    href: str = ""


def parts(text: str) -> list[Part]:
    """The text in stretches, in order: plain words, and addresses with where they lead."""
    found: list[Part] = []
    begin = 0
    for match in _ADDRESS.finditer(text):
        shown = _trimmed(match.group(0))
        href = shown if "://" in shown else f"https://{shown}"
        if len(href) > LONGEST or not href.partition("://")[2].strip("./"):
            continue
        found += [Part(text[begin : match.start()]), Part(shown, href)]
        begin = match.start() + len(shown)
    return [part for part in [*found, Part(text[begin:])] if part.text]


def _trimmed(address: str) -> str:
    """Without the end of the sentence that the address stands in; a bracket stays where its other half is inside."""
    while address:
        last = address[-1]
        alone = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _AFTER and not alone:
            break
        address = address[:-1]
    return address


def addresses(texts: Iterable[str]) -> list[str]:
    """The addresses in some texts, in order, each once."""
    return list(dict.fromkeys(part.href for text in texts for part in parts(text) if part.href))

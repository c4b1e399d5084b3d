"""Decides what a place is worth, from plain values: what was watched, where a link leads, who somebody is."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

Span = tuple[float, float]


class Late(StrEnum):
    """What a host wants for those who come late."""

    JOIN = "join"
    REFUSE = "refuse"
    GO_BACK = "go_back"
    ON_DEMAND = "on_demand"


class Arrival(StrEnum):
    """What becomes of somebody who arrives."""

    JOINS = "joins"  # the film where it is
    REFUSED = "refused"
    OWN_CLOCK = "own_clock"  # the film on a clock of their own


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What happens from `after` past the start on; `point` is where in the film who goes back begins."""

    late: Late
    after: timedelta
    point: timedelta = timedelta(0)


def late_join(policy: LatePolicy, since_start: timedelta, *, was_there: bool) -> Arrival:
    """What becomes of somebody who arrives `since_start` after the start (negative: before it).

    Who was there before comes back to where the film is, whatever the policy says of the late.
    """
    if policy.late is Late.JOIN or was_there or since_start < policy.after:
        return Arrival.JOINS
    return Arrival.REFUSED if policy.late is Late.REFUSE else Arrival.OWN_CLOCK


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of intervals of seconds, sorted and without overlaps; intervals that touch become one."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def watched_seconds(coverage: Iterable[Span]) -> float:
    """How much of the film was played at least once, in seconds."""
    return sum(end - start for start, end in merged(coverage))


def same_address(one: str, other: str) -> bool:
    """Whether two typed addresses are one; only their case is folded."""
    return one.strip().casefold() == other.strip().casefold()


class Refused(ValueError):
    """A value that cannot be taken; `code` is stable, the words are the form's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_token(text: str) -> str:
    """A token without the characters that mail programs take along from around an address."""
    return text.strip().rstrip(">)]}.,;:!\"'")


def clean_name(text: str) -> str:
    """A person's name in NFC, without what cannot be seen; Refused if nothing is left or it is not one.

    Codes: name_required, name_has_forbidden_characters, name_has_link, name_too_long.
    """
    normal = unicodedata.normalize("NFC", text)
    if any(_is_forbidden(character) for character in normal.strip()):
        raise Refused("name_has_forbidden_characters")
    name = " ".join("".join(character for character in normal if character not in _INVISIBLE).split())
    if not name:
        raise Refused("name_required")
    if _LINK.search(name):
        raise Refused("name_has_link")
    if len(name) > 80:
        raise Refused("name_too_long")
    return name


def clean_address(text: str) -> str:
    """An e-mail address, its domain in lower case; Refused("email_invalid") where the form is not one.

    For what Django's own validator lets pass: addresses of machines, overlong local parts, and spaces or line
    ends inside.
    """
    address = unicodedata.normalize("NFC", text.strip())
    local, _, domain = address.rpartition("@")
    if (
        not local
        or len(address) > 254
        or len(local) > 64
        or "@" in local
        or domain.startswith("[")
        or any(character.isspace() or _is_forbidden(character) for character in address)
    ):
        raise Refused("email_invalid")
    return f"{local}@{domain.lower()}"


def likely_address(address: str) -> str | None:
    """What an address with a slip in a well-known domain was meant to be; None if it looks as it should."""
    local, _, domain = address.rpartition("@")
    if not local or domain in _DOMAINS or domain in _REAL:
        return None
    meant = next((known for known in _DOMAINS if _is_one_slip(domain, known)), None)
    return f"{local}@{meant}" if meant else None


# The mail providers that most people mistype; only these are ever proposed.
_DOMAINS = (
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "protonmail.com",
    "laposte.net", "interia.pl", "wanadoo.fr",
)  # fmt: skip
# Real ones that lie one letter beside them.
_REAL = frozenset({"mail.com", "ymail.com", "email.com", "fmail.com"})
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINK = re.compile(r"https?:|www\.|://|[@<>]|\.(com|net|org|info|ru|io)\b", re.IGNORECASE)


def _is_forbidden(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _is_one_slip(typed: str, known: str) -> bool:
    """Whether one letter is missing, too many, another, or two neighbours changed places."""
    if abs(len(typed) - len(known)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), None)
    if at is None:
        return True
    return (
        typed[at + 1 :] == known[at:]
        or typed[at:] == known[at + 1 :]
        or typed[at + 1 :] == known[at + 1 :]
        or (typed[at : at + 2] == known[at : at + 2][::-1] and typed[at + 2 :] == known[at + 2 :])
    )

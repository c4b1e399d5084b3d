"""Proposes one of the three strategies from three answers, and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext as _


class Answer(IntEnum):
    """How far an answer leans towards automation; the strategies have the same numbers."""

    LITTLE = 1
    SOME = 2
    MUCH = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """One preset, and the sentences that say why."""

    preset: int
    why: str


def proposal(comfort: Answer, sessions: Answer, speed: Answer) -> Proposal:
    """The preset for how at ease a team is with automation, how often people can come, how soon answers are due.

    The middle answer decides, but never more than one step beyond the most careful one: a team that wants every
    question answered at once cannot be shown around the clock.
    """
    given = sorted((comfort, sessions, speed))
    preset = min(given[1], given[0] + 1)
    reasons = [
        (REASONS[name][answer](), answer)
        for name, answer in (("comfort", comfort), ("sessions", sessions), ("speed", speed))
    ]
    meant = [why for why, answer in reasons if answer == preset]
    less = [why for why, answer in reasons if answer < preset]
    more = [why for why, answer in reasons if answer > preset]
    return Proposal(preset, _sentences(meant, less, more))


def _sentences(meant: list[str], less: list[str], more: list[str]) -> str:
    if not meant:
        between = _("It is the way between: %(less)s, yet %(more)s.")
        return between % {"less": _joined(less), "more": _joined(more)}
    why = _("Because %(reasons)s.") % {"reasons": _joined(meant)}
    if more:
        later = _("When it matters more that %(more)s, the next preset is one click away.")
        return f"{why} {later % {'more': _joined(more)}}"
    if less:
        also = _("And as %(less)s: every field can still be changed by hand.")
        return f"{why} {also % {'less': _joined(less)}}"
    return why


def _joined(parts: list[str]) -> str:
    *most, last = parts
    return _("%(some)s, and %(last)s") % {"some": ", ".join(most), "last": last} if most else last


REASONS: dict[str, dict[Answer, Callable[[], str]]] = {
    "comfort": {
        Answer.LITTLE: lambda: _("you want to keep close to live webinars"),
        Answer.SOME: lambda: _("you are at ease with some automation"),
        Answer.MUCH: lambda: _("you want all that automation gives"),
    },
    "sessions": {
        Answer.LITTLE: lambda: _("one or two sessions a week are enough"),
        Answer.SOME: lambda: _("people should find a time on every weekday"),
        Answer.MUCH: lambda: _("people should watch whenever it suits them"),
    },
    "speed": {
        Answer.LITTLE: lambda: _("every question deserves an answer at once"),
        Answer.SOME: lambda: _("most questions should be answered within minutes"),
        Answer.MUCH: lambda: _("an answer may also come later by e-mail"),
    },
}
"""What each answer says of the team, as half a sentence."""

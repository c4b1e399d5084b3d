"""Says in words why an automatic message came, or did not: one sentence for every reason, for people of the team."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.rules import What, Why

NAMES: Mapping[str, Promise] = {
    What.WELCOME: gettext_lazy("Welcome"),
    What.AUTORESPONDER: gettext_lazy("Autoresponder"),
    "faq": gettext_lazy("Answer from the list"),
}

SENTENCES: Mapping[str, Promise] = {
    Why.DUE: gettext_lazy("it was due, and nothing stood against it"),
    Why.NOT_ENTERED: gettext_lazy("they have not entered the session"),
    Why.DEALT_WITH: gettext_lazy("dealt with already in this session"),
    Why.TEAM_WROTE: gettext_lazy("the team wrote first"),
    Why.NOBODY_WAITS: gettext_lazy("no question is open"),
    Why.HELD: gettext_lazy("they were asked for a moment"),
    Why.HELPED: gettext_lazy("the answer found for them helped"),
    Why.BEING_ANSWERED: gettext_lazy("somebody is answering"),
    Why.LATE: gettext_lazy("the question came by e-mail or after the session, so an answer is owed"),
    Why.ONCE_A_WAIT: gettext_lazy("already sent for this question"),
    Why.ONCE_A_SESSION: gettext_lazy("already sent once in this session"),
    Why.AFTER_EXIT: gettext_lazy("the session is over by then"),
    Why.SWITCHED_OFF: gettext_lazy("it is switched off"),
    Why.NOT_CHAT: gettext_lazy("the chat is not open at that time"),
    Why.NO_TEXT: gettext_lazy("it has no text"),
    Why.BELOW_THRESHOLD: gettext_lazy("no question of the list was near enough"),
    Why.SAID_BEFORE: gettext_lazy("this answer was said before"),
    Why.WANTS_HUMAN: gettext_lazy("they asked for a human"),
    Why.ANSWERED: gettext_lazy("a human answered first"),
    Why.NO_REPLY_NEEDED: gettext_lazy("somebody settled it with “no reply needed”"),
    Why.MOVED_ON: gettext_lazy("they went to another session first"),
}


def name(kind: str) -> str:
    """What the automatic message is called."""
    return str(NAMES.get(kind, capfirst(kind.replace("_", " "))))


def sentence(why: str) -> str:
    """The reason as the end of a sentence; one that this version does not know is shown as it is stored."""
    return str(SENTENCES.get(why, why))


def rule(kind: str, waited: timedelta) -> str:
    """What the rule behind a message waits for."""
    if kind == What.WELCOME:
        return _("%(time)s after they first came in, once a session") % {"time": span(waited)}
    if kind == What.AUTORESPONDER:
        return _("%(time)s without a human answer, while the chat is open") % {"time": span(waited)}
    if kind == "faq":
        return _("their question is near one of your list, and nobody had written")
    return ""


def span(length: timedelta) -> str:
    """A length in words: "5 seconds", "2 minutes", "1 hour 30 minutes"."""
    seconds = round(length.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [
        ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes} if minutes else "",
        ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest} if rest or not seconds else "",
    ]
    return " ".join(part for part in parts if part)

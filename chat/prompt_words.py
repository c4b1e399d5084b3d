"""Says prompts in words for hosts: when and where one comes, and why it would not."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.models import Prompt
from chat.prompting import Action, Often, Page, Why
from webinars.templatetags.studio import film_time

PAGES: dict[str, str | Promise] = {
    Page.REGISTRATION: gettext_lazy("registration page"),
    Page.THANKS: gettext_lazy("kept place"),
    Page.WAITING: gettext_lazy("waiting room"),
    Page.ROOM: gettext_lazy("film"),
    Page.EXIT: gettext_lazy("exit room"),
    Page.REPLAY: gettext_lazy("replay"),
    Page.OVER: gettext_lazy("afterwards"),
}
FORM_STEP = gettext_lazy("registration form, while it is filled in")
ACTIONS: dict[str, str | Promise] = {
    Action.CHAT: gettext_lazy("opens the chat"),
    Action.FORM: gettext_lazy("opens the registration form"),
    Action.TEXT: gettext_lazy("shows a text"),
}
OFTEN: dict[str, str | Promise] = {
    Often.ONCE: gettext_lazy("once"),
    Often.SESSION: gettext_lazy("once per session"),
    Often.DAYS: gettext_lazy("at most every some days"),
}
WHY: dict[Why, str | Promise] = {
    Why.SHOWS: gettext_lazy("It shows."),
    Why.SWITCHED_OFF: gettext_lazy("It is switched off."),
    Why.NO_TEXT: gettext_lazy("It says nothing yet."),
    Why.FORM_STEP: gettext_lazy("The last step of registration is left alone."),
    Why.PAGE: gettext_lazy("It is not for this page."),
    Why.ADDRESS: gettext_lazy("It is not for this address."),
    Why.PROPERTY: gettext_lazy("It is not for these people."),
    Why.NOTHING_TO_OPEN: gettext_lazy("Who has a place needs no registration form here."),
    Why.CHAT_OFF: gettext_lazy("The chat is off, so nobody could answer."),
    Why.CLOSED: gettext_lazy("They closed a prompt not long ago."),
    Why.SEEN: gettext_lazy("They have seen it."),
    Why.QUESTION: gettext_lazy("Their question is open."),
    Why.HUMAN: gettext_lazy("A human has just written to them."),
    Why.TOO_SOON: gettext_lazy("Not yet: they have been on the page for too short a time."),
    Why.TOO_FEW_PAGES: gettext_lazy("Not yet: they have seen too few pages."),
    Why.NOT_IDLE: gettext_lazy("Not yet: their hands have not been still for long enough."),
    Why.POSITION: gettext_lazy(
        "Not now: the film passes its point at another moment, or there is no film here."
    ),
    Why.TYPING: gettext_lazy("They are typing."),
    Why.ANOTHER: gettext_lazy("Another prompt is on the screen."),
}


def when_of(prompt: Prompt) -> str:
    """When it comes, in a few words."""
    parts = []
    if prompt.seconds is not None:
        parts.append(_("after %(n)s s on the page") % {"n": prompt.seconds})
    if prompt.pages is not None:
        parts.append(ngettext("from page %(n)s on", "from page %(n)s on", prompt.pages) % {"n": prompt.pages})
    if prompt.idle is not None:
        parts.append(_("%(n)s s without a hand") % {"n": prompt.idle})
    if prompt.position is not None:
        parts.append(_("at %(at)s of the film") % {"at": film_time(prompt.position)})
    return ", ".join(parts) or _("at once")


def where_of(prompt: Prompt) -> str:
    """On which pages, in a few words."""
    if prompt.pages_in:
        words = named(page for page in prompt.pages_in if page not in prompt.pages_out)
    elif prompt.pages_out:
        words = _("everywhere but %(pages)s") % {"pages": named(prompt.pages_out)}
    else:
        words = _("on every page")
    return words if not prompt.form_too else _("%(pages)s, also at the form") % {"pages": words}


def named(pages: Iterable[str]) -> str:
    """Pages by name."""
    return ", ".join(str(PAGES[page]) for page in pages)

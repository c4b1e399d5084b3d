"""Shows a host a prompt as somebody would get it on a page at a second, or says why they would not."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import prompt_words, prompting, wording
from chat.models import Prompt, PromptSetting
from chat.prompt_forms import PromptForm
from chat.services.prompting import value_of
from webinars.models import Webinar


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The card as somebody would get it on a page, and whether they would at that second."""

    page: str
    seconds: int
    pages: int
    text: str
    button: str
    shows: bool
    why: str


def glimpse_of(
    webinar: Webinar, held: Prompt, setting: PromptSetting, form: PromptForm, data: QueryDict | None
) -> Glimpse:
    """What the preview shows for the page and the second that were asked for."""
    typed = data or QueryDict()
    page = typed.get("as_page", "")
    page = page if page in set(prompting.Page) else _first_page(held)
    seconds, pages = whole(typed.get("as_seconds"), 60), whole(typed.get("as_pages"), 1)
    row = _drafted(held, form)
    value = value_of(row, setting.opener_of_all)
    film = page in {prompting.Page.ROOM, prompting.Page.REPLAY}
    situation = prompting.Situation(
        page=prompting.Page(page),
        now=timezone.now(),
        seconds=seconds,
        idle=seconds,
        pages=pages,
        position=float(seconds) if film else None,
        passed=frozenset(
            {value.position} if value.position is not None and value.position <= seconds else ()
        ),
        properties={one.name: "" if one.negated else one.value for one in value.properties},
        address=_address(value),
    )
    why = prompting.judge(value, situation)
    names = {"first_name": "" if page == prompting.Page.REGISTRATION else "Camille"}
    names |= {"webinar": webinar.title, "by_when": ""}
    return Glimpse(
        page=page,
        seconds=seconds,
        pages=pages,
        text=wording.fill(value.text, names),
        button=_button(value.action, page),
        shows=why is prompting.Why.SHOWS,
        why=str(prompt_words.WHY[why]),
    )


def _button(action: prompting.Action, page: str) -> str:
    """As the pages themselves call it."""
    if action is prompting.Action.TEXT:
        return _("Read more")
    if action is prompting.Action.FORM:
        return _("Choose a time")
    visitor = page in {prompting.Page.REGISTRATION, prompting.Page.FORM}
    return _("How to reach us") if visitor else _("Write to us")


def _first_page(row: Prompt) -> str:
    return row.pages_in[0] if row.pages_in else prompting.Page.REGISTRATION.value


def _address(value: prompting.Prompt) -> str:
    """An address that fits, so that the preview speaks of page and second."""
    return value.addresses_in[0].replace("*", "") or "/" if value.addresses_in else "/"


def _drafted(held: Prompt, form: PromptForm) -> Prompt:
    """The row as it would be saved, as far as what was typed can be read."""
    row = Prompt(webinar=held.webinar)
    for field in Prompt._meta.concrete_fields:
        if field.name not in {"id", "webinar"}:
            setattr(row, field.name, getattr(held, field.name))
    row.pk = held.pk or 0
    if not form.is_bound:
        return row
    if form.is_valid():
        for name, value in form.values().items():
            setattr(row, name, value)
    else:
        row.text = str(form["text"].value() or "")
    return row


def whole(text: str | None, otherwise: int) -> int:
    """A small whole number that came from a browser; `otherwise` for anything else."""
    known = text is not None and text.isascii() and text.isdecimal() and len(text) < 6
    return int(text) if known and text is not None else otherwise

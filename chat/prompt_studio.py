"""The prompts part of a webinar's editor: the list with what came of each, and one prompt beside its preview."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from chat import openers, prompt_glimpse, prompt_words, prompting
from chat.models import Prompt, PromptSetting
from chat.prompt_forms import PromptForm, PromptSettingForm
from chat.services import prompt_counts, prompt_editing
from webinars.models import Webinar
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of

PART = "prompts"
SITES: dict[str, tuple[str | Promise, str | Promise]] = {
    "shop": (
        gettext_lazy("Shop"),
        gettext_lazy("Two on the registration page: from the third page on, and after a minute."),
    ),
    "services": (gettext_lazy("Services"), gettext_lazy("One in the room, after a minute of the film.")),
    "never": (
        gettext_lazy("Schools and public bodies"),
        gettext_lazy("Never invite. What there is is switched off; the button in the corner stays."),
    ),
}


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def prompts(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """The list; by POST one act on it, or the settings of all."""
    row = webinar_of(membership, webinar)
    if request.method == "GET":
        return _list(request, membership, row)
    do, _dash, rest = request.POST.get("do", "").partition("-")
    if do == "settings":
        return _save_setting(request, membership, row)
    if not _is_act(do, rest):
        return _list(request, membership, row, status=400)
    try:
        messages.success(request, _act(do, rest, row, membership, _version(request)))
    except prompt_editing.StalePrompts:
        return _list(request, membership, row, status=409)
    except prompt_editing.TooMany:
        messages.error(request, _full())
    except prompt_editing.Gone:
        messages.error(request, _("That prompt is not here any more."))
    return redirect(part_url(row, part))


def _is_act(do: str, rest: str) -> bool:
    """Whether a button of the list sends this."""
    if do == "site":
        return rest in SITES
    is_number = rest.isascii() and rest.isdecimal() and len(rest) < 16
    return is_number and do in {"on", "off", "up", "remove"}


def _act(do: str, rest: str, webinar: Webinar, membership: Membership, version: int) -> str:
    """One act on the list, and what it says afterwards."""
    common: dict[str, Any] = {
        "webinar": webinar,
        "actor": membership.user,
        "version": version,
        "now": timezone.now(),
    }
    if do == "site":
        made = prompt_editing.apply_site(site=rest, **common)
        said = ngettext("%(n)s prompt is set.", "%(n)s prompts are set.", made) % {"n": made}
        return said if made else _("No prompts: nobody is invited.")
    acts: dict[str, Callable[[], None]] = {
        "on": lambda: prompt_editing.switch(prompt_id=int(rest), is_on=True, **common),
        "off": lambda: prompt_editing.switch(prompt_id=int(rest), is_on=False, **common),
        "up": lambda: prompt_editing.move_up(prompt_id=int(rest), **common),
        "remove": lambda: prompt_editing.remove(prompt_id=int(rest), **common),
    }
    acts[do]()
    words = {
        "on": _("Switched on."),
        "off": _("Switched off."),
        "up": _("Moved up."),
        "remove": _("Removed."),
    }
    return words[do]


def _save_setting(request: HttpRequest, membership: Membership, webinar: Webinar) -> HttpResponse:
    form = PromptSettingForm(request.POST, setting=_setting(webinar))
    if not form.is_valid():
        return _list(request, membership, webinar, form=form, status=422)
    try:
        prompt_editing.save_setting(
            webinar=webinar,
            actor=membership.user,
            values=form.values(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except prompt_editing.StalePrompts:
        data = _refreshed(request.POST, webinar)
        fresh = PromptSettingForm(data, setting=_setting(webinar))
        return _list(request, membership, webinar, form=fresh, status=409)
    messages.success(request, _("Saved."))
    return redirect(part_url(webinar, PART))


@dataclass(frozen=True, slots=True)
class Line:
    """One prompt in the list."""

    prompt: Prompt
    text: str
    when: str
    where: str
    opens: str
    often: str
    counts: dict[str, int]
    presumed: str


def _list(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    *,
    form: PromptSettingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    setting = _setting(webinar)
    rows, counts = list(Prompt.objects.of_webinar(webinar)), prompt_counts.counts_of(webinar)
    context = frame(
        membership,
        webinar,
        PART,
        timezone.now(),
        lines=[_line(row, setting, counts.get(row.pk, prompt_counts.NONE)) for row in rows],
        form=form or PromptSettingForm(None, setting=setting),
        sites=[{"name": name, "label": label, "about": about} for name, (label, about) in SITES.items()],
        full=_full() if len(rows) >= prompt_editing.MOST else "",
        version=setting.version,
        new_url=_url(webinar, None),
        presumed=openers.presumed(setting.opener_of_all),
        stale=status == 409,
        refused=status == 422,
    )
    return show(request, "studio/prompts.html", context, status)


def _line(row: Prompt, setting: PromptSetting, counts: dict[str, int]) -> Line:
    text = setting.opener_of_all or row.text
    often = str(prompt_words.OFTEN[row.often])
    if row.often == prompting.Often.DAYS:
        often = ngettext("every %(n)s day", "every %(n)s days", row.days) % {"n": row.days}
    return Line(
        prompt=row,
        text=text,
        when=prompt_words.when_of(row),
        where=prompt_words.where_of(row),
        opens=str(prompt_words.ACTIONS[row.action]),
        often=often,
        counts=counts,
        presumed=openers.presumed(text),
    )


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def prompt(
    request: HttpRequest, membership: Membership, webinar: uuid.UUID, prompt: int | None = None
) -> HttpResponse:
    """One prompt in sentences; a new one without a number. `do` is save, preview, or use-LANGUAGE-NUMBER."""
    row = webinar_of(membership, webinar)
    held = _prompt_of(row, prompt)
    visit = _Visit(request, membership, row, held, _setting(row))
    if request.method == "GET":
        return _page(visit, visit.form(None), None)
    do = request.POST.get("do", "save")
    if do.startswith("use-"):
        data = _with_opener(request.POST, do)
        return _page(visit, visit.form(data), data)
    if do != "save":
        return _page(visit, visit.form(request.POST), request.POST)
    return _save(visit)


@dataclass(frozen=True, slots=True)
class _Visit:
    request: HttpRequest
    membership: Membership
    webinar: Webinar
    prompt: Prompt
    setting: PromptSetting

    def form(self, data: QueryDict | None) -> PromptForm:
        """The form, filled from the row or with what was typed."""
        return PromptForm(
            data, prompt=self.prompt, version=self.setting.version, opener=self.setting.opener_of_all
        )


def _save(visit: _Visit) -> HttpResponse:
    request, row = visit.request, visit.webinar
    form = visit.form(request.POST)
    if not form.is_valid():
        return _page(visit, form, request.POST, status=422)
    try:
        prompt_editing.save_prompt(
            webinar=row,
            actor=visit.membership.user,
            prompt_id=visit.prompt.pk,
            values=form.values(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except prompt_editing.StalePrompts:
        data = _refreshed(request.POST, row)
        return _page(visit, visit.form(data), data, status=409)
    except prompt_editing.TooMany:
        form.add_error(None, _full())
        return _page(visit, form, request.POST, status=422)
    except prompt_editing.Gone:
        messages.error(request, _("That prompt is not here any more."))
        return redirect(part_url(row, PART))
    messages.success(request, _("Saved. Pages that are opened from now on follow."))
    return redirect(part_url(row, PART))


def _with_opener(data: QueryDict, do: str) -> QueryDict:
    """What was typed, with an opener of the library in place of the text."""
    copy = data.copy()
    language, _dash, number = do.removeprefix("use-").partition("-")
    texts = openers.LIBRARY.get(language, ())
    if number.isascii() and number.isdecimal() and int(number[:4]) < len(texts):
        copy["text"] = texts[int(number[:4])]
    return copy


def _page(visit: _Visit, form: PromptForm, data: QueryDict | None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    glimpse = prompt_glimpse.glimpse_of(visit.webinar, visit.prompt, visit.setting, form, data)
    text = visit.setting.opener_of_all or str(form["text"].value() or "")
    context = frame(
        visit.membership,
        visit.webinar,
        PART,
        now,
        form=form,
        prompt=visit.prompt,
        opener=visit.setting.opener_of_all,
        glimpse=glimpse,
        presumed=openers.presumed(text),
        library=[
            {
                "language": language,
                "texts": texts,
                "own": language == openers.language_of(visit.webinar.language),
            }
            for language, texts in openers.LIBRARY.items()
        ],
        as_pages=[*prompt_words.PAGES.items(), (prompting.Page.FORM, prompt_words.FORM_STEP)],
        list_url=part_url(visit.webinar, PART),
        stale=status == 409,
        refused=status == 422,
        unsaved=data is not None,
    )
    return show(visit.request, "studio/prompt.html", context, status)


def _prompt_of(webinar: Webinar, number: int | None) -> Prompt:
    if number is None:
        return Prompt(webinar=webinar, seconds=45)
    found = Prompt.objects.filter(webinar=webinar, pk=number).first()
    if found is None:
        raise Http404
    return found


def _setting(webinar: Webinar) -> PromptSetting:
    return PromptSetting.objects.filter(webinar=webinar).first() or PromptSetting(webinar=webinar)


def _refreshed(data: QueryDict, webinar: Webinar) -> QueryDict:
    """What was typed, for the version that is stored now."""
    copy = data.copy()
    copy["version"] = str(prompt_editing.version_of(webinar))
    return copy


def _version(request: HttpRequest) -> int:
    return prompt_glimpse.whole(request.POST.get("version"), -1)


def _url(webinar: Webinar, number: int | None) -> str:
    where = {"team": webinar.team.slug, "webinar": webinar.pk}
    if number is None:
        return reverse("prompt_new", kwargs=where)
    return reverse("prompt_edit", kwargs=where | {"prompt": number})


def _full() -> str:
    return _("A webinar has at most %(most)s prompts. Remove one first.") % {"most": prompt_editing.MOST}

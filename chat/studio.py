"""The studio's pages that know of the talk: the team's home, and the chat part of a webinar's editor."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import team_page
from accounts.models import Membership
from chat import home, rules, texts, wording
from chat.forms import KindForm, PolicyEditor
from chat.models import ChatPolicy, Mode, PolicyKind, Promise
from chat.services import expecting
from chat.services.drafting import is_configured
from chat.services.policy import Stale, kinds_of
from chat.services.policy_editing import edit_policy, say_script
from scheduling.hours import next_opening
from webinars import standing
from webinars.models import Webinar
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of

QUESTION_AT = timedelta(minutes=6, seconds=20)


@team_page()
@require_GET
def team_home(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What goes on now, what comes next, what needs somebody."""
    now = timezone.now()
    context: dict[str, Any] = {
        "membership": membership,
        "team": membership.team,
        "section": "home",
        "home": home.picture(membership, now),
        "zone": membership.user.zone,
        "now": now,
    }
    return render(request, "studio/home.html", context)


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """Show how people talk in this webinar; take what was typed, to save it or only to look at it."""
    row, now = webinar_of(membership, webinar), timezone.now()
    if request.method == "GET":
        return _page(request, membership, row, _editor(row))
    editor = _editor(row, request.POST)
    if request.POST.get("do", "save") != "save":
        return _page(request, membership, row, editor, data=request.POST)
    if not editor.is_valid():
        return _page(request, membership, row, editor, data=request.POST, status=422)
    version = editor.form.cleaned_data["version"]
    try:
        edit_policy(webinar=row, actor=membership.user, setting=editor.setting(), version=version, now=now)
    except Stale:
        data = request.POST.copy()
        data["version"] = str(ChatPolicy.objects.values_list("version", flat=True).get(webinar=row))
        data["language"] = row.language
        return _page(request, membership, row, _editor(row, data), data=data, status=409)
    messages.success(request, _("Saved. Open rooms follow within 5 seconds."))
    return redirect(part_url(row, part))


@team_page(may_edit)
@require_POST
def script(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Tick that the film says the line, or take the tick back."""
    row, said = webinar_of(membership, webinar), request.POST.get("said") == "yes"
    line = request.POST.get("line", "").replace("\r\n", "\n")
    try:
        say_script(webinar=row, actor=membership.user, line=line, said=said, now=timezone.now())
    except Stale:
        messages.error(request, _("The line has changed meanwhile. This is the one that is true now."))
    return redirect(part_url(row, "chat") + "#script")


def _editor(webinar: Webinar, data: QueryDict | None = None) -> PolicyEditor:
    """The forms of the webinar's policy; without one, of what the first save would make."""
    policy = ChatPolicy.objects.filter(webinar=webinar).first() or ChatPolicy(webinar=webinar)
    return PolicyEditor(policy, kinds_of(policy, webinar.language), webinar.language, data)


@dataclass(frozen=True)
class Glimpse:
    """The chat as an attendee would get it: what comes by itself, and when, with their first name filled in."""

    kind: str
    when: str
    mode: str
    expect: str
    welcome: str
    welcome_at: timedelta
    answer: str
    answer_at: timedelta
    delay: timedelta


def _glimpse(webinar: Webinar, editor: PolicyEditor, data: QueryDict | None) -> Glimpse:
    typed = data or QueryDict()
    kind = typed.get("as_kind", PolicyKind.JUST_IN_TIME)
    kind = kind if kind in PolicyKind.values else PolicyKind.JUST_IN_TIME
    when = typed.get("as_hours", "inside")
    outside = when == "outside"
    form = next(form for form in editor.kinds if form.kind == kind)
    seen = _seen(webinar, editor, form, when)
    mode = seen.way.mode
    names = {"first_name": "Camille", "webinar": webinar.title, "by_when": _by_when(editor, webinar.language)}

    def said(switch: str, text: str) -> str:
        on = form[switch].value() and mode is rules.Mode.CHAT
        return wording.fill(str(form[text].value() or ""), names) if on else ""

    delay = timedelta(
        seconds=_number(editor.form["delay"].value()) * _number(editor.form["delay_unit"].value())
    )
    return Glimpse(
        kind=kind,
        when=when,
        mode=mode.value,
        expect=_expect(webinar, editor, seen),
        welcome=said("welcome_on", "welcome_text"),
        welcome_at=timedelta(seconds=_number(editor.form["welcome_delay"].value())),
        answer=said("autoresponder_on", "outside_text" if outside else "autoresponder_text"),
        answer_at=QUESTION_AT + delay,
        delay=delay,
    )


def _seen(webinar: Webinar, editor: PolicyEditor, form: KindForm, when: str) -> expecting.Outlook:
    """How they could talk, by what is typed; `when` is inside, outside, away, full or long."""
    most = _number(editor.form["queue_most"].value()) or None
    minutes = _number(editor.form["queue_minutes"].value())
    policy = rules.Policy(
        kinds={form.kind: rules.KindRules(mode=rules.Mode(_choice(form["mode"].value(), Mode.CHAT)))},
        outside_mode=rules.Mode(_choice(editor.form["outside_mode"].value(), Mode.EMAIL)),
        away_email=str(editor.form["away_email"].value()) == "yes",
        queue_most=most,
        queue_wait=timedelta(minutes=minutes) if minutes else None,
    )
    waited = timedelta(minutes=minutes) if when == "long" and minutes else None
    waiting = most or 0 if when == "full" else 0
    crowd = rules.Crowd(available=when != "away", waiting=waiting, waited=waited)
    way = rules.way_at(policy, form.kind, hours_open=when != "outside", crowd=crowd)
    return expecting.outlook(way, crowd, standing.zone_of(webinar.schedule.zone))


def _choice(value: Any, otherwise: str) -> str:
    return value if value in Mode.values else otherwise


def _expect(webinar: Webinar, editor: PolicyEditor, seen: expecting.Outlook) -> str:
    """The line above the composer, in the webinar's language; the measured time is told where it is known."""
    if seen.way.mode not in {rules.Mode.CHAT, rules.Mode.EMAIL}:
        return ""
    now, hours = timezone.now(), standing.hours_of(webinar.chat_hours)
    opens_at = next_opening(hours, now, seen.zone) if seen.way.cause is rules.Cause.HOURS else None
    with translation.override(webinar.language):
        usual = str(editor.form["expectation"].value() or "") or expecting.usual_words(webinar, now)
        return " ".join(expecting.said(seen, usual, opens_at))


def _by_when(editor: PolicyEditor, language: str) -> str:
    words: dict[str, str] = {
        Promise.WEBINAR_END: "webinar",
        Promise.DAY_END: "today",
        Promise.HOURS: "hours",
    }
    word = words.get(str(editor.form["promise"].value()))
    return texts.by_when(word, _number(editor.form["promise_hours"].value()), language)


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _page(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    editor: PolicyEditor,
    *,
    data: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = frame(
        membership,
        webinar,
        "chat",
        timezone.now(),
        form=editor.form,
        kinds=editor.kinds,
        glimpse=_glimpse(webinar, editor, data),
        question_at=QUESTION_AT,
        ai={"host": urlsplit(settings.AI_BASE_URL).netloc, "model": settings.AI_MODEL}
        if is_configured()
        else None,
        language=dict(settings.LANGUAGES).get(webinar.language, webinar.language),
        stale=status == 409,
        refused=status == 422,
        unsaved=data is not None,
        who=[one.membership.user for one in webinar.assignments.all() if one.moderates],
    )
    return show(request, "studio/chat.html", context, status)

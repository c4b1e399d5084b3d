"""The studio's pages of the host's list: the questions, how they would have done, and one entry."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import team_page
from accounts.models import Membership
from chat.faq_forms import HIGHEST, LOWEST, EntryForm, ListForm
from chat.matching import Matcher
from chat.models import ChatPolicy, FaqEntry, Message, MessageKind
from chat.services import faq_editing, faq_reading
from chat.services.faq_speaking import as_entry
from chat.services.policy import Stale
from webinars.models import Webinar
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of

PART = "faq"
REMOVED = "faq_removed"


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def faq(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """The list with its switch and threshold; another threshold can be looked at before it is saved."""
    row = webinar_of(membership, webinar)
    policy = _policy(row)
    if request.method == "GET":
        form = ListForm(None, policy=policy)
        return _page(request, membership, row, form, _asked(request.GET, policy))
    form = ListForm(request.POST, policy=policy)
    if not form.is_valid():
        return _page(request, membership, row, form, policy.faq_threshold, status=422)
    on, threshold = form.cleaned_data["on"], form.cleaned_data["threshold"]
    try:
        faq_editing.set_list(
            webinar=row,
            actor=membership.user,
            on=on,
            threshold=threshold,
            seen=form.was,
            now=timezone.now(),
        )
    except Stale:
        data = request.POST.copy()
        data["seen"] = str(ListForm(None, policy=_policy(row))["seen"].value())
        return _page(request, membership, row, ListForm(data, policy=policy), threshold, status=409)
    messages.success(request, _("Saved. It holds for the next question.") if on else _("Saved. It is off."))
    return redirect(part_url(row, part))


def _policy(webinar: Webinar) -> ChatPolicy:
    return ChatPolicy.objects.filter(webinar=webinar).first() or ChatPolicy(webinar=webinar)


def _asked(query: QueryDict, policy: ChatPolicy) -> int:
    """The threshold to look at: the one asked for, else the stored one."""
    given = query.get("threshold", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 4 else policy.faq_threshold
    return min(max(number, LOWEST), HIGHEST)


def _page(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    form: ListForm,
    threshold: int,
    *,
    status: int = 200,
) -> HttpResponse:
    context = frame(
        membership,
        webinar,
        PART,
        timezone.now(),
        form=form,
        policy=_policy(webinar),
        lines=faq_reading.listed(webinar),
        threshold=threshold,
        past=faq_reading.past(webinar, threshold),
        stale=status == 409,
        refused=status == 422,
        unsaved=status != 200,
        removed=_just_removed(request, webinar),
        **_tried(webinar, request.GET.get("q", ""), threshold),
    )
    return show(request, "studio/faq.html", context, status)


def _tried(webinar: Webinar, text: str, threshold: int) -> dict[str, Any]:
    """What the list has for a question that the host tries."""
    entries = {row.pk: row for row in FaqEntry.objects.of_webinar(webinar)}
    ranked = Matcher(as_entry(row) for row in entries.values()).rank(text[:4000])
    near = [
        {"entry": entries[match.key], "match": match, "above": match.score >= threshold} for match in ranked
    ]
    return {"typed": text, "near": near}


@team_page(may_edit)
@require_GET
def attempt(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """What the list would say to something typed; a fragment of the page."""
    row = webinar_of(membership, webinar)
    threshold = _asked(request.GET, _policy(row))
    context = _tried(row, request.GET.get("q", ""), threshold) | {"threshold": threshold}
    return render(request, "studio/faq_tried.html", context)


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """A new entry."""
    row = webinar_of(membership, webinar)
    if request.method == "GET":
        question = request.GET.get("question", "")[:200]
        form = EntryForm(None, webinar=row)
        form.initial["question"] = question
        return _entry_page(request, membership, row, form)
    form = EntryForm(request.POST, webinar=row)
    if not form.is_valid():
        return _entry_page(request, membership, row, form, status=422)
    try:
        faq_editing.add(webinar=row, actor=membership.user, setting=form.setting(), now=timezone.now())
    except faq_editing.Full:
        form.add_error(None, _full())
        return _entry_page(request, membership, row, form, status=422)
    messages.success(request, _("Added."))
    return redirect(part_url(row, PART))


def _full() -> str:
    return _("The list is full: at most %(n)s entries. Remove one first.") % {"n": faq_editing.MOST}


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, membership: Membership, webinar: uuid.UUID, entry: int) -> HttpResponse:
    """One entry, to look at and to save."""
    row = webinar_of(membership, webinar)
    found = get_object_or_404(FaqEntry.objects.filter(webinar=row), pk=entry)
    if request.method == "GET":
        if found.removed_at is not None:
            raise Http404
        return _entry_page(request, membership, row, EntryForm(None, webinar=row, entry=found), found)
    form = EntryForm(request.POST, webinar=row, entry=found)
    if not form.is_valid():
        return _entry_page(request, membership, row, form, found, status=422)
    version = form.cleaned_data["version"]
    try:
        faq_editing.edit(
            entry=found,
            actor=membership.user,
            setting=form.setting(),
            version=-1 if version is None else version,
            now=timezone.now(),
        )
    except Stale:
        return _stale(request, membership, row, found)
    messages.success(request, _("Saved. It holds for the next question."))
    return redirect(part_url(row, PART))


def _stale(request: HttpRequest, membership: Membership, webinar: Webinar, found: FaqEntry) -> HttpResponse:
    """What was typed again, with theirs beside it; saving once more puts it in place of theirs."""
    found.refresh_from_db()
    if found.removed_at is not None:
        form = EntryForm(request.POST, webinar=webinar, entry=found)
        form.add_error(
            None, _("Somebody removed this entry meanwhile. Copy what you need, or bring it back.")
        )
        return _entry_page(request, membership, webinar, form, found, status=422)
    data = request.POST.copy()
    data["version"] = str(found.version)
    form = EntryForm(data, webinar=webinar, entry=found)
    return _entry_page(request, membership, webinar, form, found, status=409)


def _entry_page(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    form: EntryForm,
    found: FaqEntry | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = frame(
        membership,
        webinar,
        PART,
        timezone.now(),
        form=form,
        entry=found,
        stale=status == 409,
        refused=status == 422,
        unsaved=status != 200,
    )
    return show(request, "studio/faq_entry.html", context, status)


@team_page(may_edit)
@require_POST
def change(
    request: HttpRequest, membership: Membership, webinar: uuid.UUID, entry: int, act: str
) -> HttpResponse:
    """Move an entry up or down, take it out, bring it back."""
    row = webinar_of(membership, webinar)
    found = get_object_or_404(FaqEntry.objects.filter(webinar=row), pk=entry)
    facts: dict[str, Any] = {"entry": found, "actor": membership.user, "now": timezone.now()}
    if act in {"up", "down"}:
        faq_editing.move(up=act == "up", **facts)
    elif act == "remove":
        faq_editing.remove(**facts)
        request.session[REMOVED] = found.pk
        text = _("“%(question)s” is out of the list. What was said with it stays said.")
        messages.success(request, text % {"question": found.question})
    elif act == "restore":
        try:
            faq_editing.restore(**facts)
            messages.success(request, _("“%(question)s” is back.") % {"question": found.question})
        except faq_editing.Full:
            messages.error(request, _full())
    else:
        raise Http404
    return redirect(part_url(row, PART) + f"#entry-{found.pk}")


def _just_removed(request: HttpRequest, webinar: Webinar) -> FaqEntry | None:
    """The entry that was taken out a moment ago, for the way back; offered once."""
    key = request.session.pop(REMOVED, None)
    return FaqEntry.objects.filter(pk=key, webinar=webinar, removed_at__isnull=False).first()


@team_page(may_edit)
@require_POST
def add_samples(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Put the samples into the list."""
    row = webinar_of(membership, webinar)
    try:
        faq_editing.add_samples(webinar=row, actor=membership.user, now=timezone.now())
        messages.success(request, _("Three samples, switched off. Fill the gaps in their answers."))
    except faq_editing.Full:
        messages.error(request, _full())
    return redirect(part_url(row, PART))


@team_page(may_edit)
@require_POST
def mark(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Keep that an answer to a past question, or silence, is right or wrong; the same again takes it back."""
    row = webinar_of(membership, webinar)
    asked = Message.objects.filter(conversation__webinar=row, kind=MessageKind.ATTENDEE)
    message = get_object_or_404(asked, pk=_number(request.POST.get("message", "")))
    given = request.POST.get("entry", "")
    entry = get_object_or_404(FaqEntry.objects.filter(webinar=row), pk=_number(given)) if given else None
    right = {"right": True, "wrong": False}.get(request.POST.get("mark", ""))
    faq_editing.judge(message=message, entry=entry, right=right, actor=membership.user, now=timezone.now())
    threshold = _asked(request.POST, _policy(row))
    if not getattr(request, "htmx", False):
        return redirect(f"{part_url(row, PART)}?threshold={threshold}#past")
    context = {
        "past": faq_reading.past(row, threshold),
        "threshold": threshold,
        "team": membership.team,
        "webinar": row,
        "zone": membership.user.zone,
    }
    return render(request, "studio/faq_past.html", context)


def _number(text: str) -> int:
    """A key; one that no row has for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0

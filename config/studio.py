"""The studio's pages of strategies: a new webinar, the diff of a preset, taking it back, the three questions."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import team_page
from accounts.models import Membership
from config import next_step, preset_words, presets, strategies
from config.costs import costs_of
from config.preset_forms import DiffForm, NewForm, QuestionsForm, versions_of
from config.presets import Values
from config.strategies import Standing
from scheduling.services import Stale
from webinars.models import Registration, Webinar
from webinars.services.rule_changes import NeedsChoice, affected
from webinars.studio import affected as choice
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of

_GO = {"apply", "save"}  # the second is what the page about people's times sends


@team_page(lambda member: member.may_create)
@require_http_methods(["GET", "POST"])
def webinar_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Give a title and choose a strategy; the draft opens at its video."""
    asking = "propose" in request.POST
    helped = _questions(request)
    asked = request.GET.get("preset", "")
    begin = {"preset": int(asked) if asked in {"1", "2", "3"} else presets.RECOMMENDED}
    if helped["proposal"]:
        begin["preset"] = helped["proposal"].preset
    form = NewForm(
        None if asking else request.POST or None, initial={**begin, "title": request.POST.get("title")}
    )
    if form.is_bound and form.is_valid():
        zone = membership.user.zone if str(membership.user.zone) != "UTC" else membership.team.zone
        webinar = strategies.new_webinar(
            membership=membership,
            title=form.cleaned_data["title"],
            zone=zone,
            now=timezone.now(),
            number=int(form.cleaned_data["preset"]),
        )
        return redirect(part_url(webinar, "video"))
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "webinars",
        "form": form,
        "chosen": str(form["preset"].value() or presets.RECOMMENDED),
        "cards": [
            {"number": number, "name": name, "short": preset_words.SHORT[number]}
            | {"meant_for": preset_words.MEANT_FOR[number], "recommended": number == presets.RECOMMENDED}
            for number, name in preset_words.NAMES.items()
        ],
        **helped,
    }
    return render(
        request, "studio/new.html", context, status=422 if request.method == "POST" and not asking else 200
    )


def _questions(request: HttpRequest) -> dict[str, Any]:
    """The three questions as answered so far, and what they propose."""
    given = request.POST if "propose" in request.POST else request.GET
    asked = any(name in given for name in ("propose", *QuestionsForm.base_fields))
    form = QuestionsForm(given if asked else None)
    found = form.proposal()
    return {"questions": form, "proposal": found, "proposed": found and preset_words.NAMES[found.preset]}


@team_page(may_edit)
@require_GET
def questions(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Three questions that propose a strategy, and why."""
    row = webinar_of(membership, webinar)
    context = frame(membership, row, "schedule", timezone.now(), **_questions(request))
    return show(request, "studio/preset_questions.html", context)


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def preset_page(
    request: HttpRequest, membership: Membership, webinar: uuid.UUID, preset: int
) -> HttpResponse:
    """What a strategy would change; then change it."""
    row, now = webinar_of(membership, webinar), timezone.now()
    if preset not in presets.PRESETS:
        raise Http404
    form = DiffForm(request.POST or None)
    if request.POST.get("do") not in _GO:
        return _diff(request, membership, row, preset, form=form, now=now)
    versions = form.versions()
    try:
        if versions is None:
            raise Stale(row.schedule.version)
        made = strategies.apply(
            webinar=row,
            actor=membership.user,
            number=preset,
            options=form.options(),
            versions=versions,
            now=now,
            **choice.answer(request.POST),
        )
    except NeedsChoice as need:
        return choice.ask(request, membership, row, need, now)
    except Stale:
        return _diff(
            request, membership, webinar_of(membership, webinar), preset, form=form, now=now, stale=True
        )
    count = len(presets.differing(made.before, made.after))
    sentence = ngettext(
        "Preset %(number)s is applied: %(n)s field changed.",
        "Preset %(number)s is applied: %(n)s fields changed.",
        count,
    )
    messages.success(request, sentence % {"number": preset, "n": count})
    return redirect(part_url(row, "schedule"))


def _diff(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    number: int,
    *,
    form: DiffForm,
    now: datetime,
    stale: bool = False,
) -> HttpResponse:
    found, options = strategies.standing_of(webinar), form.options()
    after = presets.wanted(number, found.values, webinar.language, options)
    more = {
        "number": number,
        "name": preset_words.NAMES[number],
        "meant_for": preset_words.MEANT_FOR[number],
        "options": options,
        "moved_on": stale,
    }
    context = frame(membership, webinar, "schedule", now, **_change(webinar, found, after, now), **more)
    return show(request, "studio/preset.html", context, 409 if stale else 200)


def _change(webinar: Webinar, found: Standing, after: Values, now: datetime) -> dict[str, Any]:
    """What `studio/preset_diff.html` reads."""
    changes = presets.diff(found.values, after, found.was_set)
    plan = strategies.plan_of(webinar, after)
    places = Registration.objects.live().filter(webinar=webinar, starts_at__gt=now)
    return {
        "lines": preset_words.lines_of(webinar, changes),
        "stay": len(presets.FIELDS) - len(changes) + len(preset_words.STAYS),
        "stays": [preset_words.LABELS[f] for f in presets.FIELDS if f not in {c.field for c in changes}],
        "stays_too": preset_words.STAYS,
        "people": places.count(),
        "asked_about": sum(len(one.places) for one in affected(webinar, plan, now)),
        "costs": costs_of(webinar, after, now),
        "script_now": strategies.script_of(webinar, found.values),
        "script_after": strategies.script_of(webinar, after),
        "versions": versions_of(found.versions),
        "last": found.last,
        "moderators": [one.membership.user for one in webinar.assignments.all() if one.moderates],
    }


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def preset_undo(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Take the strategy in force back, at once while nothing was changed since; else show what would be lost."""
    row, now = webinar_of(membership, webinar), timezone.now()
    if request.method == "GET":
        return _undo_page(request, membership, row, now)
    form = DiffForm(request.POST)
    try:
        undone = strategies.undo(
            webinar=row,
            actor=membership.user,
            versions=form.versions(),
            now=now,
            **choice.answer(request.POST),
        )
    except NeedsChoice as need:
        return choice.ask(request, membership, row, need, now)
    except strategies.NothingToUndo:
        return _nothing(request, row)
    except strategies.ChangedSince as since:
        return _undo_page(request, membership, row, now, since=since.fields)
    except Stale:
        return _undo_page(request, membership, webinar_of(membership, webinar), now, stale=True)
    messages.success(
        request, _("Preset %(n)s is taken back: all is as it was before.") % {"n": undone.preset}
    )
    return redirect(part_url(row, "schedule"))


def _nothing(request: HttpRequest, webinar: Webinar) -> HttpResponse:
    messages.error(request, _("There is nothing to take back any more."))
    return redirect(part_url(webinar, "schedule"))


def _undo_page(
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    now: datetime,
    *,
    since: list[str] | None = None,
    stale: bool = False,
) -> HttpResponse:
    found = strategies.standing_of(webinar)
    if found.last is None or not found.may_undo:
        return _nothing(request, webinar)
    since = found.changed_by_host if since is None else since
    more = {
        "number": found.last.preset,
        "name": preset_words.NAMES[found.last.preset],
        "since": [preset_words.LABELS[field] for field in since],
        "moved_on": stale,
        "undoing": True,
    }
    context = frame(
        membership, webinar, "schedule", now, **_change(webinar, found, found.stood_before, now), **more
    )
    return show(request, "studio/preset.html", context, 200 if request.method == "GET" else 409)


@team_page(may_edit)
@require_POST
def later(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Put the hint at the next strategy away for thirty days."""
    row = webinar_of(membership, webinar)
    next_step.put_away(webinar=row, now=timezone.now())
    return redirect(part_url(row, "schedule"))

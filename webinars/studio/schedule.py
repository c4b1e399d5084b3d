"""The schedule part of the editor: sentences with blanks on the left, what they give on the right."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from scheduling import zones
from scheduling.editor import ScheduleEditor
from scheduling.reshaping import reshaped
from scheduling.services import Plan, Stale, drafted, undone
from webinars import standing
from webinars.models import Registration, Webinar
from webinars.services import rule_changes
from webinars.studio import affected, conflict, importing, preview, type_change
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of


@dataclass(frozen=True)
class _Visit:
    """One request to the schedule of a webinar, with what was typed."""

    request: HttpRequest
    membership: Membership
    webinar: Webinar
    now: datetime
    data: QueryDict | None = None

    def editor(self, data: QueryDict | None = None) -> ScheduleEditor:
        """The forms, bound with what was typed."""
        row = self.webinar
        typed = self.data if data is None else data
        return ScheduleEditor(row.schedule, row.chat_hours, typed, film=standing.film_of(row))


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """Show it; take what was typed, to save it or only to add a row or look at what it would give."""
    row, now = webinar_of(membership, webinar), timezone.now()
    if request.method == "GET":
        return _page(_Visit(request, membership, row, now))
    do = request.POST.get("do", "save")
    visit = _Visit(request, membership, row, now, reshaped(request.POST, do))
    if do in {"import", "import-use"}:
        return _import(visit, use=do == "import-use")
    if do == "undo":
        return _undo(visit)
    return _save(visit) if do == "save" else _page(visit)


def _import(visit: _Visit, *, use: bool) -> HttpResponse:
    """Show what a calendar file says; `use` puts it into the form, which is not saved yet."""
    found = importing.found_in(visit.request, visit.now)
    if not use or found.error:
        return _page(visit, status=422 if found.error else 200, found=found)
    data = importing.filled(visit.request.POST, found)
    sentence = _("The times of the calendar file stand in the form. They count once you save.")
    messages.info(visit.request, sentence)
    return _page(_Visit(visit.request, visit.membership, visit.webinar, visit.now, data))


def _undo(visit: _Visit) -> HttpResponse:
    """Take the last save back, unless somebody saved after this page was made."""
    plan = undone(visit.webinar.schedule)
    version = visit.request.POST.get("version", "")
    if plan is None or not (version.isascii() and version.isdecimal() and len(version) < 9):
        return redirect(part_url(visit.webinar, "schedule"))
    return _keep(visit, plan, int(version), _("The last save is taken back."))


def _save(visit: _Visit) -> HttpResponse:
    editor = visit.editor()
    if not editor.is_valid(visit.now):
        return _page(visit, editor=editor, status=422)
    kind = editor.form.cleaned_data["event_type"]
    if kind not in {visit.webinar.schedule.event_type, visit.request.POST.get("agreed_type")}:
        return _page(visit, editor=editor, status=409, type_asked=True)
    return _keep(visit, editor.plan(), editor.form.cleaned_data["version"], _("Saved."))


def _keep(visit: _Visit, plan: Plan, version: int, words: str) -> HttpResponse:
    """Save the plan; ask first where people would lose their times, and hold back over somebody else's save."""
    request, row = visit.request, visit.webinar
    try:
        rule_changes.save_schedule(
            webinar=row,
            actor=visit.membership.user,
            plan=plan,
            version=version,
            now=visit.now,
            **affected.answer(request.POST),
        )
    except rule_changes.NeedsChoice as need:
        return affected.ask(request, visit.membership, row, need, visit.now)
    except Stale as late:
        return _stale(visit, plan, version, late)
    messages.success(request, words)
    if "choice" not in request.POST:  # else the host said a moment ago what becomes of them
        _tell_who_stays(request, row, visit.now)
    return redirect(part_url(row, "schedule") + _seen_as(visit))


def _stale(visit: _Visit, plan: Plan, version: int, late: Stale) -> HttpResponse:
    """What was typed, with what differs from what somebody else saved; saving again puts it over theirs."""
    data = visit.request.POST.copy()
    data["version"] = str(late.version)
    row = webinar_of(visit.membership, visit.webinar.pk)
    found = conflict.between(row.schedule, row.chat_hours, plan, version)
    fresh = _Visit(visit.request, visit.membership, row, visit.now, data)
    return _page(fresh, status=409, stale=True, conflict=found)


def _seen_as(visit: _Visit) -> str:
    """The preview's zone, date and shape for the page after saving."""
    data = visit.data or QueryDict()
    shown = preview.asked(data, visit.membership.user.zone, visit.now)
    kept = {"as_zone": data.get("as_zone", ""), "as_view": data.get("as_view", "")}
    if kept["as_zone"] == str(visit.membership.user.zone):
        del kept["as_zone"]
    if kept["as_view"] == "calendar":
        del kept["as_view"]
    if not shown.is_now:
        kept["as_at"] = shown.at_text
    kept = {name: value for name, value in kept.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def _tell_who_stays(request: HttpRequest, webinar: Webinar, now: datetime) -> None:
    """A later change of the rules never moves a person: say so when there are any."""
    count = Registration.objects.live().filter(webinar=webinar, starts_at__gt=now).count()
    if count:
        sentence = ngettext(
            "%(n)s person holds a place in a session to come and keeps that time.",
            "%(n)s people hold places in sessions to come and keep their times.",
            count,
        )
        messages.info(request, sentence % {"n": count})


def _page(
    visit: _Visit, *, editor: ScheduleEditor | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The editor beside its preview; `more` goes into the template."""
    row, data, now = visit.webinar, visit.data, visit.now
    editor = editor or visit.editor()
    sound = data is not None and editor.is_valid(now)
    shown = preview.asked(visit.request.GET if data is None else data, visit.membership.user.zone, now)
    draft = (row.schedule, row.chat_hours)
    if sound:
        draft = drafted(*draft, editor.plan())
    preview.fill(shown, row, *draft, now)
    context = {
        "editor": editor,
        "form": editor.form,
        "preview": shown,
        "type_change": type_change.of(row, draft, shown, now),
        "refused": data is not None and not sound,
        "unsaved": data is not None,
        "zones": sorted(zones.names()),
    }
    whole = frame(visit.membership, row, "schedule", now, **(context | more))
    return show(visit.request, "studio/schedule.html", whole, status)

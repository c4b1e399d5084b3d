"""The schedule part of the editor: sentences with blanks on the left, what they give on the right."""

import uuid
from datetime import datetime

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
from scheduling.editor import ScheduleEditor, reshaped
from scheduling.services import Stale, drafted
from webinars.models import Registration, Webinar
from webinars.services import rule_changes
from webinars.studio import affected, preview
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """Show it; take what was typed, to save it or only to add a row or look at what it would give."""
    row, now = webinar_of(membership, webinar), timezone.now()
    if request.method == "GET":
        return _page(request, membership, row, ScheduleEditor(row.schedule, row.chat_hours), now)
    do = request.POST.get("do", "save")
    data = reshaped(request.POST, do)
    editor = ScheduleEditor(row.schedule, row.chat_hours, data)
    fine = editor.is_valid(now)
    if do != "save":
        return _page(request, membership, row, editor, now, data=data)
    if not fine:
        return _page(request, membership, row, editor, now, data=data, status=422)
    try:
        rule_changes.save_schedule(
            webinar=row,
            actor=membership.user,
            plan=editor.plan(),
            version=editor.form.cleaned_data["version"],
            now=now,
            **affected.answer(request.POST),
        )
    except rule_changes.NeedsChoice as need:
        return affected.ask(request, membership, row, need, now)
    except Stale as late:
        data = data.copy()
        data["version"] = str(late.version)
        editor = ScheduleEditor(row.schedule, row.chat_hours, data)
        editor.is_valid(now)
        return _page(request, membership, row, editor, now, data=data, status=409)
    messages.success(request, _("Saved."))
    _tell_who_stays(request, row, now)
    return redirect(part_url(row, part))


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
    request: HttpRequest,
    membership: Membership,
    webinar: Webinar,
    editor: ScheduleEditor,
    now: datetime,
    *,
    data: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = preview.asked(request.GET if data is None else data, membership.user.zone, now)
    sound = data is not None and editor.is_valid(now)
    pair = (webinar.schedule, webinar.chat_hours)
    preview.fill(shown, webinar, *(drafted(*pair, editor.plan()) if sound else pair), now)
    context = frame(
        membership,
        webinar,
        "schedule",
        now,
        editor=editor,
        form=editor.form,
        rules=editor.sets["rule"],
        dates=editor.sets["date"],
        windows=editor.sets["window"],
        exceptions=editor.sets["exception"],
        blackouts=editor.sets["blackout"],
        preview=shown,
        stale=status == 409,
        refused=data is not None and not sound,
        unsaved=data is not None,
        zones=sorted(zones.names()),
    )
    return show(request, "studio/schedule.html", context, status)

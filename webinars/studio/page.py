"""The parts of the editor that are plain forms: the page's texts, and the rooms around a session."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from scheduling.services import Stale
from webinars.forms import SettingsForm, TextsForm
from webinars.models import Webinar
from webinars.prose import as_html
from webinars.services import editing
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of


def with_version(form: Form, version: int) -> None:
    """Let a form that came too late be sent again on top of what was saved meanwhile; its texts stay."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data[form.add_prefix("version")] = str(version)  # type: ignore[index]


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """Title, address, promise, description, what they learn, who presents."""
    row, now, status, stale = webinar_of(membership, webinar), timezone.now(), 200, False
    form = TextsForm(request.POST or None, webinar=row)
    looking = request.POST.get("do", "save") != "save"
    if request.method == "POST" and not looking:
        status = 422
        if form.is_valid():
            try:
                _save_texts(row, membership, form, now)
                messages.success(request, _("Saved."))
                return redirect(part_url(row, part))
            except Stale as late:
                with_version(form, late.version)
                status, stale = 409, True
            except editing.SlugTaken:
                form.add_error("slug", _("Another webinar of your team has this address."))
    texts = form.texts() if form.is_bound and form.is_valid() else row
    more = {"texts": texts, "description": as_html(texts.description), "unsaved": form.is_bound}
    context = frame(membership, row, part, now, form=form, stale=stale, **more)
    return show(request, "studio/registration.html", context, status)


def _save_texts(webinar: Webinar, membership: Membership, form: TextsForm, now: datetime) -> None:
    editing.save_texts(
        webinar=webinar,
        actor=membership.user,
        texts=form.texts(),
        version=form.cleaned_data["version"],
        now=now,
    )


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """When the waiting room opens and the exit room closes; archiving."""
    row, now, status, stale = webinar_of(membership, webinar), timezone.now(), 200, False
    initial: dict[str, Any] = {
        name: getattr(row, name) for name in ("version", "doors_minutes", "exit_minutes", "language")
    }
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                editing.save_settings(webinar=row, actor=membership.user, now=now, **form.cleaned_data)
                messages.success(request, _("Saved."))
                return redirect(part_url(row, part))
            except Stale as late:
                with_version(form, late.version)
                status, stale = 409, True
    return show(
        request, "studio/settings.html", frame(membership, row, part, now, form=form, stale=stale), status
    )

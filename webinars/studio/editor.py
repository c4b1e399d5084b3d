"""The frame around each part of the editor: which webinar, who may, what is saved, what is missing."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import team_page
from accounts.models import AuditEntry, Membership
from videos.views import part_context
from webinars.checklist import Gap, gaps
from webinars.models import Webinar
from webinars.services import editing
from webinars.views.page import as_preview

PARTS: tuple[tuple[str, str | Promise], ...] = (
    ("video", gettext_lazy("Video")),
    ("schedule", gettext_lazy("Schedule")),
    ("sessions", gettext_lazy("Sessions")),
    ("registration", gettext_lazy("Registration")),
    ("chat", gettext_lazy("Chat")),
    ("faq", gettext_lazy("FAQ")),
    ("prompts", gettext_lazy("Prompts")),
    ("moderators", gettext_lazy("Moderators")),
    ("settings", gettext_lazy("Settings")),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the editor in its row of tabs."""

    name: str
    label: str | Promise
    url: str
    missing: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap of the checklist with the way to mend it."""

    gap: Gap
    url: str


def may_edit(membership: Membership) -> bool:
    """Who may open the editor."""
    return membership.may_edit


def webinar_of(membership: Membership, webinar: uuid.UUID) -> Webinar:
    """The webinar if the member works on it, with what the editor reads of it; 404 otherwise."""
    rows = (
        Webinar.objects.visible_to(membership)
        .select_related("team", "schedule", "chat_hours", "video__current")
        .prefetch_related(
            "schedule__recurrences", "schedule__blackouts", "schedule__exclusions", "video__versions"
        )
        .prefetch_related("assignments__membership__user")
    )
    return get_object_or_404(rows, pk=webinar)


def part_url(webinar: Webinar, part: str) -> str:
    """The address of one part of a webinar's editor."""
    return reverse("webinar_edit", kwargs={"team": webinar.team.slug, "webinar": webinar.pk, "part": part})


def page_url(webinar: Webinar) -> str:
    """The address of its registration page."""
    return reverse("registration_page", kwargs={"team": webinar.team.slug, "slug": webinar.slug})


def frame(membership: Membership, webinar: Webinar, part: str, now: datetime, **more: Any) -> dict[str, Any]:
    """The context of `studio/editor.html` around one part; `more` is the part's own."""
    missing = [Missing(gap, part_url(webinar, gap.part)) for gap in gaps(webinar, now)]
    counts = {name: sum(one.gap.part == name for one in missing) for name, _label in PARTS}
    return {
        "membership": membership,
        "team": membership.team,
        "section": "webinars",
        "webinar": webinar,
        "part": part,
        "parts": [Part(name, label, part_url(webinar, name), counts[name]) for name, label in PARTS],
        "missing": missing,
        "page_url": page_url(webinar),
        "saved": _last_saved(webinar),
        "zone": membership.user.zone,
        "now": now,
        **more,
    }


def _last_saved(webinar: Webinar) -> AuditEntry | None:
    entries = AuditEntry.objects.filter(team=webinar.team, target=f"webinar {webinar.pk}")
    return entries.select_related("actor").order_by("-at").first()


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A part of the editor; a form that was refused comes back with 422, a stale one with 409."""
    return render(request, template, context, status=status)


@team_page(may_edit)
@require_GET
def video(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """The video part: its inside is the videos app's own."""
    row = webinar_of(membership, webinar)
    inside = part_context(row.video, membership) if row.video else {}
    context = inside | frame(membership, row, part, timezone.now())
    return show(request, "studio/video.html", context)


@team_page()
@require_GET
def preview(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """The registration page as it will look, also of a draft."""
    return as_preview(request, webinar_of(membership, webinar))


@team_page(may_edit)
@require_POST
def publish(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Open the registration page; what is missing is listed instead when something is."""
    row = webinar_of(membership, webinar)
    try:
        editing.publish(webinar=row, actor=membership.user, now=timezone.now())
    except editing.NotReady as refusal:
        messages.error(
            request,
            _("Not published yet: %(what)s.")
            % {"what": "; ".join(gap.title.lower() for gap in refusal.gaps)},
        )
        return redirect(part_url(row, refusal.gaps[0].part))
    messages.success(request, _("Published. Everybody with the address can register now."))
    return redirect(part_url(row, "registration"))


@team_page(may_edit)
@require_POST
def unpublish(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Close the registration page."""
    row = webinar_of(membership, webinar)
    editing.unpublish(webinar=row, actor=membership.user, now=timezone.now())
    messages.success(request, _("The page is closed. People who registered keep their places."))
    return redirect(part_url(row, "registration"))


@team_page(may_edit)
@require_POST
def archive(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Put the webinar away."""
    row = webinar_of(membership, webinar)
    editing.archive(webinar=row, actor=membership.user, now=timezone.now())
    messages.success(request, _("“%s” is archived. You find it under Archived.") % row.title)
    return redirect("webinars", membership.team.slug)


@team_page(may_edit)
@require_POST
def restore(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Bring it back as a draft."""
    row = webinar_of(membership, webinar)
    editing.restore(webinar=row, actor=membership.user, now=timezone.now())
    messages.success(request, _("It is back as a draft."))
    return redirect(part_url(row, "settings"))

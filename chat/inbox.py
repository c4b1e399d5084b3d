"""The moderators' page: one inbox over all the webinars they work on."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from chat import frames
from chat.models import current_epoch
from chat.services import reading
from webinars.studio.webinars import coming_sessions

VIEW_NAMES = {
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "waiting": _("Waiting"),
    "owed": _("Owed"),
    "all": _("All open"),
    "resolved": _("Resolved"),
}


@team_page()
@require_GET
def inbox(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show the list; the island takes it over from the data beside it."""
    now = timezone.now()
    view = request.GET.get("view", "all")
    if view not in reading.VIEWS:
        raise Http404
    # Before the rows: what changes meanwhile is asked for again.
    revision = reading.revision_of(membership.team)
    rows = reading.rows(membership, now=now)
    counts = reading.counts(membership)
    data = {
        "me": frames.me(membership.user),
        "team": {"name": membership.team.name},
        "zone": str(membership.user.zone),
        "revision": revision,
        "epoch": current_epoch(),
        "now": frames.iso(now),
        "view": view,
        "rows": rows,
        "counts": counts,
        "next": None if any(counts.values()) else _next_session(membership, now),
        "urls": _urls(membership),
    }
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "inbox",
        "view": view,
        "longest_wait": None,  # the list itself says it here, and keeps it true
        "views": [(name, label, counts[name]) for name, label in VIEW_NAMES.items()],
        "waiting": [
            row | {"since": datetime.fromisoformat(row["waiting_since"])}
            for row in rows
            if row["waiting_since"]
        ],
        "data": data,
    }
    return render(request, "chat/inbox.html", context)


def _urls(membership: Membership) -> dict[str, str]:
    slug = membership.team.slug
    base = reverse("inbox", args=[slug])
    return {
        "socket": f"/ws/inbox/{slug}/",
        "base": base,
        "commands": reverse("inbox_commands", args=[slug]),
        "rows": reverse("inbox_rows", args=[slug]),
    }


def _next_session(membership: Membership, now: datetime) -> dict[str, Any] | None:
    """The first start that comes, for an inbox nobody has written to yet."""
    coming = coming_sessions(membership, now, 1)
    if not coming or coming[0].starts_at is None:
        return None
    registered: int = getattr(coming[0], "registered", 0)
    return {
        "starts_at": frames.iso(coming[0].starts_at),
        "registered": registered,
        "title": coming[0].webinar.title,
    }

"""The page of a webinar that lists who registered, and who is in the room now."""

import uuid
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from webinars.models import Attendance, Registration, Webinar
from webinars.studio import waiting

PAGE = 50


@team_page()
@require_GET
def registrations(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Fifty registrations a page, newest first; a constant number of queries."""
    row = get_object_or_404(Webinar.objects.visible_to(membership).select_related("team"), pk=webinar)
    now = timezone.now()
    found = (
        Registration.objects.visible_to(membership)
        .filter(webinar=row)
        .select_related("person", "session", "attendance")
        .order_by("-created_at", "pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "membership": membership,
        "team": membership.team,
        "section": "webinars",
        "webinar": row,
        "page": page,
        "present": present_in(row, now),
        "lines": waiting.lines_of(row, now),
        "wishes": waiting.wishes_of(row),
        "zone": membership.user.zone,
        "now": now,
        # Moderators see what support needs, not the list of addresses.
        "shows_addresses": membership.may_edit,
    }
    return render(request, "studio/registrations.html", context)


def present_in(webinar: Webinar, now: datetime) -> list[Attendance]:
    """Who has a live connection to a room of the webinar, longest in first."""
    return list(
        Attendance.objects.present(now)
        .filter(registration__webinar=webinar)
        .select_related("registration__person", "registration__session")
        .order_by("entered_at")
    )

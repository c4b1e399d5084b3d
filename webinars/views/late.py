"""The page for who comes late: what happens now, one button, and other times to choose from."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from webinars import standing
from webinars.models import Registration
from webinars.rules import Arrival
from webinars.services import replays
from webinars.views.page import Visit, picker_context

OFFERED = 4


def late_page(request: HttpRequest, registration: Registration, now: datetime) -> HttpResponse | None:
    """The page, if entering now would not lead to the film where it is; None otherwise."""
    arrival = standing.arrival_of(registration, now)
    if arrival is Arrival.JOINS:
        return None
    webinar, session = registration.webinar, registration.session
    visit = Visit(webinar, standing.zone_of(registration.zone), False, now, None)
    offered = picker_context(visit)["picker"].every if webinar.is_published else []
    since = now - session.starts_at if session.starts_at else None
    context = {
        "registration": registration,
        "webinar": webinar,
        "team": webinar.team,
        "zone": str(registration.zone),
        "refused": arrival is Arrival.REFUSED,
        "minutes": int(since.total_seconds() // 60) if since else 0,
        "point": standing.late_policy(webinar.schedule).point.total_seconds(),
        "next_rows": [row for row in offered if row.local and not row.full][:OFFERED],
        "replay": replays.replay_of(registration, now),
        "now": now,
    }
    return render(request, "webinars/late.html", context)

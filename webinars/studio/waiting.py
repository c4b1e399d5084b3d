"""Who waits for a webinar, in order, as its team sees it, and the button that lets one of them in."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import team_page
from accounts.models import Membership
from scheduling.models import Schedule
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import waiting
from webinars.studio.editor import may_edit

# Lines of sessions that began are shown this long, so that a host sees who waited in vain.
KEPT = timedelta(days=1)
SHOWN = 100  # people of one line


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits for one session, in order, and how many places it has free (None: no limit)."""

    session: Session
    everybody: list[WaitingPlace]
    free: int | None
    begun: bool

    @property
    def people(self) -> list[WaitingPlace]:
        """Those in sight."""
        return self.everybody[:SHOWN]

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.everybody)

    @property
    def more(self) -> int:
        """How many stand behind those in sight."""
        return max(self.count - SHOWN, 0)

    @property
    def over(self) -> bool:
        """Whether letting somebody in goes over the limit."""
        return self.free is not None and self.free <= 0


def lines_of(webinar: Webinar, now: datetime) -> list[Line]:
    """The lines of sessions to come, and of those that began within a day, by start; three queries at most."""
    waits = WaitingPlace.objects.open().filter(
        webinar=webinar, session__starts_at__gt=now - KEPT, session__cancelled_at__isnull=True
    )
    found = waits.select_related("person", "session").order_by("session__starts_at", "created_at", "pk")
    grouped = [(session, list(rows)) for session, rows in groupby(found, key=lambda row: row.session)]
    if not grouped:
        return []
    places = Schedule.objects.values_list("places", flat=True).get(pk=webinar.schedule_id)
    live = Registration.objects.live().filter(session__in=[session for session, _rows in grouped if session])
    taken = dict(live.values_list("session").annotate(n=Count(Lower("email"), distinct=True)))
    return [
        Line(
            session,
            rows,
            None if places is None else places - taken.get(session.pk, 0),
            session.starts_at is not None and session.starts_at <= now,
        )
        for session, rows in grouped
        if session is not None
    ]


def wishes_of(webinar: Webinar) -> int:
    """How many want to be told of a date."""
    return WaitingPlace.objects.wishes().filter(webinar=webinar).count()


@team_page(may_edit)
@require_POST
def let_in(
    request: HttpRequest, membership: Membership, webinar: uuid.UUID, waiting_place: uuid.UUID
) -> HttpResponse:
    """Give somebody who waits a place out of turn; over the limit only when the button said so."""
    row = get_object_or_404(Webinar.objects.visible_to(membership), pk=webinar)
    found = WaitingPlace.objects.visible_to(membership).filter(webinar=row, session__isnull=False)
    mine = get_object_or_404(found.select_related("webinar__team", "session", "person"), pk=waiting_place)
    over, now = request.POST.get("over") == "1", timezone.now()
    name = mine.person.first_name
    try:
        waiting.let_in(waiting=mine, actor=membership.user, over=over, now=now)
        messages.success(request, _("%(name)s has a place now; the mail is on its way.") % {"name": name})
    except waiting.NoPlaceFree:
        messages.warning(
            request,
            _("The last free place went meanwhile. To let %(name)s in over the limit, press again.")
            % {"name": name},
        )
    except waiting.CannotEnter:
        messages.warning(
            request,
            _("%(name)s cannot be let in: the session has begun, or they have a place or wait no more.")
            % {"name": name},
        )
    return redirect("registrations", membership.team.slug, row.pk)

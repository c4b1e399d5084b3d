"""The two acts on a session that tell people: calling it off and moving it, each after a look at what would be sent."""

import copy
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from scheduling import zones
from scheduling.models import Kind
from webinars import standing
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import session_changes
from webinars.services.session_changes import CannotChange, Which
from webinars.session_forms import CancelForm, Meant, MoveForm
from webinars.studio.editor import frame, may_edit, show, webinar_of
from webinars.studio.sessions import back_to, sentence, which_of, zone_of

NAMES = 12


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """Who is told what; by POST with `do=cancel` it is done."""
    row, now = webinar_of(membership, webinar), timezone.now()
    which = which_of(row, ref, zone_of(request, row))
    form, status = CancelForm(request.POST or None), 200
    sound = form.is_valid()
    if request.method == "POST":
        status = 200 if sound else 422
        if sound and request.POST.get("do") == "cancel":
            note = form.cleaned_data["note"]
            try:
                session_changes.cancel(webinar=row, which=which, actor=membership.user, note=note, now=now)
                messages.success(request, _("The session is cancelled.") + _told(row, which))
                return back_to(request, row)
            except CannotChange as refusal:
                form.add_error(None, sentence(refusal, membership.user.zone))
                status = 409
    people = _people(row, which)
    planned = _planned(people["session"], row, which)
    planned.cancelled_at = now
    note = form.cleaned_data.get("note", "") if form.is_bound else ""
    context = frame(membership, row, "sessions", now, form=form, ref=ref, which=which, **people)
    context |= {"planned": planned, "note": note, "webinar_zone": standing.zone_of(row.schedule.zone)}
    return show(request, "studio/session_cancel.html", context, status)


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """Take the new start, show what it means, and do it when exactly that is confirmed."""
    row, now = webinar_of(membership, webinar), timezone.now()
    which = which_of(row, ref, zone_of(request, row))
    form = MoveForm(request.POST or None, initial=_initial(which, row, membership))
    status, meant = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            meant = form.meant()
            status = 200
            if request.POST.get("shown") == meant.instant.isoformat():
                done, status = _moved(request, membership, row, which, form), 409
                if done is not None:
                    return done
                meant = None
            elif meant.instant <= now:
                form.add_error("on", _("This is in the past."))
                status, meant = 422, None
    people = _people(row, which)
    context = frame(membership, row, "sessions", now, form=form, ref=ref, which=which, meant=meant, **people)
    context |= {"webinar_zone": standing.zone_of(row.schedule.zone), "zones": sorted(zones.names())}
    if meant is not None:
        context |= {"planned": _shifted(people["session"], row, which, meant)}
        context["note"] = form.cleaned_data["note"]
    return show(request, "studio/session_move.html", context, status)


def _moved(
    request: HttpRequest, membership: Membership, webinar: Webinar, which: Which, form: MoveForm
) -> HttpResponse | None:
    """The way back to the list once it is done; None with the sentence in the form when it is refused."""
    try:
        session = session_changes.move(
            webinar=webinar,
            which=which,
            to=form.meant().instant,
            actor=membership.user,
            note=form.cleaned_data["note"],
            now=timezone.now(),
        )
    except CannotChange as refusal:
        form.add_error(None, sentence(refusal, membership.user.zone))
        return None
    told = _told(webinar, Which(session.kind, session.starts_at)) if session.starts_at else ""
    messages.success(request, _("The session is moved.") + told)
    return back_to(request, webinar)


def _told(webinar: Webinar, which: Which) -> str:
    count = _people(webinar, which)["told"]
    if not count:
        return ""
    words = ngettext("A mail goes to %(n)s person.", "A mail goes to each of %(n)s people.", count)
    return " " + words % {"n": count}


def _people(webinar: Webinar, which: Which) -> dict[str, Any]:
    session = (
        Session.objects.filter(webinar=webinar, kind=which.kind, starts_at=which.starts_at)
        .select_related("video_version")
        .first()
    )
    held = Registration.objects.live().filter(session=session) if session else Registration.objects.none()
    places = list(held.select_related("person").order_by("created_at"))
    waits = WaitingPlace.objects.filter(session=session, served_at=None, left_at=None) if session else None
    waiting = waits.count() if waits is not None else 0
    return {
        "session": session,
        "places": places,
        "names": [place.person.first_name for place in places[:NAMES]],
        "more": max(len(places) - NAMES, 0),
        "waiting": waiting,
        "told": len(places) + waiting,
    }


def _planned(session: Session | None, webinar: Webinar, which: Which) -> Session:
    """An unsaved copy of the session to think with."""
    if session is not None:
        planned = copy.copy(session)
    else:
        ends_at = which.starts_at + standing.film_of(webinar)
        closes_at = ends_at + timedelta(minutes=webinar.exit_minutes)
        planned = Session(kind=which.kind, starts_at=which.starts_at, ends_at=ends_at, closes_at=closes_at)
    planned.webinar = webinar
    return planned


def _shifted(session: Session | None, webinar: Webinar, which: Which, meant: Meant) -> Session:
    planned = _planned(session, webinar, which)
    by = meant.instant - which.starts_at
    planned.starts_at = meant.instant
    planned.ends_at = planned.ends_at + by if planned.ends_at else None
    return planned


def _initial(which: Which, webinar: Webinar, membership: Membership) -> dict[str, Any]:
    zone = standing.zone_of(webinar.schedule.zone)
    if webinar.schedule.attendee_zone or which.kind != Kind.SCHEDULED:
        zone = standing.zone_of(membership.user.zone)
    local: datetime = which.starts_at.astimezone(zone)
    return {"on": local.date(), "at": local.time(), "zone": zone.key}

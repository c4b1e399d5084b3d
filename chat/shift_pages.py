"""The team's week on a screen: who is there when, where nobody is, and one member's shifts to change."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from chat import shifts as drawing
from scheduling import zones
from scheduling.fields import ZoneField
from scheduling.reshaping import reshaped
from scheduling.roster_editor import RosterEditor
from scheduling.rosters import save_roster
from scheduling.services import Stale
from webinars.studio.webinars import listed

WEEK = timedelta(days=7)
YEARS = 2  # weeks further away than that are not looked at


@team_page()
@require_GET
def shifts(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A week of everybody on the team, on the clock of any zone; `week` is a date in it."""
    now, zone_error = timezone.now(), ""
    zone = membership.user.zone
    typed = request.GET.get("zone", "")[:80]
    if typed:
        try:
            zone = ZoneField().clean(typed)
        except ValidationError as error:
            zone_error = error.messages[0]
    today = now.astimezone(zone).date()
    first = drawing.monday_of(_day(request.GET.get("week", ""), today))
    webinars = [row for row in listed(membership).order_by("title") if row.is_published]
    members = list(_members(membership))
    week = drawing.week_of(members, webinars, zone, first, now)
    context = _frame(
        membership,
        week=week,
        zone=zone,
        zone_text=typed or str(zone),
        zone_error=zone_error,
        zones=sorted(zones.names()),
        before=first - WEEK,
        after=first + WEEK,
        today=today,
        now=now,
        width=drawing.DAYS * drawing.DAY_WIDTH,
    )
    return render(request, "chat/shifts.html", context)


def _day(text: str, today: date) -> date:
    """The date typed, if it can be read and is near; today otherwise."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return today
    return day if abs(day - today) <= timedelta(days=366 * YEARS) else today


def _members(membership: Membership) -> Any:
    return (
        Membership.objects.of_team(membership.team)
        .select_related("user", "roster__hours")
        .prefetch_related("roster__hours__windows", "roster__hours__exceptions")
        .order_by("user__name", "user__email")
    )


@team_page()
@require_http_methods(["GET", "POST"])
def shifts_of(request: HttpRequest, membership: Membership, member: int) -> HttpResponse:
    """One member's shifts: everybody changes their own, owners and admins everybody's."""
    whose = get_object_or_404(_members(membership), pk=member)
    may = whose.pk == membership.pk or membership.may_manage_team
    if not may:
        return render(request, "403.html", _frame(membership), status=403)
    now = timezone.now()
    if request.method == "GET":
        return _page(request, membership, whose, RosterEditor(_roster(whose), whose.user.zone))
    do = request.POST.get("do", "save")
    data = reshaped(request.POST, do)
    editor = RosterEditor(_roster(whose), whose.user.zone, data)
    fine = editor.is_valid()
    if do != "save":
        return _page(request, membership, whose, editor)
    if not fine:
        return _page(request, membership, whose, editor, status=422)
    try:
        save_roster(
            membership=whose, actor=membership.user, shifts=editor.shifts(), version=editor.version, now=now
        )
    except Stale as late:
        data = data.copy()
        data["version"] = str(late.version)
        editor = RosterEditor(_roster(whose), whose.user.zone, data)
        editor.is_valid()
        return _page(request, membership, whose, editor, status=409)
    messages.success(request, _("Saved."))
    return redirect("shifts", membership.team.slug)


def _roster(whose: Membership) -> Any:
    return getattr(whose, "roster", None)


def _page(
    request: HttpRequest,
    membership: Membership,
    whose: Membership,
    editor: RosterEditor,
    *,
    status: int = 200,
) -> HttpResponse:
    context = _frame(
        membership,
        whose=whose,
        editor=editor,
        form=editor.form,
        windows=editor.sets["window"],
        exceptions=editor.sets["exception"],
        zones=sorted(zones.names()),
        stale=status == 409,
    )
    return render(request, "chat/shifts_of.html", context, status=status)


def _frame(membership: Membership, **more: Any) -> dict[str, Any]:
    return {"membership": membership, "team": membership.team, "section": "shifts", **more}

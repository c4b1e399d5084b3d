"""The part of the editor that says who answers the attendees."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from scheduling.services import Stale
from webinars.forms import ModeratorsForm
from webinars.services import editing
from webinars.studio.editor import frame, may_edit, part_url, show, webinar_of
from webinars.studio.page import with_version


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def moderators(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """Choose the moderators from the members of the team."""
    row, now, status, stale = webinar_of(membership, webinar), timezone.now(), 200, False
    chosen = [assigned.membership_id for assigned in row.assignments.all() if assigned.moderates]
    initial = {"version": row.version, "moderators": chosen}
    form = ModeratorsForm(request.POST or None, team=membership.team, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                editing.set_moderators(
                    webinar=row,
                    actor=membership.user,
                    memberships=data["moderators"],
                    version=data["version"],
                    now=now,
                )
                messages.success(request, _("Saved."))
                return redirect(part_url(row, part))
            except Stale as late:
                with_version(form, late.version)
                status, stale = 409, True
    context = frame(membership, row, part, now, form=form, stale=stale, people=_people(form))
    return show(request, "studio/moderators.html", context, status)


def _people(form: ModeratorsForm) -> list[tuple[Membership, bool]]:
    """Each member with whether their box is ticked: as typed, else as saved."""
    ticked = {str(value) for value in form["moderators"].value() or []}
    return [(member, str(member.pk) in ticked) for member in form.fields["moderators"].queryset]  # type: ignore[attr-defined]

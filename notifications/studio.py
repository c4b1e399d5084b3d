"""The team's page of its mails: what left, what did not, and why."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import team_page
from accounts.models import Membership
from notifications.models import Email, State

_PAGE = 50


def may_read(membership: Membership) -> bool:
    """Moderators answer people; whose address got which mail is for those who edit."""
    return membership.may_edit


@require_safe
@team_page(may=may_read)
def mails(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Fifty mails a page, newest first, never their texts: those belong to their readers."""
    rows = Email.objects.visible_to(membership).select_related("webinar").order_by("-created_at")
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    rows = rows.filter(state=state) if state else rows
    choices = [("", _("All")), *State.choices]
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "settings",
        "page": Paginator(rows, _PAGE).get_page(request.GET.get("page")),
        "state": state,
        "tabs": [
            {"href": f"?state={value}", "label": label, "current": value == state} for value, label in choices
        ],
        "zone": membership.user.zone,
    }
    return render(request, "notifications/mails.html", context)

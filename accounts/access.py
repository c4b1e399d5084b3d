"""The one way a view of the team's side learns who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import Membership

P = ParamSpec("P")
TeamView = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]
May = Callable[[Membership], bool]


def membership_of(user: Any, team_slug: str) -> Membership | None:
    """The user's membership in the team with that address; None for strangers and for no such team alike."""
    return (
        Membership.objects.of_user(user).select_related("team", "user").filter(team__slug=team_slug).first()
    )


def team_page(may: May | None = None) -> Callable[[TeamView[P]], Callable[..., HttpResponseBase]]:
    """Wrap `view(request, membership, …)` for an address with a `team` slug.

    Not signed in: the login page. Not a member: 404, as for a team that does not exist. `may` says no: 403.
    """

    def decorate(view: TeamView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, team: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = membership_of(request.user, team)
            if membership is None:
                raise Http404
            if may is not None and not may(membership):
                raise PermissionDenied
            request.membership = membership  # type: ignore[attr-defined]  # the frame of the page reads it
            return view(request, membership, *args, **kwargs)

        return login_required(inner)

    return decorate

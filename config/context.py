"""What every template may know about the installation and, on a team's page, the house around it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Membership, Team


def site(request: HttpRequest) -> dict[str, Any]:
    """`local_mode` and `site_url`, for the shell of each page."""
    return {"local_mode": settings.LOCAL, "site_url": settings.SITE_URL}


def house(request: HttpRequest) -> dict[str, Any]:
    """On a team's page: `teams` to switch between. One query, and none elsewhere."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {"teams": list(Team.objects.filter(memberships__user=membership.user).order_by("name"))}

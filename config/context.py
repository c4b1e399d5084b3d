"""What every template may know about the installation and, on a team's page, the house around it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Membership, Team
from chat.models import Conversation
from webinars.models import Webinar


def site(request: HttpRequest) -> dict[str, Any]:
    """`local_mode` and `site_url`, for the shell of each page; `demo_is_open`, asked by the first page only."""
    return {"local_mode": settings.LOCAL, "site_url": settings.SITE_URL, "demo_is_open": _demo_is_open}


def _demo_is_open() -> bool:
    """Whether somebody can register for the demo: until its film is made, its page is not there."""
    return Webinar.objects.published().filter(team__is_demo=True).exists()


def house(request: HttpRequest) -> dict[str, Any]:
    """On a team's page: `teams` to switch between, `longest_wait`. Two queries, and none elsewhere."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {
        "teams": list(Team.objects.filter(memberships__user=membership.user).order_by("name")),
        "longest_wait": _longest_wait(membership),
    }


def _longest_wait(membership: Membership) -> dict[str, Any] | None:
    """Since when the first in the member's inbox waits, the target in seconds, and where to answer."""
    first = (
        Conversation.objects.visible_to(membership)
        .filter(waiting_since__isnull=False)
        .order_by("waiting_since")
        .values_list("pk", "waiting_since", "webinar__chat_policy__target_seconds")
        .first()
    )
    if first is None:
        return None
    conversation, since, target = first
    url = f"{reverse('inbox', args=[membership.team.slug])}#{conversation}"
    return {"since": since, "target": target or 180, "url": url}

"""The page that explains a conversation's automation to its moderators; it works without script."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from chat.refusals import Refusal
from chat.services import reading
from chat.services.why import explain


@team_page()
@require_GET
@never_cache
def why(request: HttpRequest, membership: Membership, conversation: uuid.UUID) -> HttpResponse:
    """What came by itself, what did not, and what is to come, each with rule, times and reason."""
    try:
        found = reading.of_inbox(membership, conversation)
    except Refusal:
        raise Http404 from None
    now = timezone.now()
    context: dict[str, Any] = {
        "membership": membership,
        "team": membership.team,
        "section": "inbox",
        "conversation": found,
        "webinar": found.webinar,
        "lines": list(reversed(explain(found, now))),
        "zone": membership.user.zone,
        "now": now,
    }
    return render(request, "chat/why.html", context)

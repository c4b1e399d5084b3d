"""The moderators' page: one inbox over all the webinars they work on."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import team_page
from accounts.models import Membership
from chat import frames, plain_files, refusals
from chat.file_rules import ACCEPTED
from chat.models import Intent, MessageKind, current_epoch
from chat.page_policy import EMOJI_PICKER
from chat.services import availability, posting, presence, reading
from webinars.studio.webinars import coming_sessions

VIEW_NAMES = {
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "waiting": _("Waiting"),
    "owed": _("Owed"),
    "all": _("All open"),
    "resolved": _("Resolved"),
}


@dataclass(frozen=True)
class HeldStatus:
    """A status of the plain form that was not kept: what was typed, and one sentence about it."""

    reason: str
    minutes: str
    wrong: str


@dataclass(frozen=True)
class Held:
    """A reply of the plain form that was not sent: what was typed, and one sentence about it."""

    conversation: str
    text: str
    wrong: str


@csp_update(EMOJI_PICKER)
@team_page()
@require_GET
def inbox(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show the list; the island takes it over from the data beside it."""
    return _page(request, membership)


@team_page()
@require_POST
def reply(request: HttpRequest, membership: Membership, conversation: uuid.UUID) -> HttpResponse:
    """Take an answer from the plain form that stands in for the island where no script runs."""
    text = request.POST.get("text", "")
    try:
        reading.of_inbox(membership, conversation)
    except refusals.Refusal:
        raise Http404 from None
    presence.note_without_socket(membership, timezone.now())
    try:
        posting.post_as_moderator(
            membership=membership,
            conversation_id=conversation,
            ref=_ref(request.POST.get("ref", "")),
            text=text,
            files=plain_files.of_member(request, membership, conversation, timezone.now()),
            base_seq=_base(request.POST.get("base_seq", "")),
            now=timezone.now(),
        )
    except refusals.Refusal as refusal:
        return _page(request, membership, Held(str(conversation), text, refusal.text))
    except refusals.Conflict as conflict:
        said = next(event.words for event in reversed(conflict.events) if event.kind == MessageKind.MODERATOR)
        wrong = gettext("Not sent: somebody answered before you. “%(text)s”") % {"text": said}
        return _page(request, membership, Held(str(conversation), text, wrong))
    return HttpResponseRedirect(reverse("inbox", args=[membership.team.slug]), status=303)


@team_page()
@require_POST
def status(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Take what a member intends from the plain form."""
    now = timezone.now()
    reason, minutes = request.POST.get("reason", ""), request.POST.get("minutes", "").strip()
    presence.note_without_socket(membership, now)
    try:
        availability.set_status(
            membership=membership,
            intent=request.POST.get("intent", ""),
            reason=reason,
            until=_until(minutes, now),
            now=now,
        )
    except refusals.Refusal as refusal:
        return _page(request, membership, held_status=HeldStatus(reason, minutes, refusal.text))
    return HttpResponseRedirect(reverse("inbox", args=[membership.team.slug]), status=303)


def _until(minutes: str, now: datetime) -> datetime | None:
    """When a break of so many minutes ends; none typed is none planned, and what is no number has passed already."""
    if not minutes:
        return None
    is_number = minutes.isascii() and minutes.isdigit() and len(minutes) <= 4
    return now + timedelta(minutes=int(minutes) if is_number else 0)


def _ref(given: str) -> uuid.UUID | None:
    """The ref that the form came with, so that sending it twice is one message."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return None


def _base(given: str) -> int:
    """The last number the form was made with; without a readable one, everything counts as unseen."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 16 else 0


def _page(
    request: HttpRequest,
    membership: Membership,
    held: Held | None = None,
    held_status: HeldStatus | None = None,
) -> HttpResponse:
    view = request.GET.get("view", "all")
    if view not in reading.VIEWS:
        raise Http404
    data = _data(membership, view, timezone.now())
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "inbox",
        "view": view,
        "longest_wait": None,  # the list itself says it here, and keeps it true
        "views": [(name, label, data["counts"][name]) for name, label in VIEW_NAMES.items()],
        "waiting": [
            row | {"since": _instant(row["waiting_since"]), "ref": uuid.uuid4()}
            for row in data["rows"]
            if row["waiting_since"] or (held is not None and held.conversation == row["id"])
        ],
        "held": held,
        "held_status": held_status,
        "intents": Intent.choices,
        "data": data,
    }
    return render(request, "chat/inbox.html", context, status=422 if held or held_status else 200)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _data(membership: Membership, view: str, now: datetime) -> dict[str, Any]:
    """What the island begins with."""
    # Before the rows: what changes meanwhile is asked for again.
    revision = reading.revision_of(membership.team)
    counts = reading.counts(membership)
    return {
        "me": frames.me(membership.user),
        "team": {"name": membership.team.name},
        "zone": str(membership.user.zone),
        "revision": revision,
        "epoch": current_epoch(),
        "now": frames.iso(now),
        "view": view,
        "rows": reading.rows(membership, now=now),
        "counts": counts,
        "status": availability.status_of(membership).as_json(),
        "next": None if any(counts.values()) else _next_session(membership, now),
        "files": {"accept": ACCEPTED, "most_bytes": settings.CHAT_FILE_MAX_BYTES},
        "urls": _urls(membership),
    }


def _urls(membership: Membership) -> dict[str, str]:
    slug = membership.team.slug
    base = reverse("inbox", args=[slug])
    return {
        "socket": f"/ws/inbox/{slug}/",
        "base": base,
        "commands": reverse("inbox_commands", args=[slug]),
        "rows": reverse("inbox_rows", args=[slug]),
        "files": f"{base}files/",
    }


def _next_session(membership: Membership, now: datetime) -> dict[str, Any] | None:
    """The first start that comes, for an inbox nobody has written to yet."""
    coming = coming_sessions(membership, now, 1)
    if not coming or coming[0].starts_at is None:
        return None
    registered: int = getattr(coming[0], "registered", 0)
    return {
        "starts_at": frames.iso(coming[0].starts_at),
        "registered": registered,
        "title": coming[0].webinar.title,
    }

"""The inbox over plain HTTP: commands where sockets are blocked, and what a page asks for to be whole again."""

import uuid
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import team_page
from accounts.models import Membership
from chat import commands, frames, news
from chat.refusals import Refusal
from chat.schemas import up
from chat.schemas.base import LARGEST_FRAME
from chat.services import availability, changing, drafting, presence, reading
from chat.services import facts as beside

LARGEST_NUMBER = 2**53


@team_page()
@require_POST
def command(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Run one command; the answer is the frame that the socket would have sent back."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FRAME:
        return _frame(frames.refused(None, "bad_frame", _("This is no command.")), 413)
    try:
        wanted = commands.parse(request.body.decode(), up.team_commands)
    except UnicodeDecodeError:
        return _frame(frames.refused(None, "bad_frame", _("This is no command.")), 400)
    except commands.BadFrame as bad:
        return _frame(bad.reply, 400)
    if not isinstance(wanted, commands.CHANGING):
        text = _("This works on a socket only.")
        return _frame(frames.refused(str(wanted.ref) if wanted.ref else None, "unknown_type", text), 400)
    now = timezone.now()
    presence.note_without_socket(membership, now)
    result = commands.as_member(membership, wanted, now)
    for hint in result.hints:
        news.publish(hint)
    return _frame(result.reply or "{}")


def _frame(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", status=status)


@team_page()
@require_GET
@never_cache
def rows(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A view's rows, or every row changed after a revision, with the counters and the revision they are true for.

    Whose inbox has no socket asks for them again and again, and is there by it.
    """
    presence.note_without_socket(membership, timezone.now(), lasting=timedelta(0))
    revision = reading.revision_of(membership.team)  # before the rows: what changes meanwhile comes again
    after, view = _number(request, "after_revision"), request.GET.get("view", "all")
    try:
        found = reading.rows(membership, view=view, after_revision=after, now=timezone.now())
    except Refusal:
        raise Http404 from None
    if after and len(found) == reading.PAGE:
        revision = found[-1]["revision"]  # the rest comes when it is asked for after this one
    status = availability.status_of(membership).as_json()
    return JsonResponse(
        {"revision": revision, "rows": found, "counts": reading.counts(membership), "status": status}
    )


@team_page()
@require_GET
@never_cache
def events(request: HttpRequest, membership: Membership, conversation: uuid.UUID) -> HttpResponse:
    """A page of a conversation's entries after a number, oldest first."""
    try:
        found = reading.of_inbox(membership, conversation)
    except Refusal:
        raise Http404 from None
    messages = reading.team_messages(found, _number(request, "after"))
    return JsonResponse({"head": found.seq, "messages": messages})


@team_page()
@require_GET
@never_cache
def facts(request: HttpRequest, membership: Membership, conversation: uuid.UUID) -> HttpResponse:
    """What stands beside a thread."""
    try:
        return JsonResponse(beside.facts(membership, conversation, timezone.now()))
    except Refusal:
        raise Http404 from None


@team_page()
@require_GET
@never_cache
def versions(request: HttpRequest, membership: Membership, conversation: uuid.UUID, seq: int) -> HttpResponse:
    """What a message said before it was edited or withdrawn, the oldest first; for the team only."""
    try:
        found = changing.versions(membership, conversation, seq)
    except Refusal:
        raise Http404 from None
    return JsonResponse(
        {
            "versions": [
                {
                    "text": one.text,
                    "at": frames.iso(one.at),
                    "by": one.user.display_name if one.user else None,
                }
                for one in found
            ]
        }
    )


@team_page()
@require_http_methods(["GET", "POST"])
@never_cache
def draft(request: HttpRequest, membership: Membership, conversation: uuid.UUID) -> HttpResponse:
    """The member's own draft of a reply here, or null; by POST ask for one."""
    now = timezone.now()
    try:
        found = reading.of_inbox(membership, conversation)
        if request.method == "POST":
            drafting.ask(membership=membership, conversation_id=conversation, now=now)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return JsonResponse({"code": refusal.code, "text": refusal.text}, status=409)
    return JsonResponse({"draft": drafting.shown(membership, found)})


@team_page()
@require_POST
def close_draft(
    request: HttpRequest, membership: Membership, conversation: uuid.UUID, draft: int
) -> HttpResponse:
    """Note that the member took their draft into the reply, or wants to see it no more."""
    try:
        reading.of_inbox(membership, conversation)
        taken = request.POST.get("do") == "take"
        drafting.close(membership=membership, draft_id=draft, taken=taken, now=timezone.now())
    except Refusal:
        raise Http404 from None
    return JsonResponse({"draft": None})


def _number(request: HttpRequest, name: str) -> int:
    """A number of the query; 0 when it is missing, not found when it is none."""
    text = request.GET.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise Http404
    return min(int(text), LARGEST_NUMBER)

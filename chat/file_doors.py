"""The doors to files in a conversation: in they come one a request, out they go to who may read the conversation."""

import re
import uuid
from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import team_page
from accounts.models import Membership
from accounts.throttle import Throttle
from chat import file_rules, file_store
from chat.models import Attachment
from chat.refusals import Refusal, bad_file
from chat.services import files
from videos import delivery, streaming
from webinars.guests import guest_page
from webinars.models import Registration

# Their bodies are handed to the view as they come, instead of being collected before it runs.
STREAMED = ("POST", re.compile(r"^/(?:r/[^/]+/files|studio/[^/]+/inbox/[^/]+/files)/$"))
STATUS = {
    "type_not_allowed": 415,
    "empty_file": 422,
    "image_too_large": 422,
    "file_too_large": 413,
    "quota_reached": 413,
    "slow_down": 429,
    "storage_full": 507,
    "files_off": 403,
    "chat_off": 403,
    "not_found": 404,
    "cut": 400,
}
MOST_DIGITS = 12
sending = Throttle("chat-files", ["20/minute"])


@require_POST
@guest_page
def upload(request: HttpRequest, registration: Registration) -> HttpResponseBase:
    """Take a file of the attendee: its bytes are the body, its name is in the query."""
    translation.activate(registration.webinar.language)
    if not sending.hit(f"{registration.webinar_id}:{registration.person_id}"):
        return _refused(bad_file("slow_down"))
    return _kept(
        lambda name, length, pieces: files.receive_from_attendee(
            registration=registration, name=name, length=length, pieces=pieces, now=timezone.now()
        ),
        request,
    )


@require_POST
@team_page()
def upload_from_team(
    request: HttpRequest, membership: Membership, conversation: uuid.UUID
) -> HttpResponseBase:
    """Take a file of a member for somebody in their inbox."""
    if not sending.hit(f"{conversation}:{membership.pk}"):
        return _refused(bad_file("slow_down"))
    return _kept(
        lambda name, length, pieces: files.receive_from_member(
            membership=membership,
            conversation_id=conversation,
            name=name,
            length=length,
            pieces=pieces,
            now=timezone.now(),
        ),
        request,
    )


def _kept(receive: Callable[[str, int, Iterator[bytes]], Attachment], request: HttpRequest) -> JsonResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    known = length.isascii() and length.isdigit() and len(length) <= MOST_DIGITS
    streaming.let_go_of_database()
    try:
        row = receive(
            request.GET.get("name", "")[:300], int(length) if known else 0, streaming.pieces(request)
        )
    except Refusal as refusal:
        return _refused(refusal)
    except streaming.BodyCut:
        return _refused(bad_file("cut"))
    return JsonResponse(row.facts(), status=201)


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "text": refusal.text}, status=STATUS[refusal.code])


@require_safe
@guest_page
def file(
    request: HttpRequest, registration: Registration, file: uuid.UUID, size: str = ""
) -> HttpResponseBase:
    """Hand out a file of the attendee's own conversation, or the small one of a picture."""
    return _handed(request, Attachment.objects.of_attendee(registration).filter(pk=file).first(), size)


@require_safe
@team_page()
@never_cache
def file_for_team(
    request: HttpRequest, membership: Membership, file: uuid.UUID, size: str = ""
) -> HttpResponseBase:
    """Hand out a file of a conversation that the member sees."""
    return _handed(request, Attachment.objects.visible_to(membership).filter(pk=file).first(), size)


def _handed(request: HttpRequest, row: Attachment | None, size: str) -> HttpResponseBase:
    """The file as something to keep; only a picture of our own making may be looked at in its place (A9)."""
    if row is None or (size and not row.is_picture):
        raise Http404
    path = file_store.small(row.pk) if size else file_store.content(row.pk)
    response = delivery.file_response(request, path, row.type, f"{row.pk}{size}")
    inline = row.type == file_rules.PICTURE and "keep" not in request.GET
    response["Content-Disposition"] = content_disposition_header(not inline, row.name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

"""The door for uploads: tus 1.0 (core, creation, termination, expiration), streamed, one writer at a time."""

import base64
import binascii
import uuid
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import team_page
from accounts.models import Membership
from videos import streaming
from videos.models import VersionState, Video, VideoVersion
from videos.services import Refused, begin_upload, cancel_upload, receive
from videos.services.uploads import KEPT, offset_of

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
STATUS = {
    "incomplete": 400,
    "not_found": 404,
    "type_not_allowed": 415,
    "empty_file": 422,
    "file_too_large": 413,
    "too_many_uploads": 429,
    "storage_full": 507,
    "locked": 423,
    "chunk_order": 409,
    "gone": 410,
    "in_use": 409,
}
MOST_DIGITS = 18


def may_upload(membership: Membership) -> bool:
    """Members who may change webinars may upload."""
    return membership.may_edit


@team_page(may_upload)
def create(request: HttpRequest, membership: Membership) -> HttpResponse:
    """POST makes an upload for the video named in the metadata; OPTIONS says what this server can do."""
    if request.method == "OPTIONS":
        return _tus(HttpResponse(status=204), capabilities=True)
    if request.method != "POST":
        return _refuse(405, "method", _("Uploads begin with POST."))
    if wrong := _wrong_version(request):
        return wrong
    try:
        version = _begun(request, membership)
    except Refused as refused:
        return _refuse(STATUS[refused.code], refused.code, refused.text)
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload", args=[membership.team.slug, version.pk])
    return _tus(response, expires=True)


def _begun(request: HttpRequest, membership: Membership) -> VideoVersion:
    length = _number(request.headers.get("Upload-Length"))
    meta = _metadata(request.headers.get("Upload-Metadata", ""))
    if length is None or meta is None or "filename" not in meta:
        raise Refused("incomplete", _("The length or the name of the file is missing."))
    video = _video_of(membership, meta.get("video", ""))
    if video is None:
        raise Refused("not_found", _("This video does not exist."))
    return begin_upload(
        video=video, user=membership.user, name=meta["filename"], length=length, now=timezone.now()
    )


@team_page(may_upload)
def upload(request: HttpRequest, membership: Membership, version: uuid.UUID) -> HttpResponse:
    """HEAD says how far an upload is, PATCH goes on with it, DELETE ends it."""
    row = get_object_or_404(VideoVersion.objects.visible_to(membership).filter(generated=False), pk=version)
    if wrong := _wrong_version(request):
        return wrong
    match request.method:
        case "HEAD":
            return _offset(row)
        case "PATCH":
            return _patch(request, row)
        case "DELETE":
            return _delete(row)
        case _:
            return _refuse(405, "method", _("Uploads take HEAD, PATCH and DELETE."))


def _offset(row: VideoVersion) -> HttpResponse:
    if row.state == VersionState.FAILED:
        return _refuse(410, "gone", _("This upload no longer exists."))
    response = HttpResponse(status=200)
    response["Upload-Offset"] = str(offset_of(row))
    response["Upload-Length"] = str(row.size)
    response["Cache-Control"] = "no-store"
    return _tus(response, expires=row.state == VersionState.UPLOADING)


def _patch(request: HttpRequest, row: VideoVersion) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _refuse(415, "content_type", _("Pieces of an upload are application/offset+octet-stream."))
    offset = _number(request.headers.get("Upload-Offset"))
    if offset is None:
        return _refuse(400, "incomplete", _("The offset is missing."))
    if offset + (_number(request.headers.get("Content-Length")) or 0) > row.size:
        return _refuse(413, "file_too_large", _("This is more than the length that the upload began with."))
    streaming.let_go_of_database()
    try:
        reached = receive(version=row, offset=offset, pieces=streaming.pieces(request), now=timezone.now())
    except Refused as refused:
        return _refuse(STATUS[refused.code], refused.code, refused.text)
    except streaming.BodyCut:
        return _refuse(400, "cut", _("The connection was cut. Ask for the offset and go on there."))
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(reached)
    return _tus(response, expires=reached < row.size)


def _delete(row: VideoVersion) -> HttpResponse:
    try:
        cancel_upload(version=row)
    except Refused as refused:
        return _refuse(STATUS[refused.code], refused.code, refused.text)
    return _tus(HttpResponse(status=204))


def _video_of(membership: Membership, named: str) -> Video | None:
    try:
        return Video.objects.visible_to(membership).filter(pk=named).first()
    except (ValidationError, ValueError):
        return None


def _number(value: str | None) -> int | None:
    """A length or offset in bytes; None for anything that is not one."""
    plain = value is not None and value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS
    return int(value) if plain and value is not None else None


def _metadata(header: str) -> dict[str, str] | None:
    """The names and values of `Upload-Metadata`; None when they cannot be read."""
    found: dict[str, str] = {}
    try:
        for pair in filter(None, (part.strip() for part in header.split(","))):
            name, _space, value = pair.partition(" ")
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return found


def _wrong_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _refuse(412, "tus_version", _("This server speaks tus 1.0.0."))


def _tus(response: HttpResponse, *, capabilities: bool = False, expires: bool = False) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    if capabilities:
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = EXTENSIONS
        response["Tus-Max-Size"] = str(settings.UPLOAD_MAX_BYTES)
    if expires:
        response["Upload-Expires"] = format_datetime(
            timezone.now() + KEPT - timedelta(minutes=1), usegmt=True
        )
    return response


def _refuse(status: int, code: str, text: str) -> HttpResponse:
    answer: dict[str, Any] = {"code": code, "text": text}
    return _tus(JsonResponse(answer, status=status))

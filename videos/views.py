"""The studio's doors to a video: how far it is, its captions, and a look at it before anybody else."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import team_page
from accounts.models import Membership
from videos import delivery, storage
from videos.frames import status_of
from videos.models import Video, VideoVersion
from videos.services import Refused, add_captions, remove_captions
from videos.services.captions import MOST_BYTES
from videos.tus import may_upload


def part_context(video: Video, membership: Membership) -> dict[str, Any]:
    """What `videos/part.html` needs."""
    return {
        "team": membership.team,
        "membership": membership,
        "video": video,
        "status": status_of(video),
        "may_upload": may_upload(membership),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "upload_meta": {"video": str(video.pk)},
        "languages": settings.LANGUAGES,
    }


@require_safe
@team_page()
def status(request: HttpRequest, membership: Membership, video: uuid.UUID) -> HttpResponse:
    """How far a video is: a fragment that asks again by itself while there is something to wait for, or JSON."""
    row = _video(membership, video)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(status_of(row).as_json())
    context = part_context(row, membership)
    # The player comes along once there is another film to play; it is never replaced while somebody looks.
    context["oob"] = request.GET.get("shown", "") != str(row.current_id or "")
    return render(request, "videos/status_answer.html", context)


@require_POST
@team_page(may_upload)
def captions_add(request: HttpRequest, membership: Membership, video: uuid.UUID) -> HttpResponse:
    """Keep a file of captions for the version that is shown."""
    row = _video(membership, video)
    file = request.FILES.get("file")
    language = request.POST.get("language", "")
    error = ""
    try:
        if file is None:
            raise Refused("no_file", _("Choose a file with captions first."))
        content = file.read(MOST_BYTES + 1)
        add_captions(version=_captioned(row), language=language, name=file.name or "", content=content)
    except Refused as refused:
        error = refused.text
    return _after_captions(request, membership, row, error, language)


@require_POST
@team_page(may_upload)
def captions_remove(
    request: HttpRequest, membership: Membership, video: uuid.UUID, language: str
) -> HttpResponse:
    """Remove the captions in one language."""
    row = _video(membership, video)
    remove_captions(version=_captioned(row), language=language)
    return _after_captions(request, membership, row, "", language)


def _after_captions(
    request: HttpRequest, membership: Membership, video: Video, error: str, language: str
) -> HttpResponse:
    """The captions as they are now in place; without script, the page the form was on with the news."""
    if request.headers.get("HX-Request"):
        context = part_context(video, membership)
        context |= {"captions_error": error, "captions_language": language, "oob": not error}
        return render(request, "videos/captions_answer.html", context)
    if error:
        messages.error(request, error)
    else:
        messages.success(request, _("The captions are changed."))
    to = request.POST.get("next", "")
    ours = to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if ours else "home")


@require_safe
@team_page()
def media(request: HttpRequest, membership: Membership, version: uuid.UUID, path: str) -> HttpResponseBase:
    """Playlists, segments, captions and picture of a version, for the team that owns it."""
    row = get_object_or_404(VideoVersion.objects.visible_to(membership), pk=version)
    match path.split("/"):
        case ["master.m3u8"]:
            return delivery.text_response(delivery.master_playlist(row.renditions.all()), delivery.PLAYLIST)
        case ["poster.webp"]:
            return delivery.file_response(request, storage.poster(row.pk), delivery.PICTURE, f"{row.pk}-p")
        case ["captions", name] if name.endswith(".vtt"):
            track = get_object_or_404(row.captions, language=name.removesuffix(".vtt"))
            return delivery.text_response(track.text, delivery.CAPTIONS)
        case [height, "index.m3u8"] if height.isascii() and height.isdigit() and len(height) < 6:
            rendition = get_object_or_404(row.renditions, height=int(height))
            return delivery.text_response(delivery.vod_playlist(rendition.segments), delivery.PLAYLIST)
        case [height, name]:
            return _segment(request, row, height, name)
        case _:
            raise Http404


def _segment(request: HttpRequest, row: VideoVersion, height: str, name: str) -> HttpResponseBase:
    number = name.removesuffix(".ts")
    plain = all(part.isascii() and part.isdigit() and len(part) < 7 for part in (height, number))
    if not plain or not name.endswith(".ts"):
        raise Http404
    path = storage.segment(row.pk, int(height), int(number))
    return delivery.file_response(request, path, delivery.SEGMENT, f"{row.pk}-{height}-{number}")


def _video(membership: Membership, video: uuid.UUID) -> Video:
    return get_object_or_404(Video.objects.visible_to(membership).select_related("current"), pk=video)


def _captioned(video: Video) -> VideoVersion:
    version = status_of(video).captioned
    if version is None:
        raise Http404
    return version

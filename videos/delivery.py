"""Writes playlists, and hands out files of a version to whom a door let through."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from videos.models import Rendition
from videos.streaming import let_go_of_database

Response = TypeVar("Response", bound=HttpResponseBase)

PLAYLIST = "application/vnd.apple.mpegurl"
SEGMENT = "video/mp2t"
CAPTIONS = "text/vtt; charset=utf-8"
PICTURE = "image/webp"
PIECE = 256 * 1024  # bytes
ROUNDING = 0.05  # seconds by which the lengths of segments may be off in their sum


def segment_ends(segments: Iterable[float]) -> list[float]:
    """At which second of the film each segment ends."""
    return list(accumulate(segments))


def listed(segments: Iterable[float], edge_seconds: float) -> int:
    """How many segments lie whole before `edge_seconds` of the film; rounding in their lengths is forgiven."""
    return sum(end <= edge_seconds + ROUNDING for end in segment_ends(segments))


def live_playlist(segments: list[float], edge_seconds: float, *, ended: bool) -> str:
    """The playlist of a live event: what lies before `edge_seconds`; it ends when all of it is listed or `ended`."""
    count = listed(segments, edge_seconds)
    return _playlist("EVENT", segments, count, complete=ended or count == len(segments))


def vod_playlist(segments: list[float]) -> str:
    """The playlist of the whole film."""
    return _playlist("VOD", segments, len(segments), complete=True)


def _playlist(kind: str, segments: list[float], count: int, *, complete: bool) -> str:
    # The longest of all segments: the value may not change while a live playlist grows.
    target = max((round(length) for length in segments), default=4)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{max(target, 1)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    for number, length in enumerate(segments[:count]):
        lines += [f"#EXTINF:{length:.3f},", f"{number}.ts"]
    if complete:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def master_playlist(renditions: Iterable[Rendition]) -> str:
    """The list of sizes, smallest first; addresses are relative to its own."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for row in sorted(renditions, key=lambda row: row.bandwidth):
        facts = f'BANDWIDTH={row.bandwidth},RESOLUTION={row.width}x{row.height},CODECS="{row.codecs}"'
        lines += [f"#EXT-X-STREAM-INF:{facts}", f"{row.height}/index.m3u8"]
    return "\n".join(lines) + "\n"


def text_response(text: str, content_type: str) -> HttpResponse:
    """A playlist or captions; the browser may keep them but asks each time."""
    return _private(HttpResponse(text, content_type=content_type), "private, no-cache")


def file_response(request: HttpRequest, path: Path, content_type: str, etag: str) -> HttpResponseBase:
    """A file that never changes, read piece by piece. Raises Http404 when it is not there."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as missing:
        raise Http404 from missing
    known = get_conditional_response(request, etag=f'"{etag}"')
    if known is not None and known.status_code == 304:
        return _private(known, "private, max-age=600")
    let_go_of_database()
    asynchronous = isinstance(request, ASGIRequest)
    content = _pieces_async(path) if asynchronous else _pieces(path)
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Length"] = str(size)
    response["ETag"] = f'"{etag}"'
    return _private(response, "private, max-age=600")


def _private(response: Response, caching: str) -> Response:
    response["Cache-Control"] = caching
    response["Vary"] = "Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _pieces_async(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

"""Hands the film of a session to those who hold a place in it, while it plays and no further than it is (A8)."""

import hashlib
import time
import uuid
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from scheduling.timeline import AHEAD, Phase
from videos import delivery, storage
from videos.models import CaptionTrack, Rendition
from webinars.guests import guest_from_cookie, registration_for
from webinars.models import Registration
from webinars.rules import Arrival
from webinars.standing import arrival_of, phase_of, position_of

KEPT_SECONDS = 5.0  # how long a process believes a grant without asking; revoking one takes at most this long
MOST_KEPT = 20_000

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Answers of the database that one process believes for a moment, so that a viewer costs no query a segment."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[object, tuple[float, Value]] = {}

    def get(self, key: object) -> Value | None:
        """The value, unless it was kept for too long."""
        until, value = self._values.get(key, (0.0, None))
        return value if until > time.monotonic() else None

    def keep(self, key: object, value: Value) -> Value:
        """Keep a value for its time."""
        if len(self._values) >= MOST_KEPT:
            self._values.clear()
        self._values[key] = (time.monotonic() + self._seconds, value)
        return value

    def forget(self) -> None:
        """Believe nothing any more."""
        self._values.clear()


@dataclass(frozen=True, slots=True)
class Track:
    """One size of a version, with the second of the film at which each of its segments ends."""

    rendition: Rendition
    ends: list[float]


places: Kept[Registration] = Kept(KEPT_SECONDS)
tracks: Kept[dict[int, Track]] = Kept(KEPT_SECONDS)
playlists: Kept[str] = Kept(2.0)


@require_safe
def master(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    """The sizes there are."""
    place = _place(request, registration)
    _edge(place, timezone.now())
    sizes = [track.rendition for track in _tracks(place).values()]
    return delivery.text_response(delivery.master_playlist(sizes), delivery.PLAYLIST)


@require_safe
def playlist(request: HttpRequest, registration: uuid.UUID, height: int) -> HttpResponse:
    """The segments there are: on a shared clock up to 30 s ahead, the same for everybody; on one's own clock all."""
    place, now = _place(request, registration), timezone.now()
    edge = _edge(place, now)
    track = _track(place, height)
    segments: list[float] = track.rendition.segments
    if edge is None:
        return delivery.text_response(delivery.vod_playlist(segments), delivery.PLAYLIST)
    # A second less than what is handed out: what one process lists, another one whose clock is behind still gives.
    second = int(edge) - 1
    key = (place.session_id, height, second)
    text = playlists.get(key) or playlists.keep(
        key, delivery.live_playlist(segments, float(second), ended=False)
    )
    return delivery.text_response(text, delivery.PLAYLIST)


@require_safe
def segment(request: HttpRequest, registration: uuid.UUID, height: int, number: int) -> HttpResponseBase:
    """One stretch of the film, unless it lies too far ahead."""
    place = _place(request, registration)
    edge = _edge(place, timezone.now())
    track = _track(place, height)
    available = len(track.ends) if edge is None else bisect_right(track.ends, edge + delivery.ROUNDING)
    if number >= available:
        raise Http404
    version = place.session.video_version_id
    path = storage.segment(version, height, number)
    return delivery.file_response(request, path, delivery.SEGMENT, f"{version}-{height}-{number}")


@require_safe
def captions(request: HttpRequest, registration: uuid.UUID, language: str) -> HttpResponse:
    """The spoken words in one language."""
    place = _place(request, registration)
    _edge(place, timezone.now())
    track = get_object_or_404(CaptionTrack, version=place.session.video_version_id, language=language)
    return delivery.text_response(track.text, delivery.CAPTIONS)


@require_safe
def poster(request: HttpRequest, registration: uuid.UUID) -> HttpResponseBase:
    """The first picture, which the waiting room shows as well."""
    version = _place(request, registration).session.video_version_id
    return delivery.file_response(request, storage.poster(version), delivery.PICTURE, f"{version}-p")


def _place(request: HttpRequest, registration: uuid.UUID) -> Registration:
    """The place that the request's browser holds. Raises Http404, the same for others' and for none."""
    cookie = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
    key = (hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest(), registration)
    if (known := places.get(key)) is not None:
        return known
    now = timezone.now()
    place = registration_for(guest_from_cookie(cookie, now), registration)
    if place is None:
        raise Http404
    if arrival_of(place, now) is Arrival.REFUSED:
        raise PermissionDenied
    # Only what plays is kept: a clock of one's own starts at once after it was not running.
    return places.keep(key, place) if phase_of(place, now) == Phase.PLAYING else place


def _edge(place: Registration, now: datetime) -> float | None:
    """Up to which second the film may be handed out now; None: all of it. Raises PermissionDenied when none of it."""
    if phase_of(place, now) != Phase.PLAYING:
        raise PermissionDenied
    if not place.session.is_shared:
        return None
    return (position_of(place, now) or 0.0) + AHEAD.total_seconds()


def _tracks(place: Registration) -> dict[int, Track]:
    version = place.session.video_version_id
    known = tracks.get(version)
    if known is None:
        rows = Rendition.objects.filter(version=version)
        known = {row.height: Track(row, delivery.segment_ends(row.segments)) for row in rows}
        tracks.keep(version, known)
    return known


def _track(place: Registration, height: int) -> Track:
    try:
        return _tracks(place)[height]
    except KeyError as missing:
        raise Http404 from missing

"""The attendee's room as a page: waiting, film, exit room; with the talk beside it, and a form where no script runs."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_http_methods

from chat import frames, plain_files, refusals
from chat.file_rules import ACCEPTED
from chat.other import SANDBOX
from chat.page_policy import EMOJI_PICKER
from chat.prompting import Page
from chat.rules import Mode
from chat.services import faq_helping, posting, prompt_page, reading
from chat.services.consent import other_chat
from scheduling.models import Kind
from scheduling.opening import fortnight
from scheduling.templatetags.zones import zone_label
from scheduling.timeline import Phase
from webinars import standing
from webinars.guests import guest_page
from webinars.models import Attendance, Registration
from webinars.views.late import late_page

LATEST = 100  # messages that travel with the page
_PAGES = {Phase.EARLY: Page.WAITING, Phase.EXIT: Page.EXIT}


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def room(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The room while it lets people in; before the doors and at the end, the place's own page. POST is a message,
    or whether an answer of the host's list helped.
    """
    translation.activate(registration.webinar.language)
    now = timezone.now()
    if not standing.is_room_open(registration, now):
        return _see_other(reverse("place", args=[registration.pk]))
    late = late_page(request, registration, now)
    if late is not None:
        return late
    if request.method != "POST":
        return _page(request, registration, now)
    if "helped" in request.POST:
        return _helped(request, registration, now)
    text = request.POST.get("text", "")
    try:
        posting.post_as_attendee(
            registration=registration,
            ref=_ref(request.POST.get("ref", "")),
            text=text,
            files=plain_files.of_attendee(request, registration, now),
            now=now,
        )
    except refusals.Refusal as refusal:
        return _page(request, registration, now, text=text, wrong=refusal.text, status=422)
    return _see_other(reverse("room", args=[registration.pk]))


def _helped(request: HttpRequest, registration: Registration, now: datetime) -> HttpResponse:
    """Who asks for a human is led to the field where they write."""
    given, helped = request.POST.get("faq", ""), request.POST["helped"] == "yes"
    seq = int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else 0
    try:
        faq_helping.note_helped(registration=registration, guest_id=None, seq=seq, helped=helped, now=now)
    except refusals.Refusal as refusal:
        return _page(request, registration, now, wrong=refusal.text, status=422)
    return _see_other(reverse("room", args=[registration.pk]) + ("" if helped else "#message"))


def _ref(given: str) -> uuid.UUID | None:
    """The ref that the form came with, so that sending it twice is one message; None for anything else."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return None


def _see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)


def _page(
    request: HttpRequest,
    registration: Registration,
    now: datetime,
    *,
    text: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    data = room_data(registration, now)
    webinar = registration.webinar
    context = {
        "registration": registration,
        "webinar": webinar,
        "team": webinar.team,
        "person": registration.person,
        "session": registration.session,
        "zone": str(registration.zone),
        "phase": data["phase"],
        "media": data["media"],
        "urls": data["urls"],
        "chat": data["chat"],
        "entered": data["entered"],
        "minutes": max(round(registration.session.duration / 60), 1),
        "data": data,
        "hours": data["hours"],
        "other": data["other"],
        "ref": uuid.uuid4(),
        "text": text,
        "wrong": wrong,
    }
    response = render(request, "chat/room.html", context, status=status)
    # Not by the decorator: another chat's origin is known only here.
    frames_of = {"frame-src": [data["other"]["origin"]]} if data["other"] is not None else {}
    response._csp_update = EMOJI_PICKER | frames_of  # type: ignore[attr-defined]
    return response


def room_data(registration: Registration, now: datetime) -> dict[str, Any]:
    """What the room's script begins with: nothing in it is anybody else's, and no token is."""
    webinar, session = registration.webinar, registration.session
    doors = standing.doors_at(registration)
    opening = reading.opening(registration, last=2**62, now=now)
    phase = _phase(registration, now)
    return {
        "registration": str(registration.pk),
        "webinar": {"title": webinar.title},
        "team": {"name": webinar.team.name},
        "person": {"first_name": registration.person.first_name},
        "holder": salted_hmac("chat.holder", str(registration.person_id)).hexdigest()[:16],
        "session": {
            "kind": session.kind,
            "starts_at": frames.iso_or_none(session.starts_at),
            "ends_at": frames.iso_or_none(session.ends_at),
            "closes_at": frames.iso_or_none(_closes_at(registration, now)),
            "duration": session.duration,
            "exit_seconds": 0 if session.kind == Kind.REPLAY else webinar.exit_minutes * 60,
            "doors_at": frames.iso_or_none(doors),
        },
        "zone": {
            "name": str(registration.zone),
            "label": zone_label(registration.zone, session.starts_at or now),
        },
        "language": webinar.language,
        "now": frames.iso(now),
        "phase": phase.value,
        "entered": Attendance.objects.filter(registration=registration).exists(),
        "media": _media(registration),
        "chat": _talk(registration, opening),
        "hours": _hours(registration, opening, now),
        "other": _other(registration, opening),
        "prompts": _prompts(registration, phase, now),
        "urls": _urls(registration),
    }


def _prompts(registration: Registration, phase: Phase, now: datetime) -> dict[str, Any] | None:
    """The webinar's prompts, which the room loads the script for; None without any."""
    setting = prompt_page.setting_for(registration.webinar)
    if setting is None:
        return None
    page = _PAGES.get(phase, Page.ROOM)
    if phase is Phase.PLAYING and registration.session.kind == Kind.REPLAY:
        page = Page.REPLAY
    address = reverse("room", args=[registration.pk])
    return prompt_page.for_attendee(registration, setting, page, address, now)


def _phase(registration: Registration, now: datetime) -> Phase:
    return standing.phase_of(registration, now)


def _closes_at(registration: Registration, now: datetime) -> datetime | None:
    """When there is nothing more here: a replay ends when it expires."""
    if registration.session.kind != Kind.REPLAY:
        found: datetime | None = registration.session.closes_at
        return found
    window = standing.replay_window(registration, now)
    return window.closes_at if window else None


def _media(registration: Registration) -> dict[str, Any] | None:
    """Addresses of the film; None while it is still being prepared."""
    version = registration.session.video_version
    if not version.can_be_shown:
        return None
    pk = registration.pk
    return {
        "master": reverse("media_master", args=[pk]),
        "poster": reverse("media_poster", args=[pk]),
        "captions": [
            {"language": language, "label": label, "src": reverse("media_captions", args=[pk, language])}
            for language, label in version.captions.order_by("language").values_list("language", "label")
        ],
    }


def _hours(registration: Registration, opening: reading.Opening, now: datetime) -> dict[str, Any]:
    """When somebody is at the chat, on the attendee's clock; nothing where this kind of session has none."""
    zone = registration.zone
    has_chat = opening.setting.policy.of(registration.session.kind).mode is Mode.CHAT
    lines = fortnight(opening.setting.hours, zone, now) if has_chat else []
    return {
        "lines": [{"words": line.words, "times": list(line.times)} for line in lines],
        "zone": zone_label(zone, now),
    }


def _other(registration: Registration, opening: reading.Opening) -> dict[str, Any] | None:
    """A third party's chat, where the host set one."""
    if opening.mode != Mode.OTHER:
        return None
    found = other_chat(registration, registration.session.kind)
    return None if found is None else asdict(found) | {"sandbox": SANDBOX}


def _talk(registration: Registration, opening: reading.Opening) -> dict[str, Any]:
    """The conversation as it stands."""
    messages = reading.latest_public_messages(registration, LATEST)
    return {
        "conversation": opening.conversation,
        "epoch": opening.epoch,
        "head": max(opening.head, messages[-1]["seq"] if messages else 0),
        "read": opening.read,
        "seen": opening.seen,
        "mode": opening.mode,
        "expect": opening.expect,
        "messages": messages,
        "files": opening.setting.files,
        "accept": ACCEPTED,
        "most_bytes": settings.CHAT_FILE_MAX_BYTES,
    }


def _urls(registration: Registration) -> dict[str, str]:
    pk = registration.pk
    place = reverse("place", args=[pk])
    urls = {
        "socket": f"/ws/room/{pk}/",
        "commands": reverse("room_commands", args=[pk]),
        "events": reverse("room_events", args=[pk]),
        "files": reverse("room_files", args=[pk]),
        "enter": reverse("enter", args=[pk]),
        "room": reverse("room", args=[pk]),
        "over": place,
        "change": reverse("change", args=[pk]),
        "other": reverse("room_other", args=[pk]),
    }
    if registration.starts_at is not None:
        urls["calendar"] = reverse("calendar", args=[pk])
    return urls

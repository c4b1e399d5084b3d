"""The public page of a webinar: what it promises, when it can be seen, and the form that keeps a place."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Team
from accounts.network import address_of
from accounts.throttle import Throttle
from scheduling import opening, zones
from videos import storage
from webinars import brand, guests, picker, stamp, standing
from webinars.calendar import public_url
from webinars.guest_forms import RegistrationForm, WishForm
from webinars.models import GuestSession, Registration, Webinar
from webinars.prose import as_html
from webinars.services import registration as service
from webinars.services import waiting
from webinars.views import shelf
from webinars.views.closed import closed_page
from webinars.views.words import gone_sentence, json_ld, untimely

ZONE_COOKIE = "matinee_zone"
ZONE_COOKIE_AGE = 365 * 24 * 3600

registering = Throttle("register", settings.REGISTRATION_LIMITS)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a webinar's page: whose clock, when, and who the browser is."""

    webinar: Webinar
    zone: ZoneInfo
    zone_guessed: bool
    now: datetime
    guest: GuestSession | None


@require_http_methods(["GET", "HEAD", "POST"])
def registration_page(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """The page; sent by POST, its form. A webinar that takes nobody any more says so."""
    try:
        return _open_page(request, team, slug)
    except Http404:
        return closed_page(request, team, slug)


def _open_page(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    visit = visit_of(request, webinar_or_404(team, slug))
    if request.method == "POST":
        return _register(request, visit)
    place = None if "other" in request.GET else guests.place_here(visit.guest, visit.webinar, visit.now)
    response = show_page(request, visit, place=place)
    if "zone" in request.GET and not visit.zone_guessed:
        _keep_zone(response, visit.zone)
    elif visit.guest is None:
        shelf.allow(response, visit.webinar, visit.now)
    return response


def as_preview(request: HttpRequest, webinar: Webinar) -> HttpResponse:
    """The page of a webinar that need not be published, for the team; its form has nowhere to go until it is."""
    note = _("Only your team sees this. Nobody can register before it is published.")
    shown = show_page(request, visit_of(request, webinar), note="" if webinar.is_published else note)
    guests.keep_private(shown)
    return shown


@require_safe
def picker_fragment(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """The picker alone, in another zone."""
    visit = visit_of(request, webinar_or_404(team, slug))
    context = picker_context(visit, chosen=request.GET.get("slot", ""), lines=True)
    response = render(request, "webinars/picker_alone.html", context)
    if not visit.zone_guessed:
        _keep_zone(response, visit.zone)
    return response


@require_safe
def poster(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """The picture of a published webinar."""
    webinar = webinar_or_404(team, slug)
    path = poster_path(webinar)
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def brand_css(request: HttpRequest, team: str) -> HttpResponse:
    """A team's colour as a style sheet; an empty one for a team without a colour and for no team (A1)."""
    colour = Team.objects.filter(slug=team).values_list("colour", flat=True).first() or ""
    values = brand.brand_of(colour) if brand.is_colour(colour) else None
    text = (
        _BRAND % {"team": team, **{name: getattr(values, name) for name in values.__slots__}}
        if values
        else ""
    )
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


_BRAND = """[data-brand="%(team)s"] {
  --color-primary: light-dark(%(primary_day)s, %(primary_night)s);
  --color-primary-content: light-dark(%(on_primary_day)s, %(on_primary_night)s);
  --band: light-dark(%(band_day)s, %(band_night)s);
  --band-content: %(on_band)s;
}
"""


def webinar_or_404(team: str, slug: str) -> Webinar:
    """A published webinar by its address, with what its page needs; its language is the page's."""
    found = Webinar.objects.published().select_related("team", "video__current", "schedule", "chat_hours")
    found = found.prefetch_related(
        "schedule__recurrences",
        "schedule__blackouts",
        "schedule__exclusions",
        "chat_hours__windows",
        "chat_hours__exceptions",
    )
    webinar: Webinar = get_object_or_404(found, team__slug=team, slug=slug)
    translation.activate(webinar.language)
    return webinar


def visit_of(request: HttpRequest, webinar: Webinar) -> Visit:
    """Who looks at the webinar, in the zone they chose, else their browser's, else the webinar's."""
    now = timezone.now()
    for name in (request.POST.get("zone"), request.GET.get("zone"), request.COOKIES.get(ZONE_COOKIE)):
        try:
            if name:
                return Visit(webinar, zones.named(name), False, now, guests.guest_of(request, now))
        except zones.UnknownZone:
            continue
    own = standing.zone_of(webinar.schedule.zone)
    return Visit(webinar, own, True, now, guests.guest_of(request, now))


def picker_context(visit: Visit, *, chosen: str = "", lines: bool = False) -> dict[str, Any]:
    """What the picker's template needs; with `lines`, full sessions can be waited for where the host lets them."""
    webinar = visit.webinar
    minutes = round(standing.film_of(webinar).total_seconds() / 60)
    offered = standing.offered(webinar, visit.zone, visit.now)
    any_full = any(slot.full for slot in offered)
    hours = standing.hours_of(webinar.chat_hours)
    rows = picker.picker_of(
        offered,
        zone=visit.zone,
        now=visit.now,
        minutes=max(minutes, 1),
        hours=hours,
        chosen=chosen,
        lines=_lines(visit) if lines and any_full else None,
    )
    return {
        "webinar": webinar,
        "team": webinar.team,
        "picker": rows,
        "opening": opening.fortnight(hours, visit.zone, visit.now),
        "zone": visit.zone.key,
        "zone_guessed": visit.zone_guessed,
        "now": visit.now,
    }


def poster_path(webinar: Webinar) -> Any:
    """Where the picture of the webinar's film lies; None while there is none."""
    version = webinar.video.current if webinar.video else None
    path = storage.poster(version.pk) if version else None
    return path if path and path.is_file() else None


def room_address(registration: Registration) -> str:
    """The room of a place."""
    return reverse("place", args=[registration.pk]) + "room/"


def _register(request: HttpRequest, visit: Visit) -> HttpResponse:
    address = address_of(request)
    form = RegistrationForm(request.POST)
    if not registering.hit(address):
        response = show_page(request, visit, form=form, note=too_many(), status=429)
        response["Retry-After"] = str(registering.wait(address))
        return response
    if form.is_machine:
        return render(request, "webinars/sent.html", {"team": visit.webinar.team})
    if not form.is_valid() or form.suggestion:
        return show_page(request, visit, form=form, status=422)
    if came := untimely(stamp.sent(form.cleaned_data["made"], visit.now)):
        return show_page(request, visit, form=form, note=came.note, status=came.status)
    to_wait = picker.parse_waiting(form.cleaned_data["slot"])
    kind, starts_at = to_wait or picker.parse_value(form.cleaned_data["slot"]) or ("", None)
    who = {"first_name": form.cleaned_data["first_name"], "email": form.cleaned_data["email"]}
    try:
        if to_wait:
            there, cookie = _wait(request, visit, who, *to_wait)
        else:
            done = service.register(
                webinar=visit.webinar,
                kind=kind,
                starts_at=starts_at,
                **who,
                **sent_from(request, visit),
            )
            there, cookie = address_of_place(done.registration), done.guest_token
    except service.SlotGone as gone:
        return _gone(request, visit, form, gone, starts_at)
    except service.NotOpen as error:
        raise Http404 from error
    return keep_and_go(visit, there, cookie)


def _wait(
    request: HttpRequest, visit: Visit, who: dict[str, Any], kind: str, starts_at: datetime
) -> tuple[str, str | None]:
    """Join a waiting list: where its page is, or that of the place which had become free, and the cookie."""
    joined = waiting.join(
        webinar=visit.webinar, kind=kind, starts_at=starts_at, **who, **sent_from(request, visit)
    )
    if joined.registration is not None:
        return address_of_place(joined.registration), joined.guest_token
    return reverse("waiting_place", args=[joined.waiting.pk if joined.waiting else ""]), joined.guest_token


def sent_from(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What the services are told of the browser that sent a form."""
    return {"zone": visit.zone, "guest": visit.guest, "browser": _browser(request), "now": visit.now}


def keep_and_go(visit: Visit, there: str, cookie: str | None) -> HttpResponse:
    """Go on by GET, with the cookie and the zone kept."""
    response = HttpResponseRedirect(there, status=303)
    guests.set_guest_cookie(response, cookie)
    _keep_zone(response, visit.zone)
    return response


def address_of_place(place: Registration) -> str:
    """Where somebody goes who has just got a place."""
    return reverse("place", args=[place.pk]) if place.session.is_shared else room_address(place)


def _gone(
    request: HttpRequest,
    visit: Visit,
    form: RegistrationForm,
    gone: service.SlotGone,
    starts_at: datetime | None,
) -> HttpResponse:
    """The page again, with the next start chosen and nothing booked."""
    chosen = picker.value_of(gone.next.kind, gone.next.starts_at) if gone.next else ""
    note = gone_sentence(gone, starts_at, visit.zone, visit.now)
    return show_page(request, visit, form=form, note=note, chosen=chosen, status=409)


def show_page(
    request: HttpRequest,
    visit: Visit,
    *,
    form: RegistrationForm | None = None,
    note: str = "",
    chosen: str = "",
    place: Registration | None = None,
    wish_form: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with a form as it came back, a note above it, or the place that this browser holds."""
    webinar = visit.webinar
    mine = [] if "other" in request.GET else guests.waiting_here(visit.guest, webinar)
    waits = [row for row in mine if waiting.state_of(row, visit.now) is waiting.State.WAITS]
    sent = form.data.get("slot", "") if form else ""
    context = picker_context(visit, chosen=chosen or sent, lines=True)
    path = poster_path(webinar)
    address = public_url(webinar)
    picture = f"{address}poster.webp" if path else ""
    answering = _answering(webinar)
    context |= {
        "answering": answering,
        "answering_names": get_text_list(answering, _("and")),
        "form": form or RegistrationForm(),
        "made": stamp.next_stamp(form.data.get("made", "") if form else None, visit.now),
        "note": note,
        "wish_form": wish_form or WishForm(),
        "waits": [row for row in waits if row.session],
        "wished": next((row for row in waits if not row.session), None),
        "place": place,
        "place_zone": str(place.zone) if place else "",
        "public_url": address,
        "picture": picture,
        "minutes": max(round(standing.film_of(webinar).total_seconds() / 60), 1),
        "description": as_html(webinar.description),
        "captions": _captions(webinar),
        "zone_options": _zone_options(),
        "json_ld": json_ld(webinar, context["picker"], address, picture),
    }
    response = render(request, "webinars/registration.html", context, status=status)
    if visit.guest is not None or status != 200:
        guests.keep_private(response)
    return response


def _lines(visit: Visit) -> picker.Lines | None:
    schedule = visit.webinar.schedule
    if not schedule.waiting_list or not schedule.places:
        return None
    cut_off = timedelta(minutes=schedule.cutoff_minutes)
    return picker.Lines(waiting.lines_of(visit.webinar, visit.now), schedule.places, cut_off)


def _answering(webinar: Webinar) -> list[str]:
    """Who reads the questions, by name."""
    assigned = webinar.assignments.filter(moderates=True, membership__user__is_active=True)
    members = assigned.select_related("membership__user").order_by("pk")[:6]
    return [assignment.membership.user.display_name for assignment in members]


def _captions(webinar: Webinar) -> list[str]:
    version = webinar.video.current if webinar.video else None
    return list(version.captions.order_by("language").values_list("label", flat=True)) if version else []


@cache
def _zone_options() -> SafeString:
    """Every zone, once for all pages: as a loop of the template they would take a tenth of its time."""
    return format_html_join("", "<option>{}</option>", ((name,) for name in sorted(zones.names())))


def too_many() -> str:
    return _(
        "Many people register from your network just now. Please try again in a few minutes; nothing is lost."
    )


def _browser(request: HttpRequest) -> bytes | None:
    """What tells this browser from others before it has a guest cookie: the hash of its CSRF cookie."""
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    return hashlib.sha256(cookie.encode()).digest() if cookie else None


def _keep_zone(response: HttpResponse, zone: ZoneInfo) -> None:
    response.set_cookie(
        ZONE_COOKIE,
        zone.key,
        max_age=ZONE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

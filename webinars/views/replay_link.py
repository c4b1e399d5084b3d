"""The address of a webinar's replay for everybody who has it: a name and an e-mail address, then the film."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.network import address_of
from scheduling.models import Kind
from scheduling.timeline import Phase
from webinars import guests, stamp, standing
from webinars.guest_forms import ReplayForm
from webinars.services import registration as service
from webinars.views.page import (
    Visit,
    address_of_place,
    keep_and_go,
    poster_path,
    registering,
    sent_from,
    too_many,
    visit_of,
    webinar_or_404,
)
from webinars.views.words import untimely


@require_http_methods(["GET", "HEAD", "POST"])
def replay_link(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """The page; sent by POST, its form. Where the replay is not for everybody, there is no such address."""
    visit = visit_of(request, webinar_or_404(team, slug))
    phase = standing.replay_by_link(visit.webinar, visit.zone, visit.now)
    if phase is None or standing.film_of(visit.webinar).total_seconds() <= 0:
        raise Http404
    if phase is not Phase.PLAYING or request.method != "POST":
        return _page(request, visit, phase)
    return _register(request, visit)


def _register(request: HttpRequest, visit: Visit) -> HttpResponse:
    address, form = address_of(request), ReplayForm(request.POST)
    if not registering.hit(address):
        response = _page(request, visit, form=form, note=too_many(), status=429)
        response["Retry-After"] = str(registering.wait(address))
        return response
    if form.is_machine:
        return render(request, "webinars/sent.html", {"team": visit.webinar.team})
    if not form.is_valid() or form.suggestion:
        return _page(request, visit, form=form, status=422)
    if came := untimely(stamp.sent(form.cleaned_data["made"], visit.now)):
        return _page(request, visit, form=form, note=came.note, status=came.status)
    try:
        done = service.register(
            webinar=visit.webinar,
            kind=Kind.REPLAY,
            starts_at=None,
            first_name=form.cleaned_data["first_name"],
            email=form.cleaned_data["email"],
            by_link=True,
            **sent_from(request, visit),
        )
    except service.SlotGone:
        return _page(request, visit, Phase.OVER)
    except service.NotOpen as error:
        raise Http404 from error
    return keep_and_go(visit, address_of_place(done.registration), done.guest_token)


def _page(
    request: HttpRequest,
    visit: Visit,
    phase: Phase = Phase.PLAYING,
    *,
    form: ReplayForm | None = None,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    webinar = visit.webinar
    has_poster = poster_path(webinar) is not None
    place = None
    if "other" not in request.GET:
        place = guests.place_here(visit.guest, webinar, visit.now, Kind.REPLAY)
    context = {
        "webinar": webinar,
        "team": webinar.team,
        "phase": phase,
        "form": form or ReplayForm(),
        "note": note,
        "made": stamp.next_stamp(form.data.get("made", "") if form else None, visit.now),
        "place": place,
        "zone": visit.zone.key,
        "zone_guessed": visit.zone_guessed,
        "minutes": max(round(standing.film_of(webinar).total_seconds() / 60), 1),
        "picture": reverse("webinar_poster", args=[webinar.team.slug, webinar.slug]) if has_poster else "",
    }
    closed = status == 200 and phase is Phase.OVER
    response = render(request, "webinars/replay.html", context, status=410 if closed else status)
    guests.keep_private(response)
    return response

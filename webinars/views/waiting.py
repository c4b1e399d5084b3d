"""What somebody waits for: their page with where they stand, the ways out of it, and the wish for any date."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.network import address_of
from webinars import picker, standing
from webinars.guest_forms import ChangeForm, RegistrationForm, WishForm
from webinars.guests import waiting_page
from webinars.models import WaitingPlace
from webinars.services import registration, seats, waiting, wishes
from webinars.views.page import (
    Visit,
    keep_and_go,
    picker_context,
    registering,
    sent_from,
    show_page,
    too_many,
    visit_of,
    webinar_or_404,
)
from webinars.views.place import see_other
from webinars.views.words import gone_sentence


@require_safe
@waiting_page
def waiting_place(request: HttpRequest, mine: WaitingPlace) -> HttpResponse:
    """Where they stand; who has a place meanwhile goes there. Says nothing of who is in the session."""
    translation.activate(mine.webinar.language)
    now = timezone.now()
    state = waiting.state_of(mine, now)
    if state is waiting.State.PLACED and mine.registration is not None:
        return see_other(reverse("place", args=[mine.registration.pk]))
    return render(request, "webinars/waiting.html", _context(mine, state, now))


@require_POST
@waiting_page
def leave(request: HttpRequest, mine: WaitingPlace) -> HttpResponse:
    """Stop waiting; again changes nothing."""
    waiting.leave(waiting=mine, now=timezone.now())
    return see_other(reverse("waiting_place", args=[mine.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@waiting_page
def choose(request: HttpRequest, mine: WaitingPlace) -> HttpResponse:
    """Take another start instead; they wait on until one is sure."""
    translation.activate(mine.webinar.language)
    now = timezone.now()
    visit = Visit(mine.webinar, standing.zone_of(mine.zone), False, now, None)
    if waiting.state_of(mine, now) is not waiting.State.WAITS or not mine.webinar.is_published:
        return see_other(reverse("waiting_place", args=[mine.pk]))
    if request.method != "POST":
        return _choose_page(request, mine, visit)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _choose_page(request, mine, visit, note=_("Please choose one of these times."), status=422)
    kind, starts_at = picker.parse_value(form.cleaned_data["slot"]) or ("", None)
    try:
        place = waiting.choose(waiting=mine, kind=kind, starts_at=starts_at, now=now)
    except registration.SlotGone as gone:
        note = gone_sentence(gone, starts_at, visit.zone, now)
        chosen = picker.value_of(gone.next.kind, gone.next.starts_at) if gone.next else ""
        return _choose_page(request, mine, visit, note=note, chosen=chosen, status=409)
    except registration.NotOpen:
        return see_other(reverse("waiting_place", args=[mine.pk]))
    messages.success(request, _("You wait no more: this place is yours."))
    return see_other(reverse("place", args=[place.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def date_wish(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """Tell me when there is a date: the form of a page that offers nothing."""
    visit = visit_of(request, webinar_or_404(team, slug))
    if request.method != "POST":
        return see_other(reverse("registration_page", args=[team, slug]))
    form, address = WishForm(request.POST), address_of(request)
    if not registering.hit(address):
        response = show_page(request, visit, wish_form=form, note=too_many(), status=429)
        response["Retry-After"] = str(registering.wait(address))
        return response
    if form.is_machine:
        return render(request, "webinars/sent.html", {"team": visit.webinar.team})
    if not form.is_valid():
        return show_page(request, visit, wish_form=form, status=422)
    who = {"first_name": form.cleaned_data["first_name"], "email": form.cleaned_data["email"]}
    try:
        kept = wishes.wish(webinar=visit.webinar, **who, **sent_from(request, visit))
    except wishes.DatesOffered:
        typed = RegistrationForm(initial=who)
        note = _("There are dates now. Please choose one; nothing you typed is lost.")
        return show_page(request, visit, form=typed, note=note, status=409)
    except registration.NotOpen as error:
        raise Http404 from error
    there = reverse("waiting_place", args=[kept.waiting.pk if kept.waiting else ""])
    return keep_and_go(visit, there, kept.guest_token)


def _choose_page(
    request: HttpRequest,
    mine: WaitingPlace,
    visit: Visit,
    *,
    note: str = "",
    chosen: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _base(mine) | picker_context(visit, chosen=chosen) | {"note": note}
    return render(request, "webinars/waiting_choose.html", context, status=status)


def _base(mine: WaitingPlace) -> dict[str, Any]:
    webinar = mine.webinar
    return {
        "waiting": mine,
        "webinar": webinar,
        "team": webinar.team,
        "person": mine.person,
        "session": mine.session,
        "zone": str(mine.zone),
        "page": reverse("registration_page", args=[webinar.team.slug, webinar.slug]),
    }


def _context(mine: WaitingPlace, state: waiting.State, now: datetime) -> dict[str, Any]:
    waits = state is waiting.State.WAITS and mine.session is not None
    return _base(mine) | {
        "state": state,
        "stands": picker.standing_in_line(waiting.position_of(mine)) if waits else "",
        "until": seats.last_moment(mine.session, mine.webinar) if waits and mine.session else None,
    }

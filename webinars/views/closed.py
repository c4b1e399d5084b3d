"""The page of a webinar that was open to everybody once and takes no registrations now."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from webinars import guests
from webinars.models import Webinar


def closed_page(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """Say so with 410, and lead those who hold a place to it; 404 for what was never open (A1)."""
    found = Webinar.objects.closed().select_related("team", "schedule")
    webinar = found.filter(team__slug=team, slug=slug).first()
    if webinar is None:
        raise Http404
    translation.activate(webinar.language)
    now = timezone.now()
    place = guests.place_here(guests.guest_of(request, now), webinar, now)
    context = {"webinar": webinar, "team": webinar.team, "place": place}
    response = render(request, "webinars/closed.html", context, status=410)
    guests.keep_private(response)
    return response

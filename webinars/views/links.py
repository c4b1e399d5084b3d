"""Personal links: a page that only shows, a post that sets the cookie, and a way to have a link sent again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.network import address_of
from accounts.throttle import Throttle
from webinars import guests, standing
from webinars.guest_forms import AddressForm
from webinars.models import Registration, WaitingPlace
from webinars.services import joining, waiting
from webinars.services import registration as service
from webinars.views.page import room_address

guessing = Throttle("join-guess", ["20/minute"])
asking = Throttle("link-asked", settings.REGISTRATION_LIMITS)
mailing = Throttle("link-mailed", ["3/hour", "6/day"])  # one address, whoever asks for it


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """A personal link. Opening it changes nothing; its post can be repeated and only sets the cookie."""
    address = address_of(request)
    if not guessing.allows(address):
        return _too_many(request)
    place: Registration | WaitingPlace
    try:
        if request.method == "POST":
            return _joined(request, token)
        place = joining.place_of_link(token)
    except joining.LinkUnknown:
        waits = waiting.of_link(token)
        if waits is None:
            guessing.hit(address)
            return guests.no_access(request)
        if request.method == "POST":
            return _to_waiting(request, waits)
        place = waits
    except joining.LinkEnded:
        return guests.no_access(request, status=410)
    translation.activate(place.webinar.language)
    context = {"team": place.webinar.team, "webinar": place.webinar}
    return guests.keep_private(render(request, "webinars/join.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponseBase:
    """Send the personal links of an address to it, and say the same whether or not there are any (A13)."""
    if request.method != "POST":
        return guests.keep_private(render(request, "webinars/lost_link.html", {"form": AddressForm()}))
    form = AddressForm(request.POST)
    if not asking.hit(address_of(request)):
        return _too_many(request)
    if not form.is_valid():
        return guests.keep_private(render(request, "webinars/lost_link.html", {"form": form}, status=422))
    email = form.cleaned_data["email"]
    service.send_links(email=email, now=timezone.now(), may=lambda: mailing.hit(email.casefold()))
    return guests.keep_private(render(request, "webinars/sent.html", {"email": form.cleaned_data["email"]}))


def _joined(request: HttpRequest, token: str) -> HttpResponseBase:
    now = timezone.now()
    done = joining.join(token=token, guest=guests.guest_of(request, now), now=now)
    response = HttpResponseRedirect(address_for(done.registration), status=303)
    guests.set_guest_cookie(response, done.guest_token)
    return guests.keep_private(response)


def _to_waiting(request: HttpRequest, waits: WaitingPlace) -> HttpResponseBase:
    now = timezone.now()
    cookie = joining.become(person=waits.person, guest=guests.guest_of(request, now), now=now)
    response = HttpResponseRedirect(reverse("waiting_place", args=[waits.pk]), status=303)
    guests.set_guest_cookie(response, cookie)
    return guests.keep_private(response)


def address_for(place: Registration) -> str:
    """Where somebody with this place belongs now: the room while it lets people in, else the place's own page."""
    if standing.is_room_open(place, timezone.now()):
        return room_address(place)
    return reverse("place", args=[place.pk])


def _too_many(request: HttpRequest) -> HttpResponseBase:
    text = _("Too many links were tried from your network. Please wait a minute and open yours again.")
    response = render(request, "webinars/wait.html", {"text": text}, status=429)
    response["Retry-After"] = "60"
    return guests.keep_private(response)

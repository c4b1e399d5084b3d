"""Says who a browser without a sign-in is: the guest session behind its cookie, and what it holds."""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from webinars import standing
from webinars.models import Grant, GuestSession, Person, Registration, WaitingPlace, Webinar
from webinars.rules import same_address

P = ParamSpec("P")
GuestView = Callable[Concatenate[HttpRequest, Registration, P], HttpResponseBase]
WaitingView = Callable[Concatenate[HttpRequest, WaitingPlace, P], HttpResponseBase]

_TOKEN_LENGTH = 43  # 32 bytes in base64url


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def guest_from_cookie(value: str | None, now: datetime) -> GuestSession | None:
    """The guest session of a cookie's value; None for anything that is not a live one."""
    if not value or len(value) != _TOKEN_LENGTH or not value.isascii():
        return None
    return GuestSession.objects.live(now).filter(token_hash=token_hash(value)).first()


def guest_of(request: HttpRequest, now: datetime) -> GuestSession | None:
    """The guest session of a request's browser."""
    return guest_from_cookie(request.COOKIES.get(settings.GUEST_COOKIE_NAME), now)


def registration_for(guest: GuestSession | None, registration_id: uuid.UUID | str) -> Registration | None:
    """The live registration with this id if the guest session holds its person, with all a page needs."""
    if guest is None:
        return None
    return (
        Registration.objects.granted_to(guest)
        .live()
        .select_related("webinar__team", "session", "person")
        .filter(pk=registration_id)
        .first()
    )


def place_here(
    guest: GuestSession | None, webinar: Webinar, now: datetime, kind: str = ""
) -> Registration | None:
    """The latest place for this webinar, or of one kind, that the guest session holds and that is not over."""
    if guest is None:
        return None
    places = Registration.objects.granted_to(guest).live().filter(webinar=webinar)
    if kind:
        places = places.filter(session__kind=kind)
    found = places.select_related("session", "person", "webinar").order_by("-created_at")
    return next((place for place in found if not standing.is_over(place, now)), None)


def guest_page(view: GuestView[P]) -> Callable[..., HttpResponseBase]:
    """Wrap `view(request, registration, …)` for an address with a `registration` id.

    Without a grant the answer is a 404 page that offers to send the link again, the same for a place that is
    somebody else's and for one that does not exist. Nothing of it is kept by caches.
    """

    @wraps(view)
    def inner(
        request: HttpRequest, registration: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        place = registration_for(guest_of(request, timezone.now()), registration)
        if place is None:
            return no_access(request)
        return keep_private(view(request, place, *args, **kwargs))

    return inner


def waiting_page(view: WaitingView[P]) -> Callable[..., HttpResponseBase]:
    """Wrap `view(request, waiting, …)` for an address with the id of a `waiting` place; as `guest_page`."""

    @wraps(view)
    def inner(
        request: HttpRequest, waiting: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        guest = guest_of(request, timezone.now())
        related = ("webinar__team", "webinar__schedule", "session", "person", "registration")
        mine = WaitingPlace.objects.granted_to(guest).select_related(*related) if guest else None
        place = mine.filter(pk=waiting).first() if mine is not None else None
        if place is None:
            return no_access(request)
        return keep_private(view(request, place, *args, **kwargs))

    return inner


def waiting_here(guest: GuestSession | None, webinar: Webinar) -> list[WaitingPlace]:
    """What the guest session waits for with this webinar, latest first."""
    if guest is None:
        return []
    mine = WaitingPlace.objects.granted_to(guest).open().filter(webinar=webinar)
    return list(mine.select_related("session", "person", "webinar__schedule").order_by("-created_at"))


def no_access(request: HttpRequest, status: int = 404) -> HttpResponseBase:
    """The page for whoever holds no grant: a link that is not complete, and a way to have a new one sent."""
    return keep_private(render(request, "webinars/no_access.html", status=status))


def keep_private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep a page that belongs to one person out of caches and its address out of Referer (A4)."""
    patch_cache_control(response, private=True, no_store=True)
    # Not no-referrer: with it browsers send `Origin: null`, which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response


def begin(now: datetime) -> tuple[GuestSession, str]:
    """A new guest session without grants, and the value of its cookie."""
    token = secrets.token_urlsafe(32)
    guest = GuestSession.objects.create(
        token_hash=token_hash(token), created_at=now, expires_at=now + _lifetime()
    )
    return guest, token


def rotate(guest: GuestSession, now: datetime) -> str:
    """Give a guest session a new cookie value, so that the old one is dead (A7); returns the new value."""
    token = secrets.token_urlsafe(32)
    guest.token_hash = token_hash(token)
    guest.expires_at = now + _lifetime()
    guest.save(update_fields=["token_hash", "expires_at"])
    return token


def end(guest: GuestSession, now: datetime) -> None:
    """Make a guest session's cookie worthless."""
    guest.revoked_at = now
    guest.save(update_fields=["revoked_at"])


def may_hold(guest: GuestSession, person: Person) -> bool:
    """Whether a guest session may hold the person too: it does so already, or is theirs with other teams.

    Somebody else at the same browser must not inherit what the first one wrote, so one session never holds two
    people of one team, nor two addresses.
    """
    held = list(Person.objects.filter(grants__guest=guest))
    if any(other.pk == person.pk for other in held):
        return True
    return all(other.team_id != person.team_id and same_address(other.email, person.email) for other in held)


def grant(guest: GuestSession, person: Person, *, mailed: bool, now: datetime) -> None:
    """Let a guest session act as a person; a grant that came by mail stays one."""
    row, created = Grant.objects.get_or_create(
        guest=guest, person=person, defaults={"mailed": mailed, "created_at": now}
    )
    if mailed and not created and not row.mailed:
        row.mailed = True
        row.save(update_fields=["mailed"])


def set_guest_cookie(response: HttpResponseBase, token: str | None) -> None:
    """Hand a browser its cookie; None leaves the one it has."""
    if token is None:
        return
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        token,
        max_age=settings.GUEST_COOKIE_AGE,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _lifetime() -> timedelta:
    return timedelta(seconds=settings.GUEST_COOKIE_AGE)

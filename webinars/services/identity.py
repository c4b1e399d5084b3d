"""Says which person a browser acts as when it sends a form, and lets it hold that person."""

from datetime import datetime, timedelta

from django.db import connection

from webinars import guests, rules
from webinars.models import GuestSession, Person, Registration, WaitingPlace, Webinar
from webinars.services.seats import stand_in_line

# How long the same form from the same browser counts as sent twice although it has no guest cookie yet.
DOUBLED_WITHIN = timedelta(minutes=10)


def one_at_a_time(guest: GuestSession | None, browser: bytes | None) -> None:
    """Let two submits of one browser pass one after the other, so that the second sees the first."""
    stand_in_line()
    if guest is not None:
        GuestSession.objects.select_for_update().get(pk=guest.pk)
    if browser is not None:
        with connection.cursor() as cursor:
            key = int.from_bytes(browser[:8], "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def person_of(
    guest: GuestSession | None, browser: bytes | None, webinar: Webinar, email: str, now: datetime
) -> Person | None:
    """Whom the browser acts as with this address; None: somebody new, whether or not the address is known."""
    return _known_person(guest, webinar, email) or _twin(browser, webinar, email, now)


def new_person(webinar: Webinar, first_name: str, email: str, language: str, now: datetime) -> Person:
    """An unconfirmed person of the webinar's team."""
    return Person.objects.create(
        team_id=webinar.team_id,
        first_name=first_name,
        email=email,
        language=language or webinar.language,
        created_at=now,
    )


def rename(person: Person, first_name: str) -> None:
    """Take the name that was typed last."""
    if person.first_name != first_name:
        person.first_name = first_name
        person.save(update_fields=["first_name"])


def hold(guest: GuestSession | None, person: Person, now: datetime) -> str | None:
    """Let the browser act as the person; returns its new cookie, None where it keeps its own.

    Somebody else at the same browser gets a guest session of their own.
    """
    token = None
    if guest is None or not guests.may_hold(guest, person):
        guest, token = guests.begin(now)
    guests.grant(guest, person, mailed=False, now=now)
    return token


def _known_person(guest: GuestSession | None, webinar: Webinar, email: str) -> Person | None:
    if guest is None:
        return None
    held = Person.objects.filter(grants__guest=guest, team_id=webinar.team_id).order_by("created_at")
    return next((person for person in held if rules.same_address(person.email, email)), None)


def _twin(browser: bytes | None, webinar: Webinar, email: str, now: datetime) -> Person | None:
    """Who this browser sent in a moment ago with this address, its cookie still being on the way."""
    if browser is None:
        return None
    recent = {"browser": browser, "email__iexact": email, "created_at__gte": now - DOUBLED_WITHIN}
    for rows in (Registration.objects.all(), WaitingPlace.objects.all()):
        row = rows.filter(webinar=webinar, **recent).select_related("person").order_by("created_at").first()
        if row is not None:
            return row.person
    return None

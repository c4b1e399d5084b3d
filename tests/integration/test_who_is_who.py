"""Who is who: identity comes from the personal link and the browser that holds it, never from a typed address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.dispatch import Signal
from django.test import Client
from django.utils import timezone

from scheduling.models import Kind
from tests import make
from webinars import guests, links, signals
from webinars.models import Grant, GuestSession, Person, Registration, Session, Webinar
from webinars.services import joining
from webinars.services import registration as service

pytestmark = pytest.mark.django_db

NOW = make.NOW
START = datetime(2026, 3, 11, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def webinar() -> Webinar:
    """Every day at noon in UTC, and on demand."""
    schedule = make.schedule(attendee_zone=False, on_demand=True)
    make.recurrence(schedule)
    return make.webinar(make.team("lumen"), slug="bread", schedule=schedule)


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    news: list[dict[str, Any]] = []

    def hear(sender: object, **said: Any) -> None:
        news.append(said)

    signal.connect(hear)
    try:
        yield news
    finally:
        signal.disconnect(hear)


def register(webinar: Webinar, **said: Any) -> service.Registered:
    usual: dict[str, Any] = {
        "kind": Kind.SCHEDULED,
        "starts_at": START,
        "first_name": "Dana",
        "email": "dana@example.org",
        "zone": UTC_ZONE,
        "guest": None,
        "now": NOW,
    }
    return service.register(webinar=webinar, **(usual | said))


def guest_with(done: service.Registered) -> GuestSession:
    found = guests.guest_from_cookie(done.guest_token, NOW)
    assert found
    return found


def test_the_same_browser_and_address_is_the_same_person_and_place(webinar: Webinar) -> None:
    first = register(webinar)
    with heard(signals.registered) as news:
        again = register(webinar, guest=guest_with(first), email="DANA@Example.org")
    assert again.registration == first.registration
    assert again.guest_token is None
    assert not again.created
    assert news == []
    assert Person.objects.count() == 1


def test_the_same_browser_takes_another_start_as_the_same_person(webinar: Webinar) -> None:
    first = register(webinar)
    second = register(webinar, guest=guest_with(first), starts_at=START + timedelta(days=1))
    assert second.registration != first.registration
    assert second.registration.person == first.registration.person


def test_another_browser_with_the_address_is_another_unconfirmed_person(webinar: Webinar) -> None:
    first = register(webinar)
    Person.objects.update(confirmed_at=NOW)
    with heard(signals.registered) as news:
        second = register(webinar, first_name="Mallory")
    assert second.created
    assert second.registration.person != first.registration.person
    assert second.registration.person.confirmed_at is None
    assert second.registration.session == first.registration.session
    assert len(news) == 1
    first.registration.person.refresh_from_db()
    assert first.registration.person.first_name == "Dana"
    assert guests.registration_for(guest_with(second), first.registration.pk) is None
    assert guests.registration_for(guest_with(first), second.registration.pk) is None


def test_another_address_in_the_same_browser_is_somebody_else_in_a_guest_session_of_their_own(
    webinar: Webinar,
) -> None:
    first = register(webinar)
    second = register(webinar, guest=guest_with(first), email="charlie@example.org", first_name="Charlie")
    assert second.guest_token
    assert guests.registration_for(guest_with(second), second.registration.pk)
    assert guests.registration_for(guest_with(second), first.registration.pk) is None


def test_one_browser_holds_its_places_with_several_teams(webinar: Webinar) -> None:
    first = register(webinar)
    schedule = make.schedule(attendee_zone=False)
    make.recurrence(schedule)
    other = make.webinar(make.team("other"), schedule=schedule)
    second = register(other, guest=guest_with(first))
    assert second.guest_token is None
    assert second.registration.person != first.registration.person
    assert guests.registration_for(guest_with(first), second.registration.pk)


def test_A13_two_browsers_with_one_address_get_the_same_answer(webinar: Webinar) -> None:
    slot = "on_demand"
    sent = {
        "slot": slot,
        "made": make.page_stamp(),
        "first_name": "Dana",
        "email": "dana@example.org",
        "zone": "UTC",
    }
    one, other = Client(), Client()
    first, second = one.post("/lumen/bread/", sent), other.post("/lumen/bread/", sent)
    assert first.status_code == second.status_code == 303
    assert set(first.cookies) == set(second.cookies)
    places = list(Registration.objects.order_by("created_at"))
    assert len(places) == 2
    shown = [
        page.get(f"/r/{place.pk}/").content.decode().replace(str(place.pk), "ID")
        for page, place in zip((one, other), places, strict=True)
    ]
    assert "Dana" in shown[0]
    assert without_tokens(shown[0]) == without_tokens(shown[1])


def without_tokens(html: str) -> list[str]:
    return [line for line in html.splitlines() if "data-now" not in line and "csrf" not in line]


def test_A13_asking_for_a_link_says_the_same_for_a_stranger(webinar: Webinar, client: Client) -> None:
    register(webinar, now=timezone.now(), starts_at=None, kind=Kind.ON_DEMAND)
    with heard(signals.link_requested) as news:
        known = client.post("/j/", {"email": "dana@example.org"})
        unknown = client.post("/j/", {"email": "nora@example.org"})
    assert len(news) == 1
    assert known.status_code == unknown.status_code == 200
    assert without_tokens(known.content.decode().replace("dana@", "nora@")) == without_tokens(
        unknown.content.decode()
    )


def test_a_doubled_submit_without_a_cookie_yet_is_one_registration(webinar: Webinar) -> None:
    browser = b"b" * 32
    with heard(signals.registered) as news:
        first = register(webinar, browser=browser)
        second = register(webinar, browser=browser, now=NOW + timedelta(seconds=1))
    assert second.registration == first.registration
    assert len(news) == 1
    assert guests.registration_for(guest_with(second), first.registration.pk)


def test_a_doubled_submit_of_watch_now_is_one_registration(webinar: Webinar) -> None:
    client = Client()
    client.get("/lumen/bread/")
    sent = {
        "slot": "on_demand",
        "made": make.page_stamp(),
        "first_name": "Dana",
        "email": "dana@example.org",
        "zone": "UTC",
    }
    csrf = client.cookies["matinee_csrf"]
    twin = Client()
    twin.cookies["matinee_csrf"] = csrf.value
    assert client.post("/lumen/bread/", sent)["Location"] == twin.post("/lumen/bread/", sent)["Location"]
    assert client.post("/lumen/bread/", sent).status_code == 303
    assert Registration.objects.count() == Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_registration(webinar: Webinar) -> None:
    done = at_once(lambda _: register(webinar, browser=b"b" * 32), 4)
    assert {each.registration.pk for each in done} == {Registration.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(webinar: Webinar) -> None:
    webinar.schedule.places = 2
    webinar.schedule.save()

    def one(number: int) -> object:
        try:
            return register(webinar, email=f"p{number}@example.org")
        except service.SessionFull as full:
            return full

    outcomes = at_once(one, 5)
    assert sum(isinstance(each, service.Registered) for each in outcomes) == 2
    assert Registration.objects.count() == Person.objects.count() == 2


def at_once(act: Any, number: int) -> list[Any]:
    barrier, outcomes = Barrier(number), []

    def run(index: int) -> None:
        barrier.wait()
        try:
            outcomes.append(act(index))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == number
    return outcomes


def test_an_address_takes_one_place_however_often_it_comes(webinar: Webinar) -> None:
    webinar.schedule.places = 2
    webinar.schedule.save()
    register(webinar)
    register(webinar, email="Dana@example.org")
    register(webinar, email="charlie@example.org")
    with pytest.raises(service.SessionFull) as full:
        register(webinar, email="dana@example.org")  # whoever asks, a full session does not tell who is in it
    assert full.value.next
    assert full.value.next.starts_at == START + timedelta(days=1)


def test_a_place_given_back_can_be_taken_again_by_its_person(webinar: Webinar) -> None:
    first = register(webinar)
    with heard(signals.cancelled) as news:
        assert service.cancel(registration=first.registration, now=NOW)
        assert not service.cancel(registration=first.registration, now=NOW)
    assert len(news) == 1
    again = register(webinar, guest=guest_with(first))
    assert again.registration == first.registration
    assert again.created
    assert again.registration.cancelled_at is None


def test_changing_the_start_takes_the_new_place_and_gives_the_old_one_back(webinar: Webinar) -> None:
    first = register(webinar).registration
    with heard(signals.cancelled) as gone, heard(signals.registered) as taken:
        moved = service.change(
            registration=first, kind=Kind.SCHEDULED, starts_at=START + timedelta(days=1), now=NOW
        )
    first.refresh_from_db()
    assert first.cancelled_at == NOW
    assert moved.starts_at == START + timedelta(days=1)
    assert moved.person == first.person
    assert len(gone) == len(taken) == 1
    assert (
        service.change(registration=moved, kind=Kind.SCHEDULED, starts_at=moved.starts_at, now=NOW) == moved
    )


def test_changing_to_what_is_gone_keeps_the_old_place(webinar: Webinar) -> None:
    first = register(webinar).registration
    with pytest.raises(service.SlotGone):
        service.change(registration=first, kind=Kind.SCHEDULED, starts_at=NOW - timedelta(days=1), now=NOW)
    first.refresh_from_db()
    assert first.cancelled_at is None


def test_a_corrected_address_makes_the_wrong_ones_link_worthless(webinar: Webinar) -> None:
    place = register(webinar).registration
    wrong = links.mint(place, NOW)
    with heard(signals.link_requested) as news:
        assert service.correct_address(registration=place, email="dana@example.com", now=NOW)
    place.refresh_from_db()
    assert place.email == place.person.email == "dana@example.com"
    assert len(news) == 1
    with pytest.raises(joining.LinkEnded):
        joining.join(token=wrong, guest=None, now=NOW)
    assert joining.join(token=links.mint(place, NOW), guest=None, now=NOW).registration == place


def test_a_confirmed_address_is_not_exchanged(webinar: Webinar) -> None:
    place = register(webinar).registration
    Person.objects.update(confirmed_at=NOW)
    assert not service.correct_address(registration=place, email="mallory@example.com", now=NOW)
    place.refresh_from_db()
    assert place.email == "dana@example.org"


def test_the_page_knows_its_own_browser_only(webinar: Webinar) -> None:
    here, elsewhere = Client(), Client()
    sent = {
        "slot": "on_demand",
        "made": make.page_stamp(),
        "first_name": "Dana",
        "email": "dana@example.org",
        "zone": "UTC",
    }
    here.post("/lumen/bread/", sent)
    assert "You have a place, Dana" in here.get("/lumen/bread/").content.decode()
    assert "You have a place" not in here.get("/lumen/bread/?other").content.decode()
    assert "You have a place" not in elsewhere.get("/lumen/bread/").content.decode()


def test_an_expired_or_ended_guest_session_holds_nothing(webinar: Webinar) -> None:
    done = register(webinar)
    guest = guest_with(done)
    assert guests.guest_from_cookie(done.guest_token, NOW + timedelta(days=31)) is None
    guests.end(guest, NOW)
    assert guests.guest_from_cookie(done.guest_token, NOW) is None


@pytest.mark.parametrize("value", [None, "", "x", "x" * 43, "x" * 9999, "ż" * 43, "\x00" * 43])
def test_any_other_cookie_is_nobody(value: str | None) -> None:
    assert guests.guest_from_cookie(value, NOW) is None


def test_revoked_links_end_every_grant(webinar: Webinar) -> None:
    done = register(webinar)
    service.revoke_links(registration=done.registration, now=NOW)
    assert not Grant.objects.exists()
    assert guests.registration_for(guest_with(done), done.registration.pk) is None


def test_A14_whoever_typed_anothers_address_is_out_when_its_owner_enters_by_mail() -> None:
    session = make.session(starts_at=NOW)
    place = make.registration(session)
    stranger, _ = make.guest(place.person, mailed=False)
    owner, _ = make.guest(place.person, mailed=True)
    assert guests.registration_for(stranger, place.pk) is not None
    joining.enter(registration=place, guest=owner, now=NOW)
    assert guests.registration_for(stranger, place.pk) is None
    assert guests.registration_for(owner, place.pk) is not None


def test_typing_the_address_alone_ends_nobodys_grant() -> None:
    session = make.session(starts_at=NOW)
    place = make.registration(session)
    first, _ = make.guest(place.person, mailed=False)
    second, _ = make.guest(place.person, mailed=False)
    joining.enter(registration=place, guest=second, now=NOW)
    assert guests.registration_for(first, place.pk) is not None

"""A page that was open once: it says that it takes nobody now; what was never open is not there at all."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from tests import make
from webinars.models import Webinar
from webinars.services import editing

pytestmark = pytest.mark.django_db


@pytest.fixture
def webinar() -> Webinar:
    webinar = make.webinar(make.team("lumen"), slug="bread", title="Better bread", promise="It rises.")
    make.recurrence(webinar.schedule, time(11))
    make.assignment(webinar, make.member(webinar.team, Role.MODERATOR))
    return webinar


def change(webinar: Webinar, *names: str) -> None:
    actor = make.member(webinar.team, Role.OWNER).user
    for name in names:
        getattr(editing, name)(webinar=webinar, actor=actor, now=timezone.now())


def page(client: Client) -> Any:
    return client.get("/lumen/bread/")


@pytest.mark.parametrize(
    "names", [["unpublish"], ["archive"], ["unpublish", "archive"], ["archive", "restore"]]
)
def test_a_closed_page_says_so_and_offers_the_link(
    client: Client, webinar: Webinar, names: list[str]
) -> None:
    change(webinar, *names)
    for answer in (page(client), client.post("/lumen/bread/", {"first_name": "Dana"})):
        html = answer.content.decode()
        assert answer.status_code == 410
        assert "Better bread" in html
        assert "takes no registrations at the moment" in html
        assert 'action="/j/"' in html
        assert 'name="slot"' not in html
    assert client.get("/lumen/bread/picker/").status_code == 404
    assert client.get("/lumen/bread/poster.webp").status_code == 404


def test_who_holds_a_place_is_led_to_it(client: Client, webinar: Webinar) -> None:
    place = make.registration(make.session(webinar, starts_at=timezone.now() + timedelta(hours=1)))
    _guest, token = make.guest(place.person)
    change(webinar, "unpublish")
    client.cookies["matinee_guest"] = token
    html = page(client).content.decode()
    assert "takes no registrations" in html
    assert "You have a place, Dana. It stays yours." in html
    assert f'href="/r/{place.pk}/"' in html
    assert client.get(f"/r/{place.pk}/").status_code == 200


def test_A1_a_draft_that_was_archived_was_never_open(client: Client, webinar: Webinar) -> None:
    Webinar.objects.update(published_at=None)
    change(webinar, "archive", "restore", "unpublish")
    hidden, unknown = page(client), client.get("/lumen/nothing/")
    assert hidden.status_code == unknown.status_code == 404
    assert not mail.outbox


def test_published_again_the_page_is_open(client: Client, webinar: Webinar) -> None:
    change(webinar, "unpublish")
    change(webinar, "publish")
    assert page(client).status_code == 200
    webinar.refresh_from_db()
    assert webinar.closed_at is None

"""The page of a webinar given from the shelf: the same as Django's, each visitor's own token, and never for long."""

import re
import time as clock
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from config.shelf import GRACE, ROOM, shelved
from tests import make
from webinars.models import Registration, Webinar
from webinars.picker import value_of
from webinars.standing import offered, zone_of
from webinars.views import shelf as view

pytestmark = pytest.mark.django_db

PATH = "/lumen/bread/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
STAMP = re.compile(r'name="made" value="([^"]+)"')
CLOCK = re.compile(r'data-now="\d+"')


class Answer:
    """What came back: status, headers, the page."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.page = ""

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            self.page += message.get("body", b"").decode()

    @property
    def bare(self) -> str:
        """The page without what is a visitor's own."""
        return STAMP.sub("", CLOCK.sub("", TOKEN.sub("", self.page)))

    @property
    def named(self) -> dict[str, str]:
        """The headers that do not differ from visitor to visitor."""
        return {name: value for name, value in self.headers if name not in {"set-cookie", "x-request-id"}}

    @property
    def cookies(self) -> dict[str, str]:
        found = SimpleCookie()
        for name, value in self.headers:
            if name == "set-cookie":
                found.load(value)
        return {name: morsel.value for name, morsel in found.items()}


def done(work: Awaitable[None]) -> None:
    """Run what never waits, without a loop: Django's own views may then ask the database."""
    with pytest.raises(StopIteration):
        next(work.__await__())


class House:
    """The shelf before Django, and how often Django was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.application = shelved(self._django)
        self.meanwhile: Callable[[], None] | None = None  # what happens while Django is asked next

    async def _django(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        if self.meanwhile is not None:
            then, self.meanwhile = self.meanwhile, None
            then()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = f"{scope['path']}?{scope['query_string'].decode()}".removesuffix("?")
        found = Client().generic(scope["method"], path, headers=headers)
        head = [(name.encode(), value.encode()) for name, value in found.items()]
        cookies = [(b"Set-Cookie", morsel.OutputString().encode()) for morsel in found.cookies.values()]
        await send({"type": "http.response.start", "status": found.status_code, "headers": [*head, *cookies]})
        half = len(found.content) // 2
        await send({"type": "http.response.body", "body": found.content[:half], "more_body": True})
        await send({"type": "http.response.body", "body": found.content[half:]})

    def get(self, path: str = PATH, cookie: str = "", method: str = "GET", **headers: str) -> Answer:
        path, _, query = path.partition("?")
        sent = {"host": "testserver", **({"cookie": cookie} if cookie else {}), **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
            "scheme": "http",
        }
        answer = Answer()

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        done(self.application(scope, receive, answer.take))
        return answer


@pytest.fixture
def house() -> House:
    left = 60 - timezone.now().second
    if left <= 4:  # no page is kept over the end of a minute
        clock.sleep(left)
    return House()


@pytest.fixture
def webinar() -> Webinar:
    webinar = make.webinar(make.team("lumen"), slug="bread", title="Better bread")
    make.recurrence(webinar.schedule, time(11))
    return webinar


def test_the_second_visitor_gets_the_same_page_with_a_token_of_their_own(
    house: House, webinar: Webinar
) -> None:
    first, second = house.get(), house.get()
    assert house.asked == 1
    assert first.status == second.status == 200
    assert first.bare == second.bare
    assert "Better bread" in first.page
    assert first.named == second.named
    assert not any("shelf" in name for name, _ in first.headers + second.headers)
    tokens = {*TOKEN.findall(first.page), *TOKEN.findall(second.page)}
    assert len(tokens) == 2
    assert STAMP.findall(first.page) != STAMP.findall(second.page)
    name = settings.CSRF_COOKIE_NAME
    assert first.cookies[name] != second.cookies[name]


def test_A6_the_token_from_the_shelf_opens_the_form_to_its_own_browser_only(
    house: House, webinar: Webinar
) -> None:
    house.get()
    kept, other = house.get(), house.get()
    zone = zone_of(webinar.schedule.zone)
    slot = offered(webinar, zone, timezone.now())[0]
    name = settings.CSRF_COOKIE_NAME
    for answer, status in ((other, 403), (kept, 303)):
        browser = Client(enforce_csrf_checks=True)
        browser.cookies[name] = kept.cookies[name]
        token = TOKEN.findall(answer.page)[0]
        fields = {
            "made": make.page_stamp(),
            "first_name": "Dana",
            "email": "dana@example.org",
            "zone": zone.key,
        }
        fields |= {"slot": value_of(slot.kind, slot.starts_at), "csrfmiddlewaretoken": token}
        assert browser.post(PATH, fields).status_code == status
    assert Registration.objects.count() == 1


def test_who_comes_back_keeps_the_cookie_and_gets_a_token_for_it(house: House, webinar: Webinar) -> None:
    name = settings.CSRF_COOKIE_NAME
    secret = house.get().cookies[name]
    again = house.get(cookie=f"{name}={secret}")
    assert house.asked == 1
    assert again.cookies[name] == secret
    forged = house.get(cookie=f"{name}=<script>")
    assert "<script>" not in forged.cookies[name]


def test_a_zone_that_was_chosen_has_a_page_of_its_own(house: House, webinar: Webinar) -> None:
    webinar.schedule.attendee_zone = False
    webinar.schedule.save()
    plain = house.get()
    tokyo = house.get(cookie="matinee_zone=Asia/Tokyo")
    assert "Tokyo" in tokyo.page
    assert "Tokyo time" not in plain.page
    assert house.get(cookie="matinee_zone=Asia/Tokyo").bare == tokyo.bare
    assert house.asked == 2


def test_A14_whoever_is_known_is_answered_by_django(house: House, webinar: Webinar) -> None:
    place = make.registration(make.session(webinar, starts_at=timezone.now() + timedelta(hours=1)))
    _guest, token = make.guest(place.person)
    house.get()
    mine = house.get(cookie=f"{settings.GUEST_COOKIE_NAME}={token}")
    assert "You have a place, Dana" in mine.page
    assert "You have a place" not in house.get().page
    asked = house.asked
    for cookie in (f"{settings.SESSION_COOKIE_NAME}=x", "messages=x", "a=b", ";;", "=="):
        house.get(cookie=cookie)
    assert house.asked == asked + 5


@pytest.mark.parametrize(
    "before",
    ['prefs={"a": 1}', "path=/", "theme[]=dark", 'matinee_zone="Asia', "matinee_zone=Asia/Tokyo; Max-Age=1"],
)
def test_A14_whoever_is_known_stays_so_behind_any_other_cookie(
    house: House, webinar: Webinar, before: str
) -> None:
    place = make.registration(make.session(webinar, starts_at=timezone.now() + timedelta(hours=1)))
    _guest, token = make.guest(place.person)
    house.get()
    mine = house.get(cookie=f"matinee_zone=Asia/Tokyo; {before}; {settings.GUEST_COOKIE_NAME}={token}")
    assert "You have a place, Dana" in mine.page
    asked = house.asked
    house.get(cookie=f"matinee_zone=Asia/Tokyo; {before}; {settings.SESSION_COOKIE_NAME}=x")
    assert house.asked == asked + 1


@pytest.mark.parametrize(
    "way",
    [
        {"path": PATH + "?other"},
        {"path": PATH + "?zone=Asia/Tokyo"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"host": "elsewhere.example"},
        {"hx_request": "true"},
        {"path": "/lumen/nothing/"},
        {"path": "/lumen/bread/picker/"},
    ],
)
def test_everything_else_is_answered_by_django(house: House, webinar: Webinar, way: dict[str, str]) -> None:
    house.get()
    asked = house.asked
    for _ in range(2):
        house.get(**way)
    assert house.asked == asked + 2


def test_after_two_seconds_the_page_is_asked_for_again_and_a_closed_one_is_closed(
    house: House, webinar: Webinar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "LONGEST", 0.3)
    house.get()
    Webinar.objects.update(published_at=None, closed_at=timezone.now())
    assert house.get().status == 200
    clock.sleep(0.35)
    others: list[int] = []
    house.meanwhile = lambda: others.append(house.get().status)
    assert house.get().status == 410  # the first who comes too late
    assert others == [200]  # another while that one asks
    assert [house.get().status for _ in range(3)] == [410] * 3


def test_a_page_that_never_comes_is_asked_for_again_after_a_second(
    house: House, webinar: Webinar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "LONGEST", 0.3)
    house.get()
    asked = house.asked
    clock.sleep(0.35)

    def fails() -> None:
        raise ConnectionResetError

    house.meanwhile = fails
    with pytest.raises(ConnectionResetError):
        house.get()
    assert (house.get().status, house.asked) == (200, asked + 1)
    clock.sleep(GRACE)
    assert (house.get().status, house.asked) == (200, asked + 2)


def test_the_shelf_has_an_end(house: House, webinar: Webinar) -> None:
    house.get()
    for number in range(ROOM):
        house.get(cookie=f"matinee_zone=Nowhere/{number}")
    asked = house.asked
    house.get()
    assert house.asked == asked + 1


@pytest.mark.parametrize(
    ("at", "lead", "seconds"),
    [(10, 60, 2.0), (59, 60, 1.0), (28, 91, 1.0)],
)
def test_a_page_is_not_kept_over_a_minute_at_which_the_picker_changes(
    webinar: Webinar, at: int, lead: int, seconds: float
) -> None:
    webinar.schedule.lead_seconds = lead
    response = HttpResponse()
    view.allow(response, webinar, datetime(2026, 6, 1, 12, 0, at, tzinfo=UTC))
    assert float(response[view.HEADER]) == seconds

"""The attendee's room as a page: who may see it, what it holds, and that it works without a script."""

import json
import re
import uuid
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chat.models import ChatPolicy, Conversation, KindPolicy, Message, MessageKind, OtherConsent
from chat.services.policy import default_policy
from chat.services.posting import post_as_attendee
from scheduling.models import Kind
from tests import make
from webinars.models import Registration, Webinar
from webinars.services import joining

pytestmark = pytest.mark.django_db


@pytest.fixture
def webinar() -> Webinar:
    webinar = make.webinar(title="Better bread at home", exit_minutes=10)
    default_policy(webinar)
    return webinar


def place_at(
    webinar: Webinar, starts_at: datetime | None, kind: str = Kind.SCHEDULED, **more: Any
) -> Registration:
    session = make.session(webinar, kind=kind, starts_at=starts_at, **more)
    return make.registration(session, who=make.person(webinar.team))


def let_in(client: Client, place: Registration) -> str:
    _, token = make.guest(place.person)
    client.cookies[settings.GUEST_COOKIE_NAME] = token
    return f"/r/{place.pk}/room/"


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="room-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found.group(1))  # type: ignore[no-any-return]


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


@pytest.mark.parametrize(
    ("minutes", "phase"), [(-5, "early"), (0.1, "playing"), (9.9, "playing"), (10.1, "exit"), (19.9, "exit")]
)
def test_each_phase_has_its_page(client: Client, webinar: Webinar, minutes: float, phase: str) -> None:
    place = place_at(webinar, ago(minutes=minutes))
    response = client.get(let_in(client, place))
    assert response.status_code == 200
    data = data_of(response.content.decode())
    assert data["phase"] == phase
    assert data["session"]["exit_seconds"] == 600
    assert data["chat"]["mode"] == "chat"
    assert data["media"]["master"] == f"/media/{place.pk}/master.m3u8"


@pytest.mark.parametrize("minutes", [-5, 5, 15, 25])
def test_A6_looking_at_the_room_writes_nothing_and_knows_the_conversation_to_come(
    client: Client, webinar: Webinar, minutes: float
) -> None:
    place = place_at(webinar, ago(minutes=minutes))
    address = let_in(client, place)
    pages = [client.get(path, follow=True) for path in (address, f"/r/{place.pk}/", f"/r/{place.pk}/events/")]
    assert {page.status_code for page in pages} == {200}
    assert not Conversation.objects.exists()
    known = {pages[2].json()["conversation"]}
    if minutes < 20:
        known.add(data_of(pages[0].content.decode())["chat"]["conversation"])
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="Is this it?", now=timezone.now())
    assert known == {str(Conversation.objects.get().pk)}


@pytest.mark.parametrize("minutes", [-16, 20.1])
def test_before_the_doors_and_at_the_end_the_room_leads_to_the_places_page(
    client: Client, webinar: Webinar, minutes: float
) -> None:
    place = place_at(webinar, ago(minutes=minutes))
    response = client.get(let_in(client, place))
    assert (response.status_code, response.headers["Location"]) == (303, f"/r/{place.pk}/")


def test_a_cancelled_session_has_no_room(client: Client, webinar: Webinar) -> None:
    place = place_at(webinar, ago(minutes=1), cancelled_at=timezone.now())
    assert client.get(let_in(client, place)).status_code == 303


def test_A1_A14_without_the_grant_there_is_no_room_and_nothing_of_anybody_else_is_in_it(
    client: Client, webinar: Webinar
) -> None:
    place = place_at(webinar, ago(minutes=1))
    other = make.registration(place.session, who=make.person(webinar.team, first_name="Zofia"))
    now = timezone.now()
    post_as_attendee(registration=other, ref=uuid.uuid4(), text="What of my plates?", now=now)
    assert client.get(f"/r/{place.pk}/room/").status_code == 404
    let_in(client, place)
    assert client.get(f"/r/{other.pk}/room/").status_code == 404
    assert client.get(f"/r/{uuid.uuid4()}/room/").status_code == 404
    html = client.get(f"/r/{place.pk}/room/").content.decode()
    for secret in ("Zofia", str(other.pk), other.email, str(other.person_id), "What of my plates?"):
        assert secret not in html


def test_A4_no_token_and_no_address_stand_in_the_page_and_it_is_not_kept(
    client: Client, webinar: Webinar
) -> None:
    place = place_at(webinar, ago(minutes=1))
    _, link = make.join_link(place)
    address = let_in(client, place)
    response = client.get(address)
    html = response.content.decode()
    assert link not in html
    assert client.cookies[settings.GUEST_COOKIE_NAME].value not in html
    assert place.email not in html
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "strict-origin"


def test_the_policy_forbids_inline_styles_and_scripts_and_the_page_has_none(
    client: Client, webinar: Webinar
) -> None:
    response = client.get(let_in(client, place_at(webinar, ago(minutes=1))))
    html = response.content.decode()
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"  # for the emoji picker; ours has none all the same
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script


def test_a_name_of_markup_stays_text(client: Client, webinar: Webinar) -> None:
    session = make.session(webinar, starts_at=ago(minutes=1))
    evil = '</script><script>alert("1")</script>'
    place = make.registration(session, who=make.person(webinar.team, first_name=evil))
    post_as_attendee(registration=place, ref=uuid.uuid4(), text=evil, now=timezone.now())
    html = client.get(let_in(client, place)).content.decode()
    assert "<script>alert" not in html
    assert data_of(html)["person"]["first_name"] == evil


def test_a_clock_of_ones_own_waits_for_its_viewer(client: Client, webinar: Webinar) -> None:
    place = place_at(webinar, None, Kind.ON_DEMAND)
    address = let_in(client, place)
    data = data_of(client.get(address).content.decode())
    assert (data["phase"], data["session"]["starts_at"], data["entered"]) == ("early", None, False)
    guest, _ = make.guest(place.person)
    joining.enter(registration=place, guest=guest, now=ago(seconds=20))
    data = data_of(client.get(address).content.decode())
    assert (data["phase"], data["entered"]) == ("playing", True)


def test_a_film_that_is_not_prepared_yet_has_no_address(client: Client, webinar: Webinar) -> None:
    place = place_at(webinar, ago(minutes=1))
    version = place.session.video_version
    version.state = "waiting"
    version.save(update_fields=["state"])
    assert data_of(client.get(let_in(client, place)).content.decode())["media"] is None


def test_without_a_script_a_form_writes_once_however_often_it_is_sent(
    client: Client, webinar: Webinar
) -> None:
    place = place_at(webinar, ago(minutes=1))
    address = let_in(client, place)
    html = client.get(address).content.decode()
    found = re.search(r'name="ref" value="([^"]+)"', html)
    assert found
    form = {"ref": found.group(1), "text": "How long does the dough rest?"}
    for _ in range(2):
        assert client.post(address, form).status_code == 303
    assert Message.objects.filter(kind=MessageKind.ATTENDEE).count() == 1
    assert "How long does the dough rest?" in unescape(client.get(address).content.decode())


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": "  "}, "There is no text to send."),
        ({"text": "x" * 4001}, "At most 4 000 characters; this has 4 001."),
        ({"text": "a\0b"}, "The text holds characters that cannot be stored."),
        ({"text": "Hello", "ref": "nonsense"}, "A message needs an id of its own."),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    client: Client, webinar: Webinar, form: dict[str, str], sentence: str
) -> None:
    address = let_in(client, place_at(webinar, ago(minutes=1)))
    response = client.post(address, {"ref": str(uuid.uuid4())} | form)
    html = unescape(response.content.decode())
    assert response.status_code == 422
    assert sentence in html
    assert form["text"].strip("\0 ").replace("\0", "")[:1] in html
    assert not Message.objects.exists()


def test_the_page_needs_few_queries_however_long_the_talk_is(
    client: Client, webinar: Webinar, django_assert_max_num_queries: Any
) -> None:
    place = place_at(webinar, ago(minutes=1))
    now = timezone.now()
    for number in range(8):
        at = now + timedelta(seconds=number)
        post_as_attendee(registration=place, ref=uuid.uuid4(), text=f"Question {number}", now=at)
    address = let_in(client, place)
    client.get(address)
    with django_assert_max_num_queries(20):
        assert len(data_of(client.get(address).content.decode())["chat"]["messages"]) == 8


def test_A029_the_chat_hours_stand_in_the_room_and_on_the_ticket_in_the_viewers_zone(
    client: Client, webinar: Webinar
) -> None:
    for day in range(7):
        webinar.chat_hours.windows.create(weekday=day, opens=time(9), closes=time(17))
    type(webinar.chat_hours).objects.filter(pk=webinar.chat_hours_id).update(zone="Europe/Warsaw")
    place = place_at(webinar, ago(minutes=5))
    Registration.objects.filter(pk=place.pk).update(zone="America/New_York")
    data = data_of(client.get(let_in(client, place)).content.decode())
    assert data["hours"]["zone"].startswith("New York time, UTC")
    assert {time for line in data["hours"]["lines"] for time in line["times"]} <= {
        "03:00–11:00",
        "04:00–12:00",  # in the weeks between two clock changes
    }
    later = place_at(webinar, ago(minutes=-90))
    Registration.objects.filter(pk=later.pk).update(zone="America/New_York")
    let_in(client, later)
    ticket = client.get(f"/r/{later.pk}/").text
    assert "When we are at the chat" in ticket
    assert "New York time" in ticket
    KindPolicy.objects.filter(policy__webinar=webinar).update(mode="email")
    assert data_of(client.get(let_in(client, place)).text)["hours"]["lines"] == []


def test_A11_another_chat_is_framed_only_after_consent_and_only_from_its_own_origin(
    client: Client, webinar: Webinar
) -> None:
    place = place_at(webinar, ago(minutes=5))
    address = let_in(client, place)
    assert "chat.example.com" not in client.get(address).headers["Content-Security-Policy"]
    url = "https://chat.example.com/room?x=1"
    KindPolicy.objects.filter(policy__webinar=webinar).update(mode="other", other_url=url)
    ChatPolicy.objects.filter(webinar=webinar).update(version=9)
    page = client.get(address)
    found = data_of(page.text)["other"]
    assert (found["host"], found["agreed"]) == ("chat.example.com", False)
    assert "allow-top-navigation" not in found["sandbox"]
    directives = dict(
        part.strip().split(" ", 1)
        for part in page.headers["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    assert set(directives["frame-src"].split()) == {"'self'", "https://chat.example.com"}
    assert "chat.example.com" not in directives["script-src"]
    assert "<iframe" not in page.text
    other = f"/r/{place.pk}/other/"
    assert client.post(other, {"agree": "yes", "origin": "https://evil.example.com"}).status_code == 303
    assert not OtherConsent.objects.exists()
    for _ in range(2):
        assert client.post(other, {"agree": "yes", "origin": "https://chat.example.com"}).status_code == 303
    page = client.get(address)
    assert data_of(page.text)["other"]["agreed"]
    assert 'src="https://chat.example.com/room?x=1"' in page.text
    # Another host asks anew, and what was agreed to can be taken back.
    KindPolicy.objects.filter(policy__webinar=webinar).update(other_url="https://talk.example.org/")
    assert not data_of(client.get(address).text)["other"]["agreed"]
    assert client.post(other, {"agree": "no"}, headers={"Accept": "application/json"}).json() == {
        "agreed": False
    }
    assert not OtherConsent.objects.exists()

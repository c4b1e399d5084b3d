"""The address of a replay for everybody: who may open it, when, and what its form does."""

import re
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts import throttle
from accounts.throttle import Throttle
from scheduling.models import EventType, Frequency, Kind, ReplayFor, ReplayUntil
from tests import make
from webinars import media
from webinars.models import Registration, Webinar
from webinars.services import registration as service
from webinars.views import page

pytestmark = pytest.mark.django_db

URL = "/lumen/bread/replay/"


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = throttle._Counters()
    counters.away_until = float("inf")
    monkeypatch.setattr(throttle, "_counters", counters)


def show(**schedule: Any) -> Webinar:
    terms = {"replay": True, "replay_for": ReplayFor.EVERYBODY, "on_demand": True} | schedule
    return make.webinar(
        make.team("lumen"), slug="bread", title="Better bread", schedule=make.schedule(**terms)
    )


def typed(**fields: str) -> dict[str, str]:
    usual = {"first_name": "Dana", "email": "dana@example.org", "zone": "Europe/Warsaw"}
    return usual | {"made": make.page_stamp()} | fields


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_name_and_an_address_lead_straight_into_the_replay(client: Client) -> None:
    show()
    shown = client.get(URL)
    assert shown.status_code == 200
    assert "The replay, 10 minutes, at your own pace." in text(shown)
    assert 'name="slot"' not in text(shown)
    there = client.post(URL, typed())
    place = Registration.objects.get()
    assert (there.status_code, there["Location"]) == (303, f"/r/{place.pk}/room/")
    assert (place.session.kind, str(place.zone), place.person.first_name) == (
        Kind.REPLAY,
        "Europe/Warsaw",
        "Dana",
    )
    assert client.get(there["Location"]).status_code == 200
    media.places.forget()
    assert client.post(f"/r/{place.pk}/enter/").status_code == 303
    assert client.get(f"/media/{place.pk}/master.m3u8").status_code != 403


def test_the_same_browser_and_address_is_one_place_and_finds_it_again(client: Client) -> None:
    show()
    first = client.post(URL, typed())["Location"]
    assert client.post(URL, typed())["Location"] == first
    shown = text(client.get(URL))
    assert "The replay is yours, Dana." in shown
    assert f'href="{first}"' in shown
    assert 'name="email"' in text(client.get(URL + "?other"))
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("limit", ["hours", "blackout"])
def test_it_opens_also_where_the_page_offers_no_replay(client: Client, limit: str) -> None:
    webinar = show(hours_limit=[Kind.REPLAY])
    today = timezone.now().date()
    if limit == "hours":
        weekday = (today.weekday() + 3) % 7
        webinar.chat_hours.windows.create(weekday=weekday, opens=time(3), closes=time(4))
    else:
        days = timedelta(days=2)
        webinar.schedule.blackouts.create(first=today - days, last=today + days, name="Away")
    listed = client.get("/lumen/bread/")
    assert 'value="replay"' not in text(listed)
    refused = client.post("/lumen/bread/", typed(slot="replay"))
    assert refused.status_code == 409
    assert client.post(URL, typed()).status_code == 303
    assert Registration.objects.get().session.kind == Kind.REPLAY


@pytest.mark.parametrize(
    "schedule",
    [{"replay": False}, {"replay_for": ReplayFor.REGISTERED}, {"replay_for": ReplayFor.ATTENDED}],
)
def test_with_another_setting_it_is_no_address(client: Client, schedule: dict[str, Any]) -> None:
    show(**schedule)
    unknown = client.get("/lumen/nothing/replay/")
    for response in (client.get(URL), client.post(URL, typed())):
        assert response.status_code == 404
        assert response.headers.keys() == unknown.headers.keys()
    assert not Registration.objects.exists()


def test_an_unpublished_webinar_has_no_such_address(client: Client) -> None:
    webinar = show()
    Webinar.objects.filter(pk=webinar.pk).update(published_at=None, closed_at=timezone.now())
    assert client.get(URL).status_code == 404
    assert client.post(URL, typed()).status_code == 404


def test_after_the_last_day_it_says_that_it_is_closed_and_keeps_nobody(client: Client) -> None:
    show(replay_until=ReplayUntil.DATE, replay_last_on=date(2020, 1, 1))
    for response in (client.get(URL), client.post(URL, typed())):
        assert response.status_code == 410
        assert "The replay is closed." in text(response)
    assert not Registration.objects.exists()


def test_before_the_first_session_of_a_launch_it_says_when_it_opens(client: Client) -> None:
    webinar = show(event_type=EventType.ONE_TIME)
    make.recurrence(
        webinar.schedule,
        time(12),
        frequency=Frequency.ONCE,
        event_type=EventType.ONE_TIME,
        on=timezone.now().date() + timedelta(days=3),
    )
    for response in (client.get(URL), client.post(URL, typed())):
        assert "The replay opens once the first session has begun." in text(response)
    assert not Registration.objects.exists()
    webinar.schedule.switches_after_first = False
    webinar.schedule.save()
    assert client.post(URL, typed()).status_code == 303


def test_the_rules_are_asked_again_when_the_place_is_taken() -> None:
    webinar = show()
    type(webinar.schedule).objects.filter(pk=webinar.schedule_id).update(
        replay_for=ReplayFor.REGISTERED, version=1
    )
    with pytest.raises(service.SlotGone):
        service.register(
            webinar=webinar,
            kind=Kind.REPLAY,
            starts_at=None,
            first_name="Dana",
            email="dana@example.org",
            zone=ZoneInfo("UTC"),
            guest=None,
            now=timezone.now(),
            by_link=True,
        )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"first_name": ""}, "Please enter your name."),
        ({"email": "nobody"}, "That address doesn’t look complete."),
        ({"email": "dana@gmial.com"}, "Did you mean"),
        ({"slot": "replay"}, "a field that we do not know"),
        ({"first_name": "Dana\x00"}, "characters that cannot be shown"),
        ({"made": "x"}, "was open for a long time"),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept_as_typed(
    client: Client, fields: dict[str, str], sentence: str
) -> None:
    show()
    again = client.post(URL, typed(**fields))
    assert again.status_code == 422
    assert sentence in text(again)
    if "email" not in fields:
        assert 'value="dana@example.org"' in text(again)
    assert not Registration.objects.exists()


def test_a_form_sent_at_once_and_one_of_a_machine_keep_nobody(client: Client) -> None:
    show()
    soon = client.post(URL, typed(made=make.page_stamp(timedelta(seconds=0.5))))
    assert "Please press the button once more" in text(soon)
    assert client.post(URL, typed(remark="cheap")).status_code == 200
    assert not Registration.objects.exists()


def test_X8_it_counts_with_the_registration_form(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    show()
    once = Throttle("register", ["1/10 minutes"])
    monkeypatch.setattr(page, "registering", once)
    monkeypatch.setattr("webinars.views.replay_link.registering", once)
    assert client.post(URL, typed()).status_code == 303
    refused = Client().post(URL, typed(email="two@example.org"))
    assert refused.status_code == 429
    assert 'value="two@example.org"' in text(refused)
    assert refused["Retry-After"]


def test_A13_an_address_that_is_known_opens_nobody_elses_place(client: Client) -> None:
    show()
    first = client.post(URL, typed())["Location"]
    other = Client().post(URL, typed())
    assert other.status_code == 303
    assert other["Location"] != first
    assert Client().get(first).status_code == 404


def test_the_host_gets_the_address_to_share_with_a_copy_button(client: Client) -> None:
    webinar = show()
    who = make.member(webinar.team)
    client.force_login(who.user)
    shown = text(client.get(f"/studio/lumen/webinars/{webinar.pk}/schedule/"))
    assert re.search(
        r'id="replay-address" href="/lumen/bread/replay/">http[^<]*/lumen/bread/replay/</a>', shown
    )
    assert 'data-copy-from="#replay-address"' in shown

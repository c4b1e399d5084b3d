"""The registration page: what it shows, what its form does, and what it answers to what cannot be meant."""

import gzip
import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chat.services.policy import default_policy
from scheduling.models import EventType, Kind
from tests import make
from videos import storage
from webinars import standing
from webinars.models import Person, Registration, Session, Webinar
from webinars.picker import value_of
from webinars.views import links, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts its own tries."""
    for throttle in (page.registering, links.guessing, links.asking):
        monkeypatch.setattr(throttle, "act", f"{throttle.act}-{make.team().pk}")


@pytest.fixture
def webinar() -> Webinar:
    """Three a day in UTC, just in time and on demand, for everybody at once."""
    schedule = make.schedule(attendee_zone=False, just_in_time=True, on_demand=True, replay=True)
    make.recurrence(schedule, time(9), time(14), time(20))
    return make.webinar(make.team("lumen", name="Lumen"), slug="bread", schedule=schedule)


def url(webinar: Webinar, more: str = "") -> str:
    return f"/{webinar.team.slug}/{webinar.slug}/{more}"


def coming(webinar: Webinar, number: int = 0) -> datetime:
    """One of the next scheduled starts."""
    offered = standing.offered(webinar, ZoneInfo("UTC"), timezone.now())
    return [slot.starts_at for slot in offered if slot.kind.value == Kind.SCHEDULED.value and slot.starts_at][
        number
    ]


def filled(webinar: Webinar, **fields: str) -> dict[str, str]:
    return {
        "slot": value_of(Kind.SCHEDULED, coming(webinar, 1)),
        "made": make.page_stamp(),
        "first_name": "Zofia",
        "email": "zofia@example.org",
        "zone": "Europe/Warsaw",
    } | fields


def timeless(content: bytes) -> str:
    """A page without the second it was made in."""
    return re.sub(r'data-now="\d+"', "", content.decode())


def counts() -> tuple[int, int, int]:
    return Person.objects.count(), Session.objects.count(), Registration.objects.count()


def test_the_page_offers_every_kind_of_start(client: Client, webinar: Webinar) -> None:
    html = client.get(url(webinar), {"zone": "Europe/Warsaw"}).content.decode()
    assert "Watch now" in html
    assert "Starts in" in html
    assert "Watch the replay" in html
    assert "Warsaw time, UTC+" in html
    assert html.count('type="radio" name="slot"') == 8
    assert html.count("checked") == 1


def test_the_page_weighs_less_than_100_kB_with_all_that_it_loads(client: Client, webinar: Webinar) -> None:
    html = client.get(url(webinar)).content
    loaded = set(re.findall(r'"/static/(dist/[^"]+)"', html.decode()))
    assert {"dist/app-guests.css", "dist/page.js"} <= loaded
    parts = [html, *((settings.BASE_DIR / "static" / name).read_bytes() for name in loaded)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000


def test_the_page_is_light_and_asks_the_database_little(
    client: Client, webinar: Webinar, django_assert_max_num_queries: Any
) -> None:
    client.get(url(webinar))
    with django_assert_max_num_queries(12):
        response = client.get(url(webinar))
    assert len(response.content) < 60_000


def test_each_start_says_how_questions_are_answered_then(client: Client) -> None:
    schedule = make.schedule(attendee_zone=False, replay=True, offer_count=2)
    make.recurrence(schedule, time(12))
    hours = make.chat_hours(*[(day, time(9), time(17)) for day in range(7)])
    webinar = make.webinar(make.team("lumen"), slug="bread", schedule=schedule, chat_hours=hours)
    assert "slot-by" in client.get(url(webinar)).content.decode()
    assert (
        "lucide--message-circle" not in client.get(url(webinar)).content.decode()
    )  # without a chat: no word of it
    default_policy(webinar)
    html = client.get(url(webinar)).content.decode()
    assert html.count("lucide--message-circle") == 1
    assert html.count("lucide--mail]") == 1
    assert "answered while you watch" in html


def test_the_page_says_what_it_is_to_machines(client: Client, webinar: Webinar) -> None:
    webinar.title = "Bread </script><script>alert(1)</script>"
    webinar.save()
    html = client.get(url(webinar)).content.decode()
    assert '"@type": "Event"' in html
    assert 'property="og:title"' in html
    assert "<script>alert(1)" not in html


def test_a_description_is_markdown_and_nothing_more(client: Client, webinar: Webinar) -> None:
    webinar.description = "# Flour\n\n**two** kinds <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    webinar.save()
    html = client.get(url(webinar)).content.decode()
    assert "<h3>Flour</h3>" in html
    assert "<strong>two</strong>" in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("changes", [{"published_at": None}, {"archived_at": timezone.now()}])
def test_A1_what_is_not_published_is_not_there(client: Client, webinar: Webinar, changes: Any) -> None:
    Webinar.objects.filter(pk=webinar.pk).update(**changes)
    hidden = client.get(url(webinar))
    unknown = client.get("/lumen/nothing-here/")
    assert hidden.status_code == unknown.status_code == 404
    assert timeless(hidden.content) == timeless(unknown.content)
    assert client.post(url(webinar), {}).status_code == 404
    assert client.get(url(webinar, "picker/")).status_code == 404


def test_a_form_keeps_a_place(client: Client, webinar: Webinar) -> None:
    response = client.post(url(webinar), filled(webinar))
    place = Registration.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/r/{place.pk}/"
    assert place.starts_at == place.session.starts_at == coming(webinar, 1)
    assert str(place.zone) == "Europe/Warsaw"
    assert place.person.confirmed_at is None
    cookie = response.cookies["matinee_guest"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 3600
    shown = client.get(response["Location"]).content.decode()
    assert "Your place is kept, Zofia" in shown
    assert "Warsaw time" in shown


@pytest.mark.parametrize("kind", ["on_demand", "replay"])
def test_what_begins_when_opened_leads_straight_into_the_room(
    client: Client, webinar: Webinar, kind: str
) -> None:
    response = client.post(url(webinar), filled(webinar, slot=kind))
    place = Registration.objects.get()
    assert response["Location"] == f"/r/{place.pk}/room/"
    assert place.session.starts_at is None
    assert place.starts_at is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"first_name": ""}, "Please enter your name."),
        ({"first_name": " \u200b\u2060 "}, "Please enter your name."),
        ({"first_name": "x" * 81}, "at most 80 characters"),
        ({"first_name": "see http://x.example"}, "holds no address"),
        ({"first_name": "zofia@example.org"}, "holds no address"),
        ({"first_name": "<b>"}, "holds no address"),
        ({"first_name": "Zo\x00fia"}, "cannot be shown"),
        ({"first_name": "Zo\nfia"}, "cannot be shown"),
        ({"first_name": "Zo\u202efia"}, "cannot be shown"),
        ({"email": ""}, "look complete"),
        ({"email": "zofia"}, "look complete"),
        ({"email": "zofia@example"}, "look complete"),
        ({"email": "a@b@example.org"}, "look complete"),
        ({"email": "Zofia <zofia@example.org>"}, "look complete"),
        ({"email": "zofia@[127.0.0.1]"}, "look complete"),
        ({"email": "zofia@example.org\r\nBcc: x@example.org"}, "look complete"),
        ({"email": "x" * 65 + "@example.org"}, "look complete"),
        ({"email": "x@" + "y" * 250 + ".org"}, "look complete"),
        ({"slot": ""}, "Please choose a time."),
        ({"slot": "yesterday"}, "one of these times"),
        ({"slot": "scheduled"}, "one of these times"),
        ({"slot": "scheduled@9999-99-99T00:00:00Z"}, "one of these times"),
        ({"slot": "on_demand@2026-01-01T00:00:00Z"}, "one of these times"),
        ({"colour": "blue"}, "a field that we do not know"),
    ],
)
def test_what_cannot_be_meant_is_told_in_place_and_loses_nothing(
    client: Client, webinar: Webinar, fields: dict[str, str], sentence: str
) -> None:
    response = client.post(url(webinar), filled(webinar, **fields))
    html = response.content.decode().replace("’", "'")
    assert response.status_code == 422
    assert sentence in html
    assert ('value="Zofia"' in html) == ("first_name" not in fields)
    assert ('value="zofia@example.org"' in html) == ("email" not in fields)
    assert counts() == (0, 0, 0)


def test_a_repeated_field_is_refused(client: Client, webinar: Webinar) -> None:
    response = client.post(url(webinar), {**filled(webinar), "email": ["a@example.org", "b@example.org"]})
    assert response.status_code == 422
    assert counts() == (0, 0, 0)


def test_ten_thousand_fields_are_refused(client: Client, webinar: Webinar) -> None:
    response = client.post(url(webinar), filled(webinar) | {f"f{n}": "x" for n in range(10_000)})
    assert response.status_code == 400
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../../etc/passwd", "Etc/GMT+99", "\x00", "x" * 9999])
def test_an_unknown_zone_falls_back_to_the_webinars(client: Client, webinar: Webinar, zone: str) -> None:
    assert client.get(url(webinar), {"zone": zone}).status_code == 200
    response = client.post(url(webinar), filled(webinar, zone=zone))
    assert response.status_code == 303
    assert str(Registration.objects.get().zone) == "UTC"


def test_a_likely_typo_is_offered_and_never_forced(client: Client, webinar: Webinar) -> None:
    sent = filled(webinar, email="zofia@gmial.com")
    offered = client.post(url(webinar), sent)
    assert offered.status_code == 422
    assert 'value="zofia@gmail.com"' in offered.content.decode()
    assert counts() == (0, 0, 0)
    kept = client.post(url(webinar), sent | {"kept": "zofia@gmial.com"})
    assert kept.status_code == 303
    assert Registration.objects.get().email == "zofia@gmial.com"


def test_a_typo_is_corrected_by_its_button(client: Client, webinar: Webinar) -> None:
    sent = filled(webinar, email="zofia@gmial.com", kept="zofia@gmial.com", use_address="zofia@gmail.com")
    assert client.post(url(webinar), sent).status_code == 303
    assert Registration.objects.get().email == "zofia@gmail.com"


def test_a_machine_is_thanked_and_nothing_is_stored(client: Client, webinar: Webinar) -> None:
    response = client.post(url(webinar), filled(webinar, remark="http://spam.example"))
    assert response.status_code == 200
    assert counts() == (0, 0, 0)


def test_a_slot_that_passed_meanwhile_names_the_next_and_books_nothing(
    client: Client, webinar: Webinar
) -> None:
    passed = coming(webinar) - timedelta(days=1)
    response = client.post(url(webinar), filled(webinar, slot=value_of(Kind.SCHEDULED, passed)))
    html = response.content.decode()
    assert response.status_code == 409
    assert "began while you were writing" in html
    assert "Nothing you typed is lost" in html
    assert 'value="Zofia"' in html
    chosen = re.search(r'value="(scheduled@[^"]+)"[^>]* checked', html)
    assert chosen
    assert chosen.group(1) == value_of(Kind.SCHEDULED, coming(webinar))
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("slot", ["scheduled@2999-01-01T09:00:00Z", "just_in_time@2999-01-01T09:00:00Z"])
def test_a_start_that_is_not_offered_is_not_available(client: Client, webinar: Webinar, slot: str) -> None:
    response = client.post(url(webinar), filled(webinar, slot=slot))
    assert response.status_code == 409
    assert "no longer available" in response.content.decode()
    assert counts() == (0, 0, 0)


def test_a_cancelled_session_takes_nobody(client: Client, webinar: Webinar) -> None:
    start = coming(webinar, 1)
    make.session(webinar, starts_at=start, cancelled_at=timezone.now())
    response = client.post(url(webinar), filled(webinar, slot=value_of(Kind.SCHEDULED, start)))
    assert response.status_code == 409
    assert Registration.objects.count() == 0


def test_a_full_session_is_labelled_and_refused(client: Client, webinar: Webinar) -> None:
    webinar.schedule.places, webinar.schedule.waiting_list = 1, False
    webinar.schedule.save()
    start = coming(webinar, 1)
    make.registration(make.session(webinar, starts_at=start))
    slot = value_of(Kind.SCHEDULED, start)
    assert re.search(rf'value="{slot}"[^>]* disabled', client.get(url(webinar)).content.decode())
    response = client.post(url(webinar), filled(webinar, slot=slot))
    assert response.status_code == 409
    assert "last place" in response.content.decode()
    assert Registration.objects.count() == 1


def test_nothing_scheduled_is_said(client: Client) -> None:
    webinar = make.webinar(make.team("empty"), slug="quiet")
    html = client.get(url(webinar)).content.decode()
    assert "No date at the moment" in html
    assert 'name="slot"' not in html
    assert "Tell me when there is a date" in html


def test_without_a_film_nothing_is_offered(client: Client, webinar: Webinar) -> None:
    Webinar.objects.filter(pk=webinar.pk).update(video=None)
    assert "No date at the moment" in client.get(url(webinar)).content.decode()
    assert client.post(url(webinar), filled(webinar, slot="on_demand")).status_code in {404, 409}


def test_on_demand_only_offers_one_thing(client: Client) -> None:
    schedule = make.schedule(event_type=EventType.ON_DEMAND_ONLY)
    webinar = make.webinar(make.team("solo"), slug="film", schedule=schedule)
    html = client.get(url(webinar)).content.decode()
    assert html.count('type="radio" name="slot"') == 1
    assert "Watch now" in html


def test_without_script_the_zone_is_a_choice_that_reloads(client: Client, webinar: Webinar) -> None:
    html = client.get(url(webinar), {"zone": "Asia/Kolkata"}).content.decode()
    assert "Kolkata time, UTC+5:30" in html
    assert "<option selected>Asia/Kolkata</option>" in html
    assert "data-zone-guessed" not in html
    assert "Kolkata" in client.get(url(webinar)).content.decode()  # kept for the next visit
    fragment = client.get(url(webinar, "picker/"), {"zone": "America/Lima"}).content.decode()
    assert "Lima time" in fragment
    assert "<html" not in fragment


def test_a_guessed_zone_lets_the_browser_correct_it(client: Client, webinar: Webinar) -> None:
    html = client.get(url(webinar)).content.decode()
    assert f'data-picker-url="{url(webinar, "picker/")}" data-zone-guessed="UTC"' in html


def test_A6_reading_the_page_changes_nothing_and_a_form_needs_its_token(webinar: Webinar) -> None:
    strict = Client(enforce_csrf_checks=True)
    for more in ("", "?zone=UTC", "picker/", "poster.webp"):
        strict.get(url(webinar, more))
    assert counts() == (0, 0, 0)
    assert strict.post(url(webinar), filled(webinar)).status_code == 403
    token = strict.cookies["matinee_csrf"].value
    assert strict.post(url(webinar), filled(webinar, csrfmiddlewaretoken=token)).status_code == 303


def test_the_eleventh_try_from_one_address_has_to_wait(client: Client, webinar: Webinar) -> None:
    for number in range(10):
        assert client.post(url(webinar), filled(webinar, email=f"p{number}@example.org")).status_code == 303
    forged = client.post(
        url(webinar), filled(webinar, email="p11@example.org"), headers={"X-Forwarded-For": "203.0.113.7"}
    )
    assert forged.status_code == 429
    assert int(forged["Retry-After"]) >= 1
    assert 'value="p11@example.org"' in forged.content.decode()
    assert Registration.objects.count() == 10


def test_a_foreign_host_is_refused(client: Client, webinar: Webinar) -> None:
    assert client.get(url(webinar), headers={"Host": "evil.example"}).status_code == 400


def test_a_teams_colour_is_a_style_sheet_and_no_team_has_an_empty_one(
    client: Client, webinar: Webinar
) -> None:
    webinar.team.colour = "#ffee00"
    webinar.team.save()
    text = client.get("/lumen/brand.css").content.decode()
    assert '[data-brand="lumen"]' in text
    assert "--color-primary: light-dark(oklch(" in text
    assert client.get("/nobody/brand.css").content == b""
    assert 'href="/lumen/brand.css"' in client.get(url(webinar)).content.decode()


def test_the_picture_is_public_only_where_the_page_is(client: Client, webinar: Webinar) -> None:
    assert webinar.video
    assert webinar.video.current
    path = storage.poster(webinar.video.current.pk)
    assert client.get(url(webinar, "poster.webp")).status_code == 404
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF....WEBP")
    response = client.get(url(webinar, "poster.webp"))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert "poster.webp" in client.get(url(webinar)).content.decode()
    Webinar.objects.update(published_at=None)
    assert client.get(url(webinar, "poster.webp")).status_code == 404

"""Tell me when there is a date: kept where nothing is offered, told once when something is."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications.models import Email, Purpose, State
from notifications.services import opt_out
from scheduling.models import Blackout
from tests import make
from tests.mailing import carry, only
from tests.threads import at_once
from webinars import standing
from webinars.models import Person, Registration, WaitingPlace, Webinar
from webinars.services import waiting, wishes
from webinars.tasks import tick
from webinars.views import links, page

pytestmark = pytest.mark.django_db

NOW = make.NOW
UTC_ZONE = ZoneInfo("UTC")
LATER = wishes.LOOK_EVERY + timedelta(seconds=1)
TYPED = {"first_name": "Zofia", "email": "zofia@example.org", "zone": "Europe/Warsaw"}


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for throttle in (page.registering, links.guessing, links.asking):
        monkeypatch.setattr(throttle, "act", f"{throttle.act}-{make.team().pk}")


@pytest.fixture
def webinar() -> Webinar:
    """Published, with a film and no times."""
    return make.webinar(make.team("lumen", name="Lumen"), slug="bread", schedule=make.schedule())


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def wish(webinar: Webinar, name: str = "Zofia", **said: Any) -> WaitingPlace:
    usual: dict[str, Any] = {
        "first_name": name,
        "email": f"{name.lower()}@example.org",
        "zone": UTC_ZONE,
        "guest": None,
        "now": NOW,
    }
    found = wishes.wish(webinar=webinar, **(usual | said)).waiting
    assert found
    return found


def set_times(webinar: Webinar) -> None:
    make.recurrence(webinar.schedule, time(12))


def test_a_page_without_dates_says_so_and_takes_the_wish(client: Client, webinar: Webinar) -> None:
    html = text(client.get("/lumen/bread/"))
    assert "No date at the moment" in html
    assert 'action="/lumen/bread/wish/"' in html
    response = client.post("/lumen/bread/wish/", TYPED)
    mine = WaitingPlace.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/w/{mine.pk}/")
    assert (mine.session, mine.email, str(mine.zone)) == (None, "zofia@example.org", "Europe/Warsaw")
    assert "We write to you, Zofia" in text(client.get(f"/w/{mine.pk}/"))
    assert not Email.objects.exists()  # one mail, when there is a date
    again = text(client.get("/lumen/bread/"))
    assert "We write to you, Zofia, once" in again
    assert 'action="/lumen/bread/wish/"' not in again
    assert 'action="/lumen/bread/wish/' in text(client.get("/lumen/bread/?other"))


def test_a_doubled_wish_is_one(client: Client, webinar: Webinar) -> None:
    client.get("/lumen/bread/")
    twin = Client()
    twin.cookies["matinee_csrf"] = client.cookies["matinee_csrf"].value
    answers = [each.post("/lumen/bread/wish/", TYPED)["Location"] for each in (client, twin, client)]
    assert len(set(answers)) == 1
    assert WaitingPlace.objects.count() == Person.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"first_name": ""}, "Please enter your name."),
        ({"first_name": "see http://x.example"}, "holds no address"),
        ({"first_name": "Zo\x00fia"}, "cannot be shown"),
        ({"email": "zofia"}, "look complete"),
        ({"email": "zofia@example.org\r\nBcc: x@example.org"}, "look complete"),
        ({"colour": "blue"}, "a field that we do not know"),
    ],
)
def test_what_cannot_be_meant_is_told_in_place_and_loses_nothing(
    client: Client, webinar: Webinar, fields: dict[str, str], sentence: str
) -> None:
    response = client.post("/lumen/bread/wish/", TYPED | fields)
    html = text(response).replace("’", "'")
    assert response.status_code == 422
    assert sentence in html
    assert ('value="Zofia"' in html) == ("first_name" not in fields)
    assert ('value="zofia@example.org"' in html) == ("email" not in fields)
    assert not WaitingPlace.objects.exists()


def test_a_machine_is_thanked_and_nothing_is_kept(client: Client, webinar: Webinar) -> None:
    assert client.post("/lumen/bread/wish/", TYPED | {"remark": "spam"}).status_code == 200
    assert not WaitingPlace.objects.exists()


def test_the_eleventh_wish_from_one_network_has_to_wait(client: Client, webinar: Webinar) -> None:
    for number in range(10):
        Client().post("/lumen/bread/wish/", TYPED | {"email": f"p{number}@example.org"})
    response = client.post("/lumen/bread/wish/", TYPED)
    assert response.status_code == 429
    assert 'value="zofia@example.org"' in text(response)
    assert WaitingPlace.objects.count() == 10


def test_where_there_is_a_date_it_is_offered_instead(client: Client, webinar: Webinar) -> None:
    set_times(webinar)
    response = client.post("/lumen/bread/wish/", TYPED)
    html = text(response)
    assert response.status_code == 409
    assert "There are dates now" in html
    assert 'name="slot"' in html
    assert 'value="zofia@example.org"' in html
    assert not WaitingPlace.objects.exists()


def test_A1_A13_nothing_published_is_404_and_an_address_known_or_not_is_answered_alike(
    webinar: Webinar,
) -> None:
    make.registration(make.session(webinar), who=make.person(webinar.team, email="known@example.org"))
    shown = []
    for address in ("known@example.org", "nora@example.org"):
        client = Client()
        response = client.post("/lumen/bread/wish/", TYPED | {"email": address})
        seen = text(client.get(response["Location"])).replace(address, "X")
        shown.append(re.sub(r"/w/[0-9a-f-]{36}/|value=\"\w{64}\"|data-now=\"\d+\"", "", seen))
    assert shown[0] == shown[1]
    assert Client().get("/lumen/bread/wish/").status_code == 303
    Webinar.objects.update(published_at=None)
    assert Client().post("/lumen/bread/wish/", TYPED).status_code == 404
    assert Client().get("/lumen/bread/wish/").status_code == 404


def give_times(webinar: Webinar) -> None:
    set_times(webinar)


def offer_on_demand(webinar: Webinar) -> None:
    webinar.schedule.on_demand = True
    webinar.schedule.save()


def offer_just_in_time(webinar: Webinar) -> None:
    webinar.schedule.just_in_time = True
    webinar.schedule.save()


@pytest.mark.parametrize("cause", [give_times, offer_on_demand, offer_just_in_time])
def test_whatever_brings_a_date_is_told_once(webinar: Webinar, cause: Callable[[Webinar], None]) -> None:
    wish(webinar)
    assert wishes.tell_of_dates(NOW + LATER) == 0
    cause(webinar)
    assert wishes.tell_of_dates(NOW + 2 * LATER) == 1
    assert wishes.tell_of_dates(NOW + 9 * LATER) == 0
    carry(NOW + 2 * LATER)
    (message,) = mail.outbox
    assert message.subject == "There is a date: Better bread at home"
    assert "/lumen/bread/" in str(message.body)
    assert "/j/" not in str(message.body)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mine = WaitingPlace.objects.select_related("session").get()
    assert waiting.state_of(mine, NOW) is waiting.State.TOLD


def test_the_mail_names_the_next_dates_in_the_readers_zone(webinar: Webinar) -> None:
    webinar.schedule.attendee_zone = False
    webinar.schedule.save()
    set_times(webinar)
    WaitingPlace.objects.create(
        webinar=webinar,
        person=make.person(webinar.team),
        email="a@example.org",
        zone="Europe/Warsaw",
        due_at=NOW,
        created_at=NOW,
    )
    wishes.tell_of_dates(NOW)
    carry(NOW)
    body = str(mail.outbox[0].body)
    assert "Wednesday 11 March 2026, 13:00" in body
    assert "Warsaw time" in body
    assert body.count("March 2026, 13:00\n") == 4
    assert "There are more on the page." in body


def test_publishing_the_end_of_a_blackout_and_a_freed_place_bring_a_date(webinar: Webinar) -> None:
    webinar.schedule.places = 1
    webinar.schedule.attendee_zone = False
    webinar.schedule.offer_days = 1
    webinar.schedule.save()
    set_times(webinar)
    Blackout.objects.create(schedule=webinar.schedule, first=date(2026, 3, 1), last=date(2026, 3, 11))
    wish(webinar)
    Webinar.objects.update(published_at=None)
    Blackout.objects.all().delete()
    assert wishes.tell_of_dates(NOW + LATER) == 0
    Webinar.objects.update(published_at=NOW)
    session = make.session(webinar, starts_at=datetime(2026, 3, 11, 12, tzinfo=UTC_ZONE))
    place = make.registration(session)
    assert wishes.tell_of_dates(NOW + 2 * LATER) == 0  # full is no date
    Registration.objects.filter(pk=place.pk).update(cancelled_at=NOW)
    assert wishes.tell_of_dates(NOW + 3 * LATER) == 1


def test_where_every_time_is_full_the_wish_is_taken_too(client: Client, webinar: Webinar) -> None:
    webinar.schedule.places, webinar.schedule.waiting_list, webinar.schedule.offer_count = 1, False, 1
    webinar.schedule.save()
    set_times(webinar)
    start = standing.offered(webinar, UTC_ZONE, timezone.now())[0].starts_at
    make.registration(make.session(webinar, starts_at=start))
    html = text(client.get("/lumen/bread/?zone=UTC"))
    assert "All times are full" in html
    assert client.post("/lumen/bread/wish/", TYPED | {"zone": "UTC"}).status_code == 303


def test_the_tick_looks(webinar: Webinar) -> None:
    wish(webinar, now=timezone.now() - timedelta(minutes=5))
    set_times(webinar)
    tick()
    assert only(Purpose.DATE_OFFERED).state == State.DUE


def test_an_address_that_wished_from_two_browsers_gets_one_mail(webinar: Webinar) -> None:
    wish(webinar)
    wish(webinar, email="ZOFIA@example.org")
    wish(webinar, "Ben")
    set_times(webinar)
    assert wishes.tell_of_dates(NOW + LATER) == 2
    assert Email.objects.filter(purpose=Purpose.DATE_OFFERED).count() == 2
    assert not WaitingPlace.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_S3_five_beats_at_once_tell_everybody_once(webinar: Webinar) -> None:
    for number in range(30):
        wish(webinar, f"P{number}")
    set_times(webinar)
    told = at_once(*[lambda: wishes.tell_of_dates(NOW + LATER) for _ in range(5)])
    assert sum(told) == 30
    assert Email.objects.filter(purpose=Purpose.DATE_OFFERED).count() == 30


def test_wishing_again_after_being_told_works(client: Client, webinar: Webinar) -> None:
    client.post("/lumen/bread/wish/", TYPED)
    offer_on_demand(webinar)
    now = timezone.now() + LATER
    assert wishes.tell_of_dates(now) == 1
    carry(now)
    mine = WaitingPlace.objects.get()
    assert "There is a date" in text(client.get(f"/w/{mine.pk}/"))
    webinar.schedule.on_demand = False
    webinar.schedule.save()
    assert client.post("/lumen/bread/wish/", TYPED)["Location"] == f"/w/{mine.pk}/"
    assert "We write to you, Zofia" in text(client.get(f"/w/{mine.pk}/"))
    offer_on_demand(webinar)
    assert wishes.tell_of_dates(now + LATER) == 1
    carry(now + LATER)
    assert len(mail.outbox) == 2


def test_a_wish_can_be_taken_back(client: Client, webinar: Webinar) -> None:
    client.post("/lumen/bread/wish/", TYPED)
    mine = WaitingPlace.objects.get()
    client.post(f"/w/{mine.pk}/leave/")
    assert "We do not write to you" in text(client.get(f"/w/{mine.pk}/"))
    set_times(webinar)
    assert wishes.tell_of_dates(timezone.now() + LATER) == 0


def leave(mine: WaitingPlace) -> None:
    WaitingPlace.objects.filter(pk=mine.pk).update(left_at=NOW)


def want_no_mail(mine: WaitingPlace) -> None:
    opt_out(registration=mine, now=NOW)


def register(mine: WaitingPlace) -> None:
    make.registration(
        make.session(mine.webinar, starts_at=NOW + timedelta(days=1)), who=mine.person, created_at=NOW
    )


@pytest.mark.parametrize("change", [leave, want_no_mail, register])
def test_S6_the_mail_is_decided_again_at_the_door(
    webinar: Webinar, change: Callable[[WaitingPlace], None]
) -> None:
    mine = wish(webinar)
    set_times(webinar)
    wishes.tell_of_dates(NOW + LATER)
    change(mine)
    carry(NOW + LATER)
    assert mail.outbox == []
    assert only(Purpose.DATE_OFFERED).state == State.CANCELLED
    assert only(Purpose.DATE_OFFERED).reason


def test_S6_dates_that_went_again_before_the_mail_left_hold_it_until_there_are_some(webinar: Webinar) -> None:
    wish(webinar)
    offer_on_demand(webinar)
    wishes.tell_of_dates(NOW + LATER)
    webinar.schedule.on_demand = False
    webinar.schedule.save()
    carry(NOW + LATER)
    assert (mail.outbox, only(Purpose.DATE_OFFERED).state) == ([], State.DUE)
    offer_on_demand(webinar)
    carry(NOW + LATER + timedelta(minutes=6))
    assert len(mail.outbox) == 1


def test_X8_a_stranger_cannot_flood_an_address_with_wishes() -> None:
    for _ in range(8):
        webinar = make.webinar(schedule=make.schedule())
        wish(webinar)
        set_times(webinar)
    assert wishes.tell_of_dates(NOW + LATER) == 8
    carry(NOW + LATER)
    assert len(mail.outbox) == 3
    assert Email.objects.filter(state=State.EXPIRED).count() == 5


def test_many_wishes_cost_one_look_a_zone(webinar: Webinar, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        wish(webinar, f"P{number}")
    with django_assert_max_num_queries(20):
        assert wishes.tell_of_dates(NOW + LATER) == 0


def test_one_webinar_that_fails_stops_nobody_elses_date(
    webinar: Webinar, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make.webinar(schedule=make.schedule(zone="UTC"))
    wish(broken, "Ann")
    wish(webinar, "Ben")
    set_times(webinar)
    Webinar.objects.filter(pk=broken.pk).update(video=webinar.video)
    type(broken.schedule).objects.filter(pk=broken.schedule_id).update(just_in_time=True, interval_minutes=7)
    assert wishes.tell_of_dates(NOW + LATER) == 1
    assert only(Purpose.DATE_OFFERED).to == "ben@example.org"

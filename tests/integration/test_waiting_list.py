"""The waiting list of a full session: chosen like a time, honest about where one stands, ended by who wants out."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications.models import Email, OptOut, Purpose, State
from notifications.services import opt_out, suppress
from scheduling.models import Kind
from tests import make
from tests.mailing import carry, only
from webinars import links as join_links
from webinars import signals, standing
from webinars.models import Grant, Person, Registration, Session, WaitingPlace, Webinar
from webinars.picker import value_of
from webinars.services import registration as service
from webinars.services import seats, waiting
from webinars.tasks import tick
from webinars.views import links, page

pytestmark = pytest.mark.django_db

NOW = make.NOW
START = datetime(2026, 3, 11, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for throttle in (page.registering, links.guessing, links.asking):
        monkeypatch.setattr(throttle, "act", f"{throttle.act}-{make.team().pk}")


@pytest.fixture
def webinar() -> Webinar:
    """Every day at noon and at six in UTC, two places each."""
    schedule = make.schedule(attendee_zone=False, places=2, offer_count=30)
    make.recurrence(schedule, time(12), time(18))
    return make.webinar(make.team("lumen", name="Lumen"), slug="bread", schedule=schedule)


def coming(webinar: Webinar) -> datetime:
    """The next start of the running clock."""
    offered = standing.offered(webinar, UTC_ZONE, timezone.now() + timedelta(minutes=1))
    return next(slot.starts_at for slot in offered if slot.starts_at)


def full(webinar: Webinar, start: datetime) -> Session:
    """A session in which somebody else has every place."""
    session = make.session(webinar, starts_at=start)
    for _ in range(webinar.schedule.places or 0):
        make.registration(session)
    return session


def choice(start: datetime) -> str:
    return value_of(Kind.SCHEDULED, start) + "/wait"


def form(start: datetime, **fields: str) -> dict[str, str]:
    typed = {
        "slot": choice(start),
        "made": make.page_stamp(),
        "first_name": "Zofia",
        "email": "zofia@example.org",
        "zone": "UTC",
    }
    return typed | fields


def join(webinar: Webinar, name: str, **said: Any) -> WaitingPlace:
    usual: dict[str, Any] = {
        "kind": Kind.SCHEDULED,
        "starts_at": START,
        "first_name": name,
        "email": f"{name.lower()}@example.org",
        "zone": UTC_ZONE,
        "guest": None,
        "now": NOW,
    }
    found = waiting.join(webinar=webinar, **(usual | said)).waiting
    assert found
    return found


def leave_one_place(session: Session, now: datetime = NOW) -> None:
    place = Registration.objects.live().filter(session=session, waited=None).first()
    assert place
    service.cancel(registration=place, now=now)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_full_session_can_be_chosen_and_says_what_that_means(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    make.waiting(session)
    html = text(client.get("/lumen/bread/?zone=UTC"))
    assert f'value="{choice(start)}"' in html
    assert "Full, 1 waiting" in html
    assert "You would be second on the waiting list." in html
    assert "All 2 places" in html
    assert 'data-label="Join the waiting list"' in html
    assert (
        f'value="{choice(start)}" data-label="Join the waiting list" checked' not in html
    )  # never by itself


def test_a_host_who_hides_full_sessions_hides_them(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    webinar.schedule.full_shown = False
    webinar.schedule.save()
    assert value_of(Kind.SCHEDULED, start) not in text(client.get("/lumen/bread/"))
    assert client.post("/lumen/bread/", form(start)).status_code == 409
    assert not WaitingPlace.objects.exists()


def test_without_a_waiting_list_a_full_session_cannot_be_waited_for(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    webinar.schedule.waiting_list = False
    webinar.schedule.save()
    assert "/wait" not in text(client.get("/lumen/bread/"))
    assert client.post("/lumen/bread/", form(start)).status_code == 409
    assert not WaitingPlace.objects.exists()
    assert not Person.objects.filter(email="zofia@example.org").exists()


def test_who_joins_has_a_page_of_their_own_that_says_where_they_stand(
    client: Client, webinar: Webinar
) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    make.waiting(session)
    make.waiting(session)
    response = client.post("/lumen/bread/", form(start))
    mine = WaitingPlace.objects.get(email="zofia@example.org")
    assert (response.status_code, response["Location"]) == (303, f"/w/{mine.pk}/")
    shown = client.get(f"/w/{mine.pk}/")
    assert "You are third in line." in text(shown)
    assert shown["Cache-Control"] == "private, no-store"
    for place in Registration.objects.all():
        assert place.person.first_name not in text(shown)
        assert place.email not in text(shown)
    assert "See where you stand" in text(client.get("/lumen/bread/"))


def test_A1_a_waiting_place_answers_others_like_one_that_is_not_there(
    client: Client, webinar: Webinar
) -> None:
    mine = make.waiting(make.session(webinar, starts_at=coming(webinar)))
    stranger = client.get(f"/w/{mine.pk}/")
    nothing = client.get(f"/w/{make.team().pk}/")
    assert stranger.status_code == nothing.status_code == 404
    assert client.post(f"/w/{mine.pk}/leave/").status_code == 404
    assert client.get(f"/w/{mine.pk}/change/").status_code == 404
    mine.refresh_from_db()
    assert mine.left_at is None


def test_a_doubled_submit_is_one_place_in_the_line(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    client.get("/lumen/bread/")
    twin = Client()
    twin.cookies["matinee_csrf"] = client.cookies["matinee_csrf"].value
    first = client.post("/lumen/bread/", form(start))
    second = twin.post("/lumen/bread/", form(start))
    again = client.post("/lumen/bread/", form(start, first_name="Sophie"))
    assert first["Location"] == second["Location"] == again["Location"]
    assert WaitingPlace.objects.get().person.first_name == "Sophie"
    assert Email.objects.count() == 1


def test_A13_an_address_with_a_place_or_in_the_line_is_answered_like_any_other(webinar: Webinar) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    known = Registration.objects.filter(session=session)[0].email
    make.waiting(session, email_of(known))
    answers = []
    for address in (known, "nobody@example.org"):
        client = Client()
        response = client.post("/lumen/bread/", form(start, email=address))
        shown = text(client.get(response["Location"]))
        answers.append((response.status_code, set(response.cookies), shown))
    first, second = (
        re.sub(r"/w/[0-9a-f-]{36}/|value=\"\w{64}\"|data-now=\"\d+\"", "", a[2]) for a in answers
    )
    assert answers[0][:2] == answers[1][:2]
    assert first.replace(known, "X").replace("second", "N") == second.replace(
        "nobody@example.org", "X"
    ).replace("third", "N")


def email_of(address: str) -> Person:
    """Somebody else with the same address."""
    return make.person(Webinar.objects.get().team, email=address)


def test_who_has_a_place_in_the_session_is_shown_it(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    place = Registration.objects.filter(session=session)[0]
    _, cookie = make.guest(place.person)
    client.cookies["matinee_guest"] = cookie
    response = client.post("/lumen/bread/", form(start, email=place.email))
    assert response["Location"] == f"/r/{place.pk}/"
    assert not WaitingPlace.objects.exists()


def test_a_place_that_freed_while_they_wrote_is_theirs_at_once(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    leave_one_place(session, timezone.now())
    response = client.post("/lumen/bread/", form(start))
    place = Registration.objects.live().get(email="zofia@example.org")
    assert response["Location"] == f"/r/{place.pk}/"
    assert place.session == session
    assert not WaitingPlace.objects.exists()


def test_leaving_is_one_post_and_repeatable_and_the_others_move_on(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    client.post("/lumen/bread/", form(start))
    other = join(webinar, "Ben", starts_at=start, now=timezone.now())
    mine = WaitingPlace.objects.get(email="zofia@example.org")
    assert client.get(f"/w/{mine.pk}/leave/").status_code == 405
    for _ in range(2):
        assert client.post(f"/w/{mine.pk}/leave/")["Location"] == f"/w/{mine.pk}/"
    assert "You have left the waiting list" in text(client.get(f"/w/{mine.pk}/"))
    assert waiting.position_of(other) == 1
    leave_one_place(session, timezone.now())
    assert not Registration.objects.filter(email="zofia@example.org").exists()
    assert Registration.objects.filter(email="ben@example.org").exists()


def test_who_comes_back_stands_at_the_end(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    client.post("/lumen/bread/", form(start))
    mine = WaitingPlace.objects.get()
    join(webinar, "Ben", starts_at=start, now=timezone.now())
    client.post(f"/w/{mine.pk}/leave/")
    assert client.post("/lumen/bread/", form(start))["Location"] == f"/w/{mine.pk}/"
    assert "You are second in line." in text(client.get(f"/w/{mine.pk}/"))


def test_another_start_can_be_taken_instead(client: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    client.post("/lumen/bread/", form(start))
    mine = WaitingPlace.objects.get()
    offered = standing.offered(webinar, UTC_ZONE, timezone.now())
    other = next(slot.starts_at for slot in offered if slot.starts_at and not slot.full)
    html = text(client.get(f"/w/{mine.pk}/change/"))
    assert value_of(Kind.SCHEDULED, other) in html
    assert re.search(rf'value="{value_of(Kind.SCHEDULED, start)}"[^>]* disabled', html)
    assert client.post(f"/w/{mine.pk}/change/", {"slot": value_of(Kind.SCHEDULED, start)}).status_code == 409
    assert client.post(f"/w/{mine.pk}/change/", {"slot": "tomorrow"}).status_code == 422
    assert client.post(f"/w/{mine.pk}/change/", {}).status_code == 422
    mine.refresh_from_db()
    assert mine.left_at is None
    response = client.post(f"/w/{mine.pk}/change/", {"slot": value_of(Kind.SCHEDULED, other)})
    place = Registration.objects.get(email="zofia@example.org")
    assert (response["Location"], place.starts_at) == (f"/r/{place.pk}/", other)
    mine.refresh_from_db()
    assert mine.left_at is not None


@pytest.mark.parametrize("way", ["cancel", "change", "raise", "erase"])
def test_whoever_waits_first_moves_up_however_the_place_frees(webinar: Webinar, way: str) -> None:
    session = full(webinar, START)
    join(webinar, "Ann")
    join(webinar, "Ben")
    place = Registration.objects.filter(session=session)[0]
    if way == "cancel":
        service.cancel(registration=place, now=NOW)
    elif way == "change":
        later = START + timedelta(days=1)
        service.change(registration=place, kind=Kind.SCHEDULED, starts_at=later, now=NOW)
    elif way == "raise":
        webinar.schedule.places = 3
        webinar.schedule.save()
        seats.fill_from_lines(now=NOW, webinar=webinar)
    else:
        place.person.delete()
        seats.fill_from_lines(now=NOW)
    moved = Registration.objects.live().get(email="ann@example.org")
    assert (moved.session, moved.starts_at) == (session, START)
    ann = WaitingPlace.objects.get(email="ann@example.org")
    assert (ann.served_at, ann.registration) == (NOW, moved)
    assert not Registration.objects.filter(email="ben@example.org").exists()


def test_S6_nobody_moves_up_once_it_begins_is_shut_cut_off_called_off_or_unpublished(
    webinar: Webinar,
) -> None:
    session = full(webinar, START)
    join(webinar, "Ann")

    def tried(now: datetime) -> bool:
        Registration.objects.filter(email="ann@example.org").delete()
        WaitingPlace.objects.update(served_at=None)
        free = Registration.objects.live().filter(session=session).first()
        assert free
        service.cancel(registration=free, now=now)
        seats.fill_from_lines(now=now)
        Registration.objects.filter(pk=free.pk).update(cancelled_at=None)
        return Registration.objects.filter(email="ann@example.org").exists()

    assert tried(START - timedelta(seconds=1))
    assert not tried(START)
    for field in ("shut_at", "cancelled_at", "closed_at"):
        Session.objects.update(**{field: NOW})
        assert not tried(NOW), field
        Session.objects.update(**{field: None})
    webinar.schedule.cutoff_minutes = 30
    webinar.schedule.save()
    assert tried(START - timedelta(minutes=30))
    assert not tried(START - timedelta(minutes=29))
    Webinar.objects.update(published_at=None)
    assert not tried(NOW)


def test_an_address_with_a_place_that_waits_a_hundred_times_delays_nobody(
    webinar: Webinar, django_assert_max_num_queries: Any
) -> None:
    session = full(webinar, START)
    place = session.registrations.first()
    assert place
    for _ in range(30):
        make.waiting(session, make.person(webinar.team, email=place.email.upper()))
    last = make.waiting(session)
    with django_assert_max_num_queries(6):
        assert seats.move_up(session=session, now=NOW) == []
    Registration.objects.filter(session=session).exclude(pk=place.pk).update(cancelled_at=NOW)
    with django_assert_max_num_queries(25):
        (moved,) = seats.move_up(session=session, now=NOW)
    assert moved.person == last.person


def test_the_tick_moves_up_what_nothing_else_saw(webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    join(webinar, "Ann", starts_at=start, now=timezone.now())
    webinar.schedule.places = None
    webinar.schedule.save()
    tick()
    assert Registration.objects.live().filter(email="ann@example.org").exists()


def test_after_the_start_the_page_says_that_no_place_became_free(client: Client, webinar: Webinar) -> None:
    mine = make.waiting(make.session(webinar, starts_at=timezone.now() - timedelta(minutes=1)))
    _, client.cookies["matinee_guest"] = make.guest(mine.person)
    assert "No place became free" in text(client.get(f"/w/{mine.pk}/"))
    Session.objects.update(starts_at=timezone.now() + timedelta(days=1), cancelled_at=NOW)
    assert "This session was cancelled" in text(client.get(f"/w/{mine.pk}/"))


def test_S1_who_joins_gets_one_mail_with_a_link_that_opens_their_page(webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    now = timezone.now()
    mine = join(webinar, "Ann", starts_at=start, now=now, zone=ZoneInfo("Europe/Warsaw"))
    carry(now)
    (message,) = mail.outbox
    assert message.subject.endswith("you are on the waiting list")
    body = str(message.body)
    assert "You are first in line." in body
    assert "Warsaw time" in body
    assert "You have no place yet." in body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = re.search(r"/j/([\w-]{43})/", body)
    assert token
    assert only(Purpose.WAITING_LISTED).text.count(token[1]) == 0  # A4: sealed
    browser = Client()
    assert browser.get(f"/j/{token[1]}/").status_code == 200
    assert not Grant.objects.filter(mailed=True).exists()  # reading changes nothing
    assert browser.post(f"/j/{token[1]}/")["Location"] == f"/w/{mine.pk}/"
    assert "You are first in line." in text(browser.get(f"/w/{mine.pk}/"))


def test_who_moves_up_gets_the_confirmation_with_link_and_calendar(webinar: Webinar) -> None:
    session = full(webinar, START)
    join(webinar, "Ann")
    carry(NOW)
    leave_one_place(session, NOW + timedelta(minutes=5))
    carry(NOW + timedelta(minutes=5))
    message = mail.outbox[-1]
    assert message.to == ["ann@example.org"]
    assert message.subject == "Wednesday 11 March, 12:00: a place became free, it is yours"
    assert "/j/" in str(message.body)
    assert len(message.attachments) == 1
    assert not Email.objects.filter(state=State.DUE, purpose=Purpose.WAITING_LISTED).exists()
    mine = WaitingPlace.objects.get(email="ann@example.org")
    client = Client()
    _, client.cookies["matinee_guest"] = make.guest(mine.person)
    assert mine.registration
    assert client.get(f"/w/{mine.pk}/")["Location"] == f"/r/{mine.registration.pk}/"


def test_a_place_given_back_and_won_again_is_confirmed_again(webinar: Webinar) -> None:
    session = full(webinar, START)
    first = join(webinar, "Ann")
    leave_one_place(session)
    mine = Registration.objects.get(email="ann@example.org")
    browser, _ = make.guest(first.person)
    again = NOW + timedelta(hours=1)
    service.cancel(registration=mine, now=again)
    make.registration(session)
    back = waiting.join(
        webinar=webinar, kind=Kind.SCHEDULED, starts_at=START, first_name="Ann", email="ann@example.org",
        zone=UTC_ZONE, guest=browser, now=again,
    ).waiting  # fmt: skip
    assert back
    assert back.pk == first.pk
    leave_one_place(session, again)
    assert Email.objects.filter(purpose=Purpose.CONFIRMATION, registration=mine).count() == 2
    mine.refresh_from_db()
    assert mine.cancelled_at is None


@pytest.mark.parametrize("way", ["left", "moved up", "begun"])
def test_S6_the_mail_about_the_list_stops_when_its_point_is_gone(webinar: Webinar, way: str) -> None:
    session = full(webinar, START)
    mine = join(webinar, "Ann")
    at = NOW
    if way == "left":
        waiting.leave(waiting=mine, now=NOW)
    elif way == "moved up":
        leave_one_place(session)
    else:
        at = START
    carry(at)
    assert only(Purpose.WAITING_LISTED).state in {State.CANCELLED, State.EXPIRED}
    assert only(Purpose.WAITING_LISTED).reason


@pytest.mark.parametrize("act", [opt_out, suppress])
def test_X2_whoever_wants_no_mail_waits_no_more(webinar: Webinar, act: Any) -> None:
    session = full(webinar, START)
    mine = join(webinar, "Ann")
    act(registration=mine, now=NOW)
    mine.refresh_from_db()
    assert mine.left_at == NOW
    leave_one_place(session)
    assert not Registration.objects.filter(email="ann@example.org").exists()


def test_X2_the_way_out_in_the_mail_works_with_one_post(client: Client, webinar: Webinar) -> None:
    start, now = coming(webinar), timezone.now()
    full(webinar, start)
    mine = join(webinar, "Ann", starts_at=start, now=now)
    carry(now)
    link = re.search(r"/unsubscribe/[^/\s]+/", str(mail.outbox[0].body))
    assert link
    assert "Stop waiting" in text(client.get(link[0]))
    assert not OptOut.objects.exists()
    assert "waits for “Better bread at home” no more" in text(client.post(link[0]))
    mine.refresh_from_db()
    assert mine.left_at is not None


def test_X8_a_stranger_cannot_flood_an_address_with_waiting_lists(webinar: Webinar) -> None:
    for day in range(8):
        start = START + timedelta(days=day)
        full(webinar, start)
        join(webinar, "Ann", starts_at=start, zone=UTC_ZONE)
    carry(NOW)
    assert len(mail.outbox) == 3
    assert Email.objects.filter(state=State.EXPIRED).count() == 5


def test_S8_a_moved_session_takes_its_line_along_and_tells_it(webinar: Webinar) -> None:
    session = full(webinar, START)
    mine = join(webinar, "Ann")
    carry(NOW)
    session.starts_at = START + timedelta(hours=3)
    session.save()
    signals.session_changed.send(Session, session=session, now=NOW, was=START)
    carry(NOW + timedelta(minutes=1))
    told = next(m for m in mail.outbox if m.to == ["ann@example.org"] and "new time" in m.subject)
    assert told.subject == "Wednesday 11 March, 15:00: the new time that you wait for"
    leave_one_place(session)
    assert Registration.objects.get(email="ann@example.org").starts_at == session.starts_at
    mine.refresh_from_db()
    assert mine.served_at


def test_S6_a_cancelled_session_ends_its_line_and_says_so(webinar: Webinar) -> None:
    session = full(webinar, START)
    mine = join(webinar, "Ann")
    carry(NOW)
    session.cancelled_at, session.note = NOW, "The oven broke."
    session.save()
    signals.session_changed.send(Session, session=session, now=NOW)
    carry(NOW)
    _listed, told = [m for m in mail.outbox if m.to == ["ann@example.org"]]
    assert "cancelled" in told.subject
    assert "The oven broke." in str(told.body)
    assert "waiting list" in str(told.body)
    assert told.attachments == []
    mine = WaitingPlace.objects.select_related("session", "webinar__schedule").get(pk=mine.pk)
    assert waiting.state_of(mine, NOW) is waiting.State.OFF


def test_A3_a_corrected_address_takes_the_waiting_place_along_and_kills_its_old_link(
    webinar: Webinar,
) -> None:
    session = full(webinar, START)
    place = make.registration(make.session(webinar, starts_at=START + timedelta(days=1)))
    mine = make.waiting(session, place.person)
    token = join_links.waiting_url(mine).split("/")[-2]
    assert waiting.of_link(token)
    service.correct_address(registration=place, email="right@example.org", now=NOW)
    assert waiting.of_link(token) is None
    mine.refresh_from_db()
    assert mine.email == "right@example.org"
    assert join_links.waiting_url(mine).split("/")[-2] != token


def test_positions_are_said_in_words_and_then_in_numbers(webinar: Webinar) -> None:
    session = full(webinar, START)
    rows = [make.waiting(session, created_at=NOW) for _ in range(12)]
    assert sorted(waiting.position_of(row) for row in rows) == list(range(1, 13))


@pytest.fixture
def host(webinar: Webinar) -> Client:
    """The team's owner, signed in."""
    client = Client()
    client.force_login(make.member(webinar.team).user)
    return client


def studio(webinar: Webinar, more: str) -> str:
    return f"/studio/lumen/webinars/{webinar.pk}/{more}"


def test_the_host_sees_who_waits_in_order(host: Client, webinar: Webinar) -> None:
    start = coming(webinar)
    full(webinar, start)
    for name in ("Ann", "Ben"):
        join(webinar, name, starts_at=start, now=timezone.now())
    make.waiting(webinar=webinar)
    html = text(host.get(studio(webinar, "registrations/")))
    assert "2 waiting, full" in html
    assert html.index("ann@example.org") < html.index("ben@example.org")
    assert "1 person wants to hear of the next date" in html
    assert "Let in over the limit" in html


def test_the_host_lets_somebody_in_where_a_place_is_free_or_knowingly_over_the_limit(
    host: Client, webinar: Webinar
) -> None:
    start = coming(webinar)
    session = full(webinar, start)
    join(webinar, "Ann", starts_at=start, now=timezone.now())
    ben = join(webinar, "Ben", starts_at=start, now=timezone.now())
    door = studio(webinar, f"waiting/{ben.pk}/")
    assert "press again" in text(host.post(door, follow=True))
    assert not Registration.objects.filter(email="ben@example.org").exists()
    assert "Ben has a place now" in text(host.post(door, {"over": "1"}, follow=True))
    assert seats.free_places(session) == -1
    assert "cannot be let in" in text(host.post(door, {"over": "1"}, follow=True))
    assert Email.objects.filter(purpose=Purpose.CONFIRMATION, to="ben@example.org").count() == 1
    leave_one_place(session, timezone.now())  # that only brings it back to its limit
    assert not Registration.objects.filter(email="ann@example.org").exists()
    leave_one_place(session, timezone.now())
    assert Registration.objects.filter(email="ann@example.org").exists()


def test_the_host_lets_nobody_into_what_has_begun(host: Client, webinar: Webinar) -> None:
    session = make.session(webinar, starts_at=timezone.now() - timedelta(minutes=1))
    mine = make.waiting(session)
    assert "it began without them" in text(host.get(studio(webinar, "registrations/")))
    answer = host.post(studio(webinar, f"waiting/{mine.pk}/"), {"over": "1"}, follow=True)
    assert "cannot be let in" in text(answer)
    assert not Registration.objects.exists()

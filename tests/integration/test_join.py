"""Personal links, from the mail to the Enter click, and the pages behind them."""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from scheduling.models import Kind
from tests import make
from webinars import guests, links
from webinars.models import Attendance, GuestSession, JoinLink, Person, Registration, Session
from webinars.services import registration as service
from webinars.services import replays
from webinars.views import links as doors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts its own tries."""
    for throttle in (doors.guessing, doors.asking):
        monkeypatch.setattr(throttle, "act", f"{throttle.act}-{make.team().pk}")


@pytest.fixture
def place() -> Registration:
    """A place in a session that starts in an hour."""
    session = make.session(starts_at=timezone.now() + timedelta(hours=1))
    return make.registration(session, who=make.person(session.webinar.team, first_name="Dana"))


def address(place: Registration) -> str:
    return f"/j/{links.mint(place, timezone.now())}/"


def state() -> list[Any]:
    """Everything that a link could change."""
    return [
        list(GuestSession.objects.values_list("token_hash", "expires_at", "revoked_at")),
        list(JoinLink.objects.values_list("revoked_at", flat=True)),
        list(Person.objects.values_list("confirmed_at", flat=True)),
        Attendance.objects.count(),
        list(Session.objects.values_list("starts_at", flat=True)),
    ]


def test_A4_a_token_has_256_bits_and_only_its_hash_is_kept(place: Registration) -> None:
    token = links.mint(place, timezone.now())
    assert re.fullmatch(r"[\w-]{43}", token)
    link = JoinLink.objects.get()
    assert bytes(link.token_hash) == guests.token_hash(token)
    assert links.mint(place, timezone.now()) == token
    assert JoinLink.objects.count() == 1
    assert links.join_url(place, timezone.now()) == f"http://testserver/j/{token}/"
    other = make.registration(place.session)
    assert links.mint(other, timezone.now()) != token


def test_A6_looking_at_a_link_changes_nothing(client: Client, place: Registration) -> None:
    link = address(place)
    before = state()
    shown = client.get(link)
    assert shown.status_code == client.head(link).status_code == 200
    assert state() == before
    assert "matinee_guest" not in shown.cookies
    html = shown.content.decode()
    assert '<form id="join"' in html
    assert "dist/join.js" in html
    assert "Dana" not in html
    assert place.email not in html


def test_A4_pages_of_a_link_are_kept_by_nobody(client: Client, place: Registration) -> None:
    link = address(place)
    for response in (client.get(link), client.post(link), client.get(f"/r/{place.pk}/"), client.get("/j/x/")):
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]
        assert link.split("/")[2] not in response.content.decode()
        assert link.split("/")[2] not in response.get("Location", "")


def test_A4_no_log_line_holds_the_token(
    client: Client, place: Registration, capfd: pytest.CaptureFixture[str]
) -> None:
    link = address(place)
    client.get(link)
    client.post(link)
    client.get(link[:-2] + "x/")
    token = link.split("/")[2]
    out, err = capfd.readouterr()
    assert token[:-1] not in out + err


def test_A6_the_post_needs_its_token_and_can_be_repeated(place: Registration) -> None:
    strict = Client(enforce_csrf_checks=True)
    link = address(place)
    assert strict.post(link).status_code == 403
    strict.get(link)
    sent = {"csrfmiddlewaretoken": strict.cookies["matinee_csrf"].value}
    for _ in range(3):
        response = strict.post(link, sent)
        assert response.status_code == 303
        assert response["Location"] == f"/r/{place.pk}/"
    assert strict.get(f"/r/{place.pk}/").status_code == 200
    assert GuestSession.objects.count() == 1
    assert Person.objects.get().confirmed_at is None
    assert Attendance.objects.count() == 0


def test_A7_the_cookie_changes_at_each_join_and_the_old_one_is_dead(
    client: Client, place: Registration
) -> None:
    link = address(place)
    first = client.post(link).cookies["matinee_guest"].value
    second = client.post(link).cookies["matinee_guest"].value
    assert first != second
    assert guests.guest_from_cookie(first, timezone.now()) is None
    assert guests.guest_from_cookie(second, timezone.now())
    planted = Client()
    planted.cookies = SimpleCookie({"matinee_guest": first})
    assert planted.get(f"/r/{place.pk}/").status_code == 404


def test_another_persons_link_starts_a_new_guest_session(client: Client, place: Registration) -> None:
    other = make.registration(place.session)
    client.post(address(place))
    client.post(address(other))
    assert client.get(f"/r/{other.pk}/").status_code == 200
    assert client.get(f"/r/{place.pk}/").status_code == 404
    assert GuestSession.objects.live(timezone.now()).count() == 1


def test_A1_a_place_of_somebody_else_is_like_none(client: Client, place: Registration) -> None:
    other = make.registration(place.session)
    client.post(address(place))
    nothing = "00000000-0000-4000-8000-000000000000"
    for more in ("", "calendar.ics", "cancel/", "name/", "resend/", "change/"):
        theirs, none = client.get(f"/r/{other.pk}/{more}"), client.get(f"/r/{nothing}/{more}")
        assert theirs.status_code == none.status_code == 404
        assert plain(theirs.content) == plain(none.content)
    for more in ("enter/", "cancel/", "name/", "resend/", "change/", "replay/"):
        theirs, none = client.post(f"/r/{other.pk}/{more}"), client.post(f"/r/{nothing}/{more}")
        assert theirs.status_code == none.status_code == 404
        assert plain(theirs.content) == plain(none.content)
    other.refresh_from_db()
    assert other.cancelled_at is None


def plain(content: bytes) -> str:
    return re.sub(r'value="\w{64}"|data-now="\d+"', "", content.decode())


@pytest.mark.parametrize("around", ["{}>", "{}.", "{})", "{}>).,", "{}%3E"])
def test_what_mail_programs_add_to_a_link_is_taken_off(
    client: Client, place: Registration, around: str
) -> None:
    token = links.mint(place, timezone.now())
    assert client.post(f"/j/{around.format(token)}/").status_code == 303


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 5000, "%00", "ż", "..", "<script>"])
def test_an_unknown_link_offers_a_new_one(client: Client, token: str) -> None:
    for response in (client.get(f"/j/{token}/"), client.post(f"/j/{token}/")):
        assert response.status_code == 404
        assert "Send me a new one" in response.content.decode()
        assert "<script>" not in response.content.decode()


def test_a_truncated_link_is_unknown(client: Client, place: Registration) -> None:
    token = links.mint(place, timezone.now())
    assert client.get(f"/j/{token[:-1]}/").status_code == 404


def test_only_wrong_links_are_counted(client: Client, place: Registration) -> None:
    link = address(place)
    for _ in range(25):
        assert client.get(link).status_code == 200
    for number in range(20):
        assert client.get(f"/j/wrong{number}/").status_code == 404
    response = client.get("/j/wrong-again/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.status_code == 429
    assert response["Retry-After"]


def test_a_revoked_link_and_a_place_given_back_say_no_more_than_that(
    client: Client, place: Registration
) -> None:
    link = address(place)
    client.post(link)
    service.revoke_links(registration=place, now=timezone.now())
    assert client.get(link).status_code == client.post(link).status_code == 410
    assert client.get(f"/r/{place.pk}/").status_code == 404
    fresh = address(place)
    assert fresh != link
    assert client.get(fresh).status_code == 200
    service.cancel(registration=place, now=timezone.now())
    gone = client.get(fresh)
    assert gone.status_code == 410
    assert "Dana" not in gone.content.decode()


def test_the_link_of_an_exchanged_place_leads_to_the_new_one(client: Client) -> None:
    schedule = make.schedule(attendee_zone=False, on_demand=True)
    webinar = make.webinar(schedule=schedule)
    place = make.registration(make.session(webinar, starts_at=timezone.now() + timedelta(hours=1)))
    link = address(place)
    new = service.change(registration=place, kind=Kind.ON_DEMAND, starts_at=None, now=timezone.now())
    assert client.post(link)["Location"] == f"/r/{new.pk}/room/"


@pytest.mark.parametrize(
    ("starts_in", "leads_to"), [(60, "/r/{}/"), (10, "/r/{}/room/"), (-5, "/r/{}/room/"), (-60, "/r/{}/")]
)
def test_where_a_link_leads_depends_on_the_time(client: Client, starts_in: int, leads_to: str) -> None:
    place = make.registration(make.session(starts_at=timezone.now() + timedelta(minutes=starts_in)))
    assert client.post(address(place))["Location"] == leads_to.format(place.pk)


def holder(place: Registration, *, mailed: bool = True) -> Client:
    client = Client()
    _, token = make.guest(place.person, mailed=mailed)
    client.cookies = SimpleCookie({"matinee_guest": token})
    return client


def test_the_enter_click_confirms_who_came_by_mail() -> None:
    place = make.registration(make.session(starts_at=timezone.now() - timedelta(minutes=2)))
    response = holder(place).post(f"/r/{place.pk}/enter/")
    assert response["Location"] == f"/r/{place.pk}/room/"
    place.person.refresh_from_db()
    assert place.person.confirmed_at
    attendance = Attendance.objects.get()
    assert attendance.film_from_at == attendance.entered_at


def test_the_enter_click_of_the_registering_browser_confirms_nobody() -> None:
    place = make.registration(make.session(starts_at=timezone.now() + timedelta(minutes=5)))
    holder(place, mailed=False).post(f"/r/{place.pk}/enter/")
    place.person.refresh_from_db()
    assert place.person.confirmed_at is None
    assert Attendance.objects.get().film_from_at is None


@pytest.mark.parametrize("starts_in", [60, -60])
def test_nobody_enters_before_the_doors_or_after_the_end(starts_in: int) -> None:
    place = make.registration(make.session(starts_at=timezone.now() + timedelta(minutes=starts_in)))
    client = holder(place)
    assert client.post(f"/r/{place.pk}/enter/")["Location"] == f"/r/{place.pk}/"
    assert client.post(f"/r/{place.pk}/enter/", headers={"Accept": "application/json"}).status_code == 409
    assert Attendance.objects.count() == 0


def test_watch_now_starts_its_clock_once() -> None:
    place = make.registration(make.session(kind=Kind.ON_DEMAND, starts_at=None))
    client = holder(place)
    before = timezone.now()
    answer = client.post(f"/r/{place.pk}/enter/", headers={"Accept": "application/json"}).json()
    session = Session.objects.get()
    assert session.starts_at
    assert before < session.starts_at < before + timedelta(seconds=10)
    assert session.ends_at == session.starts_at + timedelta(minutes=10)
    assert session.due_at == session.closes_at
    client.post(f"/r/{place.pk}/enter/")
    assert Session.objects.get().starts_at == session.starts_at
    assert set(answer) == {"now", "kind", "starts_at", "ends_at"}


def over(**schedule: Any) -> Registration:
    webinar = make.webinar(schedule=make.schedule(attendee_zone=False, **schedule))
    return make.registration(make.session(webinar, starts_at=timezone.now() - timedelta(hours=1)))


def test_afterwards_the_page_counts_what_was_seen_and_offers_the_replay() -> None:
    place = over(replay=True)
    make.attendance(place, coverage=[[0, 120], [60, 300]])
    client = holder(place)
    html = client.get(f"/r/{place.pk}/").content.decode()
    assert "You saw 5 of 10 minutes" in html
    assert "Watch the replay" in html
    first = client.post(f"/r/{place.pk}/replay/")["Location"]
    assert client.post(f"/r/{place.pk}/replay/")["Location"] == first
    replay = Registration.objects.get(session__kind=Kind.REPLAY)
    assert first == f"/r/{replay.pk}/room/"
    assert replay.session.starts_at
    assert place.session.ends_at
    assert replay.session.ends_at == place.session.ends_at + timedelta(days=7)


def test_who_missed_it_is_told_so_and_without_replays_none_is_offered() -> None:
    place = over(replay=False)
    client = holder(place)
    html = client.get(f"/r/{place.pk}/").content.decode()
    assert "We missed you" in html
    assert "Watch the replay" not in html
    assert client.post(f"/r/{place.pk}/replay/")["Location"] == f"/r/{place.pk}/"
    assert Registration.objects.count() == 1


def test_no_replay_before_the_end() -> None:
    webinar = make.webinar(schedule=make.schedule(replay=True))
    place = make.registration(make.session(webinar, starts_at=timezone.now()))
    with pytest.raises(replays.NoReplay):
        replays.watch_again(registration=place, now=timezone.now())


def test_calendars_carry_the_public_page_and_never_the_link(place: Registration) -> None:
    client = holder(place)
    token = links.mint(place, timezone.now())
    html = client.get(f"/r/{place.pk}/").content.decode()
    file = client.get(f"/r/{place.pk}/calendar.ics")
    text = file.content.decode().replace("\r\n ", "")
    public = f"http://testserver/{place.webinar.team.slug}/{place.webinar.slug}/"
    assert file["Content-Type"].startswith("text/calendar")
    assert f"URL:{public}" in text
    assert f"DTSTART:{place.starts_at:%Y%m%dT%H%M%SZ}" in text
    assert token not in html + text
    assert "calendar.google.com" in html
    assert f"{place.starts_at:%Y%m%dT%H%M%SZ}" in html


@pytest.mark.parametrize("page", ["cancel/", "name/", "resend/", "change/"])
def test_the_small_pages_only_show(place: Registration, page: str) -> None:
    before = state()
    assert holder(place).get(f"/r/{place.pk}/{page}").status_code == 200
    assert state()[1:] == before[1:]
    place.refresh_from_db()
    assert place.cancelled_at is None


def test_a_place_is_given_back_by_post(place: Registration) -> None:
    client = holder(place)
    response = client.post(f"/r/{place.pk}/cancel/", follow=True)
    assert "Your place is given back" in response.content.decode()
    assert client.get(f"/r/{place.pk}/").status_code == 404


def test_a_name_is_corrected_or_told_why_not(place: Registration) -> None:
    client = holder(place)
    assert client.post(f"/r/{place.pk}/name/", {"first_name": " "}).status_code == 422
    assert client.post(f"/r/{place.pk}/name/", {"first_name": "Diana"}).status_code == 303
    place.person.refresh_from_db()
    assert place.person.first_name == "Diana"


def test_a_link_is_sent_again_five_times_at_most(
    place: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = holder(place)

    def sent(email: str) -> int:
        return client.post(f"/r/{place.pk}/resend/", {"email": email}).status_code

    assert sent("nonsense") == 422
    assert [sent(place.email) for _ in range(6)] == [303] * 5 + [429]


def test_another_time_is_taken_on_the_page(place: Registration) -> None:
    place.webinar.schedule.on_demand = True
    place.webinar.schedule.save()
    client = holder(place)
    assert client.post(f"/r/{place.pk}/change/", {"slot": "nonsense"}).status_code == 422
    assert client.post(f"/r/{place.pk}/change/", {"slot": "replay"}).status_code == 409
    moved = client.post(f"/r/{place.pk}/change/", {"slot": "on_demand"})
    new = Registration.objects.get(session__kind=Kind.ON_DEMAND)
    assert moved["Location"] == f"/r/{new.pk}/"

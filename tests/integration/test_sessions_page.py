"""The sessions part of the editor: what it lists, what each act says, and what the attendee then sees."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Email, Purpose
from scheduling.models import Kind
from tests import make
from tests.mailing import carry
from tests.schedule_forms import rows, typed
from webinars.models import Registration, Session
from webinars.studio.editor import part_url
from webinars.studio.sessions import ref_of

pytestmark = pytest.mark.django_db


class Page:
    """A webinar every day at noon UTC, one person in tomorrow's session, and its owner's browser."""

    def __init__(self, **fields: Any) -> None:
        self.member = make.member()
        rows = make.schedule(**{"attendee_zone": False, "zone": "Europe/Warsaw"} | fields)
        make.recurrence(rows, time(13))
        self.webinar = make.webinar(self.member.team, schedule=rows)
        tomorrow = timezone.now() + timedelta(days=2)
        self.start = datetime.combine(tomorrow.date(), time(13), rows.zone).astimezone(UTC)
        self.session = make.session(self.webinar, starts_at=self.start)
        dana = make.person(self.member.team, confirmed_at=timezone.now())
        self.place = make.registration(self.session, who=dana, zone="Europe/Warsaw")
        self.client = Client()
        self.client.force_login(self.member.user)
        _guest, cookie = make.guest(self.place.person)
        self.attendee = Client()
        self.attendee.cookies[settings.GUEST_COOKIE_NAME] = cookie

    def url(self, name: str, at: datetime | None = None) -> str:
        ref = [ref_of(Kind.SCHEDULED, at or self.start)] if name != "webinar_sessions" else []
        return reverse(name, args=[self.webinar.team.slug, self.webinar.pk, *ref])

    def listed(self, query: str = "") -> str:
        response = self.client.get(self.url("webinar_sessions") + query)
        assert response.status_code == 200
        return response.content.decode()

    def typed(self, at: datetime, **more: str) -> dict[str, str]:
        return {"on": f"{at:%Y-%m-%d}", "at": f"{at:%H:%M}", "zone": "UTC", "note": ""} | more


@pytest.fixture
def page() -> Page:
    return Page()


def test_the_list_shows_who_is_in_and_the_next_that_the_schedule_gives(page: Page) -> None:
    html = page.listed()
    assert f'datetime="{page.start.isoformat()}"' in html
    nearby = page.start + timedelta(days=1)
    assert f'datetime="{nearby.isoformat()}"' in html or "13:00" in html
    assert html.count("Take registrations") == 0
    assert html.count("Stop registrations") == 13  # one stored, twelve given
    assert html.count(">Delete<") == 12


def test_the_list_asks_a_constant_number_of_questions(page: Page, django_assert_max_num_queries: Any) -> None:
    for day in range(3, 9):
        other = make.session(page.webinar, starts_at=page.start + timedelta(days=day))
        make.registration(other)
        make.registration(other, cancelled_at=timezone.now())
    with django_assert_max_num_queries(30):
        page.listed()


def test_a_time_that_was_promised_and_is_no_more_in_the_schedule_is_marked(page: Page) -> None:
    """As after a country changed its clocks: the instant stays as promised, and the host sees which it is."""
    assert "not in the schedule any more" not in page.listed()
    page.webinar.schedule.recurrences.update(times=[time(14)])
    html = page.listed()
    assert html.count('amber">not in the schedule any more') == 1
    assert "They keep it until you move or cancel it." in html
    page.place.refresh_from_db()
    assert page.place.starts_at == page.start


def test_who_waits_is_counted_among_who_is_told(page: Page) -> None:
    make.waiting(page.session)
    shown = page.client.get(page.url("session_cancel")).content.decode()
    assert "Cancel and tell 2 people" in shown
    done = page.client.post(page.url("session_cancel"), {"note": "", "do": "cancel"}, follow=True)
    assert "A mail goes to each of 2 people." in done.content.decode()
    assert "1 waits" not in done.content.decode()
    people = page.client.get(reverse("registrations", args=[page.webinar.team.slug, page.webinar.pk]))
    assert "session cancelled" in people.content.decode()


def test_while_people_talk_on_the_ticket_says_that_the_film_has_ended(page: Page) -> None:
    begun = timezone.now() - timedelta(minutes=10)
    session = make.session(page.webinar, starts_at=begun)
    Session.objects.filter(pk=session.pk).update(
        ends_at=begun + timedelta(minutes=6), closes_at=begun + timedelta(minutes=40)
    )
    place = make.registration(session, who=page.place.person)
    html = page.attendee.get(f"/r/{place.pk}/").content.decode()
    assert "The film ended at" in html
    assert "It has begun." not in html


def test_cancelling_shows_who_is_told_what_and_then_tells_them(page: Page) -> None:
    address = page.url("session_cancel")
    shown = page.client.get(address)
    assert "Dana" in shown.content.decode()
    assert "does not take place" in shown.content.decode()
    looked = page.client.post(address, {"note": "The oven broke.", "do": "look"})
    assert "The oven broke." in looked.content.decode()
    assert not Session.objects.filter(cancelled_at__isnull=False).exists()
    done = page.client.post(address, {"note": "The oven broke.", "do": "cancel"}, follow=True)
    assert "The session is cancelled. A mail goes to 1 person." in done.content.decode()
    carry(timezone.now())
    assert "The oven broke." in str(mail.outbox[0].body)

    html = page.attendee.get(f"/r/{page.place.pk}/").content.decode()
    assert "This session was cancelled" in html
    assert "The oven broke." in html
    room = page.attendee.get(f"/r/{page.place.pk}/room/")
    assert (room.status_code, room["Location"]) == (303, f"/r/{page.place.pk}/")
    slot = html.split('name="slot" value="', 1)[1].split('"', 1)[0]
    taken = page.attendee.post(f"/r/{page.place.pk}/change/", {"slot": slot}, follow=True)
    assert "Your place is kept" in taken.content.decode()
    assert Registration.objects.live().count() == 1


def test_a_note_that_nobody_can_keep_is_refused_beside_its_field(page: Page) -> None:
    answer = page.client.post(page.url("session_cancel"), {"note": "a\x00b", "do": "cancel"})
    assert answer.status_code == 422
    answer = page.client.post(page.url("session_cancel"), {"note": "x" * 301, "do": "cancel"})
    assert answer.status_code == 422
    assert not Session.objects.filter(cancelled_at__isnull=False).exists()


def test_moving_is_looked_at_before_it_is_done(page: Page) -> None:
    address, to = page.url("session_move"), page.start + timedelta(hours=5)
    assert page.client.get(address).status_code == 200
    looked = page.client.post(address, page.typed(to))
    html = looked.content.decode()
    assert looked.status_code == 200
    assert f'name="shown" value="{to.isoformat()}"' in html
    assert "the new time of" in html
    page.session.refresh_from_db()
    assert page.session.starts_at == page.start
    done = page.client.post(address, page.typed(to, shown=to.isoformat()), follow=True)
    assert "The session is moved. A mail goes to 1 person." in done.content.decode()
    page.session.refresh_from_db()
    assert page.session.starts_at == to
    assert Email.objects.filter(purpose=Purpose.CHANGE).count() == 1
    ticket = page.attendee.get(f"/r/{page.place.pk}/").content.decode()
    assert to.astimezone(page.place.zone).strftime("%H:%M") in ticket


def test_what_was_shown_is_what_is_done(page: Page) -> None:
    to = page.start + timedelta(hours=5)
    other = page.typed(to + timedelta(hours=1), shown=to.isoformat())
    answer = page.client.post(page.url("session_move"), other)
    assert answer.status_code == 200
    page.session.refresh_from_db()
    assert page.session.starts_at == page.start


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": "2020-01-01"}, "This is in the past."),
        ({"on": "1812-01-01"}, "Choose a date between"),
        ({"zone": "EST"}, "America/New_York"),
        ({"at": "25:00"}, "Enter a valid time."),
        ({"on": "", "at": ""}, "This field is required."),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_beside_its_field(
    page: Page, fields: dict[str, str], words: str
) -> None:
    typed = page.typed(page.start + timedelta(hours=5), note="Kept words") | fields
    answer = page.client.post(page.url("session_move"), typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    page.session.refresh_from_db()
    assert page.session.starts_at == page.start


def test_a_wall_time_that_a_clock_change_touches_says_what_it_means(page: Page) -> None:
    year = timezone.now().year + 1
    spring, autumn = _sundays(year)
    skipped = page.client.post(
        page.url("session_move"), {"on": spring, "at": "02:30", "zone": "Europe/Warsaw", "note": ""}
    )
    assert "02:30 does not exist" in skipped.content.decode()
    assert "starts at 03:30" in skipped.content.decode()
    repeated = page.client.post(
        page.url("session_move"), {"on": autumn, "at": "02:30", "zone": "Europe/Warsaw", "note": ""}
    )
    assert "02:30 happens twice" in repeated.content.decode()
    assert "UTC+2" in repeated.content.decode()


def _sundays(year: int) -> tuple[str, str]:
    """The days on which Warsaw's clocks change."""
    found = []
    for month in (3, 10):
        last = datetime(year, month, 31, tzinfo=UTC)
        found.append(f"{last - timedelta(days=(last.weekday() + 1) % 7):%Y-%m-%d}")
    return found[0], found[1]


def test_a_session_is_not_moved_onto_another_and_the_page_says_which(page: Page) -> None:
    to = page.start + timedelta(hours=5)
    make.registration(make.session(page.webinar, starts_at=to))
    typed = page.typed(to, shown=to.isoformat())
    answer = page.client.post(page.url("session_move"), typed)
    assert answer.status_code == 409
    assert "Another session of this webinar starts on" in answer.content.decode()
    assert "(registered: 1)" in answer.content.decode()


def test_registrations_stop_and_go_on_from_the_list(page: Page) -> None:
    page.client.post(page.url("session_shut"))
    assert "No more registrations" in page.listed()
    page.client.post(page.url("session_let_in"))
    assert "No more registrations" not in page.listed()


def test_deleting_what_people_hold_says_why_not_and_what_nobody_holds_can_come_back(page: Page) -> None:
    answer = page.client.post(page.url("session_take_out"), follow=True)
    assert "cancel it instead" in answer.content.decode()
    other = page.start + timedelta(days=1)
    other = datetime.combine(other.date(), time(13), page.webinar.schedule.zone).astimezone(UTC)
    answer = page.client.post(page.url("session_take_out", other), follow=True)
    assert "Nobody held a place in it" in answer.content.decode()
    assert "Offer it again" in answer.content.decode()
    answer = page.client.post(page.url("session_put_back", other), follow=True)
    assert "It is offered again." in answer.content.decode()
    assert "Offer it again" not in answer.content.decode()


@pytest.mark.parametrize(
    "ref", ["nothing", "scheduled-20300101T000001Z", "scheduled-20309999T000000Z", "replay-x"]
)
def test_a_session_that_is_none_is_not_found(page: Page, ref: str) -> None:
    for name in ("session_cancel", "session_move", "session_shut"):
        address = reverse(name, args=[page.webinar.team.slug, page.webinar.pk, ref])
        assert page.client.post(address).status_code == 404
    assert Session.objects.count() == 1


def test_times_of_the_attendees_own_clock_are_listed_as_people_there_have_them() -> None:
    page = Page(attendee_zone=True)
    html = page.listed("?zone=Asia/Tokyo")
    tokyo = datetime.combine(page.start.date(), time(13)).astimezone(UTC).replace(hour=4)
    assert f"scheduled-{tokyo:%Y%m%dT%H%M%SZ}/move/?zone=Asia/Tokyo" in html
    assert page.client.post(page.url("session_shut", tokyo)).status_code == 404
    assert page.client.post(page.url("session_shut", tokyo) + "?zone=Asia/Tokyo").status_code == 302
    assert page.listed("?zone=nowhere/at-all")


def test_the_editor_asks_and_nothing_typed_is_lost(page: Page) -> None:
    form = typed(**rows("rule", {"frequency": "daily", "times": ["15:00"]}))
    url = part_url(page.webinar, "schedule")
    asked = page.client.post(url, form)
    html = asked.content.decode()
    assert asked.status_code == 409
    assert "1 person holds a place at a time that the new schedule no longer has" in html
    assert "Dana" in html
    for name, value in form.items():
        if name != "do" and isinstance(value, str):
            assert f'name="{name}" value="{value}"' in html
    page.webinar.schedule.refresh_from_db()
    assert page.webinar.schedule.version == 0
    seen = html.split('name="seen" value="', 1)[1].split('"', 1)[0]
    done = page.client.post(url, form | {"choice": "move", "seen": seen, "note": "Later."}, follow=True)
    assert done.status_code == 200
    page.place.refresh_from_db()
    assert page.place.starts_at == page.start + timedelta(hours=2)
    assert Email.objects.get(purpose=Purpose.CHANGE).facts["note"] == "Later."


def test_taking_the_last_save_back_asks_as_well_and_then_takes_it_back(page: Page) -> None:
    url = part_url(page.webinar, "schedule")
    page.client.post(url, typed(**rows("rule", {"frequency": "daily", "times": ["13:00", "15:00"]})))
    later = page.start + timedelta(hours=2)
    make.registration(make.session(page.webinar, starts_at=later))
    asked = page.client.post(url, {"do": "undo", "version": "1"})
    assert asked.status_code == 409
    html = asked.content.decode()
    assert '<button class="btn btn-primary" type="submit" name="do" value="undo">' in html
    seen = html.split('name="seen" value="', 1)[1].split('"', 1)[0]
    answer = {"do": "undo", "version": "1", "choice": "keep", "seen": seen, "note": ""}
    assert page.client.post(url, answer).status_code == 302
    assert [at.hour for at in page.webinar.schedule.recurrences.get().times] == [13]

"""The mails to who waits: both parts whole, one button, times in the reader's zone, nothing typed evaluated."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from notifications.models import Email, Purpose, Suppression
from scheduling.models import Kind
from tests import make
from tests.mailing import carry
from webinars import signals
from webinars.models import Registration, Session, Webinar
from webinars.services import registration as service
from webinars.services import waiting, wishes
from webinars.views import links

pytestmark = pytest.mark.django_db
NOW = make.NOW
START = datetime(2026, 3, 11, 12, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
def webinar() -> Webinar:
    """Daily at noon in UTC, one place, which somebody has."""
    schedule = make.schedule(attendee_zone=False, places=1)
    make.recurrence(schedule, time(12))
    team = make.team("lumen", name="Lumen <b>", answer_address="ask@lumen.example")
    row = make.webinar(
        team, slug="bread", schedule=schedule, title="Bread {{ name }} <script>alert(1)</script>"
    )
    make.registration(make.session(row, starts_at=START))
    return row


def join(webinar: Webinar, name: str = "Ann") -> None:
    waiting.join(
        webinar=webinar, kind=Kind.SCHEDULED, starts_at=START, first_name=name, email="ann@example.org",
        zone=WARSAW, guest=None, now=NOW,
    )  # fmt: skip


def listed(webinar: Webinar) -> None:
    join(webinar)
    carry(NOW)


def moved_up(webinar: Webinar) -> None:
    join(webinar)
    service.cancel(registration=Registration.objects.get(session__starts_at=START), now=NOW)
    carry(NOW)


def called_off(webinar: Webinar) -> None:
    join(webinar)
    session = Session.objects.get(starts_at=START)
    session.cancelled_at, session.note = NOW, "The <i>oven</i> broke."
    session.save()
    signals.session_changed.send(Session, session=session, now=NOW)
    carry(NOW)


def offered(webinar: Webinar) -> None:
    webinar.schedule.recurrences.all().delete()
    wishes.wish(webinar=webinar, first_name="Ann", email="ann@example.org", zone=WARSAW, guest=None, now=NOW)
    make.recurrence(webinar.schedule, time(12))
    wishes.tell_of_dates(NOW + timedelta(minutes=1))
    carry(NOW + timedelta(minutes=1))


WAYS = [listed, moved_up, called_off, offered]


def the_mail() -> Any:
    (message,) = [message for message in mail.outbox if message.to == ["ann@example.org"]]
    return message


@pytest.mark.parametrize("way", WAYS)
def test_both_parts_carry_the_same_links_and_the_html_has_one_button(
    webinar: Webinar, way: Callable[[Webinar], None]
) -> None:
    way(webinar)
    message = the_mail()
    html = str(message.alternatives[0][0])
    in_text = set(re.findall(r"https?://testserver/[^\s\"<)]+", str(message.body)))
    in_html = set(re.findall(r"https?://testserver/[^\s\"<)]+", html))
    assert in_text == in_html
    assert html.count('class="act') == 1
    assert any("/unsubscribe/" in link for link in in_text)
    assert not re.findall(r"<(?:img|link|script)[^>]+(?:src|href)=\"http", html)  # fetches nothing


@pytest.mark.parametrize("way", WAYS)
def test_A12_nothing_typed_is_evaluated_or_becomes_markup(
    webinar: Webinar, way: Callable[[Webinar], None]
) -> None:
    way(webinar)
    message = the_mail()
    html = str(message.alternatives[0][0])
    assert "<script>" not in html
    assert "<i>oven" not in html
    assert "Bread {{ name }}" in html
    assert "Bread {{ name }} <script>alert(1)</script>" in str(message.body)


@pytest.mark.parametrize("way", WAYS)
def test_S8_the_times_are_the_readers_and_name_their_zone(
    webinar: Webinar, way: Callable[[Webinar], None]
) -> None:
    way(webinar)
    body = str(the_mail().body)
    assert "Warsaw time, UTC+1" in body
    assert "13:00" in body
    assert "12:00" not in body


@pytest.mark.parametrize("way", WAYS)
def test_answers_reach_the_team_and_each_says_that_it_is_automatic(
    webinar: Webinar, way: Callable[[Webinar], None]
) -> None:
    way(webinar)
    message = the_mail()
    assert message.reply_to == ["ask@lumen.example"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Sent automatically" in str(message.body)


@pytest.mark.parametrize("way", WAYS)
def test_X2_a_suppressed_address_gets_none(webinar: Webinar, way: Callable[[Webinar], None]) -> None:
    Suppression.objects.create(address="ann@example.org", reason=Suppression.Reason.BOUNCED)
    way(webinar)
    assert [message for message in mail.outbox if message.to == ["ann@example.org"]] == []


@pytest.mark.parametrize("name", ["Win 500 at http://spam.example", "x" * 41])
def test_X8_a_name_that_could_pass_for_an_advertisement_stays_out(webinar: Webinar, name: str) -> None:
    join(webinar, name)
    carry(NOW)
    assert name not in str(the_mail().body)
    assert "Hello," in str(the_mail().body)


def test_a_lost_link_to_a_waiting_place_is_sent_again_and_says_the_same_to_a_stranger(
    webinar: Webinar, monkeypatch: pytest.MonkeyPatch
) -> None:
    for throttle in (links.asking, links.mailing):
        monkeypatch.setattr(throttle, "act", f"{throttle.act}-{make.team().pk}")
    session = make.session(webinar, starts_at=datetime.now(UTC) + timedelta(days=1))
    make.waiting(session, make.person(webinar.team, email="ann@example.org"))
    known = Client().post("/j/", {"email": "ann@example.org"})
    stranger = Client().post("/j/", {"email": "bob@example.org"})
    assert known.status_code == stranger.status_code == 200
    assert Email.objects.get(purpose=Purpose.WAITING_LISTED).to == "ann@example.org"
    Client().post("/j/", {"email": "ann@example.org"})
    assert Email.objects.filter(purpose=Purpose.WAITING_LISTED).count() <= 2  # a minute may have turned

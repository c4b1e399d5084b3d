"""What stands in mails: the right instant and zone, nobody's code, no stranger's words, no secret elsewhere."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from notifications import rules, services
from notifications.models import Email, Purpose, State
from scheduling.models import Kind
from tests import make
from tests.mailing import MINUTE, calendar_in, carry, only
from webinars.models import Registration

pytestmark = pytest.mark.django_db
NOW = make.NOW
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} {first_name} {% load x %} %(name)s &lt;b&gt; \"' \x0b end"


def confirmed(row: Registration, at: datetime = NOW) -> mail.EmailMultiAlternatives:
    """The confirmation of a place."""
    services.plan_for_registration(registration=row, now=at)
    carry(at)
    message = mail.outbox[-1]
    assert isinstance(message, mail.EmailMultiAlternatives)
    return message


def html_of(message: mail.EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


@pytest.mark.parametrize(
    ("zone", "day", "time", "label"),
    [
        ("Europe/Warsaw", "Tuesday 10 March", "15:00", "Warsaw time, UTC+1"),
        ("America/St_Johns", "Tuesday 10 March", "11:30", "St Johns time, UTC−2:30"),
        ("Pacific/Kiritimati", "Wednesday 11 March", "04:00", "Kiritimati time, UTC+14"),
        ("UTC", "Tuesday 10 March", "14:00", "UTC"),
    ],
)
def test_S8_page_mail_and_calendar_agree_to_the_second(zone: str, day: str, time: str, label: str) -> None:
    session = make.session(starts_at=NOW + timedelta(hours=2))
    message = confirmed(make.registration(session, zone=zone))
    assert message.subject == f"{day}, {time}: your place is kept"
    for part in (str(message.body), html_of(message)):
        assert time in part
        assert label in part
    (event,) = calendar_in(message).walk("VEVENT")
    assert event["DTSTART"].dt == session.starts_at
    assert event["DTEND"].dt == session.ends_at
    assert event["DTSTART"].dt.second == 0


def test_S8_the_calendar_carries_the_rules_of_its_zone_and_the_events_own_name() -> None:
    row = make.registration(make.session(starts_at=NOW + timedelta(hours=2)), zone="Europe/Warsaw")
    calendar = calendar_in(confirmed(row))
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Warsaw"]
    (event,) = calendar.walk("VEVENT")
    assert event["UID"].startswith(str(row.pk))
    assert (event["SEQUENCE"], calendar["METHOD"]) == (0, "REQUEST")


def test_a_place_on_a_clock_of_ones_own_has_no_time_and_no_calendar() -> None:
    for kind in (Kind.ON_DEMAND, Kind.REPLAY):
        message = confirmed(make.registration(make.session(kind=kind, starts_at=None)))
        assert message.subject == "Your place is kept: Better bread at home"
        assert message.attachments == []
        assert "when you open it" in str(message.body)


def test_both_parts_carry_the_same_personal_link_and_one_button() -> None:
    message = confirmed(make.registration(make.session(starts_at=NOW + timedelta(hours=2))))
    (link,) = set(re.findall(r"http://testserver/j/[\w-]+/", str(message.body)))
    assert link in html_of(message)
    assert html_of(message).count(">Open my place</a>") == 1
    (event,) = calendar_in(message).walk("VEVENT")
    assert event["URL"] == link
    assert link not in html_of(message).split("calendar.google.com", 1)[1].split('"', 1)[0]


def columns() -> Iterable[tuple[str, str]]:
    """Every column of every table that can hold text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        yield from cursor.fetchall()


@pytest.mark.parametrize("outbox", [True, False])
def test_A4_the_token_is_nowhere_but_in_the_mail(settings: Any, outbox: bool, caplog: Any) -> None:
    settings.OUTBOX_PAGE = outbox
    message = confirmed(make.registration(make.session(starts_at=NOW + timedelta(hours=2))))
    found = re.search(r"/j/([\w-]{40,})/", str(message.body))
    assert found is not None
    token = found[1]
    with connection.cursor() as cursor:
        for table, column in columns():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), f"{table}.{column}"
    assert token not in caplog.text
    assert bool(only(Purpose.CONFIRMATION).sealed) is outbox


@pytest.mark.parametrize(
    "name",
    [
        "Win 500 € at http://spam.example",
        "www.spam.example",
        "spam.example",
        "write to a@spam.example",
        "x" * 41,
        "two\nlines",
        "<b>Bold</b>",
    ],
)
def test_X8_a_typed_name_that_could_pass_for_an_advertisement_stays_out(name: str) -> None:
    row = make.registration(make.session(starts_at=NOW + timedelta(hours=2)))
    row.person.first_name = name
    row.person.save()
    message = confirmed(row)
    for part in (message.subject, str(message.body), html_of(message), *message.extra_headers.values()):
        assert "spam" not in part
        assert name not in part
    assert str(message.body).startswith("Hello,")


@pytest.mark.parametrize("name", ["Zofia", "Jean-Luc", "O’Neill", "J. R. R.", "Łucja Ślusarczyk", "李小龍"])
def test_X8_real_names_are_greeted(name: str) -> None:
    assert rules.greeting_name(name) == name


def test_A12_nothing_that_people_typed_is_evaluated_or_becomes_markup() -> None:
    team = make.team(name=HOSTILE[:80], footer=HOSTILE)
    row = make.registration(
        make.session(make.webinar(team, title=HOSTILE), starts_at=NOW + timedelta(hours=2))
    )
    message = confirmed(row)
    html = html_of(message)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    for part in (html, str(message.body)):
        assert "{{ 7*7 }}" in part
        assert "49" not in part.replace(str(row.pk), "") or "{{ 7*7 }}" in part
        assert "{first_name}" in part
        assert "Dana" in part  # the greeting's own
    assert "\x0b" not in html + str(message.body)
    message.message().as_bytes()


def test_a_line_break_in_a_title_cannot_add_a_header() -> None:
    webinar = make.webinar(title="Bread\r\nBcc: all@example.org")
    message = confirmed(make.registration(make.session(webinar, kind=Kind.ON_DEMAND, starts_at=None)))
    assert message.message()["Bcc"] is None
    assert message.subject == "Your place is kept: Bread Bcc: all@example.org"


def test_mails_come_from_the_installation_and_answers_go_to_the_team() -> None:
    team = make.team(name="Atelier Lumen", answer_address="hello@lumen.example")
    message = confirmed(
        make.registration(make.session(make.webinar(team), starts_at=NOW + timedelta(hours=2)))
    )
    assert (message.from_email, message.reply_to) == (
        '"Atelier Lumen" <matinee@localhost>',
        ["hello@lumen.example"],
    )
    assert "Answer this mail" in str(message.body)
    without = confirmed(make.registration(make.session(starts_at=NOW + timedelta(hours=2))))
    assert without.reply_to == []
    assert "Answer this mail" not in str(without.body)


def test_bulk_mails_can_be_left_with_one_click_and_all_say_that_they_are_automatic() -> None:
    row = make.registration(make.session(starts_at=NOW + timedelta(minutes=30)))
    first = confirmed(row)
    carry(NOW + 20 * MINUTE)
    reminder = mail.outbox[-1]
    assert "List-Unsubscribe" not in first.extra_headers
    assert reminder.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://testserver/unsubscribe/[^>]+/>", reminder.extra_headers["List-Unsubscribe"])
    for message in (first, reminder):
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def flood(address: str, number: int) -> None:
    """So many strangers register an address, each with another team."""
    for _ in range(number):
        webinar = make.webinar()
        who = make.person(webinar.team, email=address)
        row = make.registration(make.session(webinar, starts_at=NOW + timedelta(days=9)), who=who)
        services.plan_for_registration(registration=row, now=NOW)


def test_X8_an_unconfirmed_address_gets_three_mails_an_hour_from_the_whole_installation() -> None:
    flood("victim@example.org", 10)
    flood("Victim@Example.org", 2)
    carry(NOW)
    assert len(mail.outbox) == 3
    over = Email.objects.filter(purpose=Purpose.CONFIRMATION, state=State.EXPIRED)
    assert over.count() == 9
    assert all("unconfirmed" in email.reason for email in over)


def test_X8_and_six_a_day() -> None:
    for hour in range(0, 24, 2):
        flood("victim@example.org", 3)
        Email.objects.waiting().filter(purpose=Purpose.CONFIRMATION).update(
            due_at=NOW + timedelta(hours=hour)
        )
        carry(NOW + timedelta(hours=hour))
    assert len(mail.outbox) == 6


def test_X8_who_has_confirmed_the_address_gets_what_they_asked_for() -> None:
    webinar = make.webinar()
    who = make.person(webinar.team, confirmed_at=NOW)
    for day in range(5):
        row = make.registration(make.session(webinar, starts_at=NOW + timedelta(days=day + 1)), who=who)
        services.plan_for_registration(registration=row, now=NOW)
    carry(NOW)
    assert len(mail.outbox) == 5
    flood(who.email, 4)  # and a stranger who types it has three of their own, no more
    carry(NOW + MINUTE)
    assert len(mail.outbox) == 8


def test_the_html_is_whole_in_day_and_night() -> None:
    team = make.team(colour="#ffee00")
    message = confirmed(
        make.registration(make.session(make.webinar(team), starts_at=NOW + timedelta(hours=2)))
    )
    html = html_of(message)
    assert "prefers-color-scheme" in html
    assert "#ffee00" not in html  # corrected: white on it could not be read
    assert "mj-" not in re.sub(r'(class|id)="[^"]*"|\.mj-[\w-]+', "", html)


def test_times_of_the_database_are_utc() -> None:
    row = make.registration(make.session(starts_at=NOW + timedelta(hours=2)), zone="Asia/Kolkata")
    confirmed(row)
    assert only(Purpose.REMINDER).planned_at.astimezone(UTC) == NOW + timedelta(minutes=110)


def test_a_mail_fetches_nothing_from_elsewhere() -> None:
    """MJML imports a font from a stranger for some family names it knows."""
    page = html_of(confirmed(make.registration(make.session(starts_at=NOW + timedelta(days=2)))))
    assert re.findall(r"(?:@import|<link|src=)[^>]*https?://(?!127\.0\.0\.1|testserver)", page) == []

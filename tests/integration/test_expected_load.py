"""What a week is expected to bring: from assumptions, from the past, from what the host says."""

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client

from accounts.models import Membership
from chat.expected_load import forecast_of, grounds_of
from chat.services.policy import default_policy
from chat.services.posting import post_as_attendee
from scheduling.models import Expectation
from tests import make
from webinars.models import Webinar

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def owner() -> Membership:
    return make.member()


@pytest.fixture
def webinar(owner: Membership) -> Webinar:
    row = make.webinar(owner.team, schedule=make.schedule(attendee_zone=False))
    make.recurrence(row.schedule, time(10), frequency="weekdays")
    default_policy(row)
    return row


def test_without_a_past_the_assumptions_are_stated(webinar: Webinar) -> None:
    grounds = grounds_of(webinar, NOW)
    assert {grounds.attendees.source, grounds.questions.source, grounds.zones_source} == {"assumed"}
    forecast = forecast_of(webinar, NOW, MONDAY)
    stay = timedelta(minutes=25) / timedelta(hours=1)  # ten minutes of film and the exit room
    assert forecast.questions == pytest.approx(50 * 0.5 * stay)
    assert f"{forecast.busiest.at:%a %H}" == "Mon 10"


def test_A019_twice_the_sessions_at_equal_registrations_lower_the_predicted_peak(webinar: Webinar) -> None:
    once = forecast_of(webinar, NOW, MONDAY)
    make.recurrence(webinar.schedule, time(16), frequency="weekdays")
    twice = forecast_of(webinar, NOW, MONDAY)
    assert twice.busiest.questions == pytest.approx(once.busiest.questions / 2)
    assert twice.questions == pytest.approx(once.questions)


def test_the_past_counts_once_there_is_enough_of_it(webinar: Webinar) -> None:
    entered = NOW - timedelta(days=3)
    session = make.session(webinar, starts_at=entered)
    for _ in range(24):
        place = make.registration(session, created_at=entered, zone="Asia/Tokyo")
        make.attendance(place, entered_at=entered, last_seen_at=entered + timedelta(hours=1))
    for number in range(6):
        asked = session.registrations.order_by("pk")[number]
        post_as_attendee(
            registration=asked, ref=uuid.uuid4(), text="How?", now=entered + timedelta(minutes=1)
        )
    grounds = grounds_of(webinar, NOW)
    assert (grounds.attendees.value, grounds.attendees.source) == (6, "past")
    assert (grounds.questions.value, grounds.questions.source) == (0.25, "past")
    assert (grounds.scheduled.value, grounds.zones[0][0].key) == (100, "Asia/Tokyo")


def test_what_the_host_expects_goes_before_the_past_and_an_empty_blank_follows_it_again(
    owner: Membership, webinar: Webinar
) -> None:
    client = Client()
    client.force_login(owner.user)
    url = f"/studio/{owner.team.slug}/webinars/{webinar.pk}/load/"
    typed = {"handling_seconds": 180, "target_seconds": 20, "target_percent": 80}
    assert client.post(url, typed | {"attendees_a_week": 20_000, "questions_an_hour": 1.2}).status_code == 302
    shown = client.get(url).text
    assert "(yours)" in shown
    assert "About 10000 questions in a week." in shown.replace("\xa0", "").replace(",", "")
    client.post(url, typed)
    assert grounds_of(webinar, NOW).attendees.source == "assumed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attendees_a_week", "-1"),
        ("questions_an_hour", "NaN"),
        ("questions_an_hour", "1e999"),
        ("target_percent", "100"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_saved(
    owner: Membership, webinar: Webinar, field: str, value: str
) -> None:
    client = Client()
    client.force_login(owner.user)
    typed = {"handling_seconds": 180, "target_seconds": 20, "target_percent": 80} | {field: value}
    answer = client.post(f"/studio/{owner.team.slug}/webinars/{webinar.pk}/load/", typed)
    assert answer.status_code == 422
    assert not Expectation.objects.exists()


def test_just_in_time_inside_the_chat_hours_is_spread_over_them_alone(owner: Membership) -> None:
    hours = make.chat_hours((0, time(9), time(17)))
    row = make.webinar(
        owner.team,
        chat_hours=hours,
        schedule=make.schedule(just_in_time=True, hours_limit=["just_in_time"], attendee_zone=False),
    )
    forecast = forecast_of(row, NOW, MONDAY)
    busy = {hour.at for hour in forecast.hours if hour.questions > 0}
    assert min(busy) == MONDAY + timedelta(hours=9)
    assert max(busy) == MONDAY + timedelta(hours=17), "the last to start stay a while"

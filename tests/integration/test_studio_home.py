"""The team's home: what goes on now, what comes next, what needs somebody, for each member."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, Team
from chat.models import Conversation
from tests import make
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.django_db


def home(member: Membership, team: Team | None = None) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse("team_home", args=[(team or member.team).slug]))


def running(team: Team, now: datetime, *, title: str, people: int = 1) -> Webinar:
    """A webinar with a session that began three minutes ago and people in its room."""
    webinar = make.webinar(team, title=title, promise="Yes.")
    make.recurrence(webinar.schedule)
    session = make.session(webinar, starts_at=now - timedelta(minutes=3))
    for number in range(people):
        place = make.registration(session, who=make.person(team, first_name=f"Guest{number}"))
        make.attendance(place, entered_at=now)
    return webinar


def waits(place: Registration, since: datetime) -> Conversation:
    """An attendee's conversation that waits for an answer."""
    return Conversation.objects.create(
        team=place.webinar.team,
        webinar=place.webinar,
        person=place.person,
        registration=place,
        listed=True,
        waiting_since=since,
    )


@pytest.fixture
def alice() -> Membership:
    return make.member(name="Alice")


def test_home_of_an_empty_team_offers_the_first_webinar(alice: Membership) -> None:
    page = home(alice)
    assert "Show your first webinar in three minutes." in page.text
    assert reverse("webinar_new", args=[alice.team.slug]) in page.text


def test_home_says_who_watches_who_waits_and_leads_to_the_longest_wait(alice: Membership) -> None:
    now = timezone.now()
    webinar = running(alice.team, now, title="Better bread", people=3)
    first, second, _third = webinar.registrations.order_by("pk")
    waits(first, now - timedelta(minutes=1))
    longest = waits(second, now - timedelta(minutes=6))
    page = home(alice)
    assert "3 people are watching 1 webinar. 2 people wait for an answer." in page.text
    assert f"Answer {second.person.first_name}, waiting" in page.text
    assert f"#{longest.pk}" in page.text
    assert "of 10:00" in page.text


def test_home_shows_a_member_only_what_they_work_on(alice: Membership) -> None:
    now = timezone.now()
    mine, hidden = running(alice.team, now, title="Mine"), running(alice.team, now, title="Hidden")
    waits(hidden.registrations.get(), now)
    bob = make.member(alice.team, Role.MODERATOR)
    make.assignment(mine, bob)
    page = home(bob)
    assert "1 person is watching 1 webinar. Nobody waits for an answer." in page.text
    assert "Hidden" not in page.text
    assert "Mend it" not in page.text  # nothing that a moderator cannot do


def test_A1_home_of_another_team_answers_like_one_that_does_not_exist(alice: Membership) -> None:
    charlie = make.member()
    running(alice.team, timezone.now(), title="Mine")
    assert home(charlie, alice.team).status_code == 404
    assert home(charlie, Team(slug="nowhere")).status_code == 404
    assert "Mine" not in home(charlie).text


def test_home_lists_what_comes_next_and_what_needs_somebody(alice: Membership) -> None:
    now = timezone.now()
    webinar = make.webinar(alice.team, title="Tomorrow's bread", promise="Yes.")
    make.registration(make.session(webinar, starts_at=now + timedelta(hours=5)))
    draft = make.webinar(alice.team, title="A draft", published=False)
    page = home(alice)
    assert "Nothing is running just now. Nobody waits for an answer." in page.text
    assert page.context["home"].next[0].registered == 1
    titles = [need.title for need in page.context["home"].needs]
    assert titles == ["No session is left", "A draft lacks 3 things"]
    assert draft.title in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_the_same_queries_for_one_and_three(
    alice: Membership, count: int, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    for number in range(count):
        webinar = running(alice.team, now, title=f"Bread {number}", people=count)
        make.assignment(webinar, alice)
        waits(webinar.registrations.order_by("pk")[0], now)
        make.registration(make.session(webinar, starts_at=now + timedelta(hours=number + 1)))
    client = Client()
    client.force_login(alice.user)
    with django_assert_num_queries(20):
        page = client.get(reverse("team_home", args=[alice.team.slug]))
    assert page.status_code == 200

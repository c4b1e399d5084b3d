"""Mails through the real doors: registered, corrected, watched, asked, answered, over."""

import re
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Role
from chat.models import Conversation, Wait
from chat.services.marks import note_team_seen
from chat.services.policy import default_policy
from chat.services.posting import post_as_attendee, post_as_moderator
from notifications.models import Email, Purpose, State
from scheduling import slots
from tests import make
from tests.mailing import MINUTE, carry
from webinars.models import Person, Registration, Webinar
from webinars.services import registration as places
from webinars.services.joining import enter
from webinars.services.sessions import close_due_sessions

pytestmark = pytest.mark.django_db
NOW = make.NOW
START = NOW + timedelta(hours=2)


def webinar() -> Webinar:
    """One that is shown every day at 14:00 UTC, moderated by Bob."""
    schedule = make.schedule(attendee_zone=False)
    make.recurrence(schedule, time(14))
    show = make.webinar(make.team(slug="lumen", name="Atelier Lumen"), schedule=schedule)
    make.assignment(show, make.member(show.team, Role.MODERATOR, name="Bob"))
    default_policy(show)
    return show


def register(show: Webinar, email: str = "dana@example.org", now: datetime = NOW) -> Registration:
    return places.register(
        webinar=show,
        kind=slots.Kind.SCHEDULED,
        starts_at=START,
        first_name="Dana",
        email=email,
        zone=ZoneInfo("Europe/Warsaw"),
        guest=None,
        now=now,
    ).registration


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(/j/[\w-]+/)", str(message.body))
    assert found is not None
    return found[1]


def test_the_link_in_the_mail_opens_the_place(client: Client) -> None:
    place = register(webinar())
    carry(NOW)
    link = link_in(mail.outbox[0])
    assert client.get(link).status_code == 200
    opened = client.post(link)
    assert opened.status_code == 303
    assert str(place.pk) in opened["Location"]


def test_A4_a_corrected_address_takes_every_mail_along_and_the_wrong_one_gets_no_living_link(
    client: Client,
) -> None:
    place = register(webinar(), "dnaa@example.org")
    carry(NOW)
    wrong = link_in(mail.outbox[0])
    places.correct_address(registration=place, email="dana@example.org", now=NOW + MINUTE)
    carry(NOW + MINUTE)
    carry(START - 10 * MINUTE)
    assert [message.to for message in mail.outbox] == [
        ["dnaa@example.org"],
        ["dana@example.org"],
        ["dana@example.org"],
    ]
    assert link_in(mail.outbox[2]) == link_in(mail.outbox[1]) != wrong
    assert client.post(link_in(mail.outbox[2])).status_code == 303
    assert client.post(wrong).status_code != 303


def test_a_place_changed_for_another_is_confirmed_and_the_old_one_reminds_nobody() -> None:
    place = register(webinar())
    carry(NOW)
    places.change(
        registration=place, kind=slots.Kind.SCHEDULED, starts_at=START + timedelta(days=1), now=NOW + MINUTE
    )
    carry(NOW + MINUTE)
    carry(START - 10 * MINUTE)
    carry(START + timedelta(days=1, minutes=-10))
    assert [message.subject[:23] for message in mail.outbox] == [
        "Tuesday 10 March, 15:00",
        "Wednesday 11 March, 15:",
        "15:00 today: Better bre",
    ]
    assert Email.objects.filter(purpose=Purpose.REMINDER, state=State.CANCELLED).count() == 1


def test_a_question_that_nobody_sees_is_alerted_answered_by_mail_and_followed_up() -> None:
    show = webinar()
    bob = show.assignments.get().membership
    place = register(show)
    Person.objects.update(confirmed_at=NOW)
    enter(registration=place, guest=make.guest(place.person)[0], now=START)
    asked_at = START + 5 * MINUTE
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long does it rise?", now=asked_at)
    carry(asked_at + MINUTE)
    carry(asked_at + 2 * MINUTE)
    assert mail.outbox[-1].subject == "Dana has waited 2 min"

    talk = Conversation.objects.get()
    answered_at = asked_at + 4 * MINUTE
    post_as_moderator(
        membership=bob,
        conversation_id=talk.pk,
        ref=uuid.uuid4(),
        text="Two hours: https://bread.example/rise?a=1&b=2.",
        base_seq=None,
        now=answered_at,
    )
    carry(answered_at + 29 * timedelta(seconds=1))
    carry(answered_at + 30 * timedelta(seconds=1))
    reply = mail.outbox[-1]
    assert reply.to == ["dana@example.org"]
    assert "Two hours:" in str(reply.body)
    assert "> How long does it rise?" in str(reply.body)

    close_due_sessions(START + timedelta(hours=3))
    carry(START + timedelta(hours=3))
    follow_up = mail.outbox[-1]
    assert follow_up.subject.startswith("Thank you for watching")
    shared = "https://bread.example/rise?a=1&b=2"  # what was shared is kept after the session
    assert f"Links from your conversation:\n{shared}\n" in str(follow_up.body)
    html = Email.objects.get(purpose=Purpose.FOLLOW_UP).html
    assert f'<a href="{shared.replace("&", "&amp;")}" rel="noopener"' in html
    assert not Email.objects.filter(purpose=Purpose.OWED).exists()


def test_a_question_that_somebody_looked_at_alerts_nobody() -> None:
    show = webinar()
    bob = show.assignments.get().membership
    place = register(show)
    enter(registration=place, guest=make.guest(place.person)[0], now=START)
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long?", now=START + MINUTE)
    talk = Conversation.objects.get()
    note_team_seen(membership=bob, conversation_id=talk.pk, seq=talk.seq, now=START + 2 * MINUTE)
    carry(START + 5 * MINUTE)
    assert Email.objects.get(purpose=Purpose.WAIT_ALERT).state == State.CANCELLED


def test_what_is_open_when_the_session_closes_is_summed_up_for_the_moderators() -> None:
    show = webinar()
    place = register(show)
    enter(registration=place, guest=make.guest(place.person)[0], now=START)
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long?", now=START + MINUTE)
    Wait.objects.update(seen_at=START + 2 * MINUTE)
    close_due_sessions(START + timedelta(hours=3))
    carry(START + timedelta(hours=3))
    subjects = [message.subject for message in mail.outbox]
    assert "1 answer owed: Better bread at home" in subjects

"""Afterwards, the page of a place keeps what its holder asked, what is owed to them first."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from django.test import Client

from chat.models import Conversation, OwedReply
from tests import make
from tests.talk import NOW, Talk, talk
from webinars.services.sessions import close_due_sessions

pytestmark = pytest.mark.django_db


def page(stage: Talk) -> str:
    client = Client()
    _, token = make.guest(stage.person)
    client.cookies = SimpleCookie({"matinee_guest": token})
    return client.get(f"/r/{stage.registration.pk}/").content.decode()


def test_what_was_asked_stands_there_and_what_is_owed_stands_above_it() -> None:
    stage = talk()
    stage.enters()
    stage.asks("Which flour?")
    stage.answers("Type 65.", NOW + timedelta(seconds=30))
    stage.asks("And the salt?", NOW + timedelta(minutes=2))
    stage.asks("How much of it?", NOW + timedelta(minutes=2, seconds=5))
    assert stage.session.closes_at
    close_due_sessions(stage.session.closes_at)
    assert OwedReply.objects.filter(settled_at__isnull=True).count() == 1
    html = page(stage)
    assert "An answer is owed to you." in html
    assert html.index("And the salt?") < html.index("How much of it?") < html.index("Which flour?")
    assert html.index("Which flour?") < html.index("Type 65.")
    assert "Bob" in html
    assert "Hello Dana" not in html  # nothing automatic is a question or an answer


def test_A14_nobody_sees_what_somebody_else_asked() -> None:
    stage = talk()
    stage.asks("Which flour?")
    other = make.registration(stage.session, who=make.person(stage.team, first_name="Charlie"))
    assert stage.session.closes_at
    close_due_sessions(stage.session.closes_at)
    stage.person, stage.registration = other.person, other
    assert "Which flour?" not in page(stage)


def test_A6_looking_at_the_page_makes_no_conversation() -> None:
    stage = talk()
    assert stage.session.closes_at
    close_due_sessions(stage.session.closes_at)
    assert "Your questions" not in page(stage)
    assert Conversation.objects.count() == 0

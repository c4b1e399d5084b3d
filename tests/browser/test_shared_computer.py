"""Two attendees in one browser, one after the other and side by side: neither gets anything of the other's."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from chat.models import Conversation
from chat.services import posting
from chat.services.policy import default_policy
from tests import make
from tests.browser.site import Site
from webinars.models import Registration

pytestmark = pytest.mark.browser

KEPT = "() => JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})"


def answer(bob: Membership, place: Registration, text: str) -> None:
    posting.post_as_moderator(
        membership=bob,
        conversation_id=Conversation.objects.get(person=place.person).pk,
        ref=uuid.uuid4(),
        text=text,
        base_seq=None,
        now=timezone.now(),
    )


def send(page: Page, text: str) -> None:
    page.get_by_label("Your message to the team").fill(text)
    page.get_by_label("Your message to the team").press("Enter")
    expect(page.get_by_text("Delivered").last).to_be_visible()


def test_f21_nothing_crosses_over_and_what_the_first_one_typed_is_gone(
    site: Site, new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]
) -> None:
    team = make.team(name="Crumb School")
    bob = make.member(team, name="Bob Baker")
    webinar = make.webinar(team, video=site.film_of(team), exit_minutes=2)
    make.assignment(webinar, bob)
    default_policy(webinar)
    session = make.session(webinar, starts_at=timezone.now() - timedelta(seconds=5))
    dana, ulrike = (
        make.registration(session, who=make.person(team, first_name=name)) for name in ("Dana", "Ulrike")
    )
    context = new_context()
    site.let_in(context, dana)
    first, second = watched(context.new_page()), watched(context.new_page())
    for page in (first, second):
        page.goto(f"/r/{dana.pk}/room/")
    send(first, "Dana asks")
    first.get_by_label("Your message to the team").fill("Dana, not sent yet")
    expect(second.get_by_text("Dana asks")).to_be_visible()

    site.let_in(context, ulrike)  # somebody else opens their own link here; Dana's first tab stays open
    second.goto(f"/r/{ulrike.pk}/room/")
    send(second, "Ulrike asks")
    answer(bob, dana, "This is for Dana.")
    answer(bob, ulrike, "This is for Ulrike.")
    expect(second.get_by_text("This is for Ulrike.")).to_be_visible()
    expect(first.get_by_text("This is for Dana.")).to_be_visible()
    expect(second.get_by_text("Dana")).to_have_count(0)
    expect(first.get_by_text("Ulrike")).to_have_count(0)

    response = first.goto(f"/r/{dana.pk}/room/")
    assert response is not None
    assert response.status == 404
    first.goto(f"/r/{ulrike.pk}/room/")
    expect(first.get_by_text("This is for Ulrike.")).to_be_visible()
    expect(first.get_by_label("Your message to the team")).to_have_value("")
    assert "Dana" not in first.evaluate(KEPT)

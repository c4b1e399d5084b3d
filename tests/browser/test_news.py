"""What the team says while nobody looks at the thread, in a real browser."""

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


@pytest.fixture
def place(site: Site) -> Registration:
    """Dana's place in a session that runs, of a webinar that Bob answers for."""
    team = make.team(name="Crumb School")
    webinar = make.webinar(team, video=site.film_of(team), exit_minutes=2)
    make.assignment(webinar, make.member(team, name="Bob Baker"))
    default_policy(webinar)
    running = make.session(webinar, starts_at=timezone.now() - timedelta(seconds=20))
    return make.registration(running, who=make.person(team))


def ask(place: Registration, text: str) -> None:
    posting.post_as_attendee(registration=place, ref=uuid.uuid4(), text=text, now=timezone.now())


def answer(place: Registration, text: str) -> None:
    bob = Membership.objects.get(assignments__webinar=place.webinar)
    pk = Conversation.objects.get(person=place.person).pk
    now = timezone.now()
    posting.post_as_moderator(
        membership=bob, conversation_id=pk, ref=uuid.uuid4(), text=text, base_seq=None, now=now
    )


def opened(site: Site, context: BrowserContext, watched: Callable[[Page], Page], place: Registration) -> Page:
    site.let_in(context, place)
    page = watched(context.new_page())
    page.goto(f"/r/{place.pk}/room/")
    page.locator("#enter").click()
    return page


def test_who_reads_further_back_is_told_of_new_messages_and_brought_to_them(
    site: Site,
    place: Registration,
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
) -> None:
    ask(place, "How long does the dough rest?")
    for number in range(12):
        answer(place, f"Line {number} of a long answer.\nIt has two lines.")
    page = opened(site, new_context(), watched, place)
    thread = page.get_by_role("log")
    title = page.title()
    thread.evaluate("element => element.scrollTo({ top: -400 })")
    page.wait_for_timeout(200)
    answer(place, "One thing more.")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    assert page.title() == f"(1) {title}"
    assert thread.evaluate("element => element.scrollTop") < -300  # nobody is torn away from what they read
    pill.press("Enter")
    expect(pill).to_have_count(0)
    expect(page.get_by_text("One thing more.")).to_be_in_viewport()
    assert page.title() == title
    assert page.evaluate("document.activeElement.getAttribute('role')") == "log"


def test_an_answer_in_full_screen_is_shown_on_the_film(
    site: Site,
    place: Registration,
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
) -> None:
    ask(place, "How long does the dough rest?")
    page = opened(site, new_context(), watched, place)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
    answer(place, "An hour, under a cloth.")
    shown = page.locator("#stage").get_by_text("An hour, under a cloth.")
    expect(shown).to_be_visible()
    page.locator("#stage").get_by_role("button", name="Read").click()
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.get_by_role("log").get_by_text("An hour, under a cloth.")).to_be_visible()
    expect(shown).to_have_count(0)

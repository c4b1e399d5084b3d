"""The host's list in real browsers: tried and kept in the studio, said in the room, at hand in the inbox."""

import os
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from chat.models import FaqAnswer, FaqEntry, FaqUse
from chat.services import faq_editing
from chat.services.faq_editing import EntrySetting
from chat.services.policy import default_policy
from chat.services.posting import post_as_attendee
from tests import make
from tests.browser.site import Site
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
PRICE = EntrySetting("How much does it cost?", "Ninety euro, flour included.", ("What is the price?",))
DATES = EntrySetting("When does it start?", "The next one starts on 4 May.", ("What are the dates?",))


def seen(page: Page, name: str) -> None:
    """A picture for whoever wants to look: into the folder that SHOTS names."""
    if os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(os.environ["SHOTS"]) / f"{name}.png"))


def stage(*settings: EntrySetting) -> tuple[Membership, Webinar, Registration]:
    """A member, their webinar with a list, and somebody's place in a session that runs."""
    bob = make.member(name="Bob Baker")
    webinar = make.webinar(bob.team)
    make.assignment(webinar, bob)
    default_policy(webinar)
    now = timezone.now()
    for setting in settings:
        faq_editing.add(webinar=webinar, actor=bob.user, setting=setting, now=now)
    place = make.registration(make.session(webinar, starts_at=now - timedelta(minutes=1)))
    make.attendance(place, entered_at=now)
    return bob, webinar, place


@pytest.mark.parametrize("width", [1280, 320])
def test_a099_in_the_room_an_answer_asks_whether_it_helped_and_a_human_is_one_press_away(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe, width: int
) -> None:
    _bob, _webinar, place = stage(PRICE, DATES)
    context = new_context(width=width, height=800, dark=width == 320)
    site.let_in(context, place)
    page = watched(context.new_page())
    page.goto(f"/r/{place.pk}/room/")
    page.get_by_label("Your message to the team").fill("what's the pirce?")
    page.get_by_label("Your message to the team").press("Enter")
    card = page.locator(".msg-auto", has_text="Ninety euro")
    expect(card).to_contain_text("How much does it cost?")
    expect(card).to_contain_text("From the host’s answers")
    expect(card.get_by_role("button", name="Ask a human")).to_be_visible()
    seen(page, f"room-{width}")
    assert axe(page) == []
    card.get_by_role("button", name="Yes").press("Enter")
    expect(card).to_contain_text("Good that it helped.")
    assert page.evaluate("document.activeElement.textContent") == "Good that it helped."
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("your question is with them")
    expect(page.get_by_label("Your message to the team")).to_be_focused()
    seen(page, f"room-{width}-human")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect.soft(card.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(page.locator(".msg-auto", has_text="Ninety euro")).to_contain_text("with them")
    assert FaqAnswer.objects.get(conversation__person=place.person).helped == "no"


def test_a028_the_list_is_begun_tried_and_looked_at_with_past_questions(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    bob, webinar, place = stage()
    now = timezone.now()
    for number, text in enumerate(("what's the price?", "Is rye better than wheat?")):
        post_as_attendee(
            registration=place if not number else make.registration(place.session),
            ref=uuid.uuid4(),
            text=text,
            now=now,
        )
    context = new_context(width=1440, height=1000)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{bob.team.slug}/webinars/{webinar.pk}/faq/")
    seen(page, "studio-empty")
    assert axe(page) == []
    page.get_by_role("button", name="Begin with three samples").click()
    page.get_by_role("link", name="Edit “How much does it cost?”").click()
    page.get_by_label("May be said by itself").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is still a gap")).to_be_visible()
    seen(page, "studio-entry")
    assert axe(page) == []
    page.get_by_label("Answer", exact=True).fill("Ninety euro, flour included.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 hit")).to_be_visible()
    page.get_by_role("textbox", name="Try a question").press_sequentially("how mcuh is it")
    expect(page.locator("#tried")).to_contain_text("would be said")
    page.get_by_role("button", name=re.compile("^Wrong.*the price")).click()
    expect(page.locator("#past")).to_contain_text("1 wrong")
    page.get_by_label("How near a question has to be").fill("95")
    expect(page.locator("#near-words")).to_contain_text("Strict")
    seen(page, "studio-list")
    assert axe(page) == []
    page.get_by_role("button", name="Remove “When does it start?”").click()
    page.get_by_role("button", name="Bring “When does it start?” back").click()
    assert FaqEntry.objects.of_webinar(webinar).count() == 3
    page.set_viewport_size({"width": 320, "height": 800})
    seen(page, "studio-320")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a028_beside_an_open_question_the_nearest_go_into_the_draft_and_are_counted_when_sent(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    bob, _webinar, place = stage(PRICE, DATES)
    text = "Does the price change, and when does it start?"
    asked = post_as_attendee(registration=place, ref=uuid.uuid4(), text=text, now=timezone.now())
    context = new_context(width=1440, height=900)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{bob.team.slug}/inbox/#{asked.conversation}")
    near = page.get_by_role("region", name="Near in your list")
    expect(near.get_by_role("button")).to_have_count(2)
    near.get_by_role("button", name="When does it start?").click()
    field = page.get_by_label("Reply to Dana")
    expect(field).to_have_value(DATES.answer)
    expect(field).to_be_focused()
    expect(near).to_contain_text("is in the draft, not sent.")
    seen(page, "inbox")
    assert axe(page) == []
    field.press("Control+Enter")
    expect(page.locator(".bub-us", has_text=DATES.answer)).to_be_visible()
    expect(near).to_be_hidden()
    assert [use.entry.question for use in FaqUse.objects.filter(entry__webinar=place.webinar)] == [
        DATES.question
    ]

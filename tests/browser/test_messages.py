"""Words that change in real browsers: single messages answered, edited, withdrawn, taken back; a moment asked for."""

import json
import os
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership, Role
from chat.models import ChatPolicy, Conversation, Message, Wait
from chat.services import policy
from chat.services.habits import keep_habits
from chat.services.posting import post_as_attendee
from tests import make
from tests.browser.site import Site
from webinars.models import Registration

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
Watched = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
SECRET = "The price is ten euros."


@dataclass
class Two:
    """A moderator in the inbox and an attendee in the room, each in a browser."""

    site: Site
    bob: Membership
    place: Registration
    new_context: NewContext
    watched: Watched

    def asks(self, text: str) -> None:
        post_as_attendee(registration=self.place, ref=uuid.uuid4(), text=text, now=timezone.now())

    def inbox(self, **size: object) -> Page:
        context = self.new_context(**size)
        self.site.sign_in(context, self.bob.user)
        page = self.watched(context.new_page())
        page.goto(f"/studio/{self.bob.team.slug}/inbox/")
        expect(page.locator("[data-line]:not([data-off])")).to_have_count(1)
        page.locator(".inbox-list [data-row]").click()
        expect(page.locator(".inbox-thread .bub").first).to_be_visible()
        return page

    def room(self, **size: object) -> Page:
        context = self.new_context(**size)
        self.site.let_in(context, self.place)
        page = self.watched(context.new_page())
        page.goto(f"/r/{self.place.pk}/room/")
        expect(page.locator(".thread")).to_be_visible()
        return page


@pytest.fixture
def two(site: Site, new_context: NewContext, watched: Watched) -> Two:
    team = make.team(name="Crumb School")
    bob = make.member(team, Role.MODERATOR, name="Bob Baker")
    webinar = make.webinar(team, video=site.film_of(team), title="Better bread at home", language="en")
    make.assignment(webinar, bob)
    policy.default_policy(webinar)
    ChatPolicy.objects.filter(webinar=webinar).update(receipts=True, nudge_minutes=5)
    now = timezone.now()
    session = make.session(webinar, starts_at=now - timedelta(seconds=2))
    place = make.registration(session, who=make.person(team, first_name="Dana"))
    make.attendance(place, entered_at=now, film_from_at=now, position=2)
    return Two(site, bob, place, new_context, watched)


def say(page: Page, text: str) -> None:
    page.locator("#reply").fill(text)
    page.get_by_role("button", name="Send to Dana").click()


def act(page: Page, line: str, name: str) -> None:
    """Press one of the small buttons of a line, by keyboard as well as by pointer."""
    bubbles = page.locator(".bub", has_text=line)
    bubbles.get_by_role("button", name=name).last.focus()
    page.keyboard.press("Enter")


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_M8_an_answer_is_edited_and_withdrawn_before_everybodys_eyes(two: Two, axe: Axe) -> None:
    two.asks("What does it cost?")
    bob, dana = two.inbox(), two.room()
    say(bob, SECRET)
    expect(dana.get_by_text(SECRET)).to_be_visible()
    act(bob, SECRET, "Edit")
    expect(bob.locator("#reply")).to_have_value(SECRET)
    shoot(bob, "inbox-editing")
    bob.locator("#reply").fill("It costs twelve euros.")
    bob.locator("#reply").press("Control+Enter")
    expect(dana.get_by_text("It costs twelve euros.")).to_be_visible()
    expect(dana.get_by_text("edited")).to_be_visible()
    expect(dana.get_by_text(SECRET)).to_have_count(0)
    expect(bob.locator(".bub-us")).not_to_contain_text(SECRET)
    bob.get_by_text("edited", exact=True).click()
    expect(bob.locator(".bub-us details li")).to_contain_text(SECRET)
    shoot(bob, "inbox-edited")
    act(bob, "twelve", "Withdraw")
    expect(bob.get_by_role("alert").filter(has_text="It is the only answer")).to_be_visible()
    assert axe(bob) == []
    shoot(bob, "inbox-withdraw")
    bob.get_by_role("button", name="Withdraw it").click()
    expect(bob.get_by_text("You withdrew this message")).to_be_visible()
    expect(dana.get_by_text("Message withdrawn")).to_be_visible()
    for page in (bob, dana):
        expect(page.locator("body")).not_to_contain_text("euros", use_inner_text=True)
    assert axe(dana) == []
    shoot(dana, "room-withdrawn")
    dana.reload()
    expect(dana.get_by_text("Message withdrawn")).to_be_visible()
    assert "euros" not in dana.content()
    assert Wait.objects.get(conversation__person=two.place.person).closed_by == "answer"


def test_both_sides_answer_one_message_and_a_press_goes_to_it(two: Two) -> None:
    two.asks("Which flour?")
    bob, dana = two.inbox(), two.room(width=390, height=780)
    act(bob, "Which flour?", "Reply to this message")
    shoot(bob, "inbox-reply-to")
    say(bob, "Rye.")
    expect(bob.locator(".bub-us .quote")).to_contain_text("Which flour?")
    expect(dana.locator(".msg .quote")).to_contain_text("Which flour?")
    answer = dana.locator(".msg", has_text="Rye.").last
    answer.get_by_role("button", name="Reply to this message").focus()
    dana.keyboard.press("Enter")
    expect(dana.get_by_text("Reply to Bob Baker: Rye.")).to_be_visible()
    shoot(dana, "room-answering")
    dana.locator("#message").fill("Thank you")
    dana.keyboard.press("Enter")
    expect(dana.locator(".msg-mine .quote")).to_contain_text("Rye.")
    expect(bob.locator(".bub:not(.bub-us) .quote")).to_contain_text("Rye.")
    shoot(dana, "room-quotes")
    dana.locator(".msg-mine .quote").click()
    expect(dana.locator("[data-seq='2']")).to_be_focused()
    act(bob, "Rye.", "Withdraw")
    bob.get_by_role("button", name="Withdraw it").click()
    expect(dana.locator(".msg-mine .quote")).to_contain_text("Message withdrawn")
    expect(dana.get_by_text("Rye.")).to_have_count(0)


def test_A071_a_reply_is_taken_back_by_its_key_and_its_words_come_back(two: Two, axe: Axe) -> None:
    keep_habits(membership=two.bob, undo=True)
    two.asks("What does it cost?")
    bob, dana = two.inbox(), two.room()
    said: list[str] = []
    dana.on("websocket", lambda socket: socket.on("framereceived", lambda frame: said.append(str(frame))))
    say(bob, SECRET)
    expect(bob.get_by_text(re.compile(r"Sending in \d s"))).to_be_visible()
    shoot(bob, "inbox-sending")
    assert axe(bob) == []
    bob.locator("#reply").press("Control+z")
    expect(bob.get_by_text("Taken back before it went out")).to_be_visible()
    expect(bob.locator("#reply")).to_have_value(SECRET)
    bob.locator("#reply").fill("")
    say(bob, "Twelve euros.")
    expect(dana.get_by_text("Twelve euros.")).to_be_visible(timeout=10_000)
    expect(bob.get_by_text(re.compile(r"Sending"))).to_have_count(0)
    expect(dana.locator("body")).not_to_contain_text("ten euros", use_inner_text=True)
    public = Message.objects.filter(conversation__person=two.place.person, public_seq__isnull=False)
    assert [one.text for one in public.order_by("public_seq")] == ["What does it cost?", "Twelve euros."]


def test_A064_A070_one_press_asks_for_a_moment_in_their_language(two: Two) -> None:
    two.asks("Is gluten a problem?")
    bob, dana = two.inbox(), two.room()
    expect(bob.locator("#reply")).to_have_attribute("lang", "en")
    expect(bob.locator("#reply")).to_have_attribute("spellcheck", "true")
    expect(dana.locator("#message")).to_have_attribute("lang", "en")
    expect(dana.locator("#message")).to_have_attribute("spellcheck", "true")
    bob.locator("#reply").fill("half a thought")
    bob.get_by_label("Ask for a moment").click()
    shoot(bob, "inbox-moment")
    bob.get_by_role("button", name=re.compile("Let me look that up")).click()
    expect(dana.get_by_text("Good question, Dana. Let me look that up")).to_be_visible()
    expect(bob.locator("#reply")).to_have_value("half a thought")
    expect(bob.get_by_text("promised to look")).to_be_visible()
    expect(bob.locator("[data-view=waiting] .n")).to_have_text("1")


def test_F32_A035_delivered_read_and_seen_are_what_they_say(two: Two) -> None:
    two.asks("How long?")
    bob, dana = two.inbox(), two.room()
    expect(dana.locator(".msg-mine")).to_contain_text("Seen")
    dana.evaluate("Object.defineProperty(document, 'hasFocus', {value: () => false, configurable: true})")
    say(bob, "An hour.")
    expect(bob.locator(".bub-us")).to_contain_text("delivered")
    conversation = Conversation.objects.get(person=two.place.person)
    assert (conversation.attendee_has, conversation.attendee_read) == (2, 1)
    shoot(bob, "inbox-delivered")
    dana.evaluate("Object.defineProperty(document, 'hasFocus', {value: () => true, configurable: true})")
    dana.evaluate("dispatchEvent(new Event('focus'))")
    expect(bob.locator(".bub-us")).to_contain_text("read")
    shoot(dana, "room-seen")


def test_F23_what_is_sent_offline_survives_a_reload_and_arrives_once_in_order(two: Two) -> None:
    dana = two.room()
    expect(dana.locator("#message")).to_be_visible()
    dana.context.set_offline(True)
    for text in ("one", "two"):
        dana.locator("#message").fill(text)
        dana.keyboard.press("Enter")
    expect(dana.locator(".msg-mine")).to_have_count(2)
    kept = dana.evaluate("Object.entries(sessionStorage).find(([key]) => key.startsWith('outbox:'))[1]")
    assert [entry["text"] for entry in json.loads(kept)] == ["one", "two"]
    dana.context.set_offline(False)
    dana.reload()
    expect(dana.locator(".msg-mine", has_text="Delivered")).to_have_count(2)
    found = Message.objects.filter(conversation__person=two.place.person, kind="attendee").order_by("seq")
    assert [one.text for one in found] == ["one", "two"]


def test_my_inbox_is_a_page_and_keeps_the_choice(two: Two, axe: Axe) -> None:
    two.asks("Hello?")
    bob = two.inbox(width=320, height=700)
    bob.goto(f"/studio/{two.bob.team.slug}/inbox/mine/")
    assert axe(bob) == []
    bob.get_by_label("Five seconds to take a reply back").check()
    shoot(bob, "inbox-mine")
    bob.get_by_role("button", name="Save").click()
    expect(bob.get_by_label("Five seconds to take a reply back")).to_be_checked()

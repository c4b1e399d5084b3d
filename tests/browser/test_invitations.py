"""Prompts in a real browser: at their second, never twice, never over a hand that writes; and the button that stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from chat.models import ChatPolicy, Message, MessageKind, Prompt, PromptSetting, PromptShown
from chat.services.policy import default_policy
from scheduling.models import Kind
from tests import make
from tests.browser.site import Site
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
TEXT = "Hello! Is there anything you would like to know?"
# Chromium without a window never hides a page: the page is told so instead.
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", {value: "%s", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def webinar(site: Site) -> Webinar:
    team = make.team(name="Crumb School", answer_address="answers@crumb.example")
    bob = make.member(team, name="Bob Baker")
    schedule = make.schedule(on_demand=True, replay=True)
    shown = make.webinar(team, video=site.film_of(team), promise="Yes.", schedule=schedule)
    make.assignment(shown, bob)
    ChatPolicy.objects.filter(pk=default_policy(shown).pk).update(welcome_delay=3600)
    PromptSetting.objects.create(webinar=shown)
    return shown


def prompt(webinar: Webinar, **fields: Any) -> Prompt:
    return Prompt.objects.create(webinar=webinar, **{"text": TEXT} | fields)


def place_in(webinar: Webinar, kind: str = Kind.SCHEDULED, ago: float = 5) -> Registration:
    starts_at = timezone.now().replace(microsecond=0) - timedelta(seconds=ago)
    return make.registration(make.session(webinar, kind=kind, starts_at=starts_at))


@pytest.fixture
def visit(new_context: NewContext, watched: Watch) -> Callable[..., Page]:
    """The registration page in a browser of its own, whose time only the test moves."""

    def go(webinar: Webinar, context: BrowserContext | None = None, **options: Any) -> Page:
        page = watched((context or new_context(**options)).new_page())
        page.clock.install()
        page.goto(f"/{webinar.team.slug}/{webinar.slug}/")
        page.wait_for_load_state("networkidle")  # the prompts' script comes after the page
        return page

    return go


@pytest.fixture
def enter(site: Site, new_context: NewContext, watched: Watch) -> Callable[..., Page]:
    """A page of a place in a browser of its own."""

    def go(place: Registration, path: str = "room/", **options: Any) -> Page:
        context = new_context(**options)
        site.let_in(context, place)
        page = watched(context.new_page())
        page.goto(f"/r/{place.pk}/{path}")
        return page

    return go


def card(page: Page) -> Any:
    return page.get_by_role("complementary", name="Invitation")


def test_a047_after_45_visible_seconds_between_45_and_47(
    webinar: Webinar, visit: Callable[..., Page]
) -> None:
    prompt(webinar, seconds=45)
    page = visit(webinar)
    page.clock.run_for(44_400)
    expect(card(page)).to_have_count(0)
    page.clock.run_for(2_000)
    expect(card(page)).to_contain_text(TEXT)
    expect(card(page)).to_contain_text("Automatic")
    expect(page.locator("#invite-said")).to_have_text(f"Automatic: {TEXT}")


def test_a047_the_seconds_stand_still_in_a_hidden_tab(webinar: Webinar, visit: Callable[..., Page]) -> None:
    prompt(webinar, seconds=45)
    page = visit(webinar)
    page.clock.run_for(30_000)
    page.evaluate(HIDE % "hidden")
    page.clock.run_for(60_000)
    expect(card(page)).to_have_count(0)
    page.evaluate(HIDE % "visible")
    page.clock.run_for(14_000)
    expect(card(page)).to_have_count(0)
    page.clock.run_for(2_500)
    expect(card(page)).to_be_visible()


def test_a074_closed_once_it_is_silent_on_every_page_and_no_cookie_says_so(
    webinar: Webinar, visit: Callable[..., Page], new_context: NewContext
) -> None:
    prompt(webinar, seconds=2, often="session")
    prompt(webinar, seconds=3, text="Another one")
    context = new_context()
    page = visit(webinar, context)
    page.clock.run_for(3_000)
    expect(card(page)).to_contain_text(TEXT)
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    page.clock.run_for(10_000)
    expect(card(page)).to_have_count(0)
    again = visit(webinar, context)
    again.clock.run_for(10_000)
    expect(card(again)).to_have_count(0)
    assert {cookie["name"] for cookie in context.cookies()} <= {"matinee_csrf", "matinee_zone"}
    assert not PromptShown.objects.exists()


def test_a100_none_while_the_form_is_filled_in_and_the_button_stays(
    webinar: Webinar, visit: Callable[..., Page]
) -> None:
    held = prompt(webinar, seconds=5)
    page = visit(webinar)
    page.get_by_label("First name").fill("Dana")
    page.clock.run_for(60_000)
    expect(card(page)).to_have_count(0)
    expect(page.get_by_role("link", name="How to reach us")).to_be_visible()
    Prompt.objects.filter(pk=held.pk).update(form_too=True)
    page.wait_for_timeout(2_200)  # the page of strangers is kept for two seconds
    page.reload()
    page.wait_for_load_state("networkidle")
    page.get_by_label("First name").fill("Dana")
    page.clock.run_for(9_000)
    expect(card(page)).to_have_count(0)  # a hand has just written
    page.clock.run_for(6_000)
    expect(card(page)).to_be_visible()


def test_a077_a_place_that_comes_of_a_prompt_is_counted(webinar: Webinar, visit: Callable[..., Page]) -> None:
    held = prompt(webinar, seconds=2, action="form")
    page = visit(webinar)
    page.clock.run_for(3_000)
    card(page).get_by_role("button", name="Choose a time").click()
    expect(card(page)).to_have_count(0)
    page.check("input[name=slot][value^=on_demand]", force=True)
    page.get_by_label("First name").fill("Dana")
    page.get_by_label("E-mail").fill("dana@guests.example")
    page.get_by_role("button", name="Save my place").or_(page.locator("[data-slot-button]")).last.click()
    page.wait_for_url("**/r/*/**")
    page.clock.run_for(5_000)
    for _turn in range(40):
        if PromptShown.objects.filter(prompt=held).exists():
            break
        page.wait_for_timeout(250)
        page.clock.run_for(500)
    row = PromptShown.objects.get(prompt=held)
    assert (row.registered, row.person.first_name) == (True, "Dana")


def test_a073_the_button_is_there_without_prompts_and_says_how_to_reach_the_team(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    PromptSetting.objects.filter(webinar=webinar).update(side="left")
    for options in ({}, {"width": 320, "height": 640, "dark": True}):
        page = watched(new_context(**options).new_page())
        page.goto(f"/{webinar.team.slug}/{webinar.slug}/")
        button = page.get_by_role("link", name="How to reach us")
        box = button.bounding_box()
        assert box is not None
        assert box["x"] < 40  # the host chose the left
        assert axe(page) == []
        button.click()
        sheet = page.get_by_role("dialog", name="How to reach us")
        expect(sheet).to_contain_text("Somebody of the team is at the chat now.")
        expect(sheet).to_contain_text("Save a place")
        expect(sheet.get_by_role("link", name="answers@crumb.example")).to_be_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a073_on_the_pages_of_a_place_the_button_leads_to_the_conversation(
    webinar: Webinar, enter: Callable[..., Page]
) -> None:
    place = place_in(webinar)
    page = enter(place, "")
    button = page.get_by_role("link", name="Your conversation")
    box = button.bounding_box()
    assert box is not None
    assert box["x"] > 900
    button.click()
    page.wait_for_url(f"**/r/{place.pk}/room/#talk")
    expect(page.get_by_label("Your message to the team")).to_be_visible()
    expect(page.get_by_role("link", name="Your conversation")).to_have_count(0)


def test_a074_what_is_closed_on_one_device_is_closed_on_the_other(
    webinar: Webinar, enter: Callable[..., Page], axe: Axe
) -> None:
    prompt(webinar, seconds=1, often="days", days=7)
    prompt(webinar, seconds=1, pages_in=["room"], text="In the room")
    place = place_in(webinar)
    first = enter(place, "", width=320, height=640, dark=True)
    expect(card(first)).to_be_visible()
    assert axe(first) == []
    assert first.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with first.expect_response("**/commands/"):
        card(first).get_by_role("button", name="Close").click()
    second = enter(place, "")
    third = enter(place)
    third.wait_for_timeout(3_500)
    expect(card(second)).to_have_count(0)
    expect(card(third)).to_have_count(0)
    row = PromptShown.objects.get(person=place.person)
    assert row.closed_at is not None


def test_a105_in_the_room_it_stands_above_the_composer_and_never_over_the_film(
    webinar: Webinar, enter: Callable[..., Page], axe: Axe
) -> None:
    prompt(webinar, seconds=1, pages_in=["room", "replay"])
    for kind in (Kind.SCHEDULED, Kind.REPLAY):
        page = enter(place_in(webinar, kind), width=320, height=640)
        expect(card(page)).to_be_visible()
        stage = page.locator(".room-stage").bounding_box()
        tools = page.locator(".room-tools").bounding_box()
        box = card(page).bounding_box()
        assert stage
        assert tools
        assert box
        assert box["y"] >= stage["y"] + stage["height"]
        assert box["y"] >= tools["y"] + tools["height"]
        assert box["x"] + box["width"] <= 320
        assert axe(page) == []


def test_a077_opening_the_chat_says_the_words_there_once_and_the_team_sees_them(
    webinar: Webinar, enter: Callable[..., Page]
) -> None:
    prompt(webinar, seconds=2, pages_in=["room"])
    place = place_in(webinar)
    page = enter(place)
    card(page).get_by_role("button", name="Write to us").click()
    expect(card(page)).to_have_count(0)
    expect(page.get_by_role("log").get_by_text(TEXT)).to_be_visible()
    expect(page.get_by_role("log").get_by_text("Opened from an invitation")).to_be_visible()
    expect(page.get_by_label("Your message to the team")).to_be_focused()
    page.keyboard.type("How much is it?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Delivered")).to_be_visible()
    kinds = Message.objects.filter(conversation__person=place.person).order_by("seq")
    assert [m.kind for m in kinds if m.public_seq] == [MessageKind.PROMPT, MessageKind.ATTENDEE]


def test_none_while_somebody_writes_or_their_question_is_open(
    webinar: Webinar, enter: Callable[..., Page]
) -> None:
    prompt(webinar, seconds=2)
    page = enter(place_in(webinar))
    page.get_by_label("Your message to the team").fill("I wonder")
    page.wait_for_timeout(4_000)
    expect(card(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_timeout(3_000)
    expect(card(page)).to_have_count(0)


def test_a078_at_its_point_of_the_film_once_and_not_by_a_jump(
    webinar: Webinar, enter: Callable[..., Page]
) -> None:
    held = prompt(webinar, position=10, often="session")
    place = place_in(webinar, Kind.REPLAY)
    page = enter(place)
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    page.evaluate("document.querySelector('video').muted = true; document.querySelector('video').play()")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    page.evaluate("document.querySelector('video').currentTime = 20")  # a jump over it
    page.wait_for_timeout(2_500)
    page.evaluate("document.querySelector('video').currentTime = 12")  # back, still behind it
    page.wait_for_timeout(2_000)
    expect(card(page)).to_have_count(0)
    page.evaluate("document.querySelector('video').currentTime = 8")
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.querySelector('video').currentTime") < 13
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    page.evaluate("document.querySelector('video').currentTime = 8")
    page.wait_for_timeout(4_500)
    expect(card(page)).to_have_count(0)
    assert PromptShown.objects.filter(prompt=held, person=place.person).count() == 1

"""Two moderators and an attendee in real browsers: a question is seen, claimed, answered and settled."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership, Role
from chat.models import Conversation, Message, State, Wait
from chat.services import policy
from chat.services.posting import post_as_attendee
from tests import make
from tests.browser.site import Site
from webinars.models import Registration

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
Watched = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]


@dataclass
class House:
    """A team with two moderators of one webinar, and people who watch it now."""

    site: Site
    alice: Membership
    bob: Membership
    places: list[Registration]

    @property
    def address(self) -> str:
        return f"/studio/{self.alice.team.slug}/inbox/"

    def conversation(self, place: int = 0) -> Conversation:
        return Conversation.objects.get(person=self.places[place].person)

    def asks(self, text: str, place: int = 0, ago: float = 0) -> None:
        """What an attendee says, `ago` seconds back; from this process, so the site learns it from its database."""
        at = timezone.now() - timedelta(seconds=ago)
        post_as_attendee(registration=self.places[place], ref=uuid.uuid4(), text=text, now=at)

    def asks_over_http(self, context: BrowserContext, page: Page, text: str, place: int = 0) -> None:
        """What an attendee's own browser posts to the door for commands."""
        registration = self.places[place]
        self.site.let_in(context, registration)
        page.goto(f"/r/{registration.pk}/room/")
        frame = {"type": "message.post", "ref": str(uuid.uuid4()), "data": {"text": text}}
        status = page.evaluate(
            """async ([url, frame]) => {
                const token = /csrf=([^;]+)/.exec(document.cookie)?.[1]
                    ?? document.querySelector("input[name=csrfmiddlewaretoken]").value;
                const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
                return (await fetch(url, {method: "POST", headers, body: JSON.stringify(frame)})).status;
            }""",
            [f"/r/{registration.pk}/commands/", frame],
        )
        assert status == 200


@pytest.fixture
def house(site: Site) -> House:
    team = make.team(name="Plain Ledger")
    alice = make.member(team, Role.OWNER, name="Alice Miller")
    bob = make.member(team, Role.MODERATOR, name="Bob Stone")
    webinar = make.webinar(team, title="Get paid on time: how freelancers stopped chasing invoices")
    make.assignment(webinar, alice)
    make.assignment(webinar, bob)
    policy.default_policy(webinar)
    now = timezone.now()
    session = make.session(webinar, starts_at=now - timedelta(minutes=2))
    names = ("Łukasz", "Émilie", "Priya")
    places = [make.registration(session, who=make.person(team, first_name=name)) for name in names]
    for place in places:
        make.attendance(place, entered_at=now, film_from_at=now, position=120)
    return House(site, alice, bob, places)


@pytest.fixture
def opened(site: Site, house: House, new_context: NewContext, watched: Watched) -> Callable[..., Page]:
    """Open a member's inbox and wait until its line is up."""

    def open_it(member: Membership, **more: object) -> Page:
        context = new_context(**more)
        site.sign_in(context, member.user)
        page = watched(context.new_page())
        page.goto(house.address)
        expect(page.locator("[data-line]:not([data-off])")).to_have_count(1)
        return page

    return open_it


def test_a_question_reaches_both_one_claims_and_the_answer_goes_out(
    house: House, opened: Callable[..., Page], new_context: NewContext
) -> None:
    alice, bob = opened(house.alice), opened(house.bob)
    expect(alice.get_by_role("heading", name="Nobody has written yet")).to_be_visible()
    context = new_context()
    attendee = context.new_page()
    house.asks_over_http(context, attendee, "Do late fees follow Polish law?")
    for page in (alice, bob):
        expect(page.locator(".inbox-list [data-row]")).to_contain_text("Do late fees follow Polish law?")
        expect(page).to_have_title(re.compile(r"^\d+:\d\d · Inbox"))
        expect(page.locator("[data-view=waiting] .n")).to_have_text("1")
        page.locator(".inbox-list [data-row]").click()
        expect(page.locator(".inbox-thread .bub")).to_have_text(re.compile("Do late fees"))
    alice.get_by_role("button", name="Claim").click()
    expect(alice.locator(".inbox-thread header")).to_contain_text("You")
    expect(bob.locator(".inbox-thread header")).to_contain_text("Alice Miller")
    expect(bob.locator(".evt", has_text="Alice Miller claimed it")).to_be_visible()
    alice.locator("#reply").press_sequentially("Theirs: your client’s ")
    expect(bob.get_by_text("Alice Miller is writing here too")).to_be_visible()
    alice.locator("#reply").press_sequentially("country decides.")
    alice.get_by_role("button", name="Send to Łukasz").click()
    expect(bob.locator(".bub-us")).to_contain_text("your client’s country decides.")
    expect(alice.locator("[data-unsent]")).to_have_count(0)
    expect(alice.locator("[data-view=waiting] .n")).to_have_text("0")
    expect(attendee.get_by_text("your client’s country decides.")).to_be_visible()
    expect(alice.locator(".bub-us")).to_contain_text("read")
    attendee.locator("textarea").press_sequentially("Thank you")
    for page in (alice, bob):
        expect(page.get_by_text("Łukasz is typing")).to_be_visible()
    expect(bob.get_by_text("Łukasz is typing")).to_be_hidden(timeout=10_000)
    said = Message.objects.get(conversation=house.conversation(), kind="moderator")
    assert said.public_seq is not None
    assert said.text == "Theirs: your client’s country decides."


def test_offline_keeps_what_is_written_and_back_is_whole(house: House, opened: Callable[..., Page]) -> None:
    house.asks("Is the price per person?", ago=100)
    page = opened(house.alice)
    page.locator(".inbox-list [data-row]").click()
    expect(page.locator(".inbox-thread .bub")).to_have_count(1)
    page.mouse.move(700, 300)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator(".inbox-thread").get_by_text("No connection since")).to_be_visible()
    page.locator("#reply").fill("For all of you.")
    page.get_by_role("button", name="Send when back").click()
    expect(page.locator("[data-unsent]")).to_contain_text("For all of you.")
    expect(page.locator("[data-unsent=waiting]")).to_be_visible(timeout=30_000)
    house.asks("Second question of somebody else", place=1)
    house.asks("And another thing")
    page.context.set_offline(False)
    expect(page.locator("[data-line]:not([data-off])")).to_have_count(1, timeout=40_000)
    expect(page.locator("[data-unsent]")).to_have_count(0)
    expect(page.locator(".bub-us")).to_contain_text("For all of you.")
    expect(page.locator(".inbox-list [data-row]")).to_have_count(2)
    house.asks("Still listening?")
    expect(page.locator(".inbox-thread .bub")).to_have_count(4)
    fresh = opened(house.alice)
    fresh.goto(page.url)
    expect(fresh.locator(".inbox-thread .bub")).to_have_count(4)
    _until(lambda: _what_is_shown(page) == _what_is_shown(fresh))
    assert Message.objects.filter(conversation=house.conversation(), kind="moderator").count() == 1


def _what_is_shown(page: Page) -> object:
    return page.evaluate(
        """() => [
            [...document.querySelectorAll(".inbox-list [data-row]")].map((row) => row.dataset.row),
            [...document.querySelectorAll(".inbox-thread [data-seq]")].map((line) => line.dataset.seq),
            [...document.querySelectorAll("[data-view] .n")].map((number) => number.textContent),
        ]"""
    )


def test_the_keyboard_alone_is_enough(house: House, opened: Callable[..., Page]) -> None:
    for place, name in enumerate(("one", "two", "three")):
        house.asks(f"Question {name}", place=place, ago=200 - 60 * place)
    page = opened(house.bob)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".inbox-thread h2")).to_contain_text("Émilie")
    page.keyboard.press("n")
    expect(page.locator(".inbox-thread h2")).to_contain_text("Priya")
    page.keyboard.press("n")
    expect(page.locator(".inbox-thread h2")).to_contain_text("Łukasz")
    page.keyboard.press("c")
    expect(page.locator(".evt", has_text="You claimed it")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Yes, every one.")
    page.reload()
    expect(page.locator("#reply")).to_have_value("Yes, every one.")
    expect(page.locator("[data-line]:not([data-off])")).to_have_count(1)
    page.locator("#reply").press("Control+Enter")
    expect(page.locator(".bub-us")).to_contain_text("Yes, every one.")
    expect(page.locator("#reply")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".evt", has_text="You resolved it")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next who waits")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("emilie")
    expect(page.locator(".inbox-list [data-row]")).to_have_count(1)
    assert house.conversation().state == State.RESOLVED


def test_resolving_over_a_question_asks_first(house: House, opened: Callable[..., Page]) -> None:
    house.asks("Does this need an answer?")
    page = opened(house.alice)
    page.locator(".inbox-list [data-row]").click()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("still waits for an answer")).to_be_visible()
    page.get_by_role("button", name="No reply needed, resolve").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    expect(page.locator("[data-view=resolved] .n")).to_have_text("1")
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()


def test_an_answer_on_an_outdated_view_is_held_back(house: House, opened: Callable[..., Page]) -> None:
    house.asks("Do I have to change my software?")
    alice, bob = opened(house.alice), opened(house.bob)
    for page in (alice, bob):
        page.locator(".inbox-list [data-row]").click()
        expect(page.locator(".inbox-thread .bub")).to_have_count(1)
    alice.locator("#reply").fill("No, not before September.")
    bob.locator("#reply").fill("No: it only has to receive.")
    bob.locator("#reply").press("Control+Enter")
    expect(alice.locator(".bub-us")).to_contain_text("it only has to receive")
    alice.locator("#reply").press("Control+Enter")
    expect(alice.get_by_text("Not sent.")).to_be_visible()
    expect(alice.get_by_text("new since you began to write")).to_be_visible()
    expect(alice.locator("#reply")).to_have_value("No, not before September.")
    alice.get_by_role("button", name="Send anyway").click()
    expect(bob.locator(".bub-us")).to_have_count(2)


def test_the_list_stands_still_under_the_pointer(house: House, opened: Callable[..., Page]) -> None:
    house.asks("First", ago=60)
    page = opened(house.alice)
    page.locator(".inbox-list [data-row]").hover()
    house.asks("Second", place=1)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.locator(".inbox-list [data-row]")).to_have_count(1)
    page.get_by_role("button", name="1 new").click()
    expect(page.locator(".inbox-list [data-row]")).to_have_count(2)


UNFOCUSED = """
    document.hasFocus = () => window.focused === true;
    window.told = [];
    Notification = class extends EventTarget {
        constructor(title, options) { super(); window.told.push([title, options.body]); }
        static permission = "default";
        static async requestPermission() { return (Notification.permission = "granted"); }
        close() {}
    };
"""


def test_a_wait_is_told_to_whoever_looks_elsewhere_and_seen_only_when_looked_at(
    site: Site, house: House, new_context: NewContext, watched: Watched
) -> None:
    context = new_context()
    context.add_init_script(UNFOCUSED)
    site.sign_in(context, house.bob.user)
    page = watched(context.new_page())
    page.goto(house.address)
    assert page.evaluate("Notification.permission") == "default"
    page.get_by_role("button", name="Sound off").click()
    expect(page.get_by_role("button", name="Sound on")).to_be_visible()
    house.asks("Is anybody there?")
    expect(page).to_have_title(re.compile(r"^\(1\) \d+:\d\d · Inbox"))
    assert page.evaluate("told") == [["Łukasz waits for an answer", "Is anybody there?"]]
    page.locator(".inbox-list [data-row]").click()
    expect(page.locator(".inbox-thread .bub")).to_have_count(1)
    page.wait_for_timeout(500)
    assert Wait.objects.get(conversation=house.conversation()).seen_at is None
    page.evaluate("focused = true; dispatchEvent(new Event('focus'))")
    expect(page).to_have_title(re.compile(r"^\d+:\d\d · Inbox"))
    _until(lambda: Wait.objects.get(conversation=house.conversation()).seen_at is not None)


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_where_sockets_are_blocked_the_inbox_works_over_http(
    site: Site, house: House, new_context: NewContext
) -> None:
    context = new_context()
    site.sign_in(context, house.alice.user)
    context.add_init_script(
        "WebSocket = new Proxy(WebSocket, {construct: (real, [url]) => new real(url + 'blocked/')})"
    )
    page = context.new_page()
    page.goto(house.address)
    expect(page.locator(".inbox-thread").get_by_text("No connection yet")).to_be_visible(timeout=15_000)
    house.asks("Does it work behind a proxy?")
    expect(page.locator(".inbox-list [data-row]")).to_have_count(1, timeout=15_000)
    page.locator(".inbox-list [data-row]").click()
    expect(page.locator(".inbox-thread .bub")).to_have_count(1, timeout=15_000)
    page.locator("#reply").fill("It does.")
    page.locator("#reply").press("Control+Enter")
    expect(page.locator(".bub-us:not([data-unsent] *)")).to_contain_text("It does.", timeout=30_000)
    assert Message.objects.filter(conversation=house.conversation(), kind="moderator").count() == 1


def test_without_a_script_there_is_a_list_and_a_form(
    site: Site, house: House, new_context: NewContext
) -> None:
    house.asks("Does it work without a script?", ago=60)
    context = new_context(width=390, height=844, java_script_enabled=False)
    site.sign_in(context, house.bob.user)
    page = context.new_page()
    page.goto(house.address)
    page.get_by_label("Reply to Łukasz").fill("It does.")
    page.get_by_role("button", name="Send to Łukasz").click()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    assert Message.objects.get(conversation=house.conversation(), kind="moderator").text == "It does."


def test_send_and_resolve_in_one_step(house: House, opened: Callable[..., Page]) -> None:
    house.asks("Thanks, and is there a recording?")
    page = opened(house.bob)
    page.locator(".inbox-list [data-row]").click()
    page.locator("#reply").fill("Yes, behind your link.")
    page.get_by_label("More ways to send").click()
    page.get_by_role("button", name="Send and resolve").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    expect(page.locator(".bub-us")).to_contain_text("Yes, behind your link.")


def test_on_a_phone_list_thread_and_person_take_turns(house: House, opened: Callable[..., Page]) -> None:
    house.asks("Can I watch it again?", ago=30)
    page = opened(house.bob, width=390, height=844, has_touch=True)
    expect(page.locator(".dock")).to_be_visible()
    page.locator(".inbox-list [data-row]").tap()
    expect(page.locator(".inbox-list")).to_be_hidden()
    expect(page.locator(".dock")).to_be_hidden()
    page.locator(".inbox-thread h2 button").tap()
    expect(page.locator(".inbox-side")).to_contain_text("Registered")
    page.get_by_role("button", name="Close").tap()
    page.get_by_label("More", exact=True).tap()
    page.get_by_role("button", name="Claim").tap()
    expect(page.locator(".evt", has_text="You claimed it")).to_be_visible()
    page.locator("#reply").fill("Yes.")
    page.get_by_role("button", name="Send to Łukasz").tap()
    expect(page.locator(".bub-us")).to_contain_text("Yes.")
    page.get_by_label("Back to the list").tap()
    expect(page.locator(".inbox-list [data-row]")).to_be_visible()
    page.locator(".inbox-list summary", has_text="All open").tap()
    page.locator(".inbox-list").get_by_role("button", name="Mine").tap()
    expect(page.locator(".inbox-list [data-row]")).to_have_count(1)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main summary")]
            .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height < 44)
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == []


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 700)])
def test_the_inbox_fits_and_is_accessible(
    house: House, opened: Callable[..., Page], axe: Axe, width: int, height: int, dark: bool
) -> None:
    house.asks("Do late fees follow Polish law or theirs? See https://example.org/a/long/address", ago=170)
    house.asks("Is the price per person?", place=2, ago=60)
    page = opened(house.alice, width=width, height=height, dark=dark)
    for open_thread in (False, True):
        if open_thread:
            page.locator(".inbox-list [data-row]").first.click()
            expect(page.locator(".inbox-thread .bub")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe(page) == []


def test_the_data_of_the_page_names_no_other_team(house: House, opened: Callable[..., Page]) -> None:
    page = opened(house.bob)
    data = json.loads(page.locator("#inbox-data").text_content() or "{}")
    assert data["rows"] == []
    assert data["me"]["name"] == "Bob Stone"

"""The way of talking changes under the attendee's hands: who is away, another chat, the end; words are never lost."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import Membership, Role
from chat.models import ChatPolicy, KindPolicy, Message, Wait
from chat.services.policy import default_policy
from scheduling.models import Kind
from tests import make
from tests.browser.site import FILM_SECONDS, Site
from webinars.models import Registration, Session, Webinar

pytestmark = pytest.mark.browser

LUNCH = re.compile(r"On a break until \d\d:\d\d: Lunch")


class Evening:
    """A webinar whose film runs, Bob who answers, and what opens their pages."""

    def __init__(
        self, site: Site, new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]
    ) -> None:
        self.site, self.new_context, self.watched = site, new_context, watched
        self.team = make.team(name="Crumb School")
        self.bob = make.member(self.team, Role.MODERATOR, name="Bob Baker")
        self.webinar: Webinar = make.webinar(
            self.team, video=site.film_of(self.team), title="Better bread at home", exit_minutes=1
        )
        make.assignment(self.webinar, self.bob)
        default_policy(self.webinar)

    def place(self, ago: float = 3, kind: str = Kind.SCHEDULED) -> Registration:
        session = make.session(self.webinar, kind=kind, starts_at=timezone.now() - timedelta(seconds=ago))
        return make.registration(session, who=make.person(self.team))

    def room(self, place: Registration, **options: object) -> Page:
        context = self.new_context(**options)
        self.site.let_in(context, place)
        page = self.watched(context.new_page())
        page.goto(f"/r/{place.pk}/room/")
        return page

    def inbox(self, who: Membership, **options: object) -> Page:
        context = self.new_context(**options)
        self.site.sign_in(context, who.user)
        page = self.watched(context.new_page())
        page.goto(f"/studio/{self.team.slug}/inbox/")
        expect(page.locator("[data-line]:not([data-off])")).to_have_count(1, timeout=20_000)
        return page


@pytest.fixture
def evening(
    site: Site, new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]
) -> Iterator[Evening]:
    made = Evening(site, new_context, watched)
    yield made
    Session.objects.filter(webinar=made.webinar, closed_at=None).update(closed_at=timezone.now(), due_at=None)


def test_A082_F11_the_last_moderator_goes_away_while_somebody_types_and_comes_back(
    evening: Evening, axe: Callable[[Page], list[str]]
) -> None:
    ChatPolicy.objects.filter(webinar=evening.webinar).update(away_email=True)
    bob, phone = evening.inbox(evening.bob), evening.inbox(evening.bob, width=390, height=844)
    dana = evening.room(evening.place())
    field = dana.get_by_label("Your message to the team")
    field.fill("And one more thing:", timeout=15_000)
    bob.locator("body").press("s")  # the keyboard alone
    bob.get_by_role("button", name="Away").press("Enter")
    expect(dana.get_by_role("heading", name="Ask by e‑mail")).to_be_visible(timeout=5_000)
    expect(dana.get_by_text("By e‑mail for now.")).to_be_visible()
    question = dana.get_by_role("textbox", name="Your question")
    expect(question).to_have_value("And one more thing:")
    expect(phone.get_by_label("You are: Away")).to_be_visible()  # another device follows
    assert axe(dana) == []
    question.fill("And one more thing: the oven?")
    phone.get_by_label("You are: Away").click()
    assert axe(phone) == []
    phone.get_by_role("button", name="Available").click()
    expect(dana.get_by_label("Your message to the team")).to_have_value(
        "And one more thing: the oven?", timeout=5_000
    )
    expect(bob.get_by_label("You are: Available")).to_be_visible()
    dana.get_by_role("button", name="Send").click()
    expect(dana.get_by_text("Delivered")).to_be_visible()
    assert Wait.objects.get(conversation__webinar=evening.webinar).by_email is False


def test_F10_a_break_has_a_reason_and_an_end_and_opening_a_phone_changes_nothing(evening: Evening) -> None:
    bob = evening.inbox(evening.bob)
    bob.get_by_label("You are: Available").click()
    bob.get_by_label("Reason of the break").fill("Lunch")
    bob.get_by_role("button", name="Take a break").click()
    shown = bob.locator("#inbox-status > summary")
    expect(shown).to_have_attribute("title", LUNCH)
    phone = evening.inbox(evening.bob, width=320, height=640)
    expect(phone.locator("#inbox-status > summary")).to_have_attribute("title", LUNCH)
    assert phone.evaluate("document.documentElement.scrollWidth <= 320")


def test_A11_another_chat_is_asked_nothing_before_consent_and_may_be_taken_back(
    evening: Evening, axe: Callable[[Page], list[str]]
) -> None:
    KindPolicy.objects.filter(policy__webinar=evening.webinar).update(
        mode="other", other_url="https://chat.example.com/room"
    )
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>Hello from elsewhere</p>", content_type="text/html")

    place = evening.place()
    context = evening.new_context()
    context.route("https://chat.example.com/**", answer)
    evening.site.let_in(context, place)
    page = evening.watched(context.new_page())
    page.goto(f"/r/{place.pk}/room/")
    agree = page.get_by_role("button", name="I agree, open it")
    expect(agree).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Nothing is sent to it before.")).to_be_visible()
    assert axe(page) == []
    assert asked == []
    agree.click()
    expect(page.frame_locator("iframe").get_by_text("Hello from elsewhere")).to_be_visible()
    assert asked == ["https://chat.example.com/room"]
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("Hello from elsewhere")).to_be_visible(timeout=15_000)
    # By key: Chromium loses a press of the mouse beside a frame of another origin that has just come.
    page.get_by_role("button", name="I do not agree any more").press("Enter")
    expect(agree).to_be_visible(timeout=20_000)
    asked.clear()
    page.reload()
    expect(agree).to_be_visible(timeout=15_000)
    assert asked == []


def test_F11_words_typed_at_the_end_are_kept_and_still_go_out_by_email(evening: Evening) -> None:
    place = evening.place(ago=FILM_SECONDS + 25)  # the exit room closes in 35 s
    page = evening.room(place)
    field = page.get_by_label("Your message to the team")
    field.fill("One last question", timeout=15_000)
    expect(page.get_by_text("This session is over", exact=True)).to_be_visible(timeout=45_000)
    question = page.get_by_role("textbox", name="Your question")
    expect(question).to_have_value("One last question")
    page.get_by_role("button", name="Send by e‑mail").click()
    page.wait_for_url(f"**/r/{place.pk}/", timeout=15_000)
    assert (
        Message.objects.get(conversation__webinar=evening.webinar, kind="attendee").text
        == "One last question"
    )
    assert Wait.objects.get(conversation__webinar=evening.webinar).late


REPLAY = {
    "chat": "Your message to the team",
    "email": "Nobody answers live here. We answer by e-mail.",
    "off": "The chat is closed. What was said stays here.",
    "other": "Nothing is sent to it before.",
}


@pytest.mark.parametrize("mode", list(REPLAY))
def test_A007_A009_every_way_of_talking_shows_itself_in_a_replay(
    evening: Evening, axe: Callable[[Page], list[str]], mode: str
) -> None:
    type(evening.webinar.schedule).objects.filter(pk=evening.webinar.schedule_id).update(replay=True)
    KindPolicy.objects.filter(policy__webinar=evening.webinar, kind="replay").update(
        mode=mode, other_url="https://chat.example.com/room"
    )
    place = evening.place(kind=Kind.REPLAY)
    tomorrow = timezone.now() + timedelta(days=1)
    Session.objects.filter(pk=place.session_id).update(ends_at=tomorrow, due_at=tomorrow)
    page = evening.room(place, width=390, height=844, dark=mode == "email")
    page.get_by_role("button", name="Your questions").click(timeout=20_000)  # the transcript comes first
    shown = page.get_by_label(REPLAY[mode]) if mode == "chat" else page.get_by_text(REPLAY[mode])
    expect(shown).to_be_visible(timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    assert axe(page) == []
    if mode == "email":
        page.get_by_role("textbox", name="Your question").fill("Does it keep?")
        page.get_by_role("button", name="Send by e‑mail").click()
        expect(page.get_by_text("Delivered")).to_be_visible(timeout=15_000)
        assert Wait.objects.get(conversation__webinar=evening.webinar).by_email

"""What somebody hears who does not look: each new message once, and a keyboard is enough for all of the talk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chat.models import Conversation, Message
from tests.browser.test_room import Evening, ago, answer, enter, evening  # noqa: F401
from webinars.models import Registration

pytestmark = pytest.mark.browser

# What a screen reader is told: words that come into a live region, of the outermost region alone.
LISTEN = """() => {
  window.heard = [];
  const live = "[role=log], [role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  new MutationObserver((records) => {
    for (const record of records) {
      const target = record.target.nodeType === 1 ? record.target : record.target.parentElement;
      const region = target?.closest(live);
      if (!region || region.closest("[aria-live=off]")) continue;
      const added = record.type === "characterData" ? [record.target] : [...record.addedNodes];
      for (const node of added) if (node.isConnected) window.heard.push(node.textContent ?? "");
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def heard(page: Page, words: str) -> int:
    """How often these words came into a live region."""
    return int(page.evaluate("(words) => window.heard.filter((text) => text.includes(words)).length", words))


@pytest.fixture
def dana(evening: Evening, enter: Callable[..., Page]) -> tuple[Page, Registration]:  # noqa: F811
    place = evening.starting(ago(seconds=20))
    page = enter(place)
    page.get_by_role("button", name="Enter with sound").click()
    page.wait_for_timeout(2_500)  # links are there
    page.evaluate(LISTEN)
    return page, place


def test_each_message_is_announced_once_and_focus_stays_where_it_was(
    evening: Evening,  # noqa: F811
    dana: tuple[Page, Registration],
) -> None:
    page, place = dana
    composer = page.get_by_label("Your message to the team")
    composer.fill("How long does it rest? See https://example.org/dough")
    composer.press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible()
    for number in range(3):
        answer(evening, place, f"Answer {number}: an hour, as on www.crumb.example/{number}")
        expect(page.get_by_role("log").get_by_text(f"Answer {number}")).to_be_visible()
    page.wait_for_timeout(500)
    assert [heard(page, f"Answer {number}") for number in range(3)] == [1, 1, 1]
    assert heard(page, "How long does it rest?") == 1
    expect(composer).to_be_focused()
    assert page.locator("[role=log]").count() == 1


def test_after_a_lost_line_what_was_heard_is_not_read_out_again(
    evening: Evening,  # noqa: F811
    dana: tuple[Page, Registration],
) -> None:
    page, place = dana
    page.get_by_label("Your message to the team").fill("Before the tunnel")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    answer(evening, place, "Said in the tunnel")
    page.context.set_offline(False)
    expect(page.get_by_role("log").get_by_text("Said in the tunnel")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert heard(page, "Said in the tunnel") == 1
    assert heard(page, "Before the tunnel") == 1


def test_the_keyboard_alone_is_enough_to_ask_and_to_read_back(
    evening: Evening,  # noqa: F811
    dana: tuple[Page, Registration],
) -> None:
    page, place = dana
    page.evaluate("document.activeElement.blur()")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "message":
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.type("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible()
    assert (
        Message.objects.get(conversation__person=place.person, kind="attendee").text
        == "First line\nsecond line"
    )
    answer(evening, place, "\n".join(f"Line {number}" for number in range(60)))
    thread = page.get_by_role("log")
    expect(thread.get_by_text("Line 59")).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "log":
            break
    page.keyboard.press("End")
    page.wait_for_timeout(400)
    before = thread.evaluate("element => element.scrollTop")
    page.keyboard.press("PageUp")
    page.wait_for_timeout(400)
    assert thread.evaluate("element => element.scrollTop") < before


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_every_state_of_the_talk_at_320_px_fits_and_axe_finds_nothing(
    evening: Evening,  # noqa: F811
    enter: Callable[..., Page],  # noqa: F811
    axe: Callable[[Page], list[str]],
    dark: bool,
) -> None:
    place = evening.starting(ago(seconds=20))
    page = enter(place, width=320, height=640, dark=dark)
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        page.wait_for_timeout(300)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[state] = [*axe(page), *(["scrolls sideways"] if wide else [])]

    look("sound is off, nothing said")
    page.get_by_role("button", name="Enter with sound").click()
    composer = page.get_by_label("Your message to the team")
    composer.fill("A question with https://example.org/a/very/long/address/that/does/not/break/anywhere")
    composer.press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible()
    answer(evening, place, "An hour.")
    expect(page.get_by_role("log").get_by_text("An hour.")).to_be_visible()
    look("asked and answered")
    composer.fill("x" * 4100)
    look("too long")
    composer.fill("Offline")
    page.context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    composer.press("Enter")
    look("no connection")
    page.context.set_offline(False)
    expect(page.get_by_text("Goes out when you are back")).to_have_count(0)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}
    assert Conversation.objects.filter(person=place.person).count() == 1

"""Files, photos and emoji in a real browser: a picture goes from the room to the inbox and stays on both sides."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts import photos
from chat.models import Attachment, ChatPolicy, Message
from chat.services.policy import default_policy
from tests import hostile, make
from tests.browser.site import Site
from webinars.models import Registration

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
SEEN = "(image) => image.complete && image.naturalWidth > 0"


@pytest.fixture
def place(site: Site) -> Registration:
    """Dana's, in a session that runs; Bob has a photo."""
    team = make.team(name="Crumb School")
    bob = make.member(team, name="Bob Baker")
    photos.set_photo(user=bob.user, data=hostile.picture("JPEG", (300, 400), "olive"))
    webinar = make.webinar(team, video=site.film_of(team), exit_minutes=2)
    make.assignment(webinar, bob)
    policy = default_policy(webinar)
    policy.kinds.update(welcome_on=False)
    ChatPolicy.objects.filter(pk=policy.pk).update(autoresponder_delay=3600)
    session = make.session(webinar, starts_at=timezone.now() - timedelta(seconds=20))
    return make.registration(session, who=make.person(team, first_name="Dana"))


@pytest.fixture
def room(site: Site, place: Registration, new_context: NewContext, watched: Watch) -> Callable[..., Page]:
    """Open Dana's room in a browser of her own."""

    def open_room(**options: object) -> Page:
        context = new_context(**options)
        site.let_in(context, place)
        page = watched(context.new_page())
        page.goto(f"/r/{place.pk}/room/")
        enter = page.get_by_role("button", name="Enter")
        expect(enter.or_(page.get_by_label("Your message to the team")).first).to_be_visible()
        return page

    return open_room


@pytest.fixture
def inbox(site: Site, place: Registration, new_context: NewContext, watched: Watch) -> Callable[..., Page]:
    """Open Bob's inbox at Dana's conversation."""

    def open_inbox(**options: object) -> Page:
        context = new_context(**options)
        site.sign_in(context, place.webinar.team.memberships.get().user)
        page = watched(context.new_page())
        page.goto(f"/studio/{place.webinar.team.slug}/inbox/")
        return page

    return open_inbox


def picture(tmp_path: Path, name: str = "tart.png", size: tuple[int, int] = (900, 600)) -> Path:
    path = tmp_path / name
    path.write_bytes(hostile.picture("PNG", size, "orange"))
    return path


def choose(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files([str(file) for file in files])


def composer(page: Page) -> object:
    return page.get_by_label("Your message to the team")


def test_F24_a_picture_from_the_room_is_seen_live_in_the_inbox_and_after_a_reload(
    room: Callable[..., Page],
    inbox: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    dana, bob = room(), inbox()
    choose(dana, picture(tmp_path))
    beside = dana.get_by_role("list", name="Files with your message")
    expect(beside.get_by_text("tart.webp")).to_be_visible()
    dana.reload()
    expect(beside.get_by_text("tart.webp")).to_be_visible()  # kept over the reload
    assert axe(dana) == []
    dana.get_by_label("Your message to the team").fill("Is this done?")
    dana.get_by_role("button", name="Send", exact=True).click()
    mine = dana.get_by_role("img", name="Picture from You: tart.webp")
    expect(mine).to_be_visible()
    expect(beside).to_have_count(0)
    bob.get_by_role("link", name="Dana").first.click()
    theirs = bob.get_by_role("img", name="Picture from Dana: tart.webp")
    expect(theirs).to_be_visible()
    assert theirs.evaluate(SEEN)
    assert axe(bob) == []
    choose(bob, picture(tmp_path, "answer.png", (300, 300)))
    expect(bob.get_by_role("list", name="Files with your message").get_by_text("answer.webp")).to_be_visible()
    bob.get_by_role("button", name="Send to Dana").click()
    answer = dana.get_by_role("img", name="Picture from Bob Baker: answer.webp")
    expect(answer).to_be_visible()
    face = dana.locator(".thread img.face")
    expect(face).to_be_visible()
    assert face.evaluate(SEEN)
    for page, image in ((dana, mine), (dana, answer), (bob, theirs)):
        page.reload()
        expect(image).to_be_visible()
    answer.click()
    large = dana.get_by_role("dialog")
    expect(large).to_be_visible()
    assert axe(dana) == []
    dana.keyboard.press("Escape")
    expect(large).to_be_hidden()
    assert dana.evaluate("document.activeElement.className") == "file-pic"


def test_F24_what_cannot_be_sent_is_said_at_the_file_and_the_words_stay(
    room: Callable[..., Page], tmp_path: Path
) -> None:
    page = room(width=320, height=700)
    words = page.get_by_label("Your message to the team")
    words.fill("My words")
    bad = tmp_path / "page.html"
    bad.write_bytes(hostile.SCRIPT)
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    disguised = tmp_path / "page.png"
    disguised.write_bytes(hostile.SCRIPT)
    large = tmp_path / "large.pdf"
    large.write_bytes(bytes(11 * 1024**2))
    choose(page, bad, empty, disguised, large)
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_count(4)
    expect(alerts.nth(0)).to_contain_text("This kind of file cannot be sent.")
    expect(alerts.nth(1)).to_contain_text("This file is empty.")
    expect(alerts.nth(2)).to_contain_text("This kind of file cannot be sent.")
    expect(alerts.nth(3)).to_contain_text("This file is too large.")
    expect(words).to_have_value("My words")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not Attachment.objects.filter(name__startswith="page").exists()
    for name in ("page.html", "empty.pdf", "page.png", "large.pdf"):
        page.get_by_role("button", name=f"Remove {name}").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".msg-mine")).to_contain_text("My words")


def test_a_file_waits_for_the_line(room: Callable[..., Page], tmp_path: Path) -> None:
    page = room()
    page.get_by_role("button", name="Add files").focus()
    # What uploads is loaded before the line goes.
    choose(page, picture(tmp_path, "first.png"))
    expect(page.get_by_text("first.webp")).to_be_visible()
    page.context.set_offline(True)
    choose(page, picture(tmp_path, "second.png"))
    expect(page.get_by_text("Goes up when you are back")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("second.webp")).to_be_visible()


def test_A065_an_emoji_is_picked_by_keyboard_and_names_become_one(
    room: Callable[..., Page], place: Registration, axe: Callable[[Page], list[str]]
) -> None:
    page = room(dark=True)
    words = page.get_by_label("Your message to the team")
    words.fill("Hello ")
    page.get_by_role("button", name="Emoji").press("Enter")
    search = page.locator("emoji-picker input")
    expect(search).to_be_focused()
    search.fill("avocado")
    first = page.locator("emoji-picker .emoji-menu [role=option]").first
    expect(first).to_have_attribute("aria-label", re.compile("avocado"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(words).to_have_value("Hello 🥑")
    expect(words).to_be_focused()
    words.press_sequentially(" :smile: :) :nosuch:", delay=60)
    expect(words).to_have_value("Hello 🥑 😄 :) :nosuch:")
    words.press("Enter")
    expect(page.locator(".msg-mine")).to_contain_text("Hello 🥑 😄 :) :nosuch:")
    expect(page.locator(".msg-mine")).to_contain_text("Delivered")
    said = Message.objects.get(conversation__webinar=place.webinar, kind="attendee")
    assert said.text == "Hello 🥑 😄 :) :nosuch:"
    page.get_by_role("button", name="Emoji").click()
    expect(search).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(page.get_by_role("button", name="Emoji")).to_be_focused()

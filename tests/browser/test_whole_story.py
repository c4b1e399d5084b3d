"""The main job in real browsers: from a host who signs up to a visitor whose question is answered."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scheduling.models import HoursWindow
from tests import clips
from tests.browser.site import PATIENCE, Site

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
ADDRESS = "helena@matinee.localhost"
PASSWORD = "a calm afternoon in the stalls"


def mailed(page: Page, to: str, link: str) -> str:
    """The first link with `link` in it of the mails to an address, newest first, read in the outbox."""
    for _ in range(30):
        page.goto("/outbox/")
        rows = page.locator("li", has_text=f"to {to}").locator("a")
        for address in [row.get_attribute("href") or "" for row in rows.all()]:
            page.goto(address)
            found = re.search(
                rf"https?://[^\s\"<]*{link}[^\s\"<]*", " ".join(page.locator("pre").all_text_contents())
            )
            if found:
                return found[0]
        page.wait_for_timeout(1000)
    raise AssertionError(f"No mail to {to} with {link}.")


def sign_up(page: Page) -> None:
    """From the landing page through the mailed confirmation to a team."""
    page.goto("/")
    page.locator("a[href*='signup']").first.click()
    page.fill("input[name=name]", "Helena Nowak")
    page.fill("input[name=email]", ADDRESS)
    page.fill("input[name=password1]", PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url("**/confirm-email/")
    page.goto(mailed(page, ADDRESS, "/confirm-email/"))
    page.get_by_role("button", name="Yes, confirm").click()
    if "/login/" in page.url:
        page.fill("input[name=login]", ADDRESS)
        page.fill("input[name=password]", PASSWORD)
        page.locator("form button[type=submit]").last.click()
    page.wait_for_url("**/studio/new/")
    page.fill("input[name=name]", "Crumb School")
    page.get_by_role("button", name="Make the team").click()
    page.wait_for_url("**/studio/crumb-school/")


def publish(page: Page, film: Path) -> str:
    """A webinar with an uploaded film, published; returns the address of its page."""
    page.goto("/studio/crumb-school/webinars/new/")
    page.fill("input[name=title]", "Better bread at home")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/video/")
    HoursWindow.objects.filter(
        hours__webinar__team__slug="crumb-school"
    ).delete()  # open whenever the test runs
    page.locator("[data-upload] input[type=file]").set_input_files(film)
    expect(page.locator("#video-status")).to_contain_text("Can be shown now", timeout=PATIENCE * 1000)
    page.goto(page.url.replace("/video/", "/registration/"))
    page.fill("[name=promise]", "A loaf with a crust, from a tin and an ordinary oven.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Everybody with the address can register now.")).to_be_visible()
    return "/crumb-school/better-bread-at-home/"


def test_from_sign_up_to_an_answered_question(
    site: Site, new_context: NewContext, watched: Watch, tmp_path: Path
) -> None:
    host = watched(new_context().new_page())
    sign_up(host)
    address = publish(host, clips.film(tmp_path / "bread.mp4", seconds=30, size="320x180", rate=10))

    visitor = watched(new_context(width=390, height=844).new_page())
    visitor.goto(address)
    visitor.locator("label.slot", has_text="Watch now").click()
    visitor.fill("input[name=first_name]", "Dana")
    visitor.fill("input[name=email]", "dana@matinee.localhost")
    visitor.locator("[data-slot-button]").click()
    visitor.wait_for_url("**/room/")
    visitor.get_by_role("button", name=re.compile("Enter|Watch|Start", re.IGNORECASE)).first.click()
    visitor.wait_for_function("() => (document.querySelector('video')?.currentTime ?? 0) > 0")

    host.goto("/studio/crumb-school/inbox/")
    visitor.get_by_role("textbox").fill("How warm should the water be?")
    visitor.get_by_role("textbox").press("Enter")
    expect(visitor.locator(".msg-mine")).to_contain_text("How warm should the water be?")
    host.locator("[data-row]", has_text="Dana").first.click()
    expect(host.get_by_text("How warm should the water be?").last).to_be_visible()
    host.get_by_role("textbox").last.fill("Thirty degrees, no more.")
    host.get_by_role("textbox").last.press("Control+Enter")
    expect(visitor.get_by_text("Thirty degrees, no more.")).to_be_visible()
    assert mailed(host, "dana@matinee.localhost", "/j/")

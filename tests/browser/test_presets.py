"""A strategy in a real browser: see the diff, apply it, take it back; and the line for the film, copied by keyboard."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from config import strategies
from tests import make
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]


def test_a_preset_is_looked_at_applied_and_taken_back(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    marta = make.member(name="Marta Kowalczyk")
    webinar = strategies.new_webinar(
        membership=marta, title="Get paid on time", zone=marta.user.zone, now=datetime.now(UTC)
    )
    context = new_context(width=1440, height=1000)
    site.sign_in(context, marta.user)
    page = watched(context.new_page())
    page.goto(
        reverse("webinar_edit", kwargs={"team": marta.team.slug, "webinar": webinar.pk, "part": "schedule"})
    )
    strategy = page.get_by_role("region", name="Strategy")
    expect(strategy).to_contain_text("Nothing changed by you")
    strategy.get_by_role("link", name="Partial automation").click()
    expect(page.get_by_role("heading", name="Apply preset 2, Partial automation?")).to_be_visible()
    expect(page.get_by_role("row", name="Time zone")).to_contain_text("The attendee’s own")
    expect(page.get_by_role("row", name="Times")).to_be_visible()
    page.get_by_label("Keep my own times").check()
    page.get_by_role("button", name="Show the change").click()
    expect(page.get_by_label("Keep my own times")).to_be_checked()
    expect(page.get_by_role("row", name="Times")).to_have_count(0)
    page.get_by_role("button", name="Apply preset 2").click()
    expect(page.get_by_text("Preset 2 is applied")).to_be_visible()
    expect(page.get_by_label("Which days")).to_have_value("weekdays")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Preset 2 is taken back")).to_be_visible()
    assert strategies.standing_of(type(webinar).objects.get(pk=webinar.pk)).changed_by_host == []


def test_A015_the_line_for_the_film_is_copied_by_keyboard_and_ticked(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    marta = make.member(name="Marta Kowalczyk")
    webinar = strategies.new_webinar(
        membership=marta, title="Get paid on time", zone=marta.user.zone, now=datetime.now(UTC)
    )
    context = new_context(width=1280, height=900)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    site.sign_in(context, marta.user)
    page = watched(context.new_page())
    page.goto(
        reverse("webinar_edit", kwargs={"team": marta.team.slug, "webinar": webinar.pk, "part": "chat"})
    )
    part = page.get_by_role("region", name="Said in the film")
    line = part.locator("blockquote").inner_text()
    part.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == line
    part.get_by_role("button", name="We say it in the film").click()
    expect(part.get_by_role("button", name="Not any more")).to_be_visible()

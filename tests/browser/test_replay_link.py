"""The address of a replay, from the host's copy button to the film that runs; with script and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scheduling.models import Kind, ReplayFor
from tests import make
from tests.browser.site import Site
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]


@pytest.fixture
def webinar(site: Site) -> Webinar:
    team = make.team(name="Crumb School")
    schedule = make.schedule(replay=True, replay_for=ReplayFor.EVERYBODY)
    return make.webinar(team, video=site.film_of(team), title="Better bread at home", schedule=schedule)


def test_the_host_copies_the_address_and_whoever_has_it_watches(
    site: Site, new_context: NewContext, webinar: Webinar, watched: Watch, axe: Axe
) -> None:
    host = new_context(permissions=["clipboard-read", "clipboard-write"])
    site.sign_in(host, make.member(webinar.team).user)
    page = watched(host.new_page())
    page.goto(f"/studio/{webinar.team.slug}/webinars/{webinar.pk}/schedule/")
    address = page.locator("#replay-address")
    expect(address).to_be_visible()
    page.locator("[data-copy-from='#replay-address']").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site.url}/{webinar.team.slug}/{webinar.slug}/replay/"
    page.locator("[name=replay_for]").select_option("registered")
    expect(address).to_be_hidden()

    page = watched(new_context(width=390, height=844).new_page())
    page.goto(copied)
    assert axe(page) == []
    page.get_by_role("button", name="Watch the replay").click()
    expect(page.get_by_text("Something is missing.")).to_be_visible()
    page.fill("#id_first_name", "Dana")
    page.fill("#id_email", f"dana@{webinar.team.slug}.example.org")
    page.get_by_role("button", name="Watch the replay").click()
    page.wait_for_url(re.compile(r"/r/[0-9a-f-]{36}/room/"))
    page.get_by_role("button", name=re.compile("Enter|Start|Watch|Play")).first.click()
    page.wait_for_function("() => (document.querySelector('video')?.currentTime ?? 0) > 1", timeout=30_000)
    place = Registration.objects.get(webinar=webinar)
    assert place.session.kind == Kind.REPLAY
    page.goto(copied)
    expect(page.get_by_text("The replay is yours, Dana.")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_it_works_without_script_at_any_width(
    new_context: NewContext, webinar: Webinar, width: int, dark: bool
) -> None:
    page = new_context(width=width, dark=dark, java_script_enabled=False).new_page()
    page.goto(f"/{webinar.team.slug}/{webinar.slug}/replay/")
    page.fill("#id_first_name", "Dana")
    page.fill("#id_email", f"dana@{webinar.team.slug}.example.org")
    page.get_by_role("button", name="Watch the replay").click()
    page.wait_for_url(re.compile(r"/r/[0-9a-f-]{36}/room/"))

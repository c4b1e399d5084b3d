"""A visitor chooses a time, keeps a place and comes back through the mailed link, with script and without."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tests import make
from tests.browser.site import Site
from webinars import links
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]


@pytest.fixture
def webinar(site: Site) -> Webinar:
    """Three a day in everybody's own zone, just in time, on demand and replays."""
    schedule = make.schedule(
        attendee_zone=True, just_in_time=True, on_demand=True, replay=True, offer_count=12
    )
    make.recurrence(schedule, time(11), time(15), time(19))
    return make.webinar(make.team(colour="#0f5b66"), schedule=schedule)


def address(webinar: Webinar) -> str:
    return f"/{webinar.team.slug}/{webinar.slug}/"


def places(webinar: Webinar) -> list[Registration]:
    return list(Registration.objects.filter(webinar=webinar))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_visitor_keeps_a_place_on_a_phone(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    page = watched(new_context(width=320, height=700).new_page())
    page.goto(address(webinar))
    expect(page.locator("#picker")).to_contain_text("Warsaw time")  # the browser's zone, without a question
    assert fits(page)
    assert axe(page) == []
    page.check("input[value=on_demand]")
    expect(page.locator("[data-slot-button]")).to_have_text("Watch now")
    page.check("input[value^=scheduled] >> nth=0")
    page.fill("#id_first_name", "Zofia")
    page.fill("#id_email", "zofia@example.org")
    page.dblclick("[data-slot-button]")
    expect(page.locator("h1")).to_have_text("Your place is kept, Zofia")
    assert len(places(webinar)) == 1
    assert fits(page)
    assert axe(page) == []


def test_another_zone_is_shown_without_losing_what_was_typed(
    webinar: Webinar, new_context: NewContext, watched: Watch
) -> None:
    page = watched(new_context().new_page())
    page.goto(address(webinar))
    page.fill("#id_first_name", "Zofia")
    page.click("#zone-box summary")
    page.select_option("#zone-select", "Asia/Tokyo")
    page.click("#zone-box button")
    expect(page.locator("#picker")).to_contain_text("Tokyo time, UTC+9")
    expect(page.locator("#id_first_name")).to_have_value("Zofia")


def test_a_likely_typo_is_never_corrected_by_the_enter_key(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    page = watched(new_context().new_page())
    page.goto(address(webinar))
    page.fill("#id_first_name", "Zofia")
    page.fill("#id_email", "zofia@gmial.com")
    page.press("#id_email", "Enter")
    expect(page.get_by_role("button", name="zofia@gmail.com")).to_be_visible()
    expect(page.locator("[data-focus]")).to_be_focused()
    assert axe(page) == []
    page.press("#id_email", "Enter")
    expect(page.locator("h1")).to_contain_text("Your place is kept")
    assert [place.email for place in places(webinar)] == ["zofia@gmial.com"]


def test_without_script_everything_works(webinar: Webinar, new_context: NewContext, site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(address(webinar) + "?zone=Europe/Paris")
    expect(page.locator("#picker")).to_contain_text("Paris time")
    page.click("summary.slot-more")
    page.locator("details .slot input").last.check()
    page.fill("#id_first_name", "Anna")
    page.fill("#id_email", "anna@example.org")
    page.click("[data-slot-button]")
    expect(page.locator("h1")).to_have_text("Your place is kept, Anna")
    elsewhere = new_context(java_script_enabled=False).new_page()
    elsewhere.goto(links.join_url(places(webinar)[0], timezone.now()).replace("http://testserver", site.url))
    elsewhere.click("form#join button")
    expect(elsewhere.locator("h1")).to_have_text("Your place is kept, Anna")


def test_A4_the_mailed_link_leaves_the_address_by_itself(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe
) -> None:
    place = make.registration(make.session(webinar, starts_at=timezone.now() + timedelta(days=1)))
    token = links.mint(place, timezone.now())
    page = watched(new_context(dark=True).new_page())
    page.goto(f"/j/{token}/")
    page.wait_for_url(f"**/r/{place.pk}/")
    page.wait_for_load_state("networkidle")  # axe must not meet the page before its style
    assert page.evaluate("document.referrer").count(token) == 0
    assert axe(page) == []
    page.goto("/j/nonsense/")
    expect(page.locator("h1")).to_have_text("This link isn’t complete")
    assert axe(page) == []

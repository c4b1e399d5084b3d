"""A full session, its waiting list, a place that frees, and the mail that lets in; with script and without."""

import re
from collections.abc import Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tests import make
from tests.browser.site import Site
from tests.browser.test_whole_story import mailed
from webinars import standing
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import registration as service

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]


@pytest.fixture
def webinar(site: Site) -> Webinar:
    """Twice a day in UTC, two places each, the next session full and one person waiting."""
    schedule = make.schedule(attendee_zone=False, places=2)
    make.recurrence(schedule, time(11), time(23))
    row = make.webinar(make.team(colour="#0f5b66"), schedule=schedule, slug="bread")
    session = make.session(row, starts_at=coming(row))
    for _ in range(2):
        make.registration(session)
    make.waiting(session, make.person(row.team, first_name="Ann"))
    return row


def coming(webinar: Webinar) -> datetime:
    """The second start from now, so that none begins while the test runs."""
    offered = standing.offered(webinar, ZoneInfo("UTC"), timezone.now())
    return [slot.starts_at for slot in offered if slot.starts_at][1]


def address(webinar: Webinar) -> str:
    return f"/{webinar.team.slug}/{webinar.slug}/"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def give_back(webinar: Webinar, number: int) -> None:
    """So many of those who had a place first cannot come after all."""
    session = Session.objects.get(webinar=webinar)
    for place in Registration.objects.live().filter(session=session, waited=None)[:number]:
        service.cancel(registration=place, now=timezone.now())


def wait_for_mail(page: Page, words: str) -> None:
    """Until a mail with these words in its subject stands in the outbox."""
    for _ in range(60):
        page.goto("/outbox/")
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"No mail says: {words}")


def join(page: Page, webinar: Webinar, name: str) -> str:
    """Choose the full session and join its list; returns the address that the mail goes to."""
    email = f"{name.lower()}@{webinar.team.slug}.example.org"
    page.goto(address(webinar))
    page.check("input[value$='/wait']")
    expect(page.locator(".slot-note")).to_contain_text("You would be second on the waiting list.")
    page.fill("#id_first_name", name)
    page.fill("#id_email", email)
    page.click("[data-slot-button]")
    expect(page.locator("h1")).to_have_text("You are second in line.")
    return email


def test_from_a_full_session_over_the_waiting_list_into_a_place_on_a_phone(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe, site: Site
) -> None:
    context = new_context(width=320, height=700)
    page = watched(context.new_page())
    page.goto(address(webinar))
    page.check("input[value$='/wait']")
    expect(page.locator("[data-slot-button]")).to_have_text("Join the waiting list")
    assert fits(page)
    assert axe(page) == []
    email = join(page, webinar, "Zofia")
    assert fits(page)
    assert axe(page) == []
    page.get_by_role("link", name="Choose another time").click()
    expect(page.locator("#picker")).to_contain_text("Full")
    assert fits(page)
    assert axe(page) == []
    page.get_by_role("link", name="Wait on").click()
    waits = page.url
    give_back(webinar, 2)
    page.reload()
    expect(page.locator("h1")).to_have_text("Your place is kept, Zofia")
    assert "/w/" not in page.url
    wait_for_mail(page, "a place became free, it is yours")
    elsewhere = watched(new_context().new_page())
    elsewhere.goto(mailed(page, email, "/j/"))
    expect(elsewhere.locator("h1")).to_have_text("Your place is kept, Zofia")
    page.goto(waits)
    expect(page.locator("h1")).to_have_text("Your place is kept, Zofia")


def test_without_script_the_same_and_the_list_can_be_left(
    webinar: Webinar, new_context: NewContext, site: Site
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    email = join(page, webinar, "Anna")
    elsewhere = new_context(java_script_enabled=False).new_page()
    elsewhere.goto(mailed(page, email, "/j/"))
    elsewhere.click("form#join button")
    expect(elsewhere.locator("h1")).to_have_text("You are second in line.")
    elsewhere.get_by_role("button", name="Leave the waiting list").click()
    expect(elsewhere.locator("h1")).to_have_text("You have left the waiting list")
    give_back(webinar, 2)
    assert not Registration.objects.filter(email=email).exists()
    assert WaitingPlace.objects.get(email=email).left_at


@pytest.mark.parametrize("script", [True, False])
def test_a_page_without_dates_takes_the_wish_and_the_mail_leads_to_the_dates(
    new_context: NewContext, axe: Axe, site: Site, *, script: bool
) -> None:
    webinar = make.webinar(make.team(), schedule=make.schedule(), slug="bread")
    page = new_context(width=320, height=700, dark=True, java_script_enabled=script).new_page()
    page.goto(address(webinar))
    expect(page.get_by_role("heading", name="No date at the moment")).to_be_visible()
    if script:
        assert fits(page)
        assert axe(page) == []
    email = f"dana@{webinar.team.slug}.example.org"
    page.fill("#id_first_name", "Dana")
    page.fill("#id_email", email)
    page.get_by_role("button", name="Tell me when there is a date").click()
    expect(page.locator("h1")).to_have_text("We write to you, Dana")
    if script:
        assert axe(page) == []
    WaitingPlace.objects.filter(webinar=webinar).update(due_at=timezone.now())
    make.recurrence(webinar.schedule, time(11), time(23))
    page.goto(mailed(page, email, re.escape(address(webinar))))
    expect(page.locator("#picker")).to_be_visible()
    page.goto(f"/w/{WaitingPlace.objects.get(webinar=webinar).pk}/")
    expect(page.locator("h1")).to_have_text("There is a date")


def test_the_host_sees_who_waits_and_lets_somebody_in(
    webinar: Webinar, new_context: NewContext, watched: Watch, axe: Axe, site: Site
) -> None:
    context = new_context(width=320, height=700)
    owner = make.member(webinar.team)
    site.sign_in(context, owner.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{webinar.team.slug}/webinars/{webinar.pk}/registrations/")
    expect(page.locator("#waiting")).to_contain_text("1 waiting, full")
    assert fits(page)
    assert axe(page) == []
    page.get_by_role("button", name=re.compile("Let in over the limit.*Ann")).click()
    expect(page.get_by_text("Ann has a place now")).to_be_visible()
    assert Registration.objects.filter(webinar=webinar, person__first_name="Ann").exists()

"""The studio in a real browser: rows and previews without reloading, and each page accessible at two widths."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from scheduling.models import Frequency
from tests import make
from tests.browser.site import Site
from webinars.models import Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]


def _webinar(member: Membership) -> Webinar:
    schedule = make.schedule(zone="Europe/Warsaw", on_demand=True)
    webinar = make.webinar(
        member.team, title="Get paid on time", promise="Yes.", schedule=schedule, published=False
    )
    make.recurrence(webinar.schedule)
    make.assignment(webinar, member)
    return webinar


def _address(webinar: Webinar, part: str) -> str:
    return reverse("webinar_edit", kwargs={"team": webinar.team.slug, "webinar": webinar.pk, "part": part})


def test_a_schedule_is_written_as_sentences_and_previewed_while_it_is_typed(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    member = make.member(name="Marta Kowalczyk")
    webinar = _webinar(member)
    context = new_context(width=1440, height=1000)
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(_address(webinar, "schedule"))
    expect(page.get_by_label("Days of the week")).to_be_hidden()
    page.get_by_label("Which days").select_option("weekly")
    page.get_by_label("Days of the week").get_by_text("Sat").click()
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    page.get_by_role("button", name="time", exact=True).click()
    expect(page.get_by_label("Time 2")).to_have_value("14:00")
    page.get_by_label("Time 2").fill("18:45")
    page.get_by_label("Time zone of the visitor").fill("America/New_York")
    page.get_by_label("Time zone of the visitor").press("Tab")
    preview = page.get_by_role("complementary", name="Preview")
    expect(preview).to_contain_text("New York time, UTC")
    expect(preview).to_contain_text("18:45")
    page.get_by_role("button", name="rule").click()
    expect(page.get_by_label("Which days")).to_have_count(2)
    page.get_by_role("button", name="Remove this rule").last.click()
    expect(page.get_by_label("Which days")).to_have_count(1)
    expect(page.get_by_label("Time 2")).to_have_value("18:45")
    page.get_by_text("On demand only").click()
    expect(page.get_by_label("Which days")).to_be_hidden()
    page.get_by_text("Recurring", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    rule = webinar.schedule.recurrences.get()
    assert (rule.frequency, rule.weekdays) == (Frequency.WEEKLY, [5])
    assert [f"{at:%H:%M}" for at in rule.times] == ["12:00", "18:45"]


def test_a_schedule_can_be_written_without_javascript(site: Site, new_context: NewContext) -> None:
    member = make.member()
    webinar = _webinar(member)
    context = new_context(java_script_enabled=False)
    site.sign_in(context, member.user)
    page = context.new_page()
    page.goto(_address(webinar, "schedule"))
    page.get_by_role("button", name="rule").click()
    page.get_by_label("Which days").last.select_option("daily")
    page.get_by_label("Time zone of the visitor").fill("Asia/Tokyo")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("complementary", name="Preview")).to_contain_text("Tokyo time, UTC+9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert webinar.schedule.recurrences.count() == 2
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_draft_becomes_a_page_by_two_clicks(site: Site, new_context: NewContext, watched: Watch) -> None:
    member = make.member()
    webinar = _webinar(member)
    context = new_context()
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(_address(webinar, "registration"))
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Everybody with the address can register now.")).to_be_visible()
    webinar.refresh_from_db()
    assert webinar.is_published


@pytest.mark.parametrize("width", [320, 1440])
def test_every_page_of_the_studio_fits_and_is_accessible(
    site: Site,
    new_context: NewContext,
    watched: Watch,
    axe: Callable[[Page], list[str]],
    width: int,
) -> None:
    member = make.member(name="Zofia Brzęczyszczykiewicz-Nowak")
    webinar = _webinar(member)
    webinar.title = "From first quote to signed contract: the complete pricing method for designers"
    webinar.save()
    parts = ("video", "schedule", "registration", "chat", "moderators", "settings")
    addresses = [_address(webinar, part) for part in parts]
    addresses += [reverse(name, args=[member.team.slug]) for name in ("team_home", "webinars", "webinar_new")]
    addresses.append(reverse("registrations", kwargs={"team": member.team.slug, "webinar": webinar.pk}))
    one = [member.team.slug, webinar.pk]
    addresses += [reverse("preset", args=[*one, number]) for number in (1, 2, 3)]
    addresses.append(reverse("preset_questions", args=one) + "?comfort=1&sessions=3&speed=3")
    context = new_context(width=width, height=900, dark=width == 320)
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    for address in addresses:
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address

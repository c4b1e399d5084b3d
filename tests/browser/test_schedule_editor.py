"""A host writes a schedule in a browser: by keyboard, from a calendar file, against somebody else, without script."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from scheduling.models import EventType, Frequency, Schedule
from tests import make
from tests.browser.site import Site
from webinars.models import Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
YEAR = datetime.now(UTC).year + 1


def _webinar(member: Membership) -> Webinar:
    schedule = make.schedule(
        zone="Europe/Warsaw",
        attendee_zone=False,
        on_demand=True,
        just_in_time=True,
        hours_limit=["just_in_time"],
    )
    hours = make.chat_hours(*((day, time(9), time(18)) for day in range(5)), zone="Europe/Warsaw")
    webinar = make.webinar(member.team, title="Get paid on time", schedule=schedule, chat_hours=hours)
    make.recurrence(schedule, time(11), frequency=Frequency.WEEKDAYS)
    return webinar


def _address(webinar: Webinar) -> str:
    return reverse(
        "webinar_edit", kwargs={"team": webinar.team.slug, "webinar": webinar.pk, "part": "schedule"}
    )


def _saved(webinar: Webinar) -> Schedule:
    return Schedule.objects.get(pk=webinar.schedule_id)


@pytest.fixture
def member(site: Site) -> Membership:
    return make.member(name="Marta Kowalczyk")


@pytest.fixture
def webinar(member: Membership) -> Webinar:
    return _webinar(member)


@pytest.fixture
def page(site: Site, new_context: NewContext, watched: Watch, member: Membership, webinar: Webinar) -> Page:
    context = new_context(width=1440, height=1000)
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(_address(webinar))
    return page


def test_a_schedule_is_set_up_by_keyboard_alone(page: Page, webinar: Webinar) -> None:
    keys = page.keyboard
    page.get_by_label("Which days").focus()
    keys.type("every 2 weeks")
    expect(page.get_by_label("Which week")).to_be_visible()
    keys.press("Tab")
    keys.type("starting")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Monday").or_(page.locator("[id$=weekdays_0]"))).to_be_focused()
    keys.press("Space")
    for _ in range(7):
        keys.press("Tab")
    expect(page.get_by_label("Time 1")).to_be_focused()
    keys.type("0930AM")
    keys.press("Enter")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    rule = webinar.schedule.recurrences.get()
    assert (rule.frequency, rule.nth, rule.weekdays, rule.times) == ("fortnightly", 2, [0], [time(9, 30)])


def test_a_calendar_file_fills_the_form_and_counts_once_saved(
    page: Page, webinar: Webinar, tmp_path: Path
) -> None:
    first = date(YEAR, 1, 5)
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    file = tmp_path / "my.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n"
        f"DTSTART;TZID=America/New_York:{first:%Y%m%d}T190000\n"
        f"RRULE:FREQ=WEEKLY;BYDAY={days[first.weekday()]};COUNT=8\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    page.get_by_text("Calendar file, single starts").click()
    page.get_by_label("Calendar file", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    found = page.get_by_role("group", name="What it says")
    expect(found).to_contain_text("8 times")
    expect(found.get_by_role("listitem")).to_have_count(1 + 8)
    page.get_by_role("button", name="Put these in place").click()
    expect(page.get_by_text("They count once you save.")).to_be_visible()
    assert _saved(webinar).version == 0
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    saved = _saved(webinar)
    assert (str(saved.zone), saved.starts_on, saved.recurrences.get().count) == ("America/New_York", first, 8)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The last save is taken back.")).to_be_visible()
    assert str(_saved(webinar).zone) == "Europe/Warsaw"


def test_the_preview_over_a_clock_change_stays_after_saving(page: Page) -> None:
    autumn = max(date(YEAR, 10, day) for day in range(25, 32) if date(YEAR, 10, day).weekday() == 6)
    preview = page.get_by_role("complementary", name="Preview")
    weeks = preview.get_by_role("region", name="Two weeks")
    page.get_by_label("Time zone of the visitor").fill("new york")
    page.get_by_label("Date and time there").fill(f"{autumn}T09:52")
    page.get_by_label("Date and time there").press("Tab")
    expect(preview).to_contain_text(f"clocks change on {autumn.day} October")
    expect(weeks.locator("ol")).to_contain_text("06:00")  # New York changes a week after Warsaw
    expect(preview).to_contain_text(" 4–13")
    preview.get_by_text("List", exact=True).click()
    expect(preview.get_by_text("10:00 UTC").first).to_be_visible()
    expect(weeks.locator("ol")).to_be_hidden()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(preview).to_contain_text("New York time")
    expect(page.get_by_label("Date and time there")).to_have_value(f"{autumn}T09:52")
    expect(weeks.locator("ol")).to_be_hidden()
    preview.get_by_text("Why these?").click()
    expect(preview.get_by_text("offered: a time of the schedule").first).to_be_visible()


def test_two_hosts_at_once_see_what_differs(
    site: Site,
    new_context: NewContext,
    watched: Watch,
    axe: Callable[[Page], list[str]],
    page: Page,
    member: Membership,
    webinar: Webinar,
) -> None:
    other = make.member(member.team, name="Anna Nowak")
    context = new_context()
    site.sign_in(context, other.user)
    theirs = watched(context.new_page())
    theirs.goto(_address(webinar))
    theirs.get_by_label("Places in a session").fill("30")
    theirs.get_by_role("button", name="Save", exact=True).click()
    expect(theirs.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_label("Days ahead").fill("21")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Anna Nowak saved this at")).to_be_visible()
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row", name="Places")).to_contain_text("changed meanwhile")
    expect(page.get_by_label("Days ahead")).to_have_value("21")
    assert axe(page) == []
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert (_saved(webinar).offer_days, _saved(webinar).places) == (21, None)


def test_another_type_is_shown_before_it_is_saved_with_script_and_without(
    site: Site, new_context: NewContext, page: Page, member: Membership, webinar: Webinar
) -> None:
    page.get_by_text("On demand only").click()
    expect(page.get_by_text("Recurring becomes On demand only")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert _saved(webinar).event_type == EventType.ON_DEMAND_ONLY
    context = new_context(java_script_enabled=False)
    site.sign_in(context, member.user)
    plain = context.new_page()
    plain.goto(_address(webinar))
    plain.get_by_text("Recurring", exact=True).click()
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.get_by_text("On demand only becomes Recurring")).to_be_visible()
    assert _saved(webinar).event_type == EventType.ON_DEMAND_ONLY
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.get_by_text("Saved.", exact=True)).to_be_visible()
    assert _saved(webinar).event_type == EventType.RECURRING


def test_a_country_brings_its_regions(page: Page, webinar: Webinar) -> None:
    expect(page.get_by_label("Region of the holidays")).to_have_count(0)
    page.get_by_label("Country of the holidays").select_option(label="Germany")
    page.get_by_label("Region of the holidays").select_option(label="Bayern")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    hours = Webinar.objects.get(pk=webinar.pk).chat_hours
    assert (hours.holidays_country, hours.holidays_region) == ("DE", "BY")


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)])
def test_the_whole_part_fits_and_is_accessible_with_everything_open_and_wrong(
    site: Site,
    new_context: NewContext,
    watched: Watch,
    axe: Callable[[Page], list[str]],
    member: Membership,
    webinar: Webinar,
    width: int,
    dark: bool,
) -> None:
    context = new_context(width=width, height=900, dark=dark)
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(_address(webinar))
    page.get_by_label("Limit", exact=True).select_option("own")
    page.get_by_label("Late arrival").select_option("go_back")
    page.get_by_label("Where in the film they begin").fill("soon")
    page.get_by_label("Which days").select_option("monthly_weekday")
    page.get_by_role("button", name="dates").click()
    last_day = page.locator("[name=blackout-0-last]")
    expect(last_day).to_be_visible()
    last_day.fill("2026-01-01")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Not saved yet: please look")).to_be_visible()
    expect(page.get_by_role("button", name="Swap them")).to_be_visible()
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

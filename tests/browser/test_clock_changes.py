"""The visitor's path where clocks are awkward: over a change, at the last second, with a wrong clock in the browser."""

import re
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from scheduling import clocks
from scheduling.models import EventType, Frequency
from tests import make
from tests.browser.site import Site
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
BERLIN = ZoneInfo("Europe/Berlin")


def _dated(*walls: datetime, zone: str, own: bool = False) -> Webinar:
    """A webinar at these wall times, offered however far ahead they are."""
    schedule = make.schedule(
        zone=zone, attendee_zone=own, event_type=EventType.SPECIFIC, offer_days=365, offer_count=20
    )
    for wall in walls:
        make.recurrence(
            schedule,
            wall.time(),
            event_type=EventType.SPECIFIC,
            frequency=Frequency.ONCE,
            on=wall.date(),
        )
    return make.webinar(make.team(), schedule=schedule)


def _address(webinar: Webinar) -> str:
    return f"/{webinar.team.slug}/{webinar.slug}/"


def _fill(page: Page, name: str) -> None:
    page.fill("#id_first_name", name)
    page.fill("#id_email", f"{name.lower()}@example.org")


def _next_change(*, forward: bool) -> clocks.ClockChange:
    now = timezone.now()
    return next(
        change
        for change in clocks.changes(BERLIN, now, now + timedelta(days=364))
        if change.forward == forward
    )


def test_a_start_that_the_clocks_skip_or_repeat_is_one_instant_for_everybody(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    gap, fold = _next_change(forward=True), _next_change(forward=False)
    skipped = gap.before + timedelta(minutes=30)  # 02:30, which does not exist
    twice = fold.after + timedelta(minutes=30)  # 02:30, which comes twice
    webinar = _dated(skipped, twice, zone="Europe/Berlin")
    expected = {gap.at + timedelta(minutes=30), fold.at - timedelta(minutes=30)}
    values = {f"scheduled@{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for start in expected}
    for zone, words in (("Europe/Berlin", "03:30"), ("Asia/Tokyo", "10:30"), ("Pacific/Chatham", "15:15")):
        page = watched(new_context(timezone_id=zone).new_page())
        page.goto(_address(webinar))
        expect(page.locator("#picker")).to_contain_text(f"{zone.rsplit('/', 1)[1]} time")
        rows = page.locator("input[name=slot]")
        assert {rows.nth(n).get_attribute("value") for n in range(rows.count())} == values
        expect(page.locator("#picker")).to_contain_text(words)
    first = f"scheduled@{(gap.at + timedelta(minutes=30)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    page.check(f"input[value='{first}']")
    _fill(page, "Maya")
    page.click("[data-slot-button]")
    expect(page.locator("h1")).to_have_text("Your place is kept, Maya")
    expect(page.locator("main")).to_contain_text("15:15")
    place = Registration.objects.get(webinar=webinar)
    assert (place.starts_at, str(place.zone)) == (gap.at + timedelta(minutes=30), "Pacific/Chatham")


def test_on_the_visitors_own_clock_the_skipped_hour_moves_only_where_it_is_skipped(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    gap = _next_change(forward=True)
    wall = gap.before + timedelta(minutes=30)
    webinar = _dated(wall, zone="UTC", own=True)
    for zone, hour in (("Europe/Berlin", "03:30"), ("Asia/Tokyo", "02:30")):
        page = watched(new_context(timezone_id=zone).new_page())
        page.goto(_address(webinar))
        expect(page.locator("#picker")).to_contain_text(f"{zone.rsplit('/', 1)[1]} time")
        expect(page.locator("#picker")).to_contain_text(hour)
        _fill(page, "Ken")
        page.click("[data-slot-button]")
        expect(page.locator("h1")).to_have_text("Your place is kept, Ken")
        place = Registration.objects.get(webinar=webinar, zone=zone)
        assert place.starts_at is not None
        assert f"{place.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" == hour


def test_the_last_second_before_a_slot_still_counts_and_the_first_after_it_does_not(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    now = timezone.now()
    start = now.replace(second=0, microsecond=0) + timedelta(minutes=1 if now.second < 35 else 2)
    later = start + timedelta(hours=3)
    webinar = _dated(*(at.replace(tzinfo=None) for at in (start, later)), zone="UTC")
    value = f"scheduled@{start:%Y-%m-%dT%H:%M:%SZ}"
    pages = [watched(new_context().new_page()) for _ in range(2)]
    for page, name in zip(pages, ("Ada", "Ben"), strict=True):
        page.goto(_address(webinar))
        page.check(f"input[value='{value}']")
        _fill(page, name)
    clock.sleep(max((start - timezone.now()).total_seconds() - 1, 0))
    pages[0].click("[data-slot-button]")
    expect(pages[0].locator("h1")).to_have_text("Your place is kept, Ada")
    place = Registration.objects.get(webinar=webinar)
    assert place.starts_at == start
    assert place.created_at < start
    clock.sleep(max((start - timezone.now()).total_seconds(), 0) + 0.2)
    pages[1].click("[data-slot-button]")
    expect(pages[1].locator("#register")).to_contain_text("began while you were writing")
    expect(pages[1].locator("#id_first_name")).to_have_value("Ben")
    expect(pages[1].locator(f"input[value='{value}']")).to_have_count(0)
    assert Registration.objects.filter(webinar=webinar).count() == 1
    pages[1].click("[data-slot-button]")
    expect(pages[1].locator("h1")).to_have_text("Your place is kept, Ben")
    assert Registration.objects.get(webinar=webinar, person__first_name="Ben").starts_at == later


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_browser_whose_clock_is_an_hour_wrong_shows_and_keeps_the_right_time(
    site: Site, new_context: NewContext, watched: Watch, wrong: timedelta
) -> None:
    start = (timezone.now() + timedelta(minutes=20)).replace(second=0, microsecond=0)
    webinar = _dated(start.replace(tzinfo=None), zone="UTC")
    context = new_context(timezone_id="Europe/Warsaw")
    context.clock.install(time=timezone.now() + wrong)
    page = watched(context.new_page())
    page.goto(_address(webinar))
    local = f"{start.astimezone(ZoneInfo('Europe/Warsaw')):%H:%M}"
    expect(page.locator("#picker")).to_contain_text(local)
    expect(page.locator("#picker")).to_contain_text(re.compile(r"in (18|19|20) minutes"))
    context.clock.run_for(2000)
    expect(page.locator("#picker")).to_contain_text(re.compile(r"in (18|19|20) minutes"))
    _fill(page, "Zed")
    page.click("[data-slot-button]")
    expect(page.locator("h1")).to_have_text("Your place is kept, Zed")
    expect(page.locator("main")).to_contain_text(local)
    assert Registration.objects.get(webinar=webinar).starts_at == start


def test_a_slot_of_the_day_of_the_change_carries_the_offset_of_that_date(
    site: Site, new_context: NewContext, watched: Watch
) -> None:
    change = _next_change(forward=True)
    walls = [datetime.combine(change.after.date() + timedelta(days=more), time(11)) for more in (-1, 0, 1)]
    webinar = _dated(*walls, zone="Europe/Berlin")
    page = watched(new_context(timezone_id="Europe/Berlin").new_page())
    page.goto(_address(webinar))
    rows = page.locator("#picker label", has=page.locator("input[name=slot]"))
    now_summer = timezone.now().astimezone(BERLIN).dst() != timedelta(0)
    offsets = ["UTC+1", "UTC+2", "UTC+2"]
    for row, offset in zip(range(3), offsets, strict=True):
        if (offset == "UTC+2") != now_summer:
            expect(rows.nth(row)).to_contain_text(offset)

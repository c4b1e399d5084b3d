"""A host calls sessions off and moves them, and attendees see it at once: on the page they have open, and by mail."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from chat.services.policy import default_policy
from notifications.models import Email, Purpose, State
from tests import make
from tests.browser.site import Site
from tests.mailing import read_calendar
from webinars.models import Registration, Session, Webinar
from webinars.studio.editor import part_url

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
SOON = 5_000  # milliseconds in which an open page shows what a host did
PICTURES = os.environ.get("SESSION_PICTURES", "")


@dataclass
class Evening:
    """A webinar with daily times and a film, its host, and a place in a session that begins in ten minutes."""

    host: Membership
    webinar: Webinar
    session: Session
    place: Registration


@pytest.fixture
def evening(site: Site) -> Iterator[Evening]:
    host = make.member(name="Marta Kowalczyk")
    schedule = make.schedule(attendee_zone=False, zone="Europe/Warsaw")
    make.recurrence(schedule, clock(9), clock(15))
    webinar = make.webinar(
        host.team, video=site.film_of(host.team), schedule=schedule, title="Better bread at home"
    )
    default_policy(webinar)
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=11)
    session = make.session(webinar, starts_at=start)
    place = make.registration(session, zone="Europe/Warsaw")
    yield Evening(host, webinar, session, place)
    Session.objects.filter(webinar=webinar, closed_at=None).update(closed_at=timezone.now(), due_at=None)


def waiting(site: Site, context: BrowserContext, watched: Watch, place: Registration) -> Page:
    """The waiting room in the attendee's browser, its line open."""
    site.let_in(context, place)
    page = watched(context.new_page())
    with page.expect_websocket(lambda line: "/ws/room/" in line.url) as opened:
        page.goto(reverse("room", args=[place.pk]))
    opened.value.wait_for_event("framereceived")
    return page


def mailed(purpose: str, webinar: Webinar) -> Email:
    """The one mail of a purpose, once the courier has carried it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = Email.objects.filter(webinar=webinar, purpose=purpose, state=State.SENT).first()
        if found is not None:
            return found
        time.sleep(0.3)
    raise AssertionError(list(Email.objects.values_list("purpose", "state", "reason")))


def pictured(page: Page, name: str) -> None:
    """A picture by day and night at four widths, where SESSION_PICTURES names a folder."""
    if not PICTURES:
        return
    before = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (name, width)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)


def test_a_cancelled_session_is_seen_at_once_mailed_with_a_cancellation_and_exchanged_with_one_click(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe, evening: Evening
) -> None:
    attendee = waiting(site, new_context(width=390, height=844), watched, evening.place)
    context = new_context()
    site.sign_in(context, evening.host.user)
    page = watched(context.new_page())
    page.goto(part_url(evening.webinar, "sessions"))
    assert axe(page) == []
    pictured(page, "sessions")
    page.locator("summary[aria-label^='What to do with']").first.click()
    pictured(page, "sessions-menu")
    page.get_by_role("link", name="Cancel …").first.click()
    expect(page.get_by_text("1 person holds a place: Dana.")).to_be_visible()
    page.get_by_label("A word from you in the mail").fill("The oven broke.")
    page.get_by_role("button", name="Show the mail with this note").click()
    expect(page.get_by_role("region", name="The mail they get")).to_contain_text("The oven broke.")
    assert axe(page) == []
    pictured(page, "session-cancel")
    page.get_by_role("button", name="Cancel and tell 1 person").click()
    expect(page.get_by_text("The session is cancelled. A mail goes to 1 person.")).to_be_visible()

    expect(attendee.get_by_role("heading", name="This session was cancelled")).to_be_visible(timeout=SOON)
    expect(attendee.get_by_text("The oven broke.")).to_be_visible()
    assert axe(attendee) == []
    pictured(attendee, "over-cancelled")
    pictured(page, "sessions-cancelled")

    mail = mailed(Purpose.CHANGE, evening.webinar)
    page.goto(reverse("outbox_mail", args=[mail.pk]))
    expect(page.locator("body")).to_contain_text("does not take place")
    file = read_calendar(context.request.get(reverse("outbox_calendar", args=[mail.pk])).body())
    assert file["METHOD"] == "CANCEL"
    assert file.walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    if PICTURES:
        (Path(PICTURES) / "cancelled.html").write_text(mail.html)

    attendee.get_by_role("button", name="Take this time").first.click()
    expect(attendee.get_by_role("heading", name="Your place is kept, Dana")).to_be_visible()
    assert Registration.objects.live().get(webinar=evening.webinar).session_id != evening.session.pk


def test_S8_a_moved_session_is_seen_in_the_open_waiting_room_and_by_mail(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe, evening: Evening
) -> None:
    attendee = waiting(site, new_context(), watched, evening.place)
    context = new_context()
    site.sign_in(context, evening.host.user)
    page = watched(context.new_page())
    page.goto(part_url(evening.webinar, "sessions"))
    page.locator("summary[aria-label^='What to do with']").first.click()
    page.get_by_role("link", name="Move …").first.click()
    zone = evening.webinar.schedule.zone
    to = datetime.combine(timezone.now().astimezone(zone).date() + timedelta(days=3), clock(18, 30), zone)
    page.get_by_label("Date").fill(f"{to:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("18:30")
    page.get_by_label("Time zone").fill("Europe/Warsaw")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("New start:")).to_be_visible()
    assert axe(page) == []
    pictured(page, "session-move")
    page.get_by_role("button", name="Move and tell 1 person").click()
    expect(page.get_by_text("The session is moved. A mail goes to 1 person.")).to_be_visible()
    pictured(page, "sessions-moved")

    expect(attendee.get_by_role("heading", name="Your place is kept, Dana")).to_be_visible(timeout=SOON)
    expect(attendee.get_by_label("Your place").get_by_text("18:30")).to_be_visible()
    mail = mailed(Purpose.CHANGE, evening.webinar)
    assert "18:30: the new time of Better bread at home" in mail.subject
    file = read_calendar(context.request.get(reverse("outbox_calendar", args=[mail.pk])).body())
    assert (file["METHOD"], file.walk("VEVENT")[0]["DTSTART"].dt) == ("REQUEST", to)


def test_a_changed_rule_asks_first_and_the_way_back_keeps_what_was_typed(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe, evening: Evening
) -> None:
    zone = evening.webinar.schedule.zone
    day = timezone.now().astimezone(zone).date() + timedelta(days=2)
    session = make.session(evening.webinar, starts_at=datetime.combine(day, clock(15), zone))
    place = make.registration(session, who=make.person(evening.host.team, first_name="Łukasz"))
    context = new_context(width=1440, height=1000)
    site.sign_in(context, evening.host.user)
    page = watched(context.new_page())
    page.goto(part_url(evening.webinar, "schedule"))
    page.get_by_label("Time 2").first.fill("16:30")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("1 person holds a place at a time that the new schedule")).to_be_visible()
    expect(page.get_by_text("Łukasz")).to_be_visible()
    expect(page.get_by_label("They keep their times")).to_be_checked()
    assert axe(page) == []
    pictured(page, "affected")
    page.get_by_role("button", name="Back, nothing saved").click()
    expect(page.get_by_label("Time 2").first).to_have_value("16:30")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_label("Move each to the nearest new time").check()
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    place.refresh_from_db()
    assert place.starts_at == datetime.combine(day, clock(16, 30), zone)

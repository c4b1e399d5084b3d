"""Who comes late, and who comes when it is over: the film from its beginning, another time, the replay."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from scheduling.models import Kind, Late, ReplayFor
from tests import make
from tests.browser.site import Site
from webinars.models import Registration, Session

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
POSITION = "() => document.querySelector('video')?.currentTime ?? 0"


@pytest.fixture
def come(site: Site, new_context: NewContext, watched: Watch) -> Callable[..., tuple[Page, Registration]]:
    """Open the personal link of a place in a session that began so long ago, by the rules given."""

    def open_one(seconds: float, *, width: int = 390, **rules: Any) -> tuple[Page, Registration]:
        team = make.team(name="Crumb School")
        webinar = make.webinar(
            team,
            video=site.film_of(team),
            title="Better bread at home",
            exit_minutes=1,
            schedule=make.schedule(**rules),
        )
        began = timezone.now() - timedelta(seconds=seconds)
        place = make.registration(make.session(webinar, starts_at=began), who=make.person(team))
        _, token = make.join_link(place)
        page = watched(new_context(width=width, height=844).new_page())
        page.goto(f"/j/{token}/")
        page.wait_for_url(f"**/r/{place.pk}/**")
        return page, place

    return open_one


def test_who_comes_late_presses_enter_and_sees_the_film_from_its_beginning(
    come: Callable[..., tuple[Page, Registration]], axe: Axe
) -> None:
    page, place = come(100, late=Late.ON_DEMAND, late_minutes=1)
    expect(page.get_by_role("heading", name="It began 1 minute ago")).to_be_visible()
    expect(page.get_by_text("for you the film begins at the beginning")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Enter").click()
    page.wait_for_function(f"() => ({POSITION})() > 0.5", timeout=30_000)
    assert page.evaluate(POSITION) < 20, "the others are at 1:40 and more"
    place.refresh_from_db()
    assert place.session.kind == Kind.ON_DEMAND
    page.reload()
    page.wait_for_function(f"() => ({POSITION})() > 2", timeout=30_000)
    assert page.evaluate(POSITION) < 45, "coming back is no new beginning, nor the shared clock"


def test_who_comes_too_late_takes_the_next_start_in_one_click(
    come: Callable[..., tuple[Page, Registration]], axe: Axe
) -> None:
    page, place = come(
        100, width=320, late=Late.REFUSE, late_minutes=1, just_in_time=True, interval_minutes=5
    )
    expect(page.get_by_role("heading", name="It began 1 minute ago")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
    page.get_by_role("button", name="Take this time").first.click()
    page.wait_for_url(lambda url: f"/r/{place.pk}/" not in url)
    expect(page.get_by_text("Your place has moved.")).to_be_visible()
    new = Registration.objects.live().get(person=place.person)
    assert new.starts_at
    assert timezone.now() < new.starts_at <= timezone.now() + timedelta(minutes=11)
    place.refresh_from_db()
    assert place.cancelled_at


def test_when_it_is_over_the_replay_is_one_click_away(
    come: Callable[..., tuple[Page, Registration]], axe: Axe
) -> None:
    page, place = come(3600, replay=True, replay_for=ReplayFor.REGISTERED)
    expect(page.get_by_role("heading", name=re.compile("We missed you"))).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Watch the replay").click()
    page.wait_for_url(re.compile(r"/r/[0-9a-f-]{36}/room/"))
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2", timeout=30_000)
    page.get_by_role("slider", name="Position").fill("60")
    page.wait_for_function(f"() => ({POSITION})() >= 60")
    replay = Session.objects.get(webinar=place.webinar, kind=Kind.REPLAY)
    assert replay.replay_of_id == place.session_id

"""Who is there, as a real inbox and a killed server leave it, and the report that says whether hours were kept."""

import signal
import time as clock
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from chat.models import Conversation, Presence, Wait
from tests import make
from tests.browser.site import Site
from webinars.models import Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def bob(site: Site) -> Membership:
    """He answers for a webinar that promises to be there around the clock, published two days ago."""
    who = make.member(make.team(name="Crumb School"), name="Bob Baker")
    hours = make.chat_hours(*((day, time(0), time(0)) for day in range(7)))
    webinar = make.webinar(who.team, chat_hours=hours, title="Better bread at home")
    Webinar.objects.filter(pk=webinar.pk).update(published_at=timezone.now() - timedelta(days=2))
    make.assignment(webinar, who)
    return who


def until(enough: Callable[[], Any], patience: float = 30) -> Any:
    end = clock.monotonic() + patience
    while not (found := enough()):
        assert clock.monotonic() < end, "nothing came of it"
        clock.sleep(0.2)
    return found


def presence_of(bob: Membership) -> Presence | None:
    return Presence.objects.filter(membership=bob).first()


def test_an_inbox_is_written_down_and_a_killed_server_loses_half_a_minute_at_most(
    site: Site, new_context: NewContext, bob: Membership
) -> None:
    context = new_context()
    site.sign_in(context, bob.user)
    page = context.new_page()
    opened = timezone.now()
    page.goto(f"/studio/{bob.team.slug}/inbox/")
    first = until(lambda: presence_of(bob))
    assert first.from_at - opened < 10 * timedelta(seconds=1)
    _program, child = site.running["web"]
    child.send_signal(signal.SIGKILL)  # nothing is said good-bye to
    child.wait()
    killed = presence_of(bob)
    assert killed
    assert timezone.now() - killed.until_at < 35 * timedelta(seconds=1)
    site.running.pop("web")
    site.start_one("web")
    site.wait_for_pages()
    back = until(lambda: (row := presence_of(bob)) and row.until_at > killed.until_at and row)
    assert back.from_at == first.from_at, "the page comes back by itself within the minute"
    page.close()
    left = timezone.now()
    until(lambda: (row := presence_of(bob)) and abs(row.until_at - left) < 3 * timedelta(seconds=1))
    assert Presence.objects.filter(membership=bob).count() == 1


def wait_of(bob: Membership, since: Any) -> Conversation:
    (webinar,) = bob.team.webinars.all()
    place = make.registration(
        make.session(webinar, starts_at=since), who=make.person(bob.team, first_name="Dana")
    )
    talk = Conversation.objects.create(
        team=bob.team, webinar=webinar, person=place.person, registration=place, listed=True
    )
    episode = talk.episodes.create(opened_at=since, opened_seq=1)
    Wait.objects.create(
        conversation=talk,
        episode=episode,
        registration=place,
        session=place.session,
        opened_at=since,
        counts_from=since,
        opened_seq=1,
    )
    return talk


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_A088_the_report_names_the_gap_and_who_waited(
    site: Site, new_context: NewContext, bob: Membership, watched: Watch, axe: Axe, width: int, dark: bool
) -> None:
    now = timezone.now()
    (webinar,) = bob.team.webinars.all()
    gap = now - timedelta(hours=5)
    for begin, end in ((now - timedelta(days=2), gap), (gap + 20 * MINUTE, now)):
        Presence.objects.create(
            team=bob.team, membership=bob, webinars=[webinar.pk], from_at=begin, until_at=end
        )
    talk = wait_of(bob, gap + 5 * MINUTE)
    context = new_context(width=width, dark=dark)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{bob.team.slug}/shifts/")
    page.get_by_role("link", name="Hours kept").click()
    expect(page.get_by_role("heading", name="20 min without anybody")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
    with page.expect_download() as coming:
        page.get_by_role("region", name="When nobody was there").get_by_role(
            "link", name="As a table"
        ).click()
    assert coming.value.suggested_filename.startswith("gaps-")
    page.get_by_role("link", name="Dana, since").click()
    page.wait_for_url(f"**/inbox/#{talk.pk}")
    page.goto(f"/studio/{bob.team.slug}/shifts/kept/?zone=Mars")
    expect(page.get_by_text("This is not a time zone we know.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []

"""Every screen of the demo fits a narrow phone and a laptop, by night and by day, and axe finds nothing on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from accounts.models import Role, Team, User
from config import demo
from tests import screens
from tests.browser.site import Site
from videos.models import VideoVersion
from webinars.models import Webinar

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def owner(site: Site, tmp_path_factory: pytest.TempPathFactory) -> User:
    """The owner of the demo theatre, whose film is taken from the site instead of made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DATA_DIR", tmp_path_factory.mktemp("logins"))
        demo.make(timezone.now())
    team = Team.objects.get(slug=demo.SLUG)
    VideoVersion.objects.filter(video__team=team).delete()
    webinar = Webinar.objects.get(team=team)
    webinar.video = site.film_of(team)
    webinar.save()
    demo.fill(webinar, timezone.now())
    return User.objects.get(memberships__team=team, memberships__role=Role.OWNER)


@pytest.mark.parametrize(("width", "height", "dark"), [(320, 700, True), (1280, 800, False)])
def test_every_screen_fits_and_axe_finds_nothing(
    site: Site,
    owner: User,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
    width: int,
    height: int,
    dark: bool,
) -> None:
    def make_context(**more: Any) -> BrowserContext:
        return new_context(width=width, height=height, dark=dark, reduced_motion="reduce", **more)

    wrong: dict[str, list[str]] = {}
    for name, page, failed in screens.walk(make_context, lambda context: site.sign_in(context, owner)):
        found = [failed] if failed else axe(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the window")
        if found:
            wrong[name] = found
    assert wrong == {}

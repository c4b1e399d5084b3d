"""Every screen of the demo fits a narrow phone and a laptop, by night and by day, and axe finds nothing on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from accounts.models import Team
from config import demo
from tests import screens
from tests.browser.site import Site
from videos.models import VideoVersion
from webinars.models import Webinar

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def login(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The demo theatre, its film taken from the site's instead of made; its owner's address and password."""
    patch = pytest.MonkeyPatch()
    folder: Path = tmp_path_factory.mktemp("logins")
    patch.setattr("django.conf.settings.DATA_DIR", folder)
    demo.make(timezone.now())
    patch.undo()
    team = Team.objects.get(slug=demo.SLUG)
    VideoVersion.objects.filter(video__team=team).delete()
    webinar = Webinar.objects.get(team=team)
    webinar.video = site.film_of(team)
    webinar.save()
    demo.fill(webinar, timezone.now())
    owner = (folder / demo.LOGINS).read_text().splitlines()[1].split()
    return owner[1], owner[2]


@pytest.mark.parametrize(("width", "height", "dark"), [(320, 700, True), (1280, 800, False)])
def test_every_screen_fits_and_axe_finds_nothing(
    site: Site,
    login: tuple[str, str],
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
    width: int,
    height: int,
    dark: bool,
) -> None:
    def make_context(**more: Any) -> BrowserContext:
        return new_context(width=width, height=height, dark=dark, reduced_motion="reduce", **more)

    wrong: dict[str, list[str]] = {}
    for name, page, failed in screens.walk(make_context, login):
        found = [failed] if failed else axe(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the window")
        if found:
            wrong[name] = found
    assert wrong == {}

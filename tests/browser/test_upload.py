"""A host uploads a film in a real browser: over a line that is cut, with progress, to a player; bad files in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import Membership
from tests import clips, make
from tests.browser.site import PATIENCE, Site
from videos.models import VersionState, Video
from webinars.models import Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
PIECE = 8 * 1024 * 1024


def _part(member: Membership) -> tuple[Video, str]:
    video = Video.objects.create(team=member.team)
    webinar: Webinar = make.webinar(member.team, video=video, published=False)
    keys = {"team": member.team.slug, "webinar": webinar.pk, "part": "video"}
    return video, reverse("webinar_edit", kwargs=keys)


def _large(path: Path) -> Path:
    """A film that takes three pieces, most of it an atom that players skip."""
    padding = 2 * PIECE + 1000
    with clips.film(path, seconds=6, size="640x360").open("ab") as file:
        file.write(padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    return path


def test_a_film_arrives_over_a_line_that_is_cut_and_plays(
    site: Site, new_context: NewContext, watched: Watch, axe: Axe, tmp_path: Path
) -> None:
    member = make.member()
    video, address = _part(member)
    context = new_context()
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(address)
    assert axe(page) == []
    asked: list[str] = []

    def cut_once(route: Route) -> None:
        request = route.request
        if request.method == "PATCH":
            asked.append(request.headers["upload-offset"])
            if len(asked) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/uploads/**", cut_once)
    page.locator("[data-upload] input[type=file]").set_input_files(_large(tmp_path / "talk.mp4"))
    expect(page.locator("#video-status")).to_contain_text("talk.mp4", timeout=PATIENCE * 1000)
    assert asked[:3] == ["0", str(PIECE), str(PIECE)]  # it went on where it was
    expect(page.locator("#video-status")).to_contain_text(
        "Can be shown now, in 360p", timeout=PATIENCE * 1000
    )
    player = page.locator("video")
    expect(player).to_be_visible()
    player.evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_timeout(1500)
    assert player.evaluate("video => video.currentTime") > 0.3
    assert axe(page) == []
    assert video.versions.get().state == VersionState.READY


def test_bad_files_are_refused_in_words(
    site: Site, new_context: NewContext, watched: Watch, tmp_path: Path
) -> None:
    member = make.member()
    video, address = _part(member)
    context = new_context(width=320, height=700)
    site.sign_in(context, member.user)
    page = watched(context.new_page())
    page.goto(address)
    choose = page.locator("[data-upload] input[type=file]")
    picture = tmp_path / "picture.mp4"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    choose.set_input_files(picture)
    expect(page.locator("[data-part=error]")).to_contain_text("This is not an MP4, MOV, WebM or MKV video.")
    assert not video.versions.exists()
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(clips.disguised(clips.MASTER).ljust(5000, b"x"))
    choose.set_input_files(damaged)
    refused = page.get_by_role("alert").filter(has_text="damaged")
    expect(refused).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator("#video-status")).to_contain_text("The file was removed.")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320

"""The pages that need no account, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_the_front_page_works_in_a_browser_and_is_accessible(
    site: Site,
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
    axe: Callable[[Page], list[str]],
) -> None:
    page = watched(new_context(width=320, height=700).new_page())
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    assert axe(page) == []

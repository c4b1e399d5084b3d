"""What browser journeys share: the running site, Chromium, and a page that fails on any error of its script."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests import chromium
from tests.browser.site import Site, running

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Playwright's own loop runs in the main thread; the test's queries are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Chromium itself says these when a journey cuts the line on purpose or asks for what is not there yet.
EXPECTED = ("net::ERR_", "Failed to load resource", "WebSocket connection to")

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The real processes on the tests' database; rows stay, so every journey makes a team of its own."""
    with (
        django_db_blocker.unblock(),
        _test_database(),
        running(tmp_path_factory.mktemp("site")) as site,
    ):
        yield site


@contextlib.contextmanager
def _test_database() -> Iterator[None]:
    """The tests' database; pytest-django makes it only for tests that say they use it, which would empty it again."""
    if connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX):
        yield
        return
    made = setup_databases(verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS: None})
    try:
        yield
    finally:
        with connection.cursor() as cursor:  # of processes that were ended in the middle of something
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says how to get it."""
    program = chromium.executable()
    if program is None:
        pytest.skip("no Chromium on PATH (install chromium, or name one in CHROMIUM)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_context(site: Site, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser of somebody new: `new_context(width=390, height=844, dark=False)`."""
    made: list[BrowserContext] = []

    def make_one(*, width: int = 1280, height: int = 800, dark: bool = False, **more: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            **({"timezone_id": "Europe/Warsaw"} | more),
        )
        context.set_default_timeout(20_000)
        made.append(context)
        return context

    yield make_one
    for context in made:
        context.close()


@pytest.fixture
def watched() -> Iterator[Callable[[Page], Page]]:
    """Watch a page: what its script throws or its security policy blocks fails the journey at its end."""
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in EXPECTED):
            wrong.append(message.text)

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", hear)
        return page

    yield watch
    assert wrong == []


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Ask axe about a page: the broken rules with their elements, none when it is clean."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci)")

    def ask(page: Page) -> list[str]:
        # Through the debugger, which the page's own security policy does not reach.
        page.evaluate(AXE.read_text())
        found = page.evaluate("() => window.axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {rule['help']} {[node['html'][:160] for node in rule['nodes']]}"
            for rule in found["violations"]
        ]

    return ask

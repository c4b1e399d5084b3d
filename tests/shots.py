"""`make shots`: starts the demo in a folder of its own and pictures every screen into build/shots/.

`python -m tests.shots NAME` takes only the screens whose name begins with NAME.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests import chromium
from tests.screens import WEBINAR, sign_in, walk

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "build" / "shots"
PORT = 8917
PATIENCE = 180.0
SIZES = ((320, 700), (1280, 800))


@contextlib.contextmanager
def demo() -> Iterator[tuple[str, tuple[str, str]]]:
    """The running demo with its film ready: its address, and the owner's address and password."""
    with tempfile.TemporaryDirectory() as data:
        wanted = {"MATINEE_DATA": data, "PORT": str(PORT), "REGISTRATION_LIMITS": "1000/10 minutes"}
        wanted |= {"REGISTRATION_FORM_SECONDS": "0", "MAIL_DOMAIN_CHECK": "0"}
        environment = {**os.environ, **wanted}
        command = [sys.executable, "manage.py", "up"]
        with (Path(data) / "up.log").open("wb") as log:
            up = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{PORT}"
            wait_for(address + WEBINAR)
            text = (Path(data) / "demo-logins.txt").read_text()
            found = re.search(r"Owner\s+(\S+)\s+(\S+)", text)
            if found is None:
                raise SystemExit("The demo's logins are not in their file.")
            yield address, (found[1], found[2])
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(20)


def wait_for(address: str) -> None:
    """Wait until the page answers 200: the demo's film is ready then."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=5).close()  # raises for anything but 2xx
            return
        time.sleep(1)
    raise SystemExit(f"{address} did not come within {PATIENCE:.0f} s.")


def take(browser: Browser, address: str, login: tuple[str, str], only: str) -> int:
    """Picture every screen at each width by day and by night; returns how many went wrong."""
    wrong = 0
    for width, height in SIZES:
        for scheme in ("light", "dark"):

            def new_context(w: int = width, h: int = height, s: str = scheme) -> BrowserContext:
                context = browser.new_context(
                    base_url=address,
                    viewport={"width": w, "height": h},
                    color_scheme=s,  # type: ignore[arg-type]
                    timezone_id="Europe/Warsaw",
                    locale="en-GB",
                )
                context.set_default_timeout(20_000)
                return context

            for name, page, failed in walk(new_context, lambda context: sign_in(context, *login), only):
                file = SHOTS / f"{name}-{'day' if scheme == 'light' else 'night'}-{width}.png"
                page.screenshot(path=file, full_page=True)
                if failed or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wrong += 1
                    sys.stdout.write(f"{file.name}: {failed or 'wider than the window'}\n")
    return wrong


def main() -> int:
    """Take them all; 1 when a screen scrolls sideways or cannot be reached."""
    program = chromium.executable()
    if program is None:
        raise SystemExit("There is no Chromium on PATH: install chromium, or name one in CHROMIUM.")
    SHOTS.mkdir(parents=True, exist_ok=True)
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    with demo() as (address, login), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        wrong = take(browser, address, login, only)
        browser.close()
    sys.stdout.write(f"pictures in {SHOTS.relative_to(ROOT)}\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

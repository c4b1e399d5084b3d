"""Row `storm`: the web server dies with everybody in the room; how soon all are back, and how pages fare meanwhile."""

import asyncio
import contextlib
import random
import time
import urllib.request
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.load.measure import Figure
from tests.load.site import OURS, Site

PEOPLE = 1000
ROUNDS = 3


def run(site: Site) -> list[Figure]:
    """Kill, start again at once, and count by the rules of docs/protocol.md: random up to 0.5 s, doubling to 20 s."""
    made = site.world("people", str(PEOPLE))
    whole: list[float] = []
    slowest: list[float] = []
    for _ in range(ROUNDS):
        took, page = asyncio.run(_one(site, made))
        whole.append(took)
        slowest.append(page)
    return [
        Figure(
            f"storm: {PEOPLE} sockets whole again", "s after the server's start", whole, None, None, "≤ 15 s"
        ),
        Figure("storm: slowest page meanwhile", "s", slowest, None, None, "≤ 2 s"),
    ]


async def _one(site: Site, made: dict[str, Any]) -> tuple[float, float]:
    back: dict[str, float] = {}
    asked: list[float] = []
    lines = [asyncio.create_task(_line(site, made, one, back)) for one in made["attendees"]]
    try:
        with site.server(OURS):
            await _all(back)
        back.clear()
        with contextlib.ExitStack() as stack:
            await asyncio.to_thread(stack.enter_context, site.server(OURS))
            began = time.monotonic()
            pages = asyncio.create_task(_pages(site, made, asked))
            await _all(back)
            took = max(back.values()) - began
            pages.cancel()
            slowest = max(asked, default=0.0)
    finally:
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
    return took, slowest


async def _all(back: dict[str, float]) -> None:
    async with asyncio.timeout(120):
        while len(back) < PEOPLE:
            await asyncio.sleep(0.05)


async def _pages(site: Site, made: dict[str, Any], asked: list[float]) -> None:
    """Somebody asks for a page four times a second."""
    while True:
        began = time.monotonic()
        await asyncio.to_thread(_page, site.origin(OURS) + made["page"])
        asked.append(time.monotonic() - began)
        await asyncio.sleep(0.25)


def _page(address: str) -> None:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(address, timeout=20).close()


async def _line(site: Site, made: dict[str, Any], one: dict[str, str], back: dict[str, float]) -> None:
    """A page's line: comes back by itself, says hello, and is whole when it was told so."""
    origin: Any = site.origin(OURS)
    address = origin.replace("http", "ws", 1) + f"/ws/room/{one['registration']}/"
    headers = {"Cookie": f"{made['guest_cookie']}={one['cookie']}"}
    attempt = 0
    while True:
        with contextlib.suppress(OSError, TimeoutError, WebSocketException, EOFError):
            async with connect(
                address,
                origin=origin,
                additional_headers=headers,
                compression=None,
                ping_interval=None,
                open_timeout=10,
            ) as line:
                await line.send('{"type":"hello","ref":null,"data":{"last":1,"epoch":""}}')
                await asyncio.wait_for(line.recv(), 10)
                back[one["registration"]] = time.monotonic()
                attempt = 0
                while True:
                    await line.recv()
        attempt += 1
        await asyncio.sleep(random.random() * min(20, 0.5 * 2 ** (attempt - 1)))

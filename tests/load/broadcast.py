"""Row `broadcast`: one frame to everybody in a room (mode, reaction, number of viewers), and what a socket costs."""

import asyncio
import contextlib
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.load.ears import Hall
from tests.load.measure import Figure, cpu_of
from tests.load.site import HALL, LIMIT, OURS, REF, Site, answer

SOCKETS = 1000
ROUNDS = 5
EACH = {HALL: 20, LIMIT: 20, REF: 3}
PACE = 0.2  # seconds between two frames at five a second
PACED = {HALL: 25, LIMIT: 25, REF: 10}
BURST = 500
NEAR = 100
PEOPLE = 300


def run(site: Site) -> list[Figure]:
    """CPU for each delivery, the last receiver's time, a burst from another process, one who stops reading, memory."""
    with contextlib.ExitStack() as stack:
        pids = {name: stack.enter_context(site.server(name)) for name in (HALL, LIMIT, REF)}
        figures = asyncio.run(_all(site, pids))
    return [*figures, _memory(site)]


async def _all(site: Site, pids: dict[str, int]) -> list[Figure]:
    halls = {name: Hall(site.origin(name)) for name in pids}
    for hall in halls.values():
        await hall.fill(SOCKETS)
    cost = await _cost(halls, pids)
    late, missed = await _paced(halls)
    for hall in halls.values():
        hall.go()
    await asyncio.sleep(1)
    arrived = await _burst(site)
    unread = await _one_stops(site)
    note = ", ".join(f"{name} lost {missed[name]}" for name in missed)
    return [
        Figure(
            f"broadcast to {SOCKETS} sockets: CPU of the server",
            "µs a delivery",
            *_three(cost),
            "LIMIT ≤ 2x, REF ≥ 12x",
        ),
        Figure("broadcast: last receiver, p99 at 5 a second", "ms", *_three(late), "REF ≥ 10x", note=note),
        Figure(
            f"broadcast: burst of {BURST} from another process to {NEAR} sockets",
            f"arrived of {BURST * NEAR}",
            arrived[HALL],
            None,
            arrived[REF],
            "all",
            less_is_better=False,
        ),
        Figure(
            "broadcast: one stops reading, burst for the others",
            "ms",
            unread["others"],
            unread["usual"],
            None,
            "nobody slowed",
            note=f"lost {unread['lost'][0]:.0f} once it reads again; LIMIT column: nobody stops",
        ),
    ]


def _three(found: dict[str, list[float]]) -> tuple[list[float], list[float], list[float]]:
    return found[HALL], found[LIMIT], found[REF]


async def _cost(halls: dict[str, Hall], pids: dict[str, int]) -> dict[str, list[float]]:
    cost: dict[str, list[float]] = {name: [] for name in halls}
    for turn in range(-1, ROUNDS):
        for name, hall in halls.items():
            before, heard = cpu_of(pids[name]), hall.heard
            for _ in range(EACH[name]):
                await hall.broadcast()
            if turn >= 0:
                cost[name].append(1e6 * (cpu_of(pids[name]) - before) / max(1, hall.heard - heard))
    return cost


async def _paced(halls: dict[str, Hall]) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Five a second; a frame that the last one has not heard before the next is due waits behind it."""
    late: dict[str, list[float]] = {name: [] for name in halls}
    missed = dict.fromkeys(halls, 0)
    for _ in range(ROUNDS):
        for name, hall in halls.items():
            took = []
            for _number in range(PACED[name]):
                began = time.monotonic()
                found = await hall.broadcast()
                missed[name] += found is None
                took.append(found if found is not None else 5.0)
                await asyncio.sleep(max(0.0, began + PACE - time.monotonic()))
            late[name].append(1000 * quantiles(took, n=100, method="inclusive")[98])
    return late, missed


async def _burst(site: Site) -> dict[str, list[float]]:
    arrived: dict[str, list[float]] = {HALL: [], REF: []}
    for name, rounds in arrived.items():
        hall = Hall(site.origin(name))
        await hall.fill(NEAR)
        for _ in range(3):
            before = hall.heard
            await _said(site, name, BURST)
            await hall.until(lambda hall=hall, before=before: hall.heard >= before + BURST * NEAR, 3)
            rounds.append(hall.heard - before)
        hall.go()
    return arrived


async def _one_stops(site: Site) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"usual": [], "others": [], "lost": []}
    hall = Hall(site.origin(HALL))
    await hall.fill(NEAR)
    deaf = hall.ears[-1]
    for _ in range(ROUNDS):
        for which in ("usual", "others"):
            if which == "others":
                deaf.transport.pause_reading()
            missing = BURST if which == "others" else 0
            before, heard = hall.heard, deaf.heard
            began = time.monotonic()
            await _said(site, HALL, BURST)
            await hall.until(lambda b=before, m=missing: hall.heard >= b + BURST * NEAR - m, 5)
            found[which].append(1000 * (hall.last - began))
            if which == "others":
                deaf.transport.resume_reading()
                await hall.until(lambda h=heard: deaf.heard >= h + BURST, 5)
                found["lost"].append(BURST - (deaf.heard - heard))
    hall.go()
    found["lost"] = [sum(found["lost"])]
    return found


async def _said(site: Site, name: str, number: int) -> None:
    module = "tests.load.hall" if name == HALL else "tests.load.stock"

    def say() -> None:
        with site.program(module, str(number)) as process:
            answer(process)

    await asyncio.to_thread(say)


def _memory(site: Site) -> Figure:
    """Of an attendee who is in the room and says nothing: the real socket, with its rights, line and outbox."""
    made: dict[str, Any] = site.world("people", str(PEOPLE))
    places = [
        (f"/ws/room/{one['registration']}/", f"{made['guest_cookie']}={one['cookie']}")
        for one in made["attendees"]
    ]
    found: dict[str, list[float]] = {OURS: [], LIMIT: []}
    for name, rounds in found.items():
        for _ in range(3):
            with site.server(name) as pid:
                rounds.append(asyncio.run(_grown(site, name, pid, places)))
    return Figure("memory of an idle attendee's socket", "kB", found[OURS], found[LIMIT], None, "LIMIT ≤ 3x")


async def _grown(site: Site, name: str, pid: int, places: list[tuple[str, str]]) -> float:
    warm, hall = Hall(site.origin(name)), Hall(site.origin(name))
    await warm.seat(places[:50])  # what is loaded with the first ones is not theirs
    before = _resident(pid)
    await hall.seat(places[50:])
    grown = (_resident(pid) - before) / len(hall.ears)
    warm.go()
    hall.go()
    return grown


def _resident(pid: int) -> float:
    """Kilobytes of a process that are its own."""
    pages = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return float(next(line.split()[1] for line in pages if line.startswith("Pss:")))

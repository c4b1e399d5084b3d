"""Row `chat`: a persisted message from an attendee to a moderator who has the conversation open."""

import asyncio
import contextlib
from typing import Any

import psycopg

from tests.load.crowd import Crowd, Heard
from tests.load.measure import Figure, cpu_of
from tests.load.site import LIMIT, OURS, REF, Site

PEOPLE = 100
EACH = 5  # as many as the pace lets somebody say at once
ROUNDS = 5
RATE = 100.0
COUNTS = {
    OURS: "SELECT count(*) FROM chat_message WHERE text LIKE 'message %'",
    LIMIT: "SELECT count(*) FROM bare_line",
    REF: "SELECT count(*) FROM stock_stockline",
}


def run(site: Site) -> list[Figure]:
    """CPU for each message, messages a second, and how long one takes at 100 a second."""
    made = site.world("people", str(PEOPLE))
    with contextlib.ExitStack() as stack:
        pids = {name: stack.enter_context(site.server(name)) for name in (OURS, LIMIT, REF)}
        return asyncio.run(_measure(site, made, pids))


async def _measure(site: Site, made: dict[str, Any], pids: dict[str, int]) -> list[Figure]:
    crowds = {name: Crowd(name, site.origin(name), made) for name in pids}
    cost: dict[str, list[float]] = {name: [] for name in pids}
    sent: dict[str, list[float]] = {name: [] for name in pids}
    behind: dict[str, list[float]] = {name: [] for name in pids}
    rate: dict[str, list[float]] = {name: [] for name in pids}
    middle: dict[str, list[float]] = {name: [] for name in pids}
    typed, lost = dict.fromkeys(pids, 0), dict.fromkeys(pids, 0)
    for crowd in crowds.values():
        await crowd.come()
    for turn in range(-1, ROUNDS):
        for name, crowd in crowds.items():
            _rested(site)
            before, stores = cpu_of(pids[name]), site.cpu_of_stores()
            heard = await crowd.talk(EACH)
            spent, stored = cpu_of(pids[name]) - before, site.cpu_of_stores() - stores
            _note(heard, name, typed, lost)
            if turn >= 0:
                cost[name].append(1e6 * spent / max(1, len(heard.seen)))
                sent[name].append(1e6 * spent / len(heard.sent))
                behind[name].append(1e6 * stored / len(heard.sent))
                rate[name].append(heard.rate)
    for _ in range(3):
        for name, crowd in crowds.items():
            _rested(site)
            heard = await crowd.talk(3, rate=RATE)
            _note(heard, name, typed, lost)
            middle[name].append(heard.middle)
    for crowd in crowds.values():
        await crowd.go()
    note = f"lost {_missing(site, OURS, typed, lost)}, LIMIT {_missing(site, LIMIT, typed, lost)}"
    note += f", REF {_missing(site, REF, typed, lost)}"
    return [
        Figure("chat: CPU of the server", "µs a message seen", *_three(cost), "REF ≥ 4x", note=note),
        Figure("chat: the same, lost ones too", "µs a message sent", *_three(sent), ""),
        Figure("chat: PostgreSQL and Redis", "CPU µs a message sent", *_three(behind), ""),
        Figure("chat: sustained", "messages/s", *_three(rate), "REF ≥ 4x", less_is_better=False),
        Figure("chat: p50 at 100 a second", "ms", *_three(middle), "LIMIT ≤ 4x"),
    ]


def _three(found: dict[str, list[float]]) -> tuple[list[float], list[float], list[float]]:
    return found[OURS], found[LIMIT], found[REF]


def _note(heard: Heard, name: str, typed: dict[str, int], lost: dict[str, int]) -> None:
    typed[name] += len(heard.sent)
    lost[name] += heard.lost


def _rested(site: Site) -> None:
    """Nobody has written for a while: the pace that protects a room would hold a bench back."""
    with psycopg.connect(site.postgres.url, autocommit=True) as database:
        database.execute("UPDATE chat_conversation SET pace = '{}'")


def _missing(site: Site, name: str, typed: dict[str, int], lost: dict[str, int]) -> str:
    """Typed and not stored, and typed and not seen."""
    with psycopg.connect(site.postgres.url, autocommit=True) as database:
        found = database.execute(COUNTS[name]).fetchone()
    stored = int(found[0]) if found else 0
    return f"{max(typed[name] - stored, lost[name])} of {typed[name]}"

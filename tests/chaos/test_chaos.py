"""Everything is broken in turn under load, and afterwards the ledger has to balance: typed = stored = seen."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.leaks import leaks
from tests.chaos.people import Run, on_stage
from tests.chaos.rig import Breaker, Rig

pytestmark = pytest.mark.chaos

SEEDS = [int(os.environ.get("SEED", "0")) + number for number in range(int(os.environ.get("SEEDS", "2")))]
ATTENDEES = int(os.environ.get("ATTENDEES", "12"))
FAULTS_FOR = float(os.environ.get("SECONDS", "25"))
SETTLED_WITHIN = 30.0  # seconds after the last fault


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_whatever_breaks(seed: int, rig: Rig) -> None:
    dice = random.Random(seed)
    made = await asyncio.to_thread(rig.world, "make", str(ATTENDEES))
    async with on_stage(rig, made, dice) as (run, proxy):
        breaker = Breaker(rig, proxy, dice, made["webinar"])
        await asyncio.gather(run.talk(FAULTS_FOR), breaker.break_things(FAULTS_FOR))
        await asyncio.gather(*(asyncio.to_thread(one.page, one.room_path) for one in run.attendees))
        latest = await run.settle(SETTLED_WITHIN)
        ledger, found = await settled(run, rig, made)
    payloads, told = leaks(run, made, ledger)
    found["problems"] += told
    slowest = max((one.acknowledged_at - one.at for b in run.everybody for one in b.typed), default=0.0)
    sys.stdout.write(
        f"\nseed={seed} typed={found['typed']} stored={found['stored']} seen={found['seen']} "
        f"lost={found['lost']} doubled={found['doubled']} latest={latest:.1f}s slowest_ack={slowest:.1f}s "
        f"mails={found['mails']} faults={Counter(breaker.done).total()} payloads={payloads}\n"
    )
    assert found["problems"] == []
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["typed"] > ATTENDEES


async def settled(run: Run, rig: Rig, made: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ledger and its balance; what was said by itself while it was read may take its five seconds more."""
    for _ in range(3):
        ledger = await asyncio.to_thread(rig.world, "ledger", made["webinar"])
        found = balance(run, ledger)
        if not found["problems"]:
            break
        await asyncio.sleep(5)
    return ledger, found


def balance(run: Run, ledger: dict[str, Any]) -> dict[str, Any]:
    """Set arithmetic over what was typed, what is stored, and what each browser saw in which order."""
    typed = Counter(one.data["text"] for browser in run.everybody for one in browser.typed)
    conversations = ledger["conversations"]
    entries = [entry for one in conversations.values() for entry in one["entries"]]
    stored = Counter(text for _, _, kind, text in entries if kind in {"attendee", "moderator"})
    problems = [f"{type(one).__name__}: {wrong}" for one in run.everybody for wrong in one.wrong]
    problems += [f"not seen as stored: {where}" for where in differences(run, conversations)]
    problems += [f"spoke over a human: {where}" for where in spoken_over(conversations)]
    if ledger["autoresponders_a_wait"] > 1:
        problems.append("two autoresponders in one wait")
    modes = {mode for _, mode in ledger["policy"]}
    problems += [f"told {one.mode}, not {modes}" for one in run.attendees if {one.mode} != modes]
    states = Counter(state for state, _ in ledger["mails"])
    if set(states) - {"sent", "uncertain", "due", "sending", "cancelled", "expired"}:
        problems.append(f"mails: {dict(states)}")
    return {
        "typed": typed.total(),
        "stored": stored.total(),
        "seen": sum(len(log) for one in run.everybody for log in one.logs.values()),
        "lost": (typed - stored).total(),
        "doubled": (stored - typed).total(),
        "mails": dict(states),
        "problems": problems,
    }


def differences(run: Run, conversations: dict[str, Any]) -> Iterator[str]:
    """Logs that are not exactly what is stored for that reader, in order."""
    by_registration = {one["registration"]: one["entries"] for one in conversations.values()}
    for attendee in run.attendees:
        public = [(n, text) for _, n, _, text in by_registration[attendee.registration] if n is not None]
        if attendee.logs.get(attendee.conversation, []) != public:
            yield f"attendee {attendee.registration}"
    for number, moderator in enumerate(run.moderators):
        for key, one in conversations.items():
            listed = any(kind == "attendee" for _, _, kind, _ in one["entries"])
            if listed and moderator.logs.get(key, []) != [(seq, text) for seq, _, _, text in one["entries"]]:
                yield f"moderator {number} in {key}"


def spoken_over(conversations: dict[str, Any]) -> Iterator[str]:
    """Autoresponders whose last human word before them is not the attendee's."""
    for key, one in conversations.items():
        last = ""
        for _, _, kind, _ in one["entries"]:
            if kind == "autoresponder" and last != "attendee":
                yield key
            if kind in {"attendee", "moderator"}:
                last = kind

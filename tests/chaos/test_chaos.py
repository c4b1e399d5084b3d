"""Everything is broken in turn under load, and afterwards the ledger has to balance: typed = stored = seen."""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.chaos.clients import Attendee, Browser, Moderator
from tests.chaos.proxy import FaultProxy
from tests.chaos.rig import PROXY_PORT, WEB_PORTS, Breaker, Rig

pytestmark = pytest.mark.chaos

SEEDS = [int(os.environ.get("SEED", "0")) + number for number in range(int(os.environ.get("SEEDS", "2")))]
ATTENDEES = 12
FAULTS_FOR = 25.0  # seconds
SETTLED_WITHIN = 30.0  # seconds after the last fault


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("chaos")).up() as rig:
        yield rig


@dataclass
class Run:
    """The people of one run."""

    attendees: list[Attendee]
    moderators: list[Moderator]
    dice: random.Random

    @property
    def everybody(self) -> list[Browser]:
        return [*self.attendees, *self.moderators]

    async def talk(self, seconds: float) -> None:
        """Attendees ask and moderators answer for a while, each message a text of its own."""
        until = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until:
            number += 1
            asker = self.dice.choice(self.attendees)
            if len(asker.unsent) < 3:
                asker.post({"text": f"question {number} of {asker.registration[:8]}"})
            if number % 2:
                self.answer(number)
            await asyncio.sleep(0.25)

    def answer(self, number: int) -> None:
        """A moderator answers whoever waits, mostly the one who waits longest."""
        moderator = self.dice.choice(self.moderators)
        if moderator.waiting and len(moderator.unsent) < 3:
            chosen = self.dice.choice(moderator.waiting[:3])
            moderator.post(
                {"conversation": chosen, "text": f"answer {number} to {chosen[:8]}", "base_seq": None}
            )

    async def settle(self, seconds: float) -> float:
        """Wait until nothing is on its way and everybody saw the same; how long that took."""
        began = time.monotonic()
        calm = 0.0
        while time.monotonic() - began < seconds and calm < 3:
            before = self.state()
            await asyncio.sleep(1)
            calm = calm + 1 if self.state() == before and not any(one.unsent for one in self.everybody) else 0
        return time.monotonic() - began - calm

    def state(self) -> list[Any]:
        return [{name: len(log) for name, log in one.logs.items()} for one in self.everybody]


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_whatever_breaks(seed: int, rig: Rig) -> None:
    dice = random.Random(seed)
    made = await asyncio.to_thread(rig.world, "make", str(ATTENDEES))
    proxy = FaultProxy(PROXY_PORT, list(WEB_PORTS), dice)
    await proxy.start()
    run = people(made, rig.origin, dice)
    tending = asyncio.create_task(rig.tend())
    lines = [asyncio.create_task(one.run()) for one in run.everybody]
    breaker = Breaker(rig, proxy, dice)
    try:
        await asyncio.sleep(2)
        await asyncio.gather(run.talk(FAULTS_FOR), breaker.break_things(FAULTS_FOR))
        latest = await run.settle(SETTLED_WITHIN)
        ledger = await asyncio.to_thread(rig.world, "ledger", made["webinar"])
    finally:
        for one in run.everybody:
            one.stopping = True
        for task in [*lines, tending]:
            task.cancel()
        await asyncio.gather(*lines, tending, return_exceptions=True)
        await proxy.stop()
    found = balance(run, ledger)
    slowest = max((one.acknowledged_at - one.at for b in run.everybody for one in b.typed), default=0.0)
    sys.stdout.write(
        f"\nseed={seed} typed={found['typed']} stored={found['stored']} seen={found['seen']} "
        f"lost={found['lost']} doubled={found['doubled']} latest={latest:.1f}s slowest_ack={slowest:.1f}s "
        f"mails={found['mails']} faults={Counter(breaker.done).total()}\n"
    )
    assert found["problems"] == []
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["typed"] > ATTENDEES


def people(made: dict[str, Any], origin: str, dice: random.Random) -> Run:
    """The browsers of everybody in the made world."""
    return Run(
        [
            Attendee(origin, one["registration"], (made["guest_cookie"], one["cookie"]), dice)
            for one in made["attendees"]
        ],
        [
            Moderator(origin, made["team"], (made["session_cookie"], cookie), dice)
            for cookie in made["moderators"]
        ],
        dice,
    )


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

"""The people of a chaos run, and the stage they are on: everything tended, the proxy between them and it."""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from tests.chaos.clients import Attendee, Browser, Moderator
from tests.chaos.proxy import FaultProxy
from tests.chaos.rig import PROXY_PORT, WEB_PORTS, Rig


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
            if number % 5 == 0:
                await self.grab()
            await asyncio.sleep(0.25)

    def answer(self, number: int) -> None:
        """A moderator answers whoever waits, mostly the one who waits longest."""
        moderator = self.dice.choice(self.moderators)
        if moderator.waiting and len(moderator.unsent) < 3:
            chosen = self.dice.choice(moderator.waiting[:3])
            moderator.post(
                {"conversation": chosen, "text": f"answer {number} to {chosen[:8]}", "base_seq": None}
            )

    async def grab(self) -> None:
        """A moderator takes a conversation, or lets it go; the other may hold it already, which is no matter."""
        moderator = self.dice.choice(self.moderators)
        if moderator.waiting:
            data = {"conversation": self.dice.choice(moderator.waiting)}
            await moderator.say(self.dice.choice(["conversation.claim", "conversation.release"]), data)

    async def settle(self, seconds: float) -> float:
        """Wait until nothing is on its way and everybody saw the same; how long that took."""
        began = time.monotonic()
        calm = 0.0
        while time.monotonic() - began < seconds and calm < 3:
            before = self.state()
            await asyncio.sleep(1)
            await asyncio.gather(*(one.look_again() for one in self.moderators))
            calm = calm + 1 if self.state() == before and not any(one.unsent for one in self.everybody) else 0
        return time.monotonic() - began - calm

    def state(self) -> list[Any]:
        return [{name: len(log) for name, log in one.logs.items()} for one in self.everybody]

    def ask(self) -> None:
        """Every attendee asks something."""
        for number, one in enumerate(self.attendees):
            one.post({"text": f"{uuid.uuid4()}, asks attendee {number}"})

    def missing(self) -> list[str]:
        """What was typed and is not in the log of everybody entitled, once."""
        found = [f"{text} at {who.path}" for who, log, text in self._entitled() if log.count(text) != 1]
        return found + [wrong for one in self.everybody for wrong in one.wrong]

    def _entitled(self) -> Iterator[tuple[Browser, list[str], str]]:
        of = {one.conversation: one for one in self.attendees}
        for browser in self.everybody:
            for typed in browser.typed:
                key = browser.conversation if isinstance(browser, Attendee) else typed.data["conversation"]
                for who in [of[key], *self.moderators]:
                    yield who, [text for _, text in who.logs.get(key, [])], typed.data["text"]

    async def whole(self, within: float) -> float:
        """Wait until everybody has everything; how long that took. AssertionError when it takes longer."""
        began = time.monotonic()
        while missing := self.missing():
            assert time.monotonic() - began < within, missing
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    @property
    def slowest(self) -> float:
        """The longest that anybody waited for an acknowledgement; infinite when one never came."""
        typed = [one for browser in self.everybody for one in browser.typed]
        return max((one.acknowledged_at or float("inf")) - one.at for one in typed)


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


@contextlib.asynccontextmanager
async def on_stage(
    rig: Rig, made: dict[str, Any], dice: random.Random
) -> AsyncIterator[tuple[Run, FaultProxy]]:
    """Everybody is connected, everything that ends is started again, for as long as the block."""
    proxy = FaultProxy(PROXY_PORT, list(WEB_PORTS), dice)
    await proxy.start()
    run = people(made, rig.origin, dice)
    tending = asyncio.create_task(rig.tend())
    lines = [asyncio.create_task(one.run()) for one in run.everybody]
    try:
        await asyncio.sleep(2)
        yield run, proxy
    finally:
        for one in run.everybody:
            one.stopping = True
        for task in [*lines, tending]:
            task.cancel()
        await asyncio.gather(*lines, tending, return_exceptions=True)
        await proxy.stop()

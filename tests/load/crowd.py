"""The browsers of a bench: attendees who post and moderators who have the conversations open."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.load.site import OURS

WATCHED = 20  # conversations one inbox may have open
QUIET = 4.0  # seconds without a frame after which what is missing counts as lost
_numbers = itertools.count(1)


@dataclass
class Heard:
    """What came of one round."""

    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)  # by a moderator
    acknowledged: int = 0
    last: float = 0.0

    @property
    def lost(self) -> int:
        """Messages that no moderator saw."""
        return len(self.sent.keys() - self.seen.keys())

    @property
    def rate(self) -> float:
        """Messages a second, from the first one typed to the last one seen."""
        return len(self.seen) / (max(self.seen.values()) - min(self.sent.values()))

    @property
    def middle(self) -> float:
        """Milliseconds from typed to seen, for the median message."""
        return 1000 * median(at - self.sent[text] for text, at in self.seen.items())


class Crowd:
    """Everybody's sockets with one contestant."""

    def __init__(self, name: str, origin: str, made: dict[str, Any]) -> None:
        self.name = name
        self.origin = origin
        self.made = made
        self.attendees: list[ClientConnection] = []
        self.moderators: list[ClientConnection] = []
        self.heard = Heard()
        self._listening: list[asyncio.Task[None]] = []

    async def come(self) -> None:
        """Open every socket and wait until each is served."""
        people = self.made["attendees"]
        for one in people:
            name = one["registration"] if self.name == OURS else one["conversation"]
            cookie = f"{self.made['guest_cookie']}={one['cookie']}"
            hello = {"type": "hello", "ref": None, "data": {"last": 1, "epoch": ""}}
            self.attendees.append(await self._socket(f"/ws/room/{name}/", cookie, [hello]))
        for number, start in enumerate(range(0, len(people), WATCHED)):
            key = self.made["moderators"][number % len(self.made["moderators"])]
            cookie = f"{self.made['session_cookie']}={key}"
            frames = [{"type": "hello", "ref": None, "data": {"revision": 0, "epoch": ""}}]
            frames += [_watch(one["conversation"]) for one in people[start : start + WATCHED]]
            name = self.made["team"] if self.name == OURS else f"inbox{number}"
            self.moderators.append(await self._socket(f"/ws/inbox/{name}/", cookie, frames))
        self._listening = [asyncio.create_task(self._listen(one, True)) for one in self.moderators]
        self._listening += [asyncio.create_task(self._listen(one, False)) for one in self.attendees]

    async def go(self) -> None:
        """Close every socket."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in [*self.attendees, *self.moderators]))

    async def talk(self, each: int, *, rate: float | None = None) -> Heard:
        """Every attendee posts so many messages, all at once or `rate` a second, and the moderators listen."""
        heard = self.heard = Heard()
        total = each * len(self.attendees)
        began = time.monotonic()
        for number, socket in enumerate(self.attendees * each):
            if rate is not None:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            text = f"message {next(_numbers)} of the bench"
            heard.sent[text] = time.monotonic()
            data = {"text": text}
            await socket.send(json.dumps({"type": "message.post", "ref": str(uuid.uuid4()), "data": data}))
        heard.last = time.monotonic()
        while len(heard.seen) < total or heard.acknowledged < total:
            await asyncio.sleep(0.02)
            if time.monotonic() - heard.last > QUIET:
                break
        return heard

    async def _socket(self, path: str, cookie: str, frames: Sequence[dict[str, Any]]) -> ClientConnection:
        address = self.origin.replace("http", "ws", 1) + path
        headers = {"Cookie": cookie}
        origin: Any = self.origin
        socket = await connect(address, origin=origin, additional_headers=headers, compression=None)
        for frame in frames:
            await socket.send(json.dumps(frame))
        waiting = {frame["ref"] for frame in frames}
        while waiting:
            answer = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if answer["type"] in {"refused", "reload"}:
                raise RuntimeError(f"the bench was turned away: {answer}")
            if answer["type"] in {"ready", "ack"}:
                waiting.discard(answer.get("ref"))
        return socket

    async def _listen(self, socket: ClientConnection, moderates: bool) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            async for raw in socket:
                frame = json.loads(raw)
                heard = self.heard
                if frame["type"] == "event" and moderates:
                    heard.last = time.monotonic()
                    if frame["message"]["text"] in heard.sent:
                        heard.seen.setdefault(frame["message"]["text"], heard.last)
                elif frame["type"] == "ack":
                    heard.last = time.monotonic()
                    heard.acknowledged += 1
                elif frame["type"] == "refused":
                    raise RuntimeError(f"the bench was refused: {frame}")


def _watch(conversation: str) -> dict[str, Any]:
    data = {"conversation": conversation, "after": 0}
    return {"type": "conversation.watch", "ref": str(uuid.uuid4()), "data": data}

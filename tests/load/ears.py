"""Light listeners for the broadcast: a thousand sockets in one process that only count what comes, and when."""

import asyncio
import base64
import json
import os
import time
from dataclasses import dataclass, field
from functools import partial

HALL = "5b7e8a5e-3f7c-4d0e-8d5e-2f1a4c9b7e10"
TEXT, PING, PONG = 1, 9, 10
FRAME = {
    "type": "mode",
    "mode": "email",
    "expect": {
        "text": "The chat opens again tomorrow at 9:00.",
        "leaving": "We answer by e-mail.",
        "people": [],
        "opens_at": "2026-03-11T09:00:00.000Z",
    },
}


class Ear(asyncio.Protocol):
    """One socket: it says hello once, and from then on counts the frames that come."""

    def __init__(self, hall: "Hall", path: str, host: str, cookie: str) -> None:
        self.hall = hall
        self.path, self.host, self.cookie = path, host, cookie
        self.open = False
        self.rest = b""
        self.heard = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        head = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}",
            f"Origin: http://{self.host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        transport.write("\r\n".join([*head, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        if not self.open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self.rest = head
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(f"a listener was turned away: {head[:100]!r}")
            self.open = True
            self.say({"type": "hello", "ref": None, "data": {"last": 0, "epoch": ""}})
        while (taken := _frame(data)) > 0:
            frame, data = data[:taken], data[taken:]
            kind = frame[0] & 0x0F
            if kind == PING:  # a server that hears no answer closes the line
                self.transport.write(bytes([0x80 | PONG, 0x80 | frame[1]]) + bytes(4) + frame[2:])
            elif kind == TEXT:
                self.heard += 1
                self.hall.last = time.monotonic()
                self.hall.heard += 1
        self.rest = data

    def say(self, frame: dict[str, object]) -> None:
        """One masked text frame; the mask is nought, which is as good as any on the loopback."""
        body = json.dumps(frame).encode()
        length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self.transport.write(b"\x81" + length + b"\0\0\0\0" + body)


def _frame(data: bytes) -> int:
    """The length of the first whole frame; 0 when there is none yet. Servers do not mask."""
    if len(data) < 2:
        return 0
    size, head = data[1] & 0x7F, 2
    if size == 126:
        if len(data) < 4:
            return 0
        size, head = int.from_bytes(data[2:4], "big"), 4
    return head + size if len(data) >= head + size else 0


@dataclass
class Hall:
    """All listeners of one contestant, and how many frames they have heard together."""

    origin: str
    ears: list[Ear] = field(default_factory=list)
    heard: int = 0
    last: float = 0.0

    async def fill(self, number: int, path: str = f"/ws/hall/{HALL}/") -> None:
        """Seat so many at one address."""
        await self.seat([(path, "")] * number)

    async def seat(self, places: list[tuple[str, str]]) -> None:
        """Open the sockets, a few at a time, and wait until each was greeted."""
        host = self.origin.removeprefix("http://")
        name, port = host.split(":")
        loop = asyncio.get_running_loop()
        for path, cookie in places:
            made = partial(Ear, self, path, host, cookie)
            _, ear = await loop.create_connection(made, name, int(port))
            self.ears.append(ear)
            if len(self.ears) % 20 == 0:
                await self.until(lambda: all(one.heard for one in self.ears[-20:]))
        await self.until(lambda: all(one.heard for one in self.ears))

    async def until(self, done: object, patience: float = 30.0) -> bool:
        """Wait until something is so; whether it came to be within the patience."""
        assert callable(done)
        began = time.monotonic()
        while not done():
            if time.monotonic() - max(began, self.last) > patience:
                return False
            await asyncio.sleep(0.002)
        return True

    async def broadcast(self, patience: float = 5.0) -> float | None:
        """The first listener says it; seconds until the last one has heard, or None when not all did."""
        wanted = self.heard + len(self.ears)
        began = time.monotonic()
        self.ears[0].say({"type": "broadcast"})
        whole = await self.until(lambda: self.heard >= wanted, patience)
        return self.last - began if whole else None

    def go(self) -> None:
        """Close every socket."""
        for ear in self.ears:
            ear.transport.abort()

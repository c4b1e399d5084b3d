"""Browsers of a chaos run: what they type, keep until acknowledged, and see, by the rules of docs/protocol.md."""

import asyncio
import contextlib
import json
import random
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

RETRY = {1001, 1005, 1006, 1011, 1012, 1013, 4408, 4429}
RESEND_AFTER = 6.0
TWICE = 0.15  # of what is sent goes out twice, as from two tabs or a nervous line
BY_HTTP = 0.15  # and as much over the other way at the same time
TOKEN = "c" * 32
BROKEN = (OSError, TimeoutError, WebSocketException, EOFError)
Frame = dict[str, Any]


@dataclass
class Typed:
    """One message as somebody typed it; `data` is what goes up, always under the same ref."""

    data: Frame
    ref: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: float = field(default_factory=time.monotonic)
    sent_at: float = 0.0
    acknowledged_at: float = 0.0


class Browser:
    """A socket that comes back, an outbox that keeps, and one log for each conversation."""

    def __init__(self, origin: str, path: str, cookie: tuple[str, str], dice: random.Random) -> None:
        self.origin = origin
        self.gate = origin  # where it dials: the origin, unless a test leads it to one of the servers
        self.path = path
        self.cookie = f"{cookie[0]}={cookie[1]}"
        self.dice = dice
        self.typed: list[Typed] = []
        self.logs: dict[str, list[tuple[int, str]]] = {}
        self.wrong: list[str] = []
        self.codes: list[int] = []  # with which its lines were closed
        self.payloads: list[str] = []  # everything that came, as it came
        self.mode = ""  # how one can talk, as it was told last
        self.socket: ClientConnection | None = None
        self.asides: set[asyncio.Task[None]] = set()
        self.stopping = False

    # ------------------------------------------------------------------ to be filled in

    def hello(self) -> list[Frame]:
        """What is said first on each connection."""
        raise NotImplementedError

    def events_path(self, conversation: str) -> str:
        """Where what is missing of a conversation is asked for."""
        raise NotImplementedError

    def commands_path(self) -> str:
        """Where a command goes by plain HTTP."""
        raise NotImplementedError

    async def heard(self, frame: Frame) -> None:
        """What a frame of this kind of socket means."""
        raise NotImplementedError

    # ------------------------------------------------------------------ typing

    def post(self, data: Frame) -> None:
        """Type a message; it goes out now or when the line is back."""
        self.typed.append(Typed(data))

    @property
    def unsent(self) -> list[Typed]:
        """What is not acknowledged yet, in the order typed."""
        return [one for one in self.typed if not one.acknowledged_at]

    async def send_due(self) -> None:
        """Send what was not sent yet, and again what is not acknowledged."""
        for one in self.unsent:
            if time.monotonic() - one.sent_at > RESEND_AFTER:
                one.sent_at = time.monotonic()
                await self.say("message.post", one.data, one.ref)
                if self.dice.random() < TWICE:
                    await self.say("message.post", one.data, one.ref)
                if self.dice.random() < BY_HTTP:
                    self._aside(one)

    def _aside(self, one: Typed) -> None:
        """The same message over HTTP, while the socket has it too."""
        frame = {"type": "message.post", "ref": one.ref, "data": one.data}

        async def send() -> None:
            found = await asyncio.to_thread(self._ask, self.commands_path(), frame)
            if found is not None and found.get("type") in {"ack", "refused"}:
                await self._take(found)

        task = asyncio.create_task(send())
        self.asides.add(task)
        task.add_done_callback(self.asides.discard)

    async def say(self, kind: str, data: Frame, ref: str | None = None) -> None:
        """Send a frame; lost when the line is down, which is what the outbox is for."""
        if self.socket is not None:
            with contextlib.suppress(WebSocketException, OSError):
                frame = {"type": kind, "ref": ref or str(uuid.uuid4()), "data": data}
                await self.socket.send(json.dumps(frame))

    # ------------------------------------------------------------------ the line

    async def run(self) -> None:
        """Connect again and again, with jitter, until told to stop."""
        attempt = 0
        while not self.stopping:
            began = time.monotonic()
            with contextlib.suppress(*BROKEN):
                await self._once()
            attempt = 0 if time.monotonic() - began > 3 else min(attempt + 1, 3)
            await asyncio.sleep(self.dice.random() * 0.3 * 2**attempt)

    async def _once(self) -> None:
        address = self.gate.replace("http", "ws", 1) + self.path
        headers = {"Cookie": self.cookie}
        async with connect(
            address,
            origin=self.origin,  # type: ignore[arg-type]
            additional_headers=headers,
            open_timeout=5,
            close_timeout=1,
            ping_interval=None,
            compression=None,
        ) as socket:
            self.socket = socket
            for one in self.typed:
                one.sent_at = 0.0
            for frame in self.hello():
                await socket.send(json.dumps(frame))
            tending = asyncio.create_task(self._tend(socket))
            try:
                while True:
                    raw = await asyncio.wait_for(socket.recv(decode=True), 8)
                    self.payloads.append(str(raw))
                    await self._take(json.loads(raw))
            finally:
                self.socket = None
                tending.cancel()
                code = socket.close_code
                self.codes += [code] if code is not None else []
                if code is not None and code not in RETRY and not self.stopping:
                    self.wrong.append(f"closed with {code}")

    async def _tend(self, socket: ClientConnection) -> None:
        while True:
            await self.send_due()
            await self.say("ping", {})
            await asyncio.sleep(1.5)

    async def _take(self, frame: Frame) -> None:
        if frame["type"] == "ack":
            for one in self.typed:
                if one.ref == frame["ref"] and not one.acknowledged_at:
                    one.acknowledged_at = time.monotonic()
        elif frame["type"] == "refused":
            self._refused(frame)
        else:
            await self.heard(frame)

    def _refused(self, frame: Frame) -> None:
        retry = frame["code"] in {"slow_down", "try_again"}
        for one in self.typed:
            if one.ref == frame["ref"] and not one.acknowledged_at and not retry:
                self.wrong.append(f"refused: {frame['code']}")
                one.acknowledged_at = time.monotonic()

    # ------------------------------------------------------------------ what is seen

    def last(self, conversation: str) -> int:
        """The last number that is here."""
        log = self.logs.setdefault(conversation, [])
        return log[-1][0] if log else 0

    async def line(self, conversation: str, seq: int, text: str) -> None:
        """Take one entry: the next is shown, a known one dropped, a later one makes it ask."""
        if seq == self.last(conversation) + 1:
            self.logs[conversation].append((seq, text))
        elif seq > self.last(conversation):
            await self.catch_up(conversation)

    async def catch_up(self, conversation: str) -> None:
        """Ask for what is missing, by plain HTTP."""
        path = f"{self.events_path(conversation)}?after={self.last(conversation)}"
        found = await asyncio.to_thread(self._ask, path)
        for message in self.messages_in(found or {}):
            if message["seq"] == self.last(conversation) + 1:
                self.logs.setdefault(conversation, []).append((message["seq"], message["text"]))

    def messages_in(self, found: Frame) -> list[Frame]:
        """The messages in an answer of the address for catching up."""
        return [frame["message"] for frame in found.get("events", [])]

    def _ask(self, path: str, command: Frame | None = None) -> Frame | None:
        """The JSON at an address, or the answer to a command; None when nothing sensible came."""
        text = self.page(path, None if command is None else json.dumps(command).encode())
        try:
            found: Frame = json.loads(text)
        except ValueError:
            return None
        return found

    def page(self, path: str, body: bytes | None = None) -> str:
        """What an address says; empty when it says nothing."""
        headers = {"Cookie": f"{self.cookie}; csrftoken={TOKEN}", "Origin": self.origin, "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.gate + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                text = str(answer.read().decode())
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
        except (OSError, ValueError, EOFError, HTTPException):
            return ""
        self.payloads.append(text)
        return text


class Attendee(Browser):
    """Somebody in the room."""

    def __init__(self, origin: str, registration: str, cookie: tuple[str, str], dice: random.Random) -> None:
        super().__init__(origin, f"/ws/room/{registration}/", cookie, dice)
        self.registration = registration
        self.room_path = f"/r/{registration}/room/"
        self.conversation = ""
        self.epoch = ""

    def hello(self) -> list[Frame]:
        data = {"last": self.last(self.conversation) if self.conversation else 0, "epoch": self.epoch}
        return [{"type": "hello", "ref": None, "data": data}]

    def events_path(self, conversation: str) -> str:
        return f"/r/{self.registration}/events/"

    def commands_path(self) -> str:
        return f"/r/{self.registration}/commands/"

    async def heard(self, frame: Frame) -> None:
        if frame["type"] == "ready":
            self.conversation, self.epoch = frame["conversation"], frame["epoch"]
            self.mode = frame["mode"]
        elif frame["type"] == "mode":
            self.mode = frame["mode"]
        elif frame["type"] == "message.posted":
            await self.line(frame["conversation"], frame["seq"], frame["message"]["text"])
        elif frame["type"] in {"beat", "pong"} and frame["head"] > self.last(self.conversation):
            await self.catch_up(self.conversation)


class Moderator(Browser):
    """Somebody at the inbox who has every conversation of the run open."""

    def __init__(self, origin: str, team: str, cookie: tuple[str, str], dice: random.Random) -> None:
        super().__init__(origin, f"/ws/inbox/{team}/", cookie, dice)
        self.team = team
        self.revision = 0
        self.epoch = ""
        self.watched: list[str] = []
        self.rows: dict[str, Frame] = {}

    def hello(self) -> list[Frame]:
        data = {"revision": self.revision, "epoch": self.epoch}
        watching = [
            {
                "type": "conversation.watch",
                "ref": None,
                "data": {"conversation": one, "after": self.last(one)},
            }
            for one in self.watched
        ]
        return [{"type": "hello", "ref": None, "data": data}, *watching]

    def events_path(self, conversation: str) -> str:
        return f"/studio/{self.team}/inbox/{conversation}/events/"

    def commands_path(self) -> str:
        return f"/studio/{self.team}/inbox/commands/"

    async def heard(self, frame: Frame) -> None:
        if frame["type"] == "ready":
            self.epoch = frame["epoch"]
        elif frame["type"] == "event":
            await self.line(frame["conversation"], frame["seq"], frame["message"]["text"])
        elif frame["type"] == "inbox.changed":
            self.revision = max(self.revision, frame["revision"])
            for row in frame["rows"]:
                await self._row(row)
        elif frame["type"] in {"beat", "pong"} and frame["head"] > self.revision:
            await self._revise()

    async def _revise(self) -> None:
        found = await asyncio.to_thread(
            self._ask, f"/studio/{self.team}/inbox/rows/?after_revision={self.revision}"
        )
        if found is not None:
            self.revision = max(self.revision, found["revision"])
            for row in found["rows"]:
                await self._row(row)

    async def _row(self, row: Frame) -> None:
        self.rows[row["id"]] = row
        if row["id"] not in self.watched:
            self.watched.append(row["id"])
            await self.say("conversation.watch", {"conversation": row["id"], "after": self.last(row["id"])})
        elif row["seq"] > self.last(row["id"]):
            await self.catch_up(row["id"])

    def messages_in(self, found: Frame) -> list[Frame]:
        messages: list[Frame] = found.get("messages", [])
        return messages

    async def look_again(self) -> None:
        """Read what a row says is there and is not here: an inbox has twenty conversations open, not all of a run."""
        for row in tuple(self.rows.values()):
            if row["seq"] > self.last(row["id"]):
                await self.catch_up(row["id"])

    @property
    def waiting(self) -> list[str]:
        """Conversations in which somebody waits, longest first."""
        rows = [row for row in self.rows.values() if row["waiting_since"]]
        return [row["id"] for row in sorted(rows, key=lambda row: row["waiting_since"])]

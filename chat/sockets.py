"""What both kinds of socket do alike: let in, greet, read frames, keep limits, close with a meaning."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import parse_cookie
from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from chat import frames, hub
from chat.commands import BadFrame, Result, parse
from chat.database import DatabaseAway
from chat.schemas.base import LARGEST_FRAME

HELLO_WITHIN = 5.0
FRAMES = 120  # at once and a minute
TYPING_EVERY = 3.0
BAD_FRAMES = 3
VIOLATIONS = 3
REJECT = 403  # before accepting: the handshake itself is refused

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Closed(Exception):
    """The conversation on this socket is over; `code` is None when the other side ended it."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Allowance:
    """So many at once, and so many a minute."""

    __slots__ = ("_at", "_left", "_most")

    def __init__(self, most: int) -> None:
        self._left = float(most)
        self._most = most
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more is fine."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._most / 60)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Socket:
    """One websocket. A bare ASGI loop: Channels' own consumer costs a thread hop per event."""

    shapes: TypeAdapter[Any]

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.hub = hub.current()
        self.outbox = self.hub.outbox(send)
        self.frames = Allowance(FRAMES)
        self.bad = self.violations = 0
        self.typed_at = 0.0
        self.cut_code: int | None = None
        self.task: asyncio.Task[Any] | None = None

    async def admit(self) -> int | None:
        """Look who it is: None to go on, a close code, or REJECT."""
        raise NotImplementedError

    async def handle(self, command: Any) -> None:
        """Run one command; `hello` comes first and only once is needed."""
        raise NotImplementedError

    def depart(self) -> None:
        """Let go of everything; must not do what has to happen, for it may never run."""

    @property
    def greeted(self) -> bool:
        """Whether `hello` was understood."""
        raise NotImplementedError

    async def serve(self) -> None:
        """The whole life of the socket."""
        await self.receive()
        self.task = asyncio.current_task()
        try:
            code = await self.admit()
        except DatabaseAway:
            code = 1013
        if code == REJECT:
            await self.send({"type": "websocket.close"})
            return
        await self.send({"type": "websocket.accept"})
        self.outbox.on_close = self._cut
        try:
            if code is not None:
                raise Closed(code)
            await self._converse()
        except Closed as closed:
            await self.outbox.settle(1 if closed.code else 0)
            await self._close(closed.code)
        except DatabaseAway:
            await self._close(1013)
        except asyncio.CancelledError:
            if self.cut_code is None:
                raise
            await self._close(self.cut_code)
        finally:
            self.depart()
            self.outbox.close()

    def _cut(self, code: int) -> None:
        self.cut_code = code
        if self.task is not None:
            self.task.cancel()

    async def _close(self, code: int | None) -> None:
        self.outbox.close()
        if code is None:
            return
        try:
            await asyncio.wait_for(self.send({"type": "websocket.close", "code": code}), 1)
        except (OSError, RuntimeError, TimeoutError):
            return  # a reader who does not read does not hear it either

    async def _converse(self) -> None:
        deadline = asyncio.get_running_loop().time() + HELLO_WITHIN
        while not self.greeted:
            left = deadline - asyncio.get_running_loop().time()
            try:
                message = await asyncio.wait_for(self.receive(), max(left, 0))
            except TimeoutError:
                raise Closed(4408) from None
            await self._take(message)
        receive, take = self.receive, self._take
        while True:
            await take(await receive())

    async def _take(self, message: Message) -> None:
        if message["type"] != "websocket.receive":
            raise Closed(None)
        if self.cut_code is not None:  # the cancellation was swallowed on its way (Python 3.11's `wait_for`)
            raise Closed(self.cut_code)
        text = message.get("text")
        if text is not None and len(text) * 4 > LARGEST_FRAME and len(text.encode()) > LARGEST_FRAME:
            raise Closed(1009)
        if not self.frames.take():
            self.refuse_fast(None, 1000)
            return
        try:
            if text is None:
                raise BadFrame("bad_frame", _("This is no command."))
            command = parse(text, self.shapes)
        except BadFrame as bad:
            self.outbox.push(bad.reply)
            self.bad += bad.code == "bad_frame"
            if self.bad >= BAD_FRAMES:
                raise Closed(4400) from None
            return
        await self.handle(command)

    def refuse_fast(self, ref: str | None, retry_after_ms: int) -> None:
        """Say that it goes too fast; who does not listen is closed."""
        self.violations += 1
        if self.violations > VIOLATIONS:
            raise Closed(4429)
        self.outbox.push(frames.refused(ref, "slow_down", _("A little slower, please."), retry_after_ms))

    def typing_now(self) -> bool:
        """Whether a sign of typing may go out again."""
        now = time.monotonic()
        if now - self.typed_at < TYPING_EVERY:
            return False
        self.typed_at = now
        return True

    def conclude(self, result: Result) -> None:
        """Acknowledge first, then tell the others: what was committed is so whether they hear it or not."""
        if result.reply is not None:
            self.outbox.push(result.reply)
        for hint in result.hints:
            self.hub.publish(hint)

    def cookie(self, name: str) -> str | None:
        """A cookie of the handshake, read as Django reads those of pages: Python's parser ends at the first odd one."""
        for header, value in self.scope["headers"]:
            if header == b"cookie":
                return parse_cookie(value.decode("latin-1")).get(name)
        return None

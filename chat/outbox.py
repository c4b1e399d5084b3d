"""What waits to be sent over one socket: bounded, so that a slow reader costs little and delays nobody."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

ROOM = 64 * 1024  # above this, numbered frames are left out and fetched again when it has drained
MOST = 256 * 1024
STALLED = 10.0  # seconds one frame may take

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """The frames for one socket, sent in order by a task that exists only while there are any."""

    __slots__ = (
        "_queue",
        "_send",
        "_since",
        "_size",
        "_task",
        "closed",
        "drained",
        "most",
        "on_close",
        "room",
    )

    def __init__(self, send: Send, *, room: int = ROOM, most: int = MOST) -> None:
        self._send = send
        self._queue: deque[str] = deque()
        self._size = 0
        self._since = 0.0
        self._task: asyncio.Task[None] | None = None
        self.room = room
        self.most = most
        self.closed = False
        self.drained: Callable[[], None] | None = None  # called when everything is out
        self.on_close: Callable[[int], None] | None = (
            None  # called with a close code when the reader is too slow
        )

    @property
    def has_room(self) -> bool:
        """Whether numbered frames may be queued; otherwise they are fetched later."""
        return self._size < self.room

    def push(self, text: str) -> None:
        """Queue a frame; a socket with far too much unsent is cut, and catches up when it comes back."""
        if self.closed:
            return
        self._queue.append(text)
        self._size += len(text)
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._since = loop.time()  # a task that has not begun yet is not one that stalls
            self._task = loop.create_task(self._drain())
        elif self._size > self.most:
            self.cut(4408)

    def stalled(self, now: float) -> bool:
        """Whether the frame being sent has been waiting for too long; `now` is the loop's time."""
        return self._task is not None and now - self._since > STALLED

    def cut(self, code: int) -> None:
        """Give up: drop what is unsent and ask the consumer to close with `code`."""
        if self.closed:
            return
        self.close()
        if self.on_close is not None:
            self.on_close(code)

    async def settle(self, patience: float) -> None:
        """Wait until everything is out, or for so many seconds."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=patience)

    def close(self) -> None:
        """Send nothing any more."""
        self.closed = True
        self._queue.clear()
        self._size = 0
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._queue:
                text = self._queue.popleft()
                self._since = loop.time()
                await self._send({"type": "websocket.send", "text": text})
                self._size -= len(text)
        except (OSError, RuntimeError):  # the peer has gone; the consumer hears it from its receive
            self.closed = True
            self._queue.clear()
        finally:
            self._task = None
        if self.drained is not None and not self.closed:
            self.drained()

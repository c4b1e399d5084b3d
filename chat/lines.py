"""A socket's place in one numbered stream: what it was sent, and how it gets what it lacks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chat.database import DatabaseAway
from chat.outbox import Outbox

log = logging.getLogger(__name__)

Key = tuple[str, str]  # ("attendee" | "team" | "inbox", id)
Fetch = Callable[[str, str, int], Awaitable[list[tuple[int, str]]]]


class Line:
    """One socket in one stream. It is joined first and starts afterwards, so that nothing slips between (M7)."""

    __slots__ = ("catching", "fetch", "head", "key", "live", "outbox", "sent", "team", "viewer")

    def __init__(self, key: Key, team: str, outbox: Outbox, fetch: Fetch) -> None:
        self.key = key
        self.team = team
        self.outbox = outbox
        self.fetch = fetch
        self.sent = 0
        self.head = 0  # the highest number heard of
        self.live = False
        self.catching: asyncio.Task[None] | None = None
        self.viewer: dict[str, str] | None = None  # the member who has the conversation open

    def start(self, sent: int) -> None:
        """Go live: everything up to `sent` is in the outbox; what was heard of meanwhile is fetched."""
        self.sent = sent
        self.live = True
        self.catch_up()

    def offer(self, number: int, text: str) -> None:
        """Take an entry: the next one goes out, an old one is dropped, one too far ahead starts catching up."""
        self.head = max(self.head, number)
        if not self.live or number <= self.sent:
            return
        if number == self.sent + 1 and self.catching is None and self.outbox.has_room:
            self.sent = number
            self.outbox.push(text)
        else:
            self.catch_up()

    def hear(self, head: int) -> None:
        """Learn how far the stream is; fetch what was missed (F-02)."""
        self.head = max(self.head, head)
        self.catch_up()

    def catch_up(self) -> None:
        """Fetch what is missing, unless it is being done, or there is no room: then when the outbox has drained."""
        behind = self.live and self.sent < self.head and not self.outbox.closed
        if behind and self.catching is None and self.outbox.has_room:
            self.catching = asyncio.get_running_loop().create_task(self._catch_up())

    def stop(self) -> None:
        """Take nothing any more."""
        self.live = False
        if self.catching is not None:
            self.catching.cancel()
            self.catching = None

    async def _catch_up(self) -> None:
        try:
            while self.live and self.sent < self.head and self.outbox.has_room:
                found = await self.fetch(self.key[0], self.key[1], self.sent)
                if not found:
                    break
                for number, text in found:
                    if number > self.sent:
                        self.sent = number
                        self.outbox.push(text)
        except DatabaseAway:
            log.warning("a socket catches up later: the database is away")
        finally:
            self.catching = None

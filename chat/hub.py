"""Spreads what is new to the sockets of this process: hints from Redis and from here, certainty from the database."""

import asyncio
import contextlib
import logging
import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import redis.asyncio as aioredis
from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from chat import frames, news
from chat.at_inbox import AtInbox
from chat.board import Board
from chat.database import DatabaseAway, ask
from chat.lines import Key, Line
from chat.outbox import Outbox
from chat.services import access, changing, reading
from chat.services import presence as at_work
from chat.writer import Writer
from webinars import presence

log = logging.getLogger(__name__)

POLL = 2.0  # seconds between two looks at the database
RECHECK = 3.0  # seconds after which a socket's right to be here is asked again; with POLL at most 5
BEAT = 20.0
LIFE = 12 * 3600.0
HINTS = 1000  # unsent hints to Redis; more are dropped, the poll makes up for them


class Member:
    """A socket that the hub watches over: what lets it in, and whom to tell when that ends."""

    __slots__ = ("beat_at", "checked_at", "head", "outbox", "right", "said", "since", "subject", "talk")

    def __init__(self, outbox: Outbox, right: access.Right, subject: str, head: Callable[[], int]) -> None:
        now = asyncio.get_running_loop().time()
        self.outbox = outbox
        self.right = right
        self.subject = subject
        self.head = head
        self.since = self.beat_at = self.checked_at = now
        self.talk: reading.Talk | None = None  # an attendee's: what the way of talking depends on
        self.said = ""  # the frame that said how one can talk, and what to expect


class Hub:
    """One per event loop: every socket's lines, the way to Redis and back, and the poll that misses nothing."""

    def __init__(self, *, poll: float = POLL, room: int | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.poll_every = poll
        self.room = room  # outboxes' room, for tests
        self.lines: dict[Key, set[Line]] = {}
        self.boards: dict[str, Board] = {}
        self.members: set[Member] = set()
        self.known: dict[str, int | None] = {}  # team -> revision up to which every line was told its head
        self.flushed_at = self.loop.time()
        self.writer = Writer()
        self.at_inbox = AtInbox()
        self._hints: asyncio.Queue[str] = asyncio.Queue(HINTS)
        self._releasing: set[asyncio.Task[None]] = set()
        self._tasks = [self.loop.create_task(work()) for work in (self._poll, self._listen, self._speak)]
        news.listen(self.take)

    # ------------------------------------------------------------------ sockets

    def outbox(self, send: Any) -> Outbox:
        """A new outbox for a socket."""
        return Outbox(send, room=self.room) if self.room is not None else Outbox(send)

    def join(self, key: Key, team: str, outbox: Outbox) -> Line:
        """A line in a stream, hearing of everything new but not live yet: read the database, then start it."""
        line = Line(key, team, outbox, _fetch)
        self.lines.setdefault(key, set()).add(line)
        self.known.setdefault(team, None)
        return line

    def leave(self, line: Line) -> None:
        """Take a line out of its stream."""
        line.stop()
        others = self.lines.get(line.key)
        if others is not None:
            others.discard(line)
            if not others:
                del self.lines[line.key]

    def viewers(self, conversation: str) -> list[dict[str, str]]:
        """The members who have a conversation open in this process, each once."""
        found = [line.viewer for line in self.lines.get(("team", conversation), ()) if line.viewer]
        return list({viewer["id"]: viewer for viewer in found}.values())

    def board(self, team: str) -> Board:
        """The rows and counters of a team's inboxes in this process."""
        self.known.setdefault(team, None)
        return self.boards.setdefault(team, Board(team))

    def watch_over(self, member: Member) -> None:
        """Keep asking whether a socket may stay; of more than three with the same link the oldest goes (A17)."""
        same = sorted((m for m in self.members if m.subject == member.subject), key=lambda m: m.since)
        for oldest in same[: max(0, len(same) - member.right.at_most + 1)]:
            oldest.outbox.cut(4409)
        self.members.add(member)
        if isinstance(member.right, access.MemberRight):
            self.at_inbox.came(member.right.membership, timezone.now())

    def forget(self, member: Member) -> None:
        """A socket has gone."""
        self.members.discard(member)
        if isinstance(member.right, access.MemberRight):
            self.at_inbox.went(member.right.membership, timezone.now())

    # -------------------------------------------------------------------- hints

    def take(self, hint: news.Hint) -> None:
        """Take a hint published on any thread of this process; spread it here and send it on."""
        if asyncio._get_running_loop() is self.loop:
            self._take(hint)
        elif not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._take, hint)

    def publish(self, hint: news.Hint) -> None:
        """Publish from the event loop: to every hub of the process."""
        news.publish(hint)

    def _take(self, hint: news.Hint) -> None:
        self.spread(hint)
        with contextlib.suppress(asyncio.QueueFull):
            self._hints.put_nowait(hint.packed())

    def spread(self, hint: news.Hint) -> None:
        """Hand a hint to the lines it concerns."""
        if isinstance(hint, news.Whisper):
            for line in self.lines.get(hint.key, ()):
                if line.live:
                    line.outbox.push(hint.frame)
            return
        for entry in hint.entries:
            self._offer(("team", hint.conversation), entry.seq, entry.team_frame)
            if entry.public_seq is not None and entry.public_frame is not None:
                self._offer(("attendee", hint.conversation), entry.public_seq, entry.public_frame)
        board = self.boards.get(hint.team)
        if board is not None:
            board.hear(hint.revision)

    def _offer(self, key: Key, number: int, frame: str) -> None:
        for line in self.lines.get(key, ()):
            line.offer(number, frame)

    async def _listen(self) -> None:
        """Hear what other processes publish; without Redis the poll alone does it."""
        rest = 0.2
        while True:
            client = aioredis.Redis.from_url(
                settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=15
            )
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(news.CHANNEL)
                    rest = 0.2
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            for hint in news.unpacked(message["data"]):
                                self.spread(hint)
            except (RedisError, OSError, TimeoutError) as error:
                log.info("no hints from Redis: %s", type(error).__name__)
            finally:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(client.aclose(), 1)
            await asyncio.sleep(rest)
            rest = min(rest * 2, 5.0)

    async def _speak(self) -> None:
        """Send hints on to other processes, one after another, never waiting for a frozen Redis for long."""
        client = aioredis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        try:
            while True:
                lines = [await self._hints.get()]
                while not self._hints.empty() and len(lines) < news.TOGETHER:
                    lines.append(self._hints.get_nowait())
                try:
                    await client.publish(news.CHANNEL, "\n".join(lines))
                except (RedisError, OSError, TimeoutError) as error:
                    log.info("hints wait for the poll: %s", type(error).__name__)
                    await asyncio.sleep(1)
                    while not self._hints.empty():
                        self._hints.get_nowait()
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.aclose(), 1)

    def release_at(self, conversation: UUID, at: datetime) -> None:
        """Let a reply under undo go out by this process's clock; should it not, the tick does."""
        delay = max(0.0, (at - timezone.now()).total_seconds()) + 0.02
        self.loop.call_later(delay, self._release, conversation)

    def _release(self, conversation: UUID) -> None:
        task = self.loop.create_task(self._released(conversation))
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def _released(self, conversation: UUID) -> None:
        with contextlib.suppress(DatabaseAway):
            await ask(changing.release_one, conversation, timezone.now())

    # --------------------------------------------------------------------- poll

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self.poll_every)
            try:
                await self.look()
            except DatabaseAway:
                log.warning("the database is away; looking again in %s s", self.poll_every)
            except Exception:
                log.exception("a look at the database failed")

    async def look(self) -> None:
        """Ask for the heads of all that is watched, check rights, cut the stalled, beat."""
        now = self.loop.time()
        for member in tuple(self.members):
            if member.outbox.stalled(now):
                member.outbox.cut(4408)
            elif now - member.since > LIFE:
                member.outbox.cut(1012)
            elif now - member.beat_at >= BEAT:
                member.beat_at = now
                member.outbox.push(frames.clock("beat", timezone.now(), member.head()))
        await self._check(now)
        await self._heads()
        await self._note_who_is_there()  # before it is asked who is available
        await self._modes()
        if now - self.flushed_at >= presence.FLUSH_EVERY.total_seconds():
            self.flushed_at = now
            await ask(presence.flush, timezone.now())  # also what the last one to leave reported

    async def _note_who_is_there(self) -> None:
        """Write down whose inbox is open; what cannot be written now is written later."""
        batch = self.at_inbox.take(timezone.now())
        if not batch:
            return
        try:
            await ask(at_work.note, batch)
        except BaseException:
            self.at_inbox.put_back(batch)
            raise

    async def _heads(self) -> None:
        self._try_again()
        self.known = {team: self.known.get(team) for team in self._teams()}
        if not self.known:
            return
        watched = [key[1] for key in self.lines]
        revisions, heads = await ask(reading.team_heads, dict(self.known), watched)
        for conversation, seq, public_seq in heads:
            for key, head in ((("team", conversation), seq), (("attendee", conversation), public_seq)):
                for line in tuple(self.lines.get(key, ())):
                    line.hear(head)
        for team, revision in revisions.items():
            self.known[team] = revision
            board = self.boards.get(team)
            if board is not None:
                board.hear(revision)

    def _try_again(self) -> None:
        """Let lines catch up whose earlier attempt failed."""
        for lines in self.lines.values():
            for line in tuple(lines):
                line.catch_up()

    def _teams(self) -> set[str]:
        for team in [team for team, board in self.boards.items() if not board.seats]:
            self.boards.pop(team).stop()
        return {line.team for lines in self.lines.values() for line in lines} | set(self.boards)

    async def _check(self, now: float) -> None:
        due = [member for member in self.members if now - member.checked_at >= RECHECK]
        if not due:
            return
        codes = await ask(access.ended, [member.right for member in due], timezone.now())
        for member, code in zip(due, codes, strict=True):
            member.checked_at = now
            if code is not None:
                member.outbox.cut(code)

    async def _modes(self) -> None:
        """Tell rooms whose way of talking, or what to expect of it, changed: by hours, people, queue or host."""
        talks = {member.talk for member in self.members if member.talk is not None}
        if not talks:
            return
        found = await ask(reading.modes, talks, timezone.now())
        for member in tuple(self.members):
            said = found.get(member.talk) if member.talk else None
            if said is not None and said[2] != member.said:
                member.said = said[2]
                member.outbox.push(said[2])

    async def close(self) -> None:
        """Stop listening and polling."""
        news.unlisten(self.take)
        self.writer.close()
        for board in self.boards.values():
            board.stop()
        for lines in tuple(self.lines.values()):
            for line in tuple(lines):
                line.stop()
        # In Python 3.11 `wait_for` may swallow a cancellation that comes as its work ends: ask until they are gone.
        left = {task for task in self._tasks if not task.done()}
        while left:
            for task in left:
                task.cancel()
            _ended, left = await asyncio.wait(left, timeout=1)


async def _fetch(side: str, conversation: str, after: int) -> list[tuple[int, str]]:
    return await ask(reading.for_catching_up, side, conversation, after)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def current() -> Hub:
    """The running loop's hub; made when first asked for."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    return hub


async def close_current() -> None:
    """End the running loop's hub, if there is one."""
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        await hub.close()

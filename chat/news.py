"""Carries what was committed to whoever listens: hints that may be lost, for the database has everything."""

import hashlib
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

PROCESS = secrets.token_hex(8)  # says which hints are our own
# Redis knows no namespaces for pub/sub: two installations on one server must not hear each other.
CHANNEL = f"matinee-chat-{hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()[:12]}"
PATIENCE = 0.5  # seconds for Redis, from code that waits for it
TOGETHER = 50  # hints in one publication, when there are many at once
BREAK = 5.0  # seconds of leaving Redis alone after it failed


@dataclass(frozen=True, slots=True)
class Entry:
    """One new entry, ready to be sent: to the team as `seq`, to the attendee as `public_seq` if they may see it."""

    seq: int
    team_frame: str
    public_seq: int | None
    public_frame: str | None


@dataclass(frozen=True, slots=True)
class News:
    """A committed change of a conversation."""

    team: str
    revision: int
    conversation: str
    entries: tuple[Entry, ...] = ()

    def packed(self) -> str:
        """As one line for other processes."""
        entries = [[one.seq, one.team_frame, one.public_seq, one.public_frame] for one in self.entries]
        return _line_of("news", [self.team, self.revision, self.conversation, entries])


@dataclass(frozen=True, slots=True)
class Whisper:
    """A frame without a number, for those who listen to `key` just now: typing, read marks."""

    key: tuple[str, str]
    frame: str

    def packed(self) -> str:
        """As one line for other processes."""
        return _line_of("whisper", [*self.key, self.frame])


Hint = News | Whisper


def _line_of(kind: str, facts: list[Any]) -> str:
    """Who says it comes first, so that nobody parses what they said themselves."""
    return f"{PROCESS} {kind} {json.dumps(facts, separators=(',', ':'))}"


def unpacked(lines: bytes) -> Iterator[Hint]:
    """The hints of other processes in a publication; our own and what cannot be read are left out."""
    for line in lines.decode("utf-8", "replace").split("\n"):
        sender, _, rest = line.partition(" ")
        if sender != PROCESS:
            kind, _, facts = rest.partition(" ")
            try:
                yield _hint(kind, json.loads(facts))
            except (ValueError, KeyError, TypeError):
                log.warning("unreadable hint dropped")


def _hint(kind: str, facts: list[Any]) -> Hint:
    if kind == "news":
        team, revision, conversation, entries = facts
        return News(team, revision, conversation, tuple(Entry(*entry) for entry in entries))
    side, of, frame = facts
    return Whisper((side, of), frame)


# A hub that runs in this process takes hints itself, and sends them on to Redis without anybody waiting.
_listeners: list[Callable[[Hint], None]] = []
_kept = threading.local()


def listen(listener: Callable[[Hint], None]) -> None:
    """Hear every hint published in this process, on whatever thread publishes it."""
    _listeners.append(listener)


def unlisten(listener: Callable[[Hint], None]) -> None:
    """Hear nothing any more."""
    _listeners.remove(listener)


def announce(*news: News) -> None:
    """Publish after commit; a door that must acknowledge first holds it back with `held`."""
    transaction.on_commit(lambda: _published_or_kept(news))


@contextmanager
def held() -> Iterator[list[Hint]]:
    """Keep what this thread announces in the list instead of publishing it; the caller publishes it."""
    hints: list[Hint] = []
    _kept.hints = hints
    try:
        yield hints
    finally:
        _kept.hints = None


def _published_or_kept(hints: Sequence[Hint]) -> None:
    kept: list[Hint] | None = getattr(_kept, "hints", None)
    if kept is not None:
        kept.extend(hints)
    else:
        publish(*hints)


def publish(*hints: Hint) -> None:
    """Hand hints to the hubs of this process, or else to Redis; never raises, never waits for long."""
    if _listeners:
        for listener in _listeners:
            for hint in hints:
                listener(hint)
        return
    for start in range(0, len(hints), TOGETHER):
        _line.send("\n".join(hint.packed() for hint in hints[start : start + TOGETHER]))


class _Line:
    """The way to Redis for processes without a hub; it leaves Redis alone for a while when it fails."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._rest_until = 0.0

    def send(self, text: str) -> None:
        if time.monotonic() < self._rest_until:
            return
        try:
            if self._client is None:
                self._client = redis.Redis.from_url(
                    settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
                )
            self._client.publish(CHANNEL, text)
        except (redis.RedisError, OSError) as error:
            self._rest_until = time.monotonic() + BREAK
            log.warning("hints wait for the database's poll: %s", type(error).__name__)


_line = _Line()

"""Takes consumers' database work off the event loop: one hop per call, on threads that keep their connection."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg_pool import PoolTimeout

Result = TypeVar("Result")
TRIES = 3  # a restarted PostgreSQL leaves a dead connection behind; everything called here may be repeated
IMPATIENT = 500  # milliseconds that the writer waits for a lock
AWAY = (InterfaceError, OperationalError, PoolTimeout)


class DatabaseAway(Exception):
    """The database could not be asked; come back."""


def _own_connection() -> None:
    """Give this thread a connection that PostgreSQL keeps its few statements prepared on, and that no page gets."""
    given = connections.settings[DEFAULT_DB_ALIAS]
    options = {name: value for name, value in given["OPTIONS"].items() if name != "pool"}
    options |= {"server_side_binding": True, "prepare_threshold": 0}
    # Whoever holds a team's row for long (R5) delays its own lines, not everybody's: those go one by one.
    options["options"] = f"{options.get('options', '')} -c lock_timeout={IMPATIENT}"
    connections[DEFAULT_DB_ALIAS] = DatabaseWrapper({**given, "OPTIONS": options}, DEFAULT_DB_ALIAS)


class _Threads:
    """A few threads of our own: a slow query holds up one of them, not the event loop and not the pages."""

    def __init__(self, name: str, size: int, begin: Callable[[], None] | None = None) -> None:
        self._name = name
        self._size = size
        self._begin = begin
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._size, self._name, self._begin)
            return self._pool

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        barrier = threading.Barrier(self._size)

        def leave() -> None:
            barrier.wait(5)  # so that every thread closes its own connection
            connection.close()

        for _ in range(self._size):
            pool.submit(leave)
        pool.shutdown(wait=True)


_threads = _Threads("chat-database", getattr(settings, "CHAT_DATABASE_THREADS", 4))
# One of its own: what is typed does not wait behind what is read.
_writing = _Threads("chat-writer", 1, _own_connection)


def _call(act: Callable[..., Result], args: tuple[Any, ...]) -> Result:
    for left in reversed(range(TRIES)):
        try:
            return act(*args)
        except AWAY as error:
            connection.close()
            if not left or isinstance(error.__cause__, PoolTimeout):  # which has waited long enough already
                raise DatabaseAway from error
    raise AssertionError


async def ask(act: Callable[..., Result], *args: Any) -> Result:
    """Run `act`, which may be repeated, on a database thread; DatabaseAway when it cannot be done now."""
    return await asyncio.get_running_loop().run_in_executor(_threads.pool, _call, act, args)


async def write(act: Callable[..., Result], *args: Any) -> Result:
    """The same on the one thread that stores what is typed; calls wait for each other."""
    return await asyncio.get_running_loop().run_in_executor(_writing.pool, _call, act, args)


def close() -> None:
    """End the threads and their connections; the next call starts new ones."""
    _threads.close()
    _writing.close()

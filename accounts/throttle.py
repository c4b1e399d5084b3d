"""Counts how often one key did something, in Redis, and in the process where Redis is away."""

import threading
import time
from collections.abc import Sequence

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter
from redis import ConnectionPool, RedisError

_AWAY_FOR = 10.0  # seconds without asking a Redis that did not answer, so that it slows one request only


class _Counters:
    """The two places where counts may stand, made when first needed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.local = MovingWindowRateLimiter(MemoryStorage())
        self.shared: MovingWindowRateLimiter | None = None
        self.away_until = 0.0

    def limiter(self) -> MovingWindowRateLimiter:
        if time.monotonic() < self.away_until:
            return self.local
        with self.lock:
            if self.shared is None:
                self.shared = MovingWindowRateLimiter(_redis())
        return self.shared

    def lose(self) -> MovingWindowRateLimiter:
        """Count here for a while."""
        self.away_until = time.monotonic() + _AWAY_FOR
        return self.local


def _redis() -> Storage:
    pool = ConnectionPool.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return RedisStorage("redis://", connection_pool=pool, key_prefix="matinee-limits")


_counters = _Counters()


class Throttle:
    """Limits on one act, such as `Throttle("register", ["10/10 minutes", "40/day"])`."""

    def __init__(self, act: str, limits: Sequence[str]) -> None:
        self.act = act
        self.items: list[RateLimitItem] = [parse(text) for text in limits]

    def hit(self, key: str) -> bool:
        """Count one; whether all limits still hold with it."""
        return self._ask("hit", key)

    def allows(self, key: str) -> bool:
        """Whether another one would be within the limits, without counting it."""
        return self._ask("test", key)

    def wait(self, key: str) -> int:
        """Seconds until the next one is allowed, at least one."""
        limiter = _counters.limiter()
        try:
            return self._wait(limiter, key)
        except RedisError:
            return self._wait(_counters.lose(), key)

    def _ask(self, question: str, key: str) -> bool:
        try:
            return self._all(_counters.limiter(), question, key)
        except RedisError:
            return self._all(_counters.lose(), question, key)

    def _all(self, limiter: MovingWindowRateLimiter, question: str, key: str) -> bool:
        return all(getattr(limiter, question)(item, self.act, key) for item in self.items)

    def _wait(self, limiter: MovingWindowRateLimiter, key: str) -> int:
        full = [
            stats for item in self.items if (stats := limiter.get_window_stats(item, self.act, key))[1] == 0
        ]
        return max([1, *(int(reset - time.time()) + 1 for reset, _ in full)])

"""Limits hold with Redis and without it."""

import time

import pytest
from redis import ConnectionPool

from accounts import throttle
from accounts.throttle import Throttle


@pytest.fixture(autouse=True)
def _counters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_counters", throttle._Counters())


def test_a_limit_holds_at_its_number_and_not_one_later() -> None:
    tries = Throttle(f"test-{time.time()}", ["3/minute", "40/day"])
    assert [tries.hit("a") for _ in range(4)] == [True, True, True, False]
    assert not tries.allows("a")
    assert 1 <= tries.wait("a") <= 61
    assert tries.hit("b")


def test_asking_does_not_count() -> None:
    tries = Throttle(f"test-{time.time()}", ["1/minute"])
    assert all(tries.allows("a") for _ in range(5))
    assert tries.hit("a")


def test_without_redis_the_process_counts_and_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> ConnectionPool:
        return ConnectionPool(host="127.0.0.1", port=1, socket_connect_timeout=0.2)

    monkeypatch.setattr(ConnectionPool, "from_url", nowhere)
    tries = Throttle(f"test-{time.time()}", ["3/minute"])
    began = time.monotonic()
    assert [tries.hit("a") for _ in range(4)] == [True, True, True, False]
    assert tries.wait("a") >= 1
    assert time.monotonic() - began < 1.5

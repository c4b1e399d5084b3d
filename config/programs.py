"""What Matinee consists of when it runs: the command of each process, in one place for `up`, Docker and rigs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Program:
    """One long-lived child: how to start it, how to end it, and with what it dies when its parent is killed."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    quiet: bool = False  # its last words are shown only when it ends by itself


def web(*, host: str, port: int) -> Program:
    """The one server of pages and sockets; it believes no forwarded header, `TRUSTED_PROXIES` decides that."""
    options = {
        "--host": host,
        "--port": str(port),
        "--loop": "uvloop",
        "--lifespan": "off",
        "--ws": "websockets-sansio",
        "--ws-per-message-deflate": "false",
        "--ws-max-size": "65536",
        "--ws-ping-interval": "20",
        "--ws-ping-timeout": "20",
        "--timeout-graceful-shutdown": "3",
        "--log-level": "warning",
    }
    flags = ["--no-proxy-headers", "--no-server-header", "--no-access-log"]  # addresses carry join tokens
    pairs = [part for pair in options.items() for part in pair]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", *pairs, *flags]
    return Program("web", command, {"DATABASE_POOL": "1"})


def _celery(name: str, *arguments: str) -> Program:
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", *arguments]
    return Program(name, [*command, "--loglevel", "WARNING"])


def _consumer(name: str, queue: str, concurrency: int) -> Program:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    size = ("--concurrency", str(concurrency))
    return _celery(name, "worker", "--queues", queue, "--hostname", f"{name}@%h", *size, *quiet)


def background() -> list[Program]:
    """Everything but the web server.

    The courier is apart so that a hanging mail server delays no chat, media so that a film of hours does not.
    """
    # Only intervals are scheduled, so beat has nothing to remember in a file.
    beat = _celery("beat", "beat", "--scheduler", "celery.beat:Scheduler")
    consumers = [("worker", "chat", 2), ("courier", "outside", 2), ("media", "media", 1)]
    return [*(_consumer(*consumer) for consumer in consumers), beat]


def every(*, host: str, port: int) -> dict[str, Program]:
    """All programs by name, in the order in which they start."""
    return {program.name: program for program in [web(host=host, port=port), *background()]}


def environment(program: Program, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program: ours, what every child gets, and its own."""
    fixed = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1"}
    return {**fixed, **os.environ, **extra, **program.env}

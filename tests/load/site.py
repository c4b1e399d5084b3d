"""The installation that is measured: a database and a Redis of its own, and programs started and ended by the bench."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import embedded, processes, programs
from tests.load.measure import cpu_of, family

OURS, LIMIT, REF = "ours", "limit", "reference"
HALL = "hall"  # our hub by itself
PORTS = {OURS: 8941, LIMIT: 8942, REF: 8943, HALL: 8944}
PATIENCE = 60.0


class Site:
    """Everything a row needs, on the loopback, for as long as the bench runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = embedded.Postgres(folder)
        self.redis = embedded.Redis(folder)
        self.running: list[Any] = []

    @property
    def environment(self) -> dict[str, str]:
        """What every program is told."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "MATINEE_DATA": str(self.folder),
            "MATINEE_MODE": "local",
            "MATINEE_DEMO": "0",
            "SECRET_KEY": "bench" * 12,
            "SITE_URL": self.origin(OURS),
            "PORT": str(PORTS[OURS]),
            "REGISTRATION_LIMITS": "1000000/minute",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }

    def origin(self, name: str) -> str:
        """The address of a contestant's server."""
        return f"http://127.0.0.1:{PORTS[name]}"

    @contextlib.contextmanager
    def up(self) -> Iterator["Site"]:
        """The database and Redis, with the project's tables."""
        try:
            for server in (self.postgres, self.redis):
                server.root.mkdir(parents=True, exist_ok=True)
                self.running.append(embedded.start(server))
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=programs.BASE_DIR, env=self.environment, check=True)
            yield self
        finally:
            while self.running:
                processes.stop(self.running.pop(), signal.SIGINT, patience=5)

    @contextlib.contextmanager
    def program(self, *arguments: str, **extra: str) -> Iterator[subprocess.Popen[Any]]:
        """A Python module as a process of its own, spoken to over pipes; its errors go to a file."""
        with (self.folder / "programs.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=programs.BASE_DIR,
                env={**self.environment, **extra},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=processes.leash(),
            )
        self.running.append(process)
        try:
            yield process
        finally:
            processes.stop(self.running.pop(self.running.index(process)), signal.SIGINT, patience=5)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    @contextlib.contextmanager
    def server(self, name: str) -> Iterator[int]:
        """A contestant's web server; its process id."""
        with self.program(*_SERVERS[name], DATABASE_POOL="1") as process:
            until = time.monotonic() + PATIENCE
            while not _listens(PORTS[name]):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server '{name}' did not start: {self.log()}")
                time.sleep(0.1)
            yield process.pid

    def world(self, *arguments: str) -> dict[str, Any]:
        """Make people and what they need; see tests/load/world.py."""
        with self.program("tests.load.world", *arguments) as process:
            return answer(process)

    def cpu_of_stores(self) -> float:
        """Seconds that PostgreSQL, with a process for each connection, and Redis have spent on processors."""
        spent = 0.0
        for store in self.running[:2]:
            for pid in family(store.pid):
                with contextlib.suppress(OSError):  # a connection that ends at this moment
                    spent += cpu_of(pid)
        return spent

    def log(self) -> str:
        """The last words of the programs."""
        return (self.folder / "programs.log").read_text()[-2000:]


def answer(process: subprocess.Popen[Any], word: str = "") -> dict[str, Any]:
    """Say a word to a program and read its answer, one line of JSON each way."""
    assert process.stdin is not None
    assert process.stdout is not None
    if word:
        process.stdin.write(word + "\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a program of the bench ended without an answer; see its log")
    found: dict[str, Any] = json.loads(line)
    return found


def _listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


_HALL = ["tests.load.hall:application", "--host", "127.0.0.1", "--port", str(PORTS[HALL])]
_BARE = ["tests.load.bare:application", "--host", "127.0.0.1", "--port", str(PORTS[LIMIT])]
_SERVERS = {
    OURS: programs.web(host="127.0.0.1", port=PORTS[OURS]).command[2:],
    LIMIT: ["uvicorn", *_BARE, *programs.web(host="", port=0).command[8:]],
    HALL: ["uvicorn", *_HALL, *programs.web(host="", port=0).command[8:]],
    REF: ["daphne", "-b", "127.0.0.1", "-p", str(PORTS[REF]), "-v", "0", "tests.load.stock:application"],
}

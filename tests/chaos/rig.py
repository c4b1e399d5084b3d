"""The installation that a chaos run breaks: its own database and Redis, and two of every process."""

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config import embedded, preparation, processes, programs
from tests.chaos.proxy import FaultProxy

WEB_PORTS = (8931, 8932)
PROXY_PORT = 8930
SMTP_PORT = 8925
PATIENCE = 180.0
CHOOSE = "UPDATE chat_chatpolicy SET version = version + 1 WHERE webinar_id = %s"
MODE = """UPDATE chat_kindpolicy SET mode = %s
    WHERE policy_id IN (SELECT id FROM chat_chatpolicy WHERE webinar_id = %s)"""
# The second server has outboxes with room for one frame: who reads slowly there is always behind and catches up.
TIGHT = {"config.asgi:application": "tests.chaos.tight:application"}


class Letters:
    """The fake mail server's own ledger: how often it accepted each Message-ID."""

    def __init__(self) -> None:
        self.accepted: dict[str, int] = {}
        self.begun = 0
        self.slowness = 0.0  # seconds it takes over a mail, by turns before and after it has taken it

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Accept the mail, as any relay does."""
        self.begun += 1
        after = self.begun % 2
        await asyncio.sleep(0 if after else self.slowness)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for line in content.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
            if line.lower().startswith(b"message-id:"):
                name = line.split(b":", 1)[1].strip().decode()
                self.accepted[name] = self.accepted.get(name, 0) + 1
        await asyncio.sleep(self.slowness if after else 0)
        return "250 OK"


class Rig:
    """Starts everything, breaks it on request, and ends only what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: dict[str, embedded.Server] = {
            "postgres": embedded.Postgres(folder),
            "redis": embedded.Redis(folder),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.letters = Letters()
        self.restarting = True
        self.down: set[str] = set()  # what stays ended until it is taken out of here
        self.starter = ThreadPoolExecutor(
            1
        )  # servers end with the thread that started them, so it has to last
        self.origin = f"http://127.0.0.1:{PROXY_PORT}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the rig is told."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.servers["postgres"].url,
            "REDIS_URL": self.servers["redis"].url,
            "MATINEE_DATA": str(self.folder),
            "MATINEE_MODE": "local",
            "MATINEE_DEMO": "0",
            "SECRET_KEY": "chaos" * 12,
            "SITE_URL": self.origin,
            "PORT": str(PROXY_PORT),
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(SMTP_PORT),
        }

    @property
    def programs(self) -> dict[str, programs.Program]:
        """Two web servers, two workers, two couriers, two beats."""
        found = {}
        for number, port in enumerate(WEB_PORTS, 1):
            every = programs.every(host="127.0.0.1", port=port)
            for name in ("web", "worker", "courier", "beat"):
                found[f"{name}{number}"] = every[name]
        command = [TIGHT.get(word, word) for word in found["web2"].command]
        found["web2"] = dataclasses.replace(found["web2"], command=command)
        return found

    @contextlib.contextmanager
    def up(self) -> Iterator["Rig"]:
        """The whole installation, for as long as the block."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        for port in WEB_PORTS:
            preparation.check_port("127.0.0.1", port)  # somebody else's server would answer instead of ours
        controller = Controller(self.letters, hostname="127.0.0.1", port=SMTP_PORT)
        try:
            controller.start()
            for name, server in self.servers.items():
                server.root.mkdir(parents=True, exist_ok=True)
                self.running[name] = embedded.start(server)
            self.manage("migrate", "--verbosity", "0")
            for name in self.programs:
                self.start(name)
            self.wait_for_pages()
            yield self
        finally:
            self.restarting = False
            for name in self.programs.keys() & self.running.keys():
                self.running[name].send_signal(signal.SIGTERM)  # together first, so that they end together
            for name in reversed(list(self.running)):
                processes.stop(self.running.pop(name), signal.SIGTERM, patience=5)
            controller.stop()
            self.starter.shutdown()

    def start(self, name: str) -> None:
        """Start one of the processes, or start it again."""
        program = self.programs[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                program.command,
                cwd=programs.BASE_DIR,
                env=programs.environment(program, self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=processes.leash(program.death_signal),
            )

    def manage(self, *arguments: str) -> None:
        """Run a management command on the rig's database."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=programs.BASE_DIR, env=self.environment, check=True)

    def world(self, *arguments: str) -> Any:
        """Make people, or read the ledger; see tests/chaos/world.py."""
        command = [sys.executable, "-m", "tests.chaos.world", *arguments]
        done = subprocess.run(
            command, cwd=programs.BASE_DIR, env=self.environment, check=False, capture_output=True, text=True
        )
        assert not done.returncode, done.stderr[-2000:]
        return json.loads(done.stdout)

    def wait_for_pages(self) -> None:
        """Wait until both web servers answer."""
        until = time.monotonic() + PATIENCE
        for port in WEB_PORTS:
            while not _answers(f"http://127.0.0.1:{port}/healthz"):
                if time.monotonic() > until:
                    raise AssertionError("The web servers of the rig do not answer.")
                time.sleep(0.1)

    # ------------------------------------------------------------------ faults

    def kill(self, name: str) -> None:
        """End a process at once, with everything it started; `tend` starts it again."""
        processes.signal_group(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()

    def freeze(self, name: str, *, frozen: bool) -> None:
        """Stop a process without ending it, or let it go on."""
        processes.signal_group(self.running[name].pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def crash_database(self) -> None:
        """An immediate restart: no connection is told, the log is replayed."""
        self.running["postgres"].send_signal(signal.SIGQUIT)
        self.running["postgres"].wait(30)

    def tell_redis(self, command: str) -> None:
        """Give Redis a command, if it listens."""
        redis = self.servers["redis"]
        assert isinstance(redis, embedded.Redis)
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(redis.socket))
            client.sendall(command.encode() + b"\r\n")
            client.recv(64)

    def set_mode(self, webinar: str, mode: str) -> bool:
        """What a host chooses for every kind of session; False when the database is away at this moment."""
        try:
            with psycopg.connect(self.servers["postgres"].url, connect_timeout=2) as database:
                database.execute(CHOOSE, [webinar])
                database.execute(MODE, [mode, webinar])
        except psycopg.Error:
            return False
        return True

    def flush(self) -> None:
        """Empty Redis."""
        self.tell_redis("FLUSHALL")

    def end(self, *names: str) -> None:
        """End processes at once, and keep them down until they are taken out of `down`."""
        self.down |= set(names)
        for name in names:
            self.kill(name)

    async def tend(self) -> None:
        """Start again whatever ended, as the supervisor does."""
        while self.restarting:
            for name, process in list(self.running.items()):
                if process.poll() is None or name in self.down or not self.restarting:
                    continue
                if name in self.servers:
                    loop = asyncio.get_running_loop()
                    server = self.servers[name]
                    self.running[name] = await loop.run_in_executor(self.starter, embedded.start, server)
                else:
                    self.start(name)
            await asyncio.sleep(0.3)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


class Breaker:
    """Draws faults from the seed and lets each last a while."""

    def __init__(self, rig: Rig, proxy: FaultProxy, dice: random.Random, webinar: str) -> None:
        self.rig = rig
        self.proxy = proxy
        self.webinar = webinar
        self.dice = dice
        self.done: list[str] = []

    async def break_things(self, seconds: float) -> None:
        """One fault after the other, each kind at least once where there is time, then heal."""
        kinds = [
            self.switch_mode,
            self.flush,
            self.cut,
            self.kill_web,
            self.freeze_redis,
            self.crash_database,
            self.kill_worker,
            self.deafen,
            self.kill_redis,
            self.kill_courier,
            self.slice,
            self.kill_beat,
        ]
        self.dice.shuffle(kinds)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            fault = kinds.pop(0)
            kinds.append(fault)
            self.done.append(fault.__name__)
            await fault()
            await asyncio.sleep(0.5 + self.dice.random() * 1.5)
        self.proxy.heal()
        for _ in range(20):
            if await asyncio.to_thread(self.rig.set_mode, self.webinar, "chat"):
                return
            await asyncio.sleep(0.5)

    async def switch_mode(self) -> None:
        """A host closes the chat for a while: what is written goes on by e-mail."""
        for mode in ("email", "chat"):
            await asyncio.to_thread(self.rig.set_mode, self.webinar, mode)
            await asyncio.sleep(1)

    async def flush(self) -> None:
        await asyncio.to_thread(self.rig.flush)

    async def cut(self) -> None:
        self.proxy.cut(0.6)

    async def kill_web(self) -> None:
        self.rig.kill(self.dice.choice(["web1", "web2"]))

    async def kill_worker(self) -> None:
        self.rig.kill(self.dice.choice(["worker1", "worker2"]))

    async def kill_courier(self) -> None:
        self.rig.kill(self.dice.choice(["courier1", "courier2"]))

    async def kill_beat(self) -> None:
        self.rig.kill(self.dice.choice(["beat1", "beat2"]))

    async def kill_redis(self) -> None:
        self.rig.kill("redis")

    async def freeze_redis(self) -> None:
        self.rig.freeze("redis", frozen=True)
        await asyncio.sleep(3)
        self.rig.freeze("redis", frozen=False)

    async def crash_database(self) -> None:
        await asyncio.to_thread(self.rig.crash_database)

    async def deafen(self) -> None:
        self.proxy.deaf = True
        await asyncio.sleep(2.5)
        self.proxy.heal()

    async def slice(self) -> None:
        self.proxy.slices, self.proxy.delay = True, 0.02
        await asyncio.sleep(2)
        self.proxy.heal()

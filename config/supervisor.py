"""Keeps a set of child processes running, and ends them all with itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from config import embedded, processes
from config.processes import OWNER_MARK, NotPossible
from config.programs import BASE_DIR, Program, environment

FIRST_PAUSE = 0.3
LONGEST_PAUSE = 10.0
LIVED_WELL = 30.0  # seconds after which a death counts as the first again
HOPELESS = 4  # deaths in a row after which a server that never answered is given up
# Ctrl-C must be over within 10 s: the programs get most of it, PostgreSQL the rest.
STOP_PATIENCE = 6.0
SERVER_PATIENCE = 3.0

Say = Callable[[str], None]


def next_pause(pause: float, lived: float) -> float:
    """How long to wait before starting a child again that lived `lived` seconds; doubles while it keeps dying."""
    return FIRST_PAUSE if lived > LIVED_WELL else min(pause * 2, LONGEST_PAUSE)


async def lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The lines of a stream, however long, without their ends."""
    rest = b""
    while chunk := await stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip()
    if rest:
        yield rest.decode(errors="replace").rstrip()


class Supervisor:
    """Runs programs and embedded servers for one data folder; use it from the main thread's event loop."""

    def __init__(self, data: Path, say: Say) -> None:
        self.owner = str(data.resolve())
        self.say = say
        self.stopping = asyncio.Event()
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._programs: dict[str, Program] = {}
        self._deaths: Counter[str] = Counter()

    def clear(self) -> None:
        """End whatever an earlier supervisor of this data folder left running."""
        if found := processes.leftovers(self.owner):
            self.say(f"ending {len(found)} processes of an earlier run")
            processes.end(found, (signal.SIGTERM, signal.SIGKILL), patience=3)

    async def _spawn(self, program: Program, extra: Mapping[str, str]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *program.command,
            cwd=BASE_DIR,
            env=environment(program, {OWNER_MARK: self.owner, **extra}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=processes.leash(program.death_signal),
        )

    async def _relay(self, program: Program, stream: asyncio.StreamReader | None, last: deque[str]) -> None:
        if stream is not None:
            async for line in lines(stream):
                if program.quiet:
                    last.append(line)
                else:
                    self.say(f"{program.name:8} | {line}")

    async def _follow(self, program: Program, extra: Mapping[str, str]) -> int:
        child = await self._spawn(program, extra)
        self._children[program.name] = child
        # Not awaited for ever: a grandchild may hold the pipe open after the child is gone.
        last: deque[str] = deque(maxlen=20)
        relay = asyncio.create_task(self._relay(program, child.stdout, last))
        code = await child.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(relay, 1)
        processes.signal_group(child.pid, signal.SIGKILL)
        if not self.stopping.is_set():
            for line in last:
                self.say(f"{program.name:8} | {line}")
        return code

    async def _keep(self, program: Program, extra: Mapping[str, str]) -> None:
        pause = FIRST_PAUSE / 2
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                outcome = f"ended ({await self._follow(program, extra)})"
            except OSError as failed:  # too many processes, no memory: as transient as a crash
                outcome = f"could not be started ({failed.strerror})"
            if self.stopping.is_set():
                return
            self._deaths[program.name] += 1
            pause = next_pause(pause, time.monotonic() - began)
            self.say(f"{program.name} {outcome}, starting it again in {pause:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)

    def start(self, program: Program, extra: Mapping[str, str] | None = None) -> None:
        """Start a program and keep it running."""
        self._programs[program.name] = program
        self._keepers[program.name] = asyncio.create_task(self._keep(program, extra or {}))

    async def serve(self, server: embedded.Server, patience: float = 60.0) -> None:
        """Start an embedded server, keep it running, and return when it answers. Raises NotPossible."""
        server.prepare()
        program = Program(
            server.name,
            server.command(),
            embedded.OWN_LOCALE,
            server.stop_signal,
            server.death_signal,
            quiet=True,
        )
        self.start(program)
        deadline = time.monotonic() + patience
        while not server.ready():
            if self._deaths[server.name] >= HOPELESS or time.monotonic() > deadline or self.stopping.is_set():
                raise NotPossible(f"The embedded {server.name} does not start; its own words are above.")
            await asyncio.sleep(0.05)
        server.settle()

    async def once(self, program: Program, extra: Mapping[str, str] | None = None) -> int:
        """Run a program to its end, with its output shown; returns its exit code."""
        self._programs[program.name] = program
        return await self._follow(program, extra or {})

    async def _end(self, name: str, patience: float) -> None:
        child, program = self._children[name], self._programs[name]
        if child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(program.stop_signal)
        try:
            await asyncio.wait_for(child.wait(), patience)
        except TimeoutError:
            processes.signal_group(child.pid, signal.SIGKILL)
            await child.wait()

    async def stop(self) -> None:
        """End every child within ten seconds: the programs first, then the servers that they use."""
        self.stopping.set()
        servers = {"postgres", "redis"}
        await asyncio.gather(*(self._end(name, STOP_PATIENCE) for name in set(self._children) - servers))
        await asyncio.gather(*(self._end(name, SERVER_PATIENCE) for name in set(self._children) & servers))
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        if left := processes.leftovers(self.owner):
            processes.end(left, (signal.SIGKILL,), patience=1)

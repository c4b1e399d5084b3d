"""Runs the media tool on one file: no network, no questions, bounds on time, memory and disk, dead with its parent."""

import contextlib
import ctypes
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import imageio_ffmpeg

GIB = 1024**3
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LOOK_EVERY = 1.0  # seconds between two calls of `going`; it is called once more at the end

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Going = Callable[[float], bool]


class ToolFailed(Exception):
    """The tool gave up: what it said, and whether another try could go better (it was killed from outside)."""

    def __init__(self, said: str, *, again: bool = False, timed_out: bool = False) -> None:
        super().__init__(said[-500:])
        self.said = said
        self.again = again
        self.timed_out = timed_out


class Stopped(Exception):
    """`going` said that nobody needs the outcome any more."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Wall seconds, and the largest file in bytes that one run may write, its own words included."""

    wall: float
    file_bytes: int = GIB
    memory: int = 3 * GIB


@cache
def program() -> str:
    """The path of the media tool that came with the locked packages."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def threads() -> int:
    """How many threads a run may use; a server with many cores keeps most for others."""
    return min(4, os.cpu_count() or 1)


def input_of(demuxer: str, path: Path, *before: str) -> list[str]:
    """The arguments that open one local file with one demuxer and nothing else, whatever the file claims to be."""
    return ["-protocol_whitelist", "file,pipe", *before, "-f", demuxer, "-i", f"file:{path}"]


def run(arguments: list[str], bounds: Bounds, going: Going | None = None) -> str:
    """Run the tool and return what it said; `going` gets the seconds of film done, at least every second.

    Raises ToolFailed, or Stopped when `going` answers False.
    """
    command = [program(), "-hide_banner", "-nostdin", "-nostats", "-progress", "pipe:1", *arguments]
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            close_fds=True,
            env={"LC_ALL": "C", "PATH": os.defpath},
            preexec_fn=_fence(bounds),  # noqa: PLW1509 - only bare system calls, in workers without threads
        )
        timed_out = False
        try:
            if child.stdout is not None:
                timed_out = not _watch(child, child.stdout, bounds.wall, going or (lambda _done: True))
        finally:
            _end(child)
        said = _end_of(words)
    if timed_out:
        raise ToolFailed(said, timed_out=True)
    if child.returncode != 0:
        raise ToolFailed(said, again=child.returncode in {-signal.SIGKILL, -signal.SIGTERM})
    return said


def _watch(child: "subprocess.Popen[bytes]", stdout: IO[bytes], wall: float, going: Going) -> bool:
    """Follow the run to its end; False when its time is up."""
    deadline = time.monotonic() + wall
    done = 0.0
    asked = time.monotonic()
    for line in _lines(stdout, deadline):
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdigit():
            done = max(done, int(value) / 1_000_000)
        if time.monotonic() - asked >= LOOK_EVERY:
            asked = time.monotonic()
            if not going(done):
                raise Stopped
    if time.monotonic() >= deadline:
        return False
    going(done)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(5)
    return True


def _lines(stdout: IO[bytes], deadline: float) -> Iterator[str]:
    """What the tool reports, and an empty line whenever it is silent for a while, until it ends or time is up."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if not selector.select(LOOK_EVERY):
                yield ""
                continue
            chunk = os.read(stdout.fileno(), 65536)
            if not chunk:
                return
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode("ascii", "replace").strip() for line in whole)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _end_of(words: IO[bytes]) -> str:
    """The last of what the tool said; a hostile file can make it say very much."""
    words.seek(max(0, words.seek(0, os.SEEK_END) - 64 * 1024))
    return words.read().decode("utf-8", "replace")


def _fence(bounds: Bounds) -> Callable[[], None]:
    parent = os.getpid()
    limits = {
        resource.RLIMIT_AS: bounds.memory,
        resource.RLIMIT_CPU: int(bounds.wall * threads()) + 1,
        resource.RLIMIT_FSIZE: bounds.file_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 128,
    }

    def fence() -> None:
        for kind, limit in limits.items():
            resource.setrlimit(kind, (limit, limit))
        os.nice(10)  # people who chat come first
        os.setpgid(0, 0)
        if _libc is None:
            return
        # No network at all where the kernel lets us; elsewhere the protocol list alone keeps it away.
        if _libc.unshare(CLONE_NEWNET) != 0:
            _libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
        _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # last: a new user namespace forgets it
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return fence

"""Child processes that never outlive their parent: the leash, the lock, and what an earlier run left over."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
# Every child carries this in its environment; it is how the next start knows its own orphans, at any depth.
OWNER_MARK = "MATINEE_RUN"
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class NotPossible(Exception):
    """A start that cannot work here; the text is one sentence for the person at the keyboard."""


def leash(death_signal: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Return what a new child runs before its program so that it gets `death_signal` when its parent dies.

    The parent is the *thread* that starts the child, so start children from a thread that lives as long as
    the process. The child also leads a process group, so that Ctrl-C reaches only the parent.
    """
    parent = os.getpid()

    def hold() -> None:
        os.setpgid(0, 0)
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # the parent died between fork and prctl
                os._exit(1)

    return hold


def tie_to_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """From within a child that somebody else's code started: get `death_signal` when the parent dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def signal_group(pid: int, signum: signal.Signals) -> None:
    """Send a signal to a child that `leash` made a group leader, and to its own children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signum)


def stop(process: subprocess.Popen[bytes], signum: signal.Signals, patience: float = 10.0) -> None:
    """End one child: ask with `signum`, wait `patience` seconds, then kill its group."""
    if process.poll() is None:
        process.send_signal(signum)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


def alive(pid: int) -> bool:
    """Tell whether a process exists and is not a zombie."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return not PROC.is_dir() and _answers(pid)
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _ancestors() -> set[int]:
    """This process and those above it, which are never leftovers."""
    found: set[int] = set()
    pid = os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            pid = int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    return found


def leftovers(owner: str) -> list[int]:
    """Process ids that an earlier run with the same `owner` mark left behind."""
    mark = f"{OWNER_MARK}={owner}".encode()
    mine = _ancestors()
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # ended meanwhile, or another account's
        if mark in environment and int(entry.name) not in mine and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def end(pids: list[int], signals: tuple[signal.Signals, ...], patience: float = 5.0) -> None:
    """End processes that are not our children, with one signal after the other, each given `patience` s."""
    for signum in signals:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not any(alive(pid) for pid in pids):
                return
            time.sleep(0.02)


@contextlib.contextmanager
def single(lock: Path) -> Iterator[None]:
    """Hold a lock file for as long as this process lives, so that nothing runs twice on one data folder."""
    handle = lock.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        handle.seek(0)
        holder = handle.read().strip() or "another process"
        handle.close()
        raise NotPossible(
            f"Matinee already runs on {lock.parent} (process {holder}): end that one first, "
            "or give this one its own folder in MATINEE_DATA and its own PORT."
        ) from taken
    try:
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield
    finally:
        handle.close()

"""`manage.py up` for real: it starts, survives being killed, ends on Ctrl-C, and says what is missing."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from config import embedded, processes

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0  # seconds; a start takes five on an idle machine, and test machines are not idle
CHILDREN = {"postgres", "redis", "web", "worker", "courier", "media", "beat"}


def free_port() -> int:
    """A free port below the ephemeral range, where nobody else gets one by chance."""
    for port in range(21000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no free port")


def wait_for(what: Callable[[], object], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


class Run:
    """One `manage.py up` on a data folder of its own."""

    started: ClassVar[list[subprocess.Popen[bytes]]] = []

    def __init__(
        self,
        data: Path,
        port: int,
        *,
        become: tuple[str, ...] = (),
        python: str = sys.executable,
        log: str = "up.log",
        **changes: str,
    ) -> None:
        ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MATINEE_", "SITE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        self.data, self.port = data, port
        self.log = data.parent / log
        env = {**kept, "MATINEE_DATA": str(data), "PORT": str(port), "MATINEE_DEMO": "0", **changes}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*become, python, str(ROOT / "manage.py"), "up"],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=out,
            )

        self.started.append(self.process)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def begin(self) -> "Run":
        assert wait_for(lambda: self.answers() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> list[int]:
        """Everything that carries this folder's mark, and its PostgreSQL, which hides its environment."""
        marked = processes.leftovers(str(self.data.resolve()))
        pid_file = self.data / "postgres" / "postmaster.pid"
        postmaster = int(pid_file.read_text().split("\n")[0]) if pid_file.exists() else 0
        return [*marked, *([postmaster] if postmaster and processes.alive(postmaster) else [])]

    def end(self) -> float:
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - began


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder with a space, an accent and a quote in its name; its servers are gone afterwards."""
    data = tmp_path / "Données d'été"
    yield data
    for supervisor in Run.started:
        if supervisor.poll() is None:
            supervisor.kill()
            supervisor.wait()
    Run.started.clear()
    processes.end(processes.leftovers(str(data.resolve())), (signal.SIGKILL,))
    shutil.rmtree(embedded.socket_folder(data), ignore_errors=True)


def test_R2_up_survives_kills_and_ends_on_ctrl_c(folder: Path) -> None:
    port = free_port()
    first = Run(folder, port).begin()
    key = (folder / "secret-key").read_text()
    assert len(key) > 50
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700

    again = Run(folder, free_port(), log="again.log")
    assert again.process.wait(PATIENCE) == 1
    assert "already runs" in again.said()
    assert again.said().count("\n") == 1

    assert wait_for(lambda: len(first.children()) >= len(CHILDREN)), first.said()
    old = first.children()
    first.process.kill()
    first.process.wait()
    assert wait_for(lambda: not any(processes.alive(pid) for pid in old), 10), first.said()

    second = Run(folder, port).begin()
    assert (folder / "secret-key").read_text() == key
    web = next(pid for pid in second.children() if b"uvicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(web, signal.SIGKILL)
    assert wait_for(lambda: "web ended" in second.said())
    assert wait_for(second.answers)

    wait_for(lambda: len(second.children()) >= len(CHILDREN))
    names = second.children()
    assert second.end() < 10
    assert second.process.returncode == 0, second.said()
    assert not any(processes.alive(pid) for pid in names)
    assert "Traceback" not in second.said()


def test_up_names_a_port_that_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        run = Run(folder, port)
        assert run.process.wait(PATIENCE) == 1
    assert run.said().startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert run.said().count("\n") == 1
    assert not run.children()


def test_up_names_a_folder_that_cannot_be_written(folder: Path) -> None:
    folder.write_text("a file in the way")
    run = Run(folder, free_port())
    assert run.process.wait(PATIENCE) == 1
    assert run.said().startswith("Matinee cannot write to its data folder")
    assert run.said().count("\n") == 1


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A data folder below a folder that every account may enter."""
    outer = Path(tempfile.mkdtemp(prefix="matinee up é "))
    outer.chmod(0o711)
    yield outer / "var"
    shutil.rmtree(outer, ignore_errors=True)


def as_nobody(anybodys: Path) -> tuple[tuple[str, ...], str, dict[str, str]]:
    """How a program becomes an ordinary user, which Python that user can run, and what that Python is told.

    A Python in root's own folder is shown to the user at another place, in a mount namespace of the one program.
    """
    nobody = pwd.getpwnam("nobody")
    plain = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    python, home = anybodys.parent / "python", Path(sys.base_prefix)
    python.mkdir()
    shown = f'mount --bind "{home}" "{python}" && exec "$@"'
    told = {"PYTHONPATH": sysconfig.get_paths()["purelib"], "LD_LIBRARY_PATH": str(python / "lib")}
    moved = str(python / "bin" / Path(os.path.realpath(sys.executable)).name)
    ways: list[tuple[tuple[str, ...], str, dict[str, str]]] = [
        (plain, sys.executable, {}),
        (("unshare", "--mount", "sh", "-c", shown, "sh", *plain), moved, told),
    ]
    proof = "import sys, psycopg, redis, config; print(sys.version)"
    for become, program, environment in ways:
        command = [*become, program, "-c", proof]
        able = subprocess.run(
            command, cwd=ROOT, capture_output=True, check=False, env={**os.environ, **environment}
        )
        if able.stdout.decode().strip() == sys.version:
            return become, program, environment
    said = able.stderr.decode().strip().splitlines() or ["no reason given"]
    pytest.skip(f"an ordinary user can run no Python with our packages here: {said[-1]}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_up_runs_for_an_ordinary_user(anybodys: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    become, python, told = as_nobody(anybodys)
    anybodys.mkdir()
    os.chown(anybodys, nobody.pw_uid, nobody.pw_gid)
    run = Run(anybodys, free_port(), become=become, python=python, HOME=str(anybodys), **told).begin()
    assert {anybodys.stat().st_uid, (anybodys / "secret-key").stat().st_uid} == {nobody.pw_uid}
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in run.children()} == {nobody.pw_uid}
    assert run.end() < 10
    assert "Traceback" not in run.said()

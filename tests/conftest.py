"""Starts the throw-away PostgreSQL and Redis of a test run, once, and ends them with it."""

import shutil
import subprocess

import pytest
from django.conf import settings as django_settings

from config import embedded, processes
from tests import settings

_running: list[tuple[embedded.Server, subprocess.Popen[bytes]]] = []


def _unit_only(config: pytest.Config) -> bool:
    """Whether the run names nothing but unit tests, which need no server."""
    return bool(config.args) and all("tests/unit" in argument for argument in config.args)


def _start(server: embedded.Server) -> None:
    server.root.mkdir(parents=True, exist_ok=True)
    _running.append((server, embedded.start(server)))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """PostgreSQL belongs to the first process of the run, a Redis to each process that runs tests."""
    config = session.config
    worker = hasattr(config, "workerinput")
    django_settings.STATIC_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
    controller = not worker and bool(getattr(config.option, "dist", "no") != "no")
    if config.option.collectonly or _unit_only(config):
        return
    if settings.OWN_POSTGRES and not worker:
        _start(embedded.Postgres(settings.TEST_DATA, safe=False))
    if settings.OWN_REDIS and not controller:
        _start(embedded.Redis(settings.WORKER_DATA))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was started, last started first, and leave no files."""
    while _running:
        server, process = _running.pop()
        processes.stop(process, server.stop_signal)
        shutil.rmtree(server.sockets, ignore_errors=True)
    if not hasattr(config, "workerinput"):
        shutil.rmtree(settings.TEST_DATA, ignore_errors=True)

"""`manage.py up`: all of Matinee under one supervisor, with embedded servers where none are given."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connections

from config import embedded, preparation, probe, processes, programs
from config.processes import NotPossible
from config.supervisor import Supervisor

PAGES_PATIENCE = 60.0
DEMO_HEAD_START = (
    10.0  # seconds in which the demo has the machine to itself; nothing else waits for it longer
)


class Command(BaseCommand):
    """Starts everything and stays until Ctrl-C."""

    help = "Run everything: embedded servers, web, worker, courier, media and beat. Ctrl-C ends it."
    requires_system_checks: list[str] = []  # migrate runs them once the database is up

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            choices=["web", "worker", "courier", "media", "beat"],
            help="become this one process instead (for containers and service managers)",
        )

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        host, port = os.environ.get("MATINEE_BIND", "127.0.0.1"), settings.PORT
        if only:
            program = programs.every(host=host, port=port)[only]
            os.chdir(programs.BASE_DIR)
            if only == "web":
                collect()
            os.execvpe(program.command[0], program.command, programs.environment(program, {}))  # noqa: S606
        data = settings.DATA_DIR
        try:
            preparation.make_data_folder(data, Path(settings.STATIC_ROOT))
            with processes.single(data / "up.lock"):
                asyncio.run(Up(self, host, port).run())
        except NotPossible as reason:
            self.refuse(str(reason))
        except OSError as failed:
            self.refuse(preparation.folder_sentence(data, failed))

    def refuse(self, sentence: str) -> NoReturn:
        """End with one sentence for the person at the keyboard, and nothing else."""
        self.stderr.write(sentence)
        sys.exit(1)

    def say(self, text: str) -> None:
        """Write one line, and keep going when nobody reads any more."""
        with contextlib.suppress(BrokenPipeError):
            self.stdout.write(text)
            self.stdout.flush()


def collect() -> None:
    """Put the static files beside their compressed forms, where the web server finds them when it starts."""
    call_command("collectstatic", interactive=False, verbosity=0)


class Up:
    """One run of the supervisor, from the checks to the last child's end."""

    def __init__(self, command: Command, host: str, port: int) -> None:
        self.say = command.say
        self.host, self.port = host, port
        self.data = settings.DATA_DIR
        self.supervisor = Supervisor(self.data, command.say)
        self.extra = {"MATINEE_DATA": str(self.data), "PORT": str(port)}

    async def run(self) -> None:
        """Start everything in order, wait for a signal, and end everything."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup asks for life after the terminal; an ignored SIGINT is only what shells do to background jobs
            if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
                loop.add_signal_handler(signum, self.supervisor.stopping.set)
        self.supervisor.clear()
        preparation.check_port(self.host, self.port)
        try:
            await self.start()
            await self.supervisor.stopping.wait()
            self.say("Ending ...")
        except NotPossible:
            if not self.supervisor.stopping.is_set():  # Ctrl-C during the start is no failure
                raise
        finally:
            await self.supervisor.stop()

    async def start(self) -> None:
        """Servers, tables, pages, and only then the rest: a person waits for the first page, for nothing else."""
        if settings.LOCAL and not os.environ.get("SECRET_KEY"):
            preparation.make_secret_key(settings.SECRET_KEY_FILE)
        for server in self.missing_servers():
            await self.supervisor.serve(server)
        await asyncio.to_thread(self.migrate)
        self.supervisor.start(programs.web(host=self.host, port=self.port), self.extra)
        answered = await self.pages_answer()
        demo = asyncio.create_task(self.demo())
        await asyncio.wait({demo}, timeout=DEMO_HEAD_START)
        if not self.supervisor.stopping.is_set():
            for program in programs.background():
                self.supervisor.start(program, self.extra)
        made = await demo
        if answered and not self.supervisor.stopping.is_set():
            self.greet(made)

    def missing_servers(self) -> list[embedded.Server]:
        """The servers that nobody gave an address for. Raises NotPossible where there is no program for one."""
        servers: list[embedded.Server] = []
        if not os.environ.get("DATABASE_URL"):
            embedded.postgres_binaries()
            servers.append(embedded.Postgres(self.data))
        if not os.environ.get("REDIS_URL"):
            embedded.redis_binary()
            servers.append(embedded.Redis(self.data))
        return servers

    def migrate(self) -> None:
        """Bring tables and static files up to date in this process, which has Django loaded anyway."""
        try:
            call_command("migrate", interactive=False, verbosity=0)
            collect()
        except OperationalError as away:
            first = str(away).strip().split("\n", 1)[0]
            raise NotPossible(
                f"The database does not answer ({first}): start it, or correct DATABASE_URL, "
                "or unset it for an embedded one."
            ) from away
        finally:
            connections.close_all()

    async def demo(self) -> bool:
        """Make the demo where it belongs; a demo that fails is told and stops nothing."""
        if not settings.DEMO or "demo" not in get_commands() or self.supervisor.stopping.is_set():
            return False
        command = [sys.executable, str(programs.BASE_DIR / "manage.py"), "demo"]
        code = await self.supervisor.once(programs.Program("demo", command), self.extra)
        if code and not self.supervisor.stopping.is_set():
            self.say("The demo could not be made; its own words are above. Everything else runs.")
        return code == 0

    async def pages_answer(self) -> bool:
        """Wait until the web server answers; False when we are asked to end meanwhile, or after a minute."""
        for _ in range(int(PAGES_PATIENCE * 10)):
            if self.supervisor.stopping.is_set():
                return False
            if await asyncio.to_thread(probe.answers, self.host, self.port, settings.ALLOWED_HOSTS[0]):
                return True
            await asyncio.sleep(0.1)
        self.say("The pages do not answer after a minute; the web server's own words are above.")
        return False

    def greet(self, demo: bool) -> None:
        """Print where everything is, and the demo's logins."""
        self.say("")
        self.say(f"Matinee runs:  {settings.SITE_URL}/")
        if settings.OUTBOX_PAGE:
            self.say(f"Mail it sent:  {settings.SITE_URL}/outbox/")
        self.say(f"Its health:    {settings.SITE_URL}/healthz/deep")
        self.say(f"Its data:      {self.data}")
        logins = self.data / "demo-logins.txt"
        if demo and logins.exists():
            self.say("")
            self.say(logins.read_text().rstrip())
        self.say("")
        self.say("Ctrl-C ends it.")

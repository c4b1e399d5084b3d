"""Runs the real processes on the tests' database, and gives browser journeys films, cookies and addresses."""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext

from accounts.models import Team, User
from config import processes, programs
from tests import clips, make
from videos import storage
from videos.models import CaptionTrack, Rendition, VersionState, Video, VideoVersion
from videos.services import begin_upload, receive
from webinars.models import Registration

FILM_SECONDS = 150
PATIENCE = 90.0  # seconds for the processes and for the film, on a machine that does other things as well
CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:02:28.000\nWhat is said, in words.\n"


class Site:
    """One running installation, reached by `url`; rows made by the test are in its database."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.running: dict[str, tuple[programs.Program, subprocess.Popen[bytes]]] = {}
        self.master: VideoVersion | None = None

    def start(self) -> None:
        """Start web, worker, courier, media and beat, and wait until the pages answer."""
        for name in programs.every(host="127.0.0.1", port=self.port):
            self.start_one(name)
        self.wait_for_pages()

    def start_one(self, name: str) -> None:
        """Start one of the processes; its words go to a file in `folder`."""
        program = programs.every(host="127.0.0.1", port=self.port)[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                program.command,
                cwd=programs.BASE_DIR,
                env=programs.environment(program, self.environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=processes.leash(program.death_signal),
            )
        self.running[name] = (program, child)

    def stop_one(self, name: str) -> None:
        """End one of the processes."""
        program, child = self.running.pop(name)
        processes.stop(child, program.stop_signal, patience=5)

    def stop(self) -> None:
        """End everything that was started."""
        for name in reversed(list(self.running)):
            self.stop_one(name)

    def environment(self) -> dict[str, str]:
        """What the processes are told: our servers and keys, but the database with the tests' rows."""
        parts = urlsplit(settings.DATABASE_URL)
        database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database,
            "REDIS_URL": settings.REDIS_URL,
            "MATINEE_DATA": str(settings.DATA_DIR),
            "MATINEE_MODE": "local",
            "MATINEE_DEMO": "0",
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "REGISTRATION_LIMITS": "1000/10 minutes",
            "REGISTRATION_FORM_SECONDS": "0",
            "MAIL_DOMAIN_CHECK": "0",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
        }

    def wait_for_pages(self) -> None:
        """Wait until the web server answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                return
            time.sleep(0.1)
        raise AssertionError(f"The pages do not answer: {self.words('web')}")

    def words(self, name: str) -> str:
        """The last words of a process."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def film_of(self, team: Team) -> Video:
        """A video of a team with a film of some minutes and captions, which went through the real preparation once."""
        self.master = self.master or self._prepared()
        video = Video.objects.create(team=team)
        master = self.master
        copy = VideoVersion.objects.get(pk=master.pk)
        copy._state.adding, copy.pk = True, VideoVersion._meta.pk.get_default()
        copy.video = video
        copy.save(force_insert=True)
        for row in Rendition.objects.filter(version=master):
            row.pk, row.version = None, copy
            row.save(force_insert=True)
        CaptionTrack.objects.create(version=copy, language="en", label="English", text=CAPTIONS)
        shutil.copytree(storage.folder(master.pk), storage.folder(copy.pk))
        video.current = copy
        video.save()
        return video

    def _prepared(self) -> VideoVersion:
        path = clips.film(self.folder / "film.mp4", seconds=FILM_SECONDS, size="320x180", rate=10)
        member = make.member()
        video = Video.objects.create(team=member.team)
        data = path.read_bytes()
        now = timezone.now()
        version = begin_upload(video=video, user=member.user, name="film.mp4", length=len(data), now=now)
        receive(version=version, offset=0, pieces=[data], now=now)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            version.refresh_from_db()
            if version.state == VersionState.READY:
                return version
            assert version.state != VersionState.FAILED, version.error
            time.sleep(0.2)
        raise AssertionError(f"The film was not prepared: {self.words('media')}")

    def let_in(self, context: BrowserContext, *places: Registration) -> None:
        """Give a browser the cookie that opening the personal links of these places would give it."""
        _, token = make.guest(*(place.person for place in places))
        self._cookie(context, settings.GUEST_COOKIE_NAME, token)

    def sign_in(self, context: BrowserContext, user: User) -> None:
        """Give a browser a signed-in session of a member."""
        client = Client()
        client.force_login(user)
        self._cookie(
            context, settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
        )

    def _cookie(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.url, "httpOnly": True}])


def free_port() -> int:
    """A port of our own range that nobody listens on."""
    start = 18000 + os.getpid() % 900
    for port in itertools.chain(range(start, 19000), range(18000, start)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("No port between 18000 and 18999 is free.")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Site]:
    """A site that runs for as long as the block."""
    site = Site(free_port(), folder)
    try:
        site.start()
        yield site
    finally:
        site.stop()

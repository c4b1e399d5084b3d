"""Websocket clients without a network: they drive the ASGI application itself, in the test's own event loop."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from importlib import import_module
from typing import Any

from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import Membership
from chat.database import ask
from config.routing import websocket_urlpatterns
from tests import make
from tests.talk import Talk
from webinars.models import Registration

application = URLRouter(websocket_urlpatterns)
PATIENCE = 10.0
Frame = dict[str, Any]


class Client:
    """One socket: what it got, how it was closed, and whether it reads just now."""

    def __init__(self, path: str, **cookies: str) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(b"cookie", cookie.encode())] if cookies else []
        self.scope = {
            "type": "websocket",
            "path": path,
            "headers": headers,
            "query_string": b"",
            "subprotocols": [],
        }
        self.frames: list[Frame] = []
        self.accepted = False
        self.code: int | None = None
        self._up: asyncio.Queue[Frame] = asyncio.Queue()
        self._news = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()
        self._task: asyncio.Task[Any] | None = None

    async def connect(self) -> "Client":
        self._up.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(application(self.scope, self._up.get, self._take))
        await self.until(lambda: self.accepted or self.code is not None)
        return self

    async def _take(self, message: Frame) -> None:
        await self._reads.wait()
        if message["type"] == "websocket.accept":
            self.accepted = True
        elif message["type"] == "websocket.close":
            self.code = message.get("code", 403)
        else:
            self.frames.append(json.loads(message["text"]))
        self._news.set()

    def stall(self) -> None:
        """Stop reading."""
        self._reads.clear()

    def read_on(self) -> None:
        """Read again."""
        self._reads.set()

    def say(self, text: str) -> None:
        """Send raw text."""
        self._up.put_nowait({"type": "websocket.receive", "text": text})

    def send(self, kind: str, ref: str | None = None, **data: Any) -> None:
        """Send a command."""
        frame: Frame = {"type": kind, "data": data}
        if ref is not None:
            frame["ref"] = ref
        self.say(json.dumps(frame))

    async def until(self, enough: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until something is so, looking after every frame."""
        try:
            return await asyncio.wait_for(self._until(enough), patience)
        except TimeoutError:
            raise AssertionError(f"closed with {self.code} after {self.frames[-5:]}") from None

    async def _until(self, enough: Callable[[], Any]) -> Any:
        while not (found := enough()):
            if self._task is not None and self._task.done() and not self._task.cancelled():
                self._task.result()  # what went wrong in the application is what the test should show
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.05)
        return found

    def of_type(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def next(self, kind: str, count: int = 1) -> Frame:
        """The `count`-th frame of a type, waiting for it."""
        await self.until(lambda: len(self.of_type(kind)) >= count)
        return self.of_type(kind)[count - 1]

    async def hello(self, **data: Any) -> Frame:
        before = len(self.of_type("ready"))
        self.send("hello", **data)
        return await self.next("ready", before + 1)

    async def post(self, text: str, **data: Any) -> Frame:
        """Send a message and wait for what comes back for it."""
        ref = str(uuid.uuid4())
        self.send("message.post", ref, text=text, **data)
        found: Frame = await self.until(lambda: next((f for f in self.frames if f.get("ref") == ref), None))
        return found

    @property
    def entries(self) -> list[tuple[int, str]]:
        """Number and text of every entry, in the order of arrival."""
        found = self.of_type("message.posted") + self.of_type("event")
        return [(frame["seq"], frame["message"]["text"]) for frame in found]

    async def leave(self) -> None:
        self._up.put_nowait({"type": "websocket.disconnect", "code": 1001})
        self.read_on()
        if self._task is not None:
            await asyncio.wait_for(asyncio.gather(self._task, return_exceptions=True), PATIENCE)


def sign_in(membership: Membership) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(membership.user_id)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


async def room(registration: Registration, token: str = "") -> Client:
    if not token:
        _guest, token = await ask(make.guest, registration.person)
    return await Client(f"/ws/room/{registration.pk}/", **{settings.GUEST_COOKIE_NAME: token}).connect()


async def inbox(stage: Talk, membership: Membership | None = None) -> Client:
    key = await ask(sign_in, membership or stage.bob)
    return await Client(f"/ws/inbox/{stage.team.slug}/", **{settings.SESSION_COOKIE_NAME: key}).connect()


async def watching(stage: Talk, after: int = 0, membership: Membership | None = None) -> Client:
    client = await inbox(stage, membership)
    await client.hello()
    client.send(
        "conversation.watch", conversation=str((await ask(lambda: stage.conversation)).pk), after=after
    )
    await client.next("viewing")
    return client

"""Hands the bodies of uploads to their view piece by piece instead of collecting them first, as Django would."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from django.http import HttpRequest

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

PIECE = 1024 * 1024  # bytes handed over at once
_ADDRESS = re.compile(r"^/studio/[^/]+/uploads/[^/]+/$")
_KEY = "matinee.body"


class BodyCut(Exception):
    """The connection ended before the body did."""


class _Body:
    """The body of one request, read by its view while Django takes the body to be empty."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._told = False
        self._ended = False
        self._cut = False

    async def receive_for_django(self) -> Message:
        """An empty body, then nothing: Django waits for a disconnect until the view has answered."""
        if self._told:
            await asyncio.Event().wait()
        self._told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def read(self) -> bytes:
        """About `PIECE` bytes, fewer at the end, none after it; raises BodyCut once all that came was read."""
        if self._cut:
            raise BodyCut
        collected = bytearray()
        while not self._ended and len(collected) < PIECE:
            message = await self._receive()
            self._cut = message["type"] == "http.disconnect"
            collected += message.get("body", b"")
            self._ended = self._cut or not message.get("more_body", False)
        if self._cut and not collected:
            raise BodyCut
        return bytes(collected)


def stream_uploads(app: App, *others: tuple[str, re.Pattern[str]]) -> App:
    """Wrap Django's ASGI application so that bodies of uploads are not collected before the view runs.

    Those are the pieces of films, and what comes by the method to an address of one of the `others`.
    """
    streamed = (("PATCH", _ADDRESS), *others)

    async def streaming(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(
            scope["method"] == method and address.match(scope["path"]) for method, address in streamed
        ):
            body = _Body(receive)
            await app({**scope, _KEY: body}, body.receive_for_django, send)
        else:
            await app(scope, receive, send)

    return streaming


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """The request's body in pieces, under any server, for a synchronous view; raises BodyCut."""
    scope = getattr(request, "scope", {})
    read = async_to_sync(scope[_KEY].read) if _KEY in scope else lambda: request.read(PIECE)
    while piece := read():
        yield piece


def let_go_of_database() -> None:
    """Give this request's connection back to the pool before bytes go to or come from somebody's slow line.

    Otherwise ten uploads from trains would keep the whole site waiting; a query afterwards takes a new one.
    """
    if not connection.in_atomic_block:
        connection.close()

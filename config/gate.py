"""Turns away what no page of ours sends, before Django or a socket sees it: other origins, and bodies without end."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# Files of captions are the largest that is not streamed; whoever sends a little more still gets a sentence.
LARGEST_BODY = 16 * 1024**2


def as_browsers_write(origin: str) -> str:
    """A configured origin as it stands in a browser's header: lower case, no path, no port that goes without saying."""
    parts = urlsplit(origin.lower())
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


def from_our_pages(app: App, origins: Collection[str]) -> App:
    """Let a socket's handshake pass with exactly one of the origins, letter by letter; 403 for any other (A5)."""
    allowed = frozenset(as_browsers_write(origin).encode() for origin in origins)

    async def checking(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        given = [value for name, value in scope["headers"] if name == b"origin"]
        if len(given) == 1 and given[0] in allowed:
            await app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})  # before accepting, that is HTTP 403

    return checking


async def nowhere(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """A socket's address that there is not."""
    await send({"type": "websocket.close", "code": 4404})


def bounded(app: App, most: int = LARGEST_BODY) -> App:
    """Answer 413 once a body grows past `most` bytes: Django would put all of it on the disk before any view runs."""

    async def counting(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        left = most

        async def take() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            # Django takes this for the end of the connection, and closes what it has kept.
            return message if left >= 0 else {"type": "http.disconnect"}

        await app(scope, take, send)
        if left < 0:
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b"This is too large."})

    return counting

"""Keeps the finished page of a webinar for a moment, for visitors about whom nothing is known, ahead of Django."""

import re
import time
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone

from config.gate import App, Message, Receive, Send
from webinars.stamp import stamp
from webinars.views.page import ZONE_COOKIE
from webinars.views.shelf import HEADER

ROOM = 128  # pages
LARGEST = 256 * 1024  # bytes of a page
GRACE = 1.0  # seconds for which others still get the old page while one asks for the new
PAGE = re.compile(r"/[-\w]+/[-\w]+/")
# What differs from visitor to visitor: the form's stamp and token, and the server's clock. None changes its length.
OWN = re.compile(
    rb'(?P<stamp>(?<=name="made" value=")\d{13}:[-\w]{43}(?="))|'
    rb'(?P<token>(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?="))|(?P<clock>(?<= data-now=")\d{10}(?="))'
)
KNOWN = {settings.CSRF_COOKIE_NAME, ZONE_COOKIE}
DECIDES = (b"host", b"x-forwarded-host", b"x-forwarded-proto")
MARK = HEADER.lower().encode()

Key = tuple[Any, ...]
Scope = MutableMapping[str, Any]
csrf = CsrfViewMiddleware(lambda request: HttpResponse())


@dataclass(slots=True)
class Kept:
    """A page in pieces, between which each visitor's own is put."""

    pieces: list[tuple[bytes, str]]  # text, and what follows it: token, clock or nothing
    headers: list[tuple[bytes, bytes]]
    until: float
    asked: bool = False  # somebody is getting the next one

    def messages(self, cookie: str | None) -> Iterator[Message]:
        """The response for a visitor with this CSRF cookie."""
        token, cookies = _token(cookie)
        clock, made = str(int(time.time())), stamp(timezone.now())
        own = {"token": token, "clock": clock.encode(), "stamp": made.encode(), "": b""}
        yield {"type": "http.response.start", "status": 200, "headers": [*self.headers, *cookies]}
        yield {"type": "http.response.body", "body": b"".join(text + own[name] for text, name in self.pieces)}


def shelved(app: App) -> App:
    """Answer from the shelf where a view allowed it: the view's header says for how many seconds.

    Only a plain GET of a webinar's address counts, from a browser with no other cookies than ours for the form and
    the zone: whoever is signed in or holds a place is always answered by Django.
    """
    shelf: OrderedDict[Key, Kept] = OrderedDict()

    async def serving(scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope)
        if asked is None:
            await app(scope, receive, send)
            return
        key, cookie = asked
        found = shelf.get(key)
        if found is not None and _good(found):
            for message in found.messages(cookie):
                await send(message)
            return
        await app(scope, receive, _Listener(send, shelf, key))

    return serving


def _good(found: Kept) -> bool:
    """Whether a page may still be given away; the first who comes too late gets the next one for all."""
    late = time.monotonic() - found.until
    if late < 0 or (late < GRACE and found.asked):
        return True
    found.asked = True
    return False


class _Listener:
    """Passes a response on, and keeps it when it is marked."""

    def __init__(self, send: Send, shelf: OrderedDict[Key, Kept], key: Key) -> None:
        self.send = send
        self.shelf = shelf
        self.key = key
        self.seconds = 0.0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._kept_headers(message)}
        elif self.seconds:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._keep()
        await self.send(message)

    def _kept_headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        """The headers without the mark."""
        headers = [(name.lower(), value) for name, value in message["headers"]]
        mark = next((value for name, value in headers if name == MARK), None)
        headers = [(name, value) for name, value in headers if name != MARK]
        if mark is not None and message["status"] == 200:
            self.seconds = float(mark)
            self.headers = [(name, value) for name, value in headers if name != b"set-cookie"]
        else:  # closed meanwhile: nobody gets the old page any more
            self.shelf.pop(self.key, None)
        return headers

    def _keep(self) -> None:
        self.shelf.pop(self.key, None)
        if len(self.body) <= LARGEST:
            pieces = list(_pieces(bytes(self.body)))
            self.shelf[self.key] = Kept(pieces, self.headers, time.monotonic() + self.seconds)
            while len(self.shelf) > ROOM:
                self.shelf.popitem(last=False)


def _asked(scope: Scope) -> tuple[Key, str | None] | None:
    """What decides how the page looks, and the visitor's CSRF cookie; None for what the shelf leaves alone."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    if not PAGE.fullmatch(scope["path"]):
        return None
    headers = dict(scope["headers"])
    if b"hx-request" in headers or sum(name == b"cookie" for name, _ in scope["headers"]) > 1:
        return None
    # Read as Django reads them: a cookie that only one of the two sees would put one person's page before others.
    values = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    if not values.keys() <= KNOWN or (b"cookie" in headers and not values):
        return None
    key = (scope["path"], scope.get("scheme"), values.get(ZONE_COOKIE), *map(headers.get, DECIDES))
    return key, values.get(settings.CSRF_COOKIE_NAME)


def _pieces(body: bytes) -> Iterator[tuple[bytes, str]]:
    at = 0
    for own in OWN.finditer(body):
        yield body[at : own.start()], own.lastgroup or ""
        at = own.end()
    yield body[at:], ""


def _token(cookie: str | None) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The token of the forms that belongs to a visitor's cookie, and the cookie, made or renewed by Django itself."""
    request, response = HttpRequest(), HttpResponse()
    if cookie is not None:
        request.COOKIES[settings.CSRF_COOKIE_NAME] = cookie
    csrf.process_request(request)
    token = get_token(request)
    csrf.process_response(request, response)
    made = [morsel.OutputString().encode() for morsel in response.cookies.values()]
    return token.encode(), [(b"set-cookie", value) for value in made]

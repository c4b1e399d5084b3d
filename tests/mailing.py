"""What tests of mails need: a courier with a clock of theirs, a talk in rows, providers that answer like real ones."""

import asyncio
import http.server
import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from chat.models import Conversation, Episode, Message, MessageKind, Via, Wait
from notifications import courier
from notifications.models import Email
from webinars.models import Registration


def carry(now: datetime, seconds: float = 20) -> int:
    """One tick of a courier at `now`."""
    return courier.run(clock=lambda: now, seconds=seconds)


def read_calendar(content: bytes | str) -> Any:
    """A calendar file, for tests that look into its entries."""
    return Calendar.from_ical(content)


def calendar_in(message: Any) -> Any:
    """The one calendar file that a mail carries."""
    (part,) = message.attachments
    return read_calendar(part.get_payload(decode=True))


def only(purpose: str) -> Email:
    """The one mail of a purpose."""
    return Email.objects.get(purpose=purpose)


def conversation(of: Registration) -> Conversation:
    """An empty conversation."""
    return Conversation.objects.create(
        team=of.webinar.team, webinar=of.webinar, person=of.person, registration=of, listed=True
    )


def line(
    of: Conversation, text: str, at: datetime, *, by: Any = None, position: float | None = None
) -> Message:
    """A line of the attendee, or of the user `by`."""
    of.seq += 1
    of.public_seq += 1
    of.save()
    return Message.objects.create(
        conversation=of,
        seq=of.seq,
        public_seq=of.public_seq,
        kind=MessageKind.MODERATOR if by else MessageKind.ATTENDEE,
        author_key=f"u:{by.pk}" if by else f"p:{of.person_id}",
        user=by,
        text=text,
        position=position,
        via=Via.INBOX if by else Via.ROOM,
        at=at,
    )


def wait(of: Conversation, question: Message) -> Wait:
    """An open wait that begins with a question."""
    episode = Episode.objects.filter(conversation=of).first() or Episode.objects.create(
        conversation=of, opened_at=question.at, opened_seq=question.seq
    )
    return Wait.objects.create(
        conversation=of,
        episode=episode,
        registration=of.registration,
        session=of.registration.session,
        opened_at=question.at,
        opened_seq=question.seq,
        counts_from=question.at,
    )


class Provider:
    """A mail provider with an HTTP API: remembers what it accepted, and can lose its answers.

    It answers like Resend (`/emails`, honours Idempotency-Key and refuses the same key with another body) and
    like Postmark (`/email`, does not look at keys, can be searched by tag).
    """

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.keys: dict[str, bytes] = {}
        self.conflicts = 0
        self.lose_answers = 0  # so many requests are accepted and then get no answer
        self.refuse = 0  # so many requests get 500 and are not accepted
        self.url = ""

    def take(self, path: str, key: str, body: bytes) -> tuple[int, dict[str, Any]] | None:
        if self.refuse > 0:
            self.refuse -= 1
            return 429, {"message": "slow down"}
        if path.startswith("/emails") and key in self.keys:
            if self.keys[key] != body:
                self.conflicts += 1
                return 409, {"message": "same key, other body"}
            return 200, {"id": key}
        if path.startswith("/emails"):
            self.keys[key] = body
        self.accepted.append(json.loads(body))
        if self.lose_answers > 0:
            self.lose_answers -= 1
            return None
        recipient = self.accepted[-1].get("To")
        return 200, {"id": key, "ErrorCode": 0, "Message": "OK", "MessageID": "m-1", "To": recipient}

    def count(self, tag: str) -> int:
        return sum(1 for mail in self.accepted if mail.get("Tag") == tag)


@contextmanager
def provider() -> Iterator[Provider]:
    """A running provider on the loopback."""
    state = Provider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(state.take(self.path, self.headers.get("Idempotency-Key", ""), body))

        def do_GET(self) -> None:
            tag = self.path.rsplit("tag=", 1)[-1]
            self.answer((200, {"TotalCount": state.count(tag), "Messages": []}))

        def answer(self, answer: tuple[int, dict[str, Any]] | None) -> None:
            if answer is None:
                self.close_connection = True
                return
            status, data = answer
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}/"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


class Mailbox:
    """What a fake SMTP server accepted; it can hang up after taking a mail, or refuse it."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.hang_up = 0
        self.refuse = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        self.accepted.append(envelope)
        if self.hang_up > 0:
            self.hang_up -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"


@contextmanager
def smtp() -> Iterator[tuple[Mailbox, int]]:
    """A running SMTP server on the loopback, and its port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def free_port() -> int:
    """A port below the ephemeral ones, so that no connection of this machine has it by chance."""
    for port in random.sample(range(20_000, 30_000), 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("No port is free.")


MINUTE = timedelta(minutes=1)

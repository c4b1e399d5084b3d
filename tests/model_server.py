"""A small server that speaks the chat-completions protocol, over real HTTP, and can be told to misbehave."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Model:
    """What the server answers next, and what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None  # instead of an answer
        self.text = "Forty minutes, in a warm place."
        self.meanwhile: Callable[[], object] = lambda: None  # while the model works
        self.hangs = threading.Event()  # set: answers at once
        self.hangs.set()
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return json.dumps(
            {"id": "1", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
        ).encode()


@contextlib.contextmanager
def serving() -> Iterator[Model]:
    """The server on a free port of the loopback."""
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            model.asked.append({"path": self.path} | json.loads(self.rfile.read(length)))
            model.keys.append(self.headers.get("Authorization", ""))
            model.meanwhile()
            model.hangs.wait(30)
            content = model.answer()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(model.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in model.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join(10)

"""Ours of the broadcast: sockets that hang on our hub, its lines and outboxes, and nothing else.

`python -m tests.load.hall N` is another process that says N frames to all of them.
"""

import json
import sys
from typing import Any

import django

django.setup()

from chat import frames, hub, news  # noqa: E402
from tests.load.ears import FRAME, HALL  # noqa: E402

TEAM = "0c9f5d5e-8f5c-4a6f-9b69-0d1ad3d2f6b1"
KEY = ("attendee", HALL)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Hang the socket on the hub; `broadcast` says one frame to all."""
    await receive()
    await send({"type": "websocket.accept"})
    mine = hub.current()
    line = mine.join(KEY, TEAM, mine.outbox(send))
    line.start(0)
    while (event := await receive())["type"] == "websocket.receive":
        frame = json.loads(event["text"])
        if frame["type"] == "broadcast":
            mine.publish(news.Whisper(KEY, frames.dump(FRAME)))
        else:
            line.outbox.push(frames.dump({"type": "ready", "ref": frame.get("ref")}))
    mine.leave(line)


def main(number: int) -> None:
    """Say so many frames, as a worker or another web server would: through Redis."""
    news.publish(*(news.Whisper(KEY, frames.dump(FRAME)) for _ in range(number)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
    sys.stdout.write("{}\n")

"""LIMIT of the chat: bare ASGI and one raw INSERT per message; everything of ours is taken away."""

import json
import os
from typing import Any

import psycopg

from tests.load.ears import FRAME

peers: dict[str, set[Any]] = {}
kept: list[psycopg.AsyncConnection[Any]] = []
PREPARED = json.dumps(FRAME)
INSERT = "INSERT INTO bare_line (conversation, ref, body) VALUES (%s, %s, %s)"


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Store, acknowledge, tell everybody in the conversation."""
    if scope["path"].startswith("/ws/hall/"):
        await hall(receive, send)
        return
    if not kept:
        kept.append(await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True))
    await receive()
    await send({"type": "websocket.accept"})
    mine = scope["path"].split("/")[3]
    joined = [mine]
    peers.setdefault(mine, set()).add(send)
    while (event := await receive())["type"] == "websocket.receive":
        frame = json.loads(event["text"])
        if frame["type"] == "message.post":
            text = frame["data"]["text"]
            await kept[0].execute(INSERT, [mine, frame["ref"], text])
            news = json.dumps({"type": "event", "conversation": mine, "message": {"text": text}})
            for peer in tuple(peers[mine]):
                await peer({"type": "websocket.send", "text": news})
        elif frame["type"] == "conversation.watch":
            joined.append(frame["data"]["conversation"])
            peers.setdefault(joined[-1], set()).add(send)
        kind = "ready" if frame["type"] == "hello" else "ack"
        reply = json.dumps({"type": kind, "ref": frame.get("ref")})
        await send({"type": "websocket.send", "text": reply})
    for conversation in joined:
        peers[conversation].discard(send)


async def hall(receive: Any, send: Any) -> None:
    """LIMIT of the broadcast: a prepared frame to everybody, one after another."""
    await receive()
    await send({"type": "websocket.accept"})
    everybody = peers.setdefault("", set())
    everybody.add(send)
    while (event := await receive())["type"] == "websocket.receive":
        if '"broadcast"' in event["text"]:
            for peer in tuple(everybody):
                await peer({"type": "websocket.send", "text": PREPARED})
        else:
            await send({"type": "websocket.send", "text": '{"type":"ready","ref":null}'})
    everybody.discard(send)

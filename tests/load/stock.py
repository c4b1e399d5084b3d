"""REF: the stock way. Channels' own consumer, channels_redis' core layer, an ORM call a message, a task an item."""

import os
import sys
import uuid
from typing import Any, ClassVar

import dj_database_url
import django
from django.conf import settings

URL = dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)
LAYER = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [os.environ["REDIS_URL"]]}}
settings.configure(
    SECRET_KEY="stock", DATABASES={"default": URL}, CHANNEL_LAYERS={"default": LAYER}, USE_TZ=True
)
django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from celery import Celery  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import models, transaction  # noqa: E402
from django.urls import re_path  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.load.ears import FRAME, HALL  # noqa: E402

FRAME_REST = {"mode": FRAME["mode"], "expect": FRAME["expect"]}


class StockLine(models.Model):
    """A message."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    conversation = models.UUIDField()
    ref = models.UUIDField(unique=True)
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "stock"


class StockItem(models.Model):
    """Something that falls due in a conversation."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    conversation = models.UUIDField()
    ref = models.UUIDField(unique=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "stock"


class Talk(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """A socket of either side: groups by conversation, a row for each message."""

    async def connect(self) -> None:
        self.mine = self.scope["url_route"]["kwargs"]["of"]
        self.joined = [f"talk.{self.mine}"]
        await self.channel_layer.group_add(self.joined[0], self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for name in self.joined:
            await self.channel_layer.group_discard(name, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        if content["type"] == "message.post":
            line = await StockLine.objects.acreate(
                conversation=self.mine, ref=content["ref"], body=content["data"]["text"]
            )
            news = {"type": "event", "conversation": self.mine, "message": {"text": line.body}}
            await self.channel_layer.group_send(f"talk.{self.mine}", news)
        elif content["type"] == "broadcast":
            await self.channel_layer.group_send(f"talk.{self.mine}", {"type": "mode", **FRAME_REST})
            return
        elif content["type"] == "conversation.watch":
            self.joined.append(f"talk.{content['data']['conversation']}")
            await self.channel_layer.group_add(self.joined[-1], self.channel_name)
        kind = "ready" if content["type"] == "hello" else "ack"
        await self.send_json({"type": kind, "ref": content.get("ref")})

    async def event(self, event: dict[str, Any]) -> None:
        """What a group was told."""
        await self.send_json(event)

    async def mode(self, event: dict[str, Any]) -> None:
        """What a room was told."""
        await self.send_json(event)


routes = URLRouter([re_path(r"^ws/\w+/(?P<of>[^/]+)/$", Talk.as_asgi())])
application = ProtocolTypeRouter({"websocket": routes})

app = Celery("stock", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://").partition("?")[0])
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False, task_default_queue="stock")


@app.task
def say(pk: int) -> None:
    """One automatic message: lock the item, write as many rows as ours does, settle the item, tell the group.

    Ours writes the message and the event beside it, the ledger's line, the promise, the wait and the conversation.
    """
    with transaction.atomic():
        item = StockItem.objects.select_for_update().get(pk=pk)
        if item.due_at is None:
            return
        for body in ("Somebody answers soon.", "An answer is owed.", "Said, for it was due.", "By tomorrow."):
            StockLine.objects.create(conversation=item.conversation, ref=uuid.uuid4(), body=body)
        StockItem.objects.filter(pk=pk).update(conversation=item.conversation)
        item.due_at = None
        item.save(update_fields=["due_at"])
    news = {"type": "event", "conversation": str(item.conversation), "message": {"text": "Somebody ..."}}
    async_to_sync(get_channel_layer().group_send)(f"talk.{item.conversation}", news)


@app.task
def settle(pk: int) -> None:
    """The least an item can cost: lock it and settle it."""
    with transaction.atomic():
        item = StockItem.objects.select_for_update().get(pk=pk)
        if item.due_at is not None:
            item.due_at = None
            item.save(update_fields=["due_at"])


def broadcast(number: int) -> None:
    """Say so many frames to the hall from this process, as a task would."""
    send = async_to_sync(get_channel_layer().group_send)
    for _ in range(number):
        send(f"talk.{HALL}", {"type": "mode", **FRAME_REST})


if __name__ == "__main__":
    broadcast(int(sys.argv[1]))
    sys.stdout.write("{}\n")

"""The second web server of a chaos run: as always, but its outboxes have room for one frame."""

from typing import Any

import django

django.setup()

from chat import hub  # noqa: E402
from chat.outbox import Outbox  # noqa: E402
from config.asgi import application  # noqa: E402

__all__ = ["application"]


class Tight(hub.Hub):
    """Its sockets are always behind: what does not fit is fetched."""

    def outbox(self, send: Any) -> Outbox:
        return Outbox(send, room=1)


hub.Hub = Tight  # type: ignore[misc]

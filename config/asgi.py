"""The entrance of servers that speak both HTTP and websockets."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages: Any = get_asgi_application()  # loads the apps, which the lines below need

from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from chat.file_doors import STREAMED  # noqa: E402
from config.gate import bounded, from_our_pages, nowhere  # noqa: E402
from config.routing import websocket_urlpatterns  # noqa: E402
from config.shelf import shelved  # noqa: E402
from videos.streaming import stream_uploads  # noqa: E402

absent: Any = nowhere  # Django's types know no ASGI applications
sockets = [*websocket_urlpatterns, re_path("", absent)]

# Exact origins: Channels' own validators read them apart, and fail on a port that is none. No session middleware:
# the sockets read their own cookie, attendees have no session, and each costs memory for as long as a socket is open.
application = ProtocolTypeRouter(
    {
        "http": shelved(stream_uploads(bounded(pages), STREAMED)),
        "websocket": from_our_pages(URLRouter(sockets), settings.ALLOWED_ORIGINS),
    }
)

"""The websocket addresses of the talk."""

from typing import Any

from django.urls import URLPattern, path

from chat import consumers

room: Any = consumers.room  # Django's types know no ASGI applications
inbox: Any = consumers.inbox

websocket_urlpatterns: list[URLPattern] = [
    path("ws/room/<uuid:registration>/", room),
    path("ws/inbox/<slug:team>/", inbox),
]

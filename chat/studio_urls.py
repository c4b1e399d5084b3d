"""Addresses of the studio's pages that know of the talk, below `studio/<team>/`."""

from django.urls import path

from chat import inbox, studio

urlpatterns = [
    path("", studio.team_home, name="team_home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("webinars/<uuid:webinar>/chat/", studio.chat, {"part": "chat"}, name="webinar_edit"),
]

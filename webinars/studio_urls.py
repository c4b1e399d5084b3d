"""Addresses of the webinars' side of the studio, below `studio/<team>/`."""

from django.urls import path

from webinars.studio import (
    editor,
    importing,
    moderators,
    page,
    registrations,
    schedule,
    session_acts,
    sessions,
    waiting,
    webinars,
)

_ONE = "webinars/<uuid:webinar>"

urlpatterns = [
    path("webinars/", webinars.webinars, name="webinars"),
    path(f"{_ONE}/video/", editor.video, {"part": "video"}, name="webinar_edit"),
    path(f"{_ONE}/schedule/", schedule.schedule, {"part": "schedule"}, name="webinar_edit"),
    path(f"{_ONE}/sessions/", sessions.sessions, {"part": "sessions"}, name="webinar_edit"),
    path(f"{_ONE}/sessions/", sessions.sessions, {"part": "sessions"}, name="webinar_sessions"),
    path(f"{_ONE}/sessions/<str:ref>/cancel/", session_acts.cancel, name="session_cancel"),
    path(f"{_ONE}/sessions/<str:ref>/move/", session_acts.move, name="session_move"),
    path(f"{_ONE}/sessions/<str:ref>/shut/", sessions.shut, name="session_shut"),
    path(f"{_ONE}/sessions/<str:ref>/let-in/", sessions.let_in, name="session_let_in"),
    path(f"{_ONE}/sessions/<str:ref>/delete/", sessions.take_out, name="session_take_out"),
    path(f"{_ONE}/sessions/<str:ref>/put-back/", sessions.put_back, name="session_put_back"),
    path(f"{_ONE}/schedule/rules.ics", importing.rules_file, name="schedule_rules"),
    path(f"{_ONE}/registration/", page.registration, {"part": "registration"}, name="webinar_edit"),
    path(f"{_ONE}/moderators/", moderators.moderators, {"part": "moderators"}, name="webinar_edit"),
    path(f"{_ONE}/settings/", page.settings, {"part": "settings"}, name="webinar_edit"),
    path(f"{_ONE}/preview/", editor.preview, name="webinar_preview"),
    path(f"{_ONE}/publish/", editor.publish, name="webinar_publish"),
    path(f"{_ONE}/unpublish/", editor.unpublish, name="webinar_unpublish"),
    path(f"{_ONE}/archive/", editor.archive, name="webinar_archive"),
    path(f"{_ONE}/restore/", editor.restore, name="webinar_restore"),
    path(f"{_ONE}/waiting/<uuid:waiting_place>/", waiting.let_in, name="waiting_let_in"),
    path(f"{_ONE}/registrations/", registrations.registrations, name="registrations"),
]

"""Addresses of the webinars' side of the studio, below `studio/<team>/`."""

from django.urls import path

from webinars.studio import editor, moderators, page, registrations, schedule, webinars

_ONE = "webinars/<uuid:webinar>"

urlpatterns = [
    path("webinars/", webinars.webinars, name="webinars"),
    path("webinars/new/", webinars.webinar_new, name="webinar_new"),
    path(f"{_ONE}/video/", editor.video, {"part": "video"}, name="webinar_edit"),
    path(f"{_ONE}/schedule/", schedule.schedule, {"part": "schedule"}, name="webinar_edit"),
    path(f"{_ONE}/registration/", page.registration, {"part": "registration"}, name="webinar_edit"),
    path(f"{_ONE}/moderators/", moderators.moderators, {"part": "moderators"}, name="webinar_edit"),
    path(f"{_ONE}/settings/", page.settings, {"part": "settings"}, name="webinar_edit"),
    path(f"{_ONE}/preview/", editor.preview, name="webinar_preview"),
    path(f"{_ONE}/publish/", editor.publish, name="webinar_publish"),
    path(f"{_ONE}/unpublish/", editor.unpublish, name="webinar_unpublish"),
    path(f"{_ONE}/archive/", editor.archive, name="webinar_archive"),
    path(f"{_ONE}/restore/", editor.restore, name="webinar_restore"),
    path(f"{_ONE}/registrations/", registrations.registrations, name="registrations"),
]

"""Addresses of the studio's pages of strategies, below `studio/<team>/`."""

from django.urls import path

from config import studio

_ONE = "webinars/<uuid:webinar>/preset"

urlpatterns = [
    path("webinars/new/", studio.webinar_new, name="webinar_new"),
    path(f"{_ONE}/", studio.questions, name="preset_questions"),
    path(f"{_ONE}/<int:preset>/", studio.preset_page, name="preset"),
    path(f"{_ONE}/undo/", studio.preset_undo, name="preset_undo"),
    path(f"{_ONE}/later/", studio.later, name="preset_later"),
]

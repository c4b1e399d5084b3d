"""Addresses of attendees: personal links, and the place behind each."""

from django.urls import path

from webinars.views import links, place, waiting

urlpatterns = [
    path("j/", links.lost_link, name="lost_link"),
    path("j/<str:token>/", links.join, name="join"),
    path("r/<uuid:registration>/", place.place, name="place"),
    path("r/<uuid:registration>/enter/", place.enter, name="enter"),
    path("r/<uuid:registration>/calendar.ics", place.calendar_file, name="calendar"),
    path("r/<uuid:registration>/cancel/", place.cancel, name="cancel"),
    path("r/<uuid:registration>/name/", place.correct_name, name="correct_name"),
    path("r/<uuid:registration>/resend/", place.resend, name="resend"),
    path("r/<uuid:registration>/change/", place.change, name="change"),
    path("r/<uuid:registration>/replay/", place.watch_again, name="watch_again"),
    path("w/<uuid:waiting>/", waiting.waiting_place, name="waiting_place"),
    path("w/<uuid:waiting>/leave/", waiting.leave, name="waiting_leave"),
    path("w/<uuid:waiting>/change/", waiting.choose, name="waiting_change"),
]

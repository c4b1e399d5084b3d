"""Addresses of an attendee's film, under `media/<registration>/`."""

from django.urls import path

from webinars import media

urlpatterns = [
    path("master.m3u8", media.master, name="media_master"),
    path("<int:height>/index.m3u8", media.playlist, name="media_playlist"),
    path("<int:height>/<int:number>.ts", media.segment, name="media_segment"),
    path("captions/<str:language>.vtt", media.captions, name="media_captions"),
    path("poster.webp", media.poster, name="media_poster"),
]

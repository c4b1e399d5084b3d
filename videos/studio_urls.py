"""Addresses of the studio that take files in and show how far they are."""

from django.urls import path

from videos import tus, views

urlpatterns = [
    path("uploads/", tus.create, name="upload_create"),
    path("uploads/<uuid:version>/", tus.upload, name="upload"),
    path("videos/<uuid:video>/status/", views.status, name="video_status"),
    path("videos/<uuid:video>/captions/", views.captions_add, name="captions_add"),
    path(
        "videos/<uuid:video>/captions/<str:language>/remove/", views.captions_remove, name="captions_remove"
    ),
    path("videos/<uuid:version>/media/<path:path>", views.media, name="video_media"),
]

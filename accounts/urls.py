"""Addresses of the landing page, teams and their members."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("photos/<str:name>.webp", views.photo, name="photo"),
    path("studio/", views.home, name="home"),
    path("studio/new/", views.team_new, name="team_new"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]

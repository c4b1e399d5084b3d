"""The team's addresses of its mails."""

from django.urls import path

from notifications import studio

urlpatterns = [path("mails/", studio.mails, name="team_mails")]

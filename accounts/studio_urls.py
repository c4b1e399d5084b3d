"""Addresses of a team's members and settings, below `studio/<team>/`."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("members/", views.members, name="members"),
    path("members/<int:member>/role/", views.member_role, name="member_role"),
    path("members/<int:member>/remove/", views.member_remove, name="member_remove"),
    path("members/invitations/<int:invitation>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("settings/photo/", views.photo_change, name="photo_change"),
    path("settings/", views.team_settings, name="team_settings"),
]

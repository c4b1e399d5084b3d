"""Addresses of the attendee's side of the talk: the room with it, and its doors over plain HTTP."""

from django.urls import path

from chat import room_doors, room_page

urlpatterns = [
    path("r/<uuid:registration>/room/", room_page.room, name="room"),
    path("r/<uuid:registration>/commands/", room_doors.command, name="room_commands"),
    path("r/<uuid:registration>/events/", room_doors.events, name="room_events"),
]

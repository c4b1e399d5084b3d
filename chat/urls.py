"""Addresses of the attendee's side of the talk: the room with it, and its doors over plain HTTP."""

from django.urls import path

from chat import after_page, file_doors, room_doors, room_page

urlpatterns = [
    path("r/<uuid:registration>/room/", room_page.room, name="room"),
    path("r/<uuid:registration>/ask/", after_page.ask, name="ask_again"),
    path("r/<uuid:registration>/commands/", room_doors.command, name="room_commands"),
    path("r/<uuid:registration>/events/", room_doors.events, name="room_events"),
    path("r/<uuid:registration>/other/", room_doors.other, name="room_other"),
    path("r/<uuid:registration>/files/", file_doors.upload, name="room_files"),
    path("r/<uuid:registration>/files/<uuid:file>/", file_doors.file, name="room_file"),
    path(
        "r/<uuid:registration>/files/<uuid:file>/small/", file_doors.file, {"size": "s"}, name="room_picture"
    ),
]

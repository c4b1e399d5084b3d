"""Addresses of the attendee's side of the talk: the room with it."""

from django.urls import path

from chat import room_page

urlpatterns = [
    path("r/<uuid:registration>/room/", room_page.room, name="room"),
]

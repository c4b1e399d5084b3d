"""Every websocket address of the project."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []

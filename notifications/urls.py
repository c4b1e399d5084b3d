"""The addresses of readers of mails; those of the outbox exist in local mode only."""

from django.conf import settings
from django.urls import URLPattern, path

from notifications import views

urlpatterns: list[URLPattern] = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
if settings.OUTBOX_PAGE:
    urlpatterns += [
        path("outbox/", views.outbox, name="outbox"),
        path("outbox/<uuid:email>/", views.outbox_mail, name="outbox_mail"),
        path("outbox/<uuid:email>/html/", views.outbox_html, name="outbox_html"),
        path("outbox/<uuid:email>/calendar.ics", views.outbox_calendar, name="outbox_calendar"),
    ]

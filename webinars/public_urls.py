"""Addresses of teams and their webinars, which come after every other address."""

from django.urls import path

from webinars.views import page, replay_link, waiting

urlpatterns = [
    path("<slug:team>/brand.css", page.brand_css, name="brand_css"),
    path("<slug:team>/<slug:slug>/", page.registration_page, name="registration_page"),
    path("<slug:team>/<slug:slug>/wish/", waiting.date_wish, name="date_wish"),
    path("<slug:team>/<slug:slug>/replay/", replay_link.replay_link, name="replay_link"),
    path("<slug:team>/<slug:slug>/picker/", page.picker_fragment, name="picker"),
    path("<slug:team>/<slug:slug>/poster.webp", page.poster, name="webinar_poster"),
]

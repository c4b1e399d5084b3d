"""Every address of the project, those of teams and their webinars last."""

from django.urls import URLPattern, URLResolver, include, path

studio: list[URLPattern | URLResolver] = [
    path("", include("accounts.studio_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("studio/<slug:team>/", include(studio)),
]

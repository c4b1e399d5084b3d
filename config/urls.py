"""Every address of the project, those of teams and their webinars last."""

from django.urls import URLPattern, URLResolver, include, path

from config import health

studio: list[URLPattern | URLResolver] = [
    path("", include("config.studio_urls")),
    path("", include("accounts.studio_urls")),
    path("", include("videos.studio_urls")),
    path("", include("webinars.studio_urls")),
    path("", include("chat.studio_urls")),
    path("", include("notifications.studio_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("healthz/deep", health.deep, name="healthz_deep"),
    path("", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("studio/<slug:team>/", include(studio)),
    path("", include("notifications.urls")),
    path("", include("webinars.urls")),
    path("", include("chat.urls")),
    path("media/<uuid:registration>/", include("webinars.media_urls")),
    path("", include("webinars.public_urls")),  # any first segment may be a team: always last
]

handler400 = "config.errors.bad_request"

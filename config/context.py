"""What every template may know about the installation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """`local_mode` and `site_url`, for the shell of each page."""
    return {"local_mode": settings.LOCAL, "site_url": settings.SITE_URL}

"""The page for a request that cannot be read."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer without another look at the body: Django's own page reads the form for its CSRF token and fails again."""
    return HttpResponseBadRequest(render_to_string("400.html"))

"""Answers 503 with a time to come back while the database is away."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg_pool import PoolTimeout
from redis import RedisError


class DatabaseDownMiddleware:
    """R1: a request that meets a stopped PostgreSQL is refused honestly instead of failing with a traceback.

    So is one that cannot do without Redis: signing in, whose tries could not be counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError | PoolTimeout | RedisError):
            return None
        # Without the request: what pages learn of the team around them would be asked of the database again.
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "5"
        return response

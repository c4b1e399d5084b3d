"""REF of the page: a plain Django page under WSGI, with the middleware of a new project, one query, and a form."""

import io
import json
import os
import sys
import time
from typing import Any

import dj_database_url
import django
from django.conf import settings

PAGE = """<!doctype html><html lang="en"><head><title>{{ page.title }}</title></head><body>
<h1>{{ page.title }}</h1><p>{{ page.promise }}</p><form method="post">{% csrf_token %}<fieldset>
{% for time in times %}<label><input type="radio" name="slot" value="{{ time|date:"c" }}" required>
<time datetime="{{ time|date:"c" }}">{{ time|date:"l j F H:i" }}</time></label>{% endfor %}
</fieldset>{{ form.as_p }}<button>Save my place</button></form></body></html>"""
LOADER = ("django.template.loaders.locmem.Loader", {"page.html": PAGE})
CORE = ["security.SecurityMiddleware", "common.CommonMiddleware", "csrf.CsrfViewMiddleware"]
settings.configure(
    SECRET_KEY="plain",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        f"django.middleware.{CORE[0]}",
        "django.contrib.sessions.middleware.SessionMiddleware",
        *(f"django.middleware.{name}" for name in CORE[1:]),
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [("django.template.loaders.cached.Loader", [LOADER])],
            },
        }
    ],
)
django.setup()

from datetime import timedelta  # noqa: E402

from django import forms  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

CHOICES = 20  # as many as ours offers


class Form(forms.Form):
    """Who registers."""

    first_name = forms.CharField(max_length=80)
    email = forms.EmailField()


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One row, twenty times counted from now, a form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, promise FROM webinars_webinar WHERE slug = %s", [slug])
        title, promise = cursor.fetchone()
    times = [timezone.now() + timedelta(hours=n) for n in range(CHOICES)]
    context = {"page": {"title": title, "promise": promise}, "times": times, "form": Form()}
    return render(request, "page.html", context)


urlpatterns = [path("<slug:slug>/", page)]


def ask(application: Any) -> None:
    """One request, as a server would hand it over."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/rich/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    said: list[str] = []
    response = application(environ, lambda status, _headers: said.append(status))
    body = b"".join(response)
    response.close()
    assert said == ["200 OK"]
    assert b'name="slot"' in body


def main() -> None:
    """Read numbers of requests, and say what CPU time each lot took."""
    application = get_wsgi_application()
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            ask(application)
        print(json.dumps({"cpu": time.process_time() - before}), flush=True)


if __name__ == "__main__":
    main()

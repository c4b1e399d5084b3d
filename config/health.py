"""Tells a watcher whether Matinee works: `/healthz` for this process, `/healthz/deep` for everything behind it."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import metadata

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, models
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from scheduling import due
from scheduling.models import Heartbeat

OVERDUE = timedelta(minutes=2)
SILENCE = timedelta(seconds=60)
SKEW_SECONDS = 1.0
# Ten per cent of a big disk is plenty, two gigabytes of a small one are too: red only when both are short.
FREE_SHARE = 0.10
FREE_BYTES = 2 * 1024**3
# Every tick of the beat schedule, by the name it gives to `due.beat`; none of them comes without beat.
PULSES = ("chat", "outside", "sessions", "videos")
# A film may wait for as long as the film before it takes; the pulse of "videos" says that somebody is at it.
MAY_WAIT = {"videos.videoversion"}
UNREACHABLE = (DatabaseError, InterfaceError, PoolTimeout)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked, so that a restart of the database restarts no web server."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def deep(request: HttpRequest) -> HttpResponse:
    """200 when everything works, else 503; each check by name with what is wrong. No figures, no addresses."""
    wrong = problems()
    body = {"ok": not wrong, "problems": wrong, "tzdata": metadata.version("tzdata")}
    return JsonResponse(body, status=503 if wrong else 200)


def problems() -> dict[str, str]:
    """What is wrong now, by the name of the check; empty when all is well."""
    found = dict(disk()) | dict(broker())
    try:
        now = due.database_now()
        for check in (clock, pulses, overdue):
            found |= dict(check(now))
    except UNREACHABLE:
        found["database"] = "PostgreSQL does not answer"
    return found


def disk() -> Iterator[tuple[str, str]]:
    """Room for uploads and for PostgreSQL, where it is embedded."""
    try:
        usage = shutil.disk_usage(settings.DATA_DIR)
    except OSError:
        yield "disk", "the data folder is missing"
        return
    if usage.free < FREE_BYTES and usage.free < usage.total * FREE_SHARE:
        yield "disk", f"only {usage.free // 1024**2} MB are free"


def broker() -> Iterator[tuple[str, str]]:
    """Redis: without it answers come late, by the next look instead of at once."""
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError):
        yield "redis", "Redis does not answer"


def clock(now: datetime) -> Iterator[tuple[str, str]]:
    """This host's clock and those of the hosts that tick, against the database's `now`."""
    skews = {"this host": (timezone.now() - now).total_seconds()}
    skews |= {beat.name: beat.skew_seconds for beat in Heartbeat.objects.filter(at__gte=now - SILENCE)}
    off = {name: skew for name, skew in skews.items() if abs(skew) > SKEW_SECONDS}
    if off:
        yield "clock", ", ".join(f"{name} is off by {skew:.1f} s" for name, skew in sorted(off.items()))


def pulses(now: datetime) -> Iterator[tuple[str, str]]:
    """Every tick ran within the last minute."""
    last = dict(Heartbeat.objects.values_list("name", "at"))
    for name in PULSES:
        if name not in last:
            yield f"tick {name}", "it never ran"
        elif now - last[name] > SILENCE:
            yield f"tick {name}", f"it last ran {(now - last[name]).total_seconds():.0f} s ago"


def overdue(now: datetime) -> Iterator[tuple[str, str]]:
    """Nothing that is due waits for more than two minutes."""
    for model in timed_models():
        oldest = model._default_manager.filter(due_at__lt=now - OVERDUE).aggregate(oldest=Min("due_at"))[
            "oldest"
        ]
        if oldest is not None:
            late = (now - oldest).total_seconds()
            yield f"overdue {model._meta.label_lower}", f"the oldest has been due for {late:.0f} s"


def timed_models() -> list[type[models.Model]]:
    """Every table with a timer: a timer is a column called `due_at`, empty once nothing is due any more.

    Where it is never empty it is a fact: until when a person owes an answer, or when something was said.
    """
    return [
        model
        for model in apps.get_models()
        if model._meta.label_lower not in MAY_WAIT
        and any(field.name == "due_at" and field.null for field in model._meta.concrete_fields)
    ]

"""The one mechanism for rows that fall due: whose time it is, and how a tick takes them."""

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from scheduling.models import Heartbeat

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)


def database_now() -> datetime:
    """The database's wall clock in UTC; the only clock that decides what is due (S9)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def beat(name: str, *, now: datetime) -> None:
    """Note that the tick `name` ran at the database's `now`, and how far this host's clock is off (seconds)."""
    skew = (timezone.now() - now).total_seconds()
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "skew_seconds": skew})


def act_on_due(
    due: models.QuerySet[Row],
    act: Callable[[list[Row]], None],
    *,
    put_off: Callable[[Row], None],
    together: int = 1,
    limit: int = 200,
) -> int:
    """Inside work: run `act` on due rows under their locks, up to `together` in a transaction; how many were acted on.

    `due` filters by the due time and orders; `act` decides again and settles its rows, so a row that is no longer
    due is simply left. What raises is rolled back and tried again in halves, so that in the end only the row that
    raises by itself is handed to `put_off`, in a transaction of its own, and blocks nobody. Choose `together` so
    that the locks are held for less than 200 ms.
    """
    keys = list(due.values_list("pk", flat=True)[:limit])
    pending = [keys[start : start + together] for start in range(0, len(keys), together)][::-1]
    done = 0
    while pending:
        some = pending.pop()
        try:
            with transaction.atomic():
                rows = list(
                    due.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk__in=some)
                )
                if rows:
                    act(rows)
            done += len(rows)
        except Exception as error:
            if len(some) > 1:
                name = type(error).__name__
                log.warning("%d due %s failed together (%s)", len(some), due.model.__name__, name)
                half = len(some) // 2
                pending += [some[half:], some[:half]]
            else:
                log.exception("due %s %s failed and is put off", due.model.__name__, some[0])
                put_off_row(due.model, some[0], put_off)
    return done


def put_off_row(model: type[Row], pk: Any, put_off: Callable[[Row], None]) -> None:
    """Let `put_off` move the row's due time, under its lock, after the acting transaction was rolled back."""
    with transaction.atomic():
        row = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
        if row is not None:
            put_off(row)


@dataclass(frozen=True, slots=True)
class Lease:
    """One row taken for outside work: settle it only with this token."""

    pk: Any
    token: uuid.UUID
    attempt: int


def lease(due: models.QuerySet[Row], *, now: datetime, span: timedelta, limit: int = 20) -> Iterator[Lease]:
    """Outside work: claim up to `limit` due rows by moving `due_at` ahead by `span` and commit before yielding.

    The model has `due_at`, `token` (UUID, the fence) and `attempts`. A worker that dies leaves a row that is due
    again when its lease ends; one that wakes late finds another token and settles nothing.
    """
    with transaction.atomic():
        taken = list(
            due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", "attempts")[:limit]
        )
        leases = [Lease(pk, uuid.uuid4(), attempts + 1) for pk, attempts in taken]
        for item in leases:
            due.model._default_manager.filter(pk=item.pk).update(
                due_at=now + span, token=item.token, attempts=F("attempts") + 1
            )
    yield from leases


def settle(model: type[Row], item: Lease, **fields: Any) -> bool:
    """Write the outcome of outside work if the lease is still ours; False when somebody else took the row."""
    return bool(model._default_manager.filter(pk=item.pk, token=item.token).update(**fields))

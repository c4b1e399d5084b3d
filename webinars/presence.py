"""Remembers who is in the room and what they watched, for a whole process in a handful of statements."""

import json
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from webinars.models import Attendance
from webinars.rules import Span, merged

FLUSH_EVERY = timedelta(seconds=10)
# Between two reports of one page the film may run at twice its speed, and networks are a little uneven.
_LONGEST_GAP = timedelta(seconds=35)
_SLACK_SECONDS = 2.0

_ROW = "(%s::uuid, %s::timestamptz, %s::float8, %s::timestamptz, %s::jsonb)"
_UPDATE = """
UPDATE webinars_attendance AS a SET
  last_seen_at = greatest(a.last_seen_at, v.at), position = v.position,
  film_from_at = coalesce(a.film_from_at, v.film_from), coverage = v.coverage
FROM (VALUES ROWS) AS v(id, at, position, film_from, coverage)
WHERE a.registration_id = v.id
"""


@dataclass(slots=True)
class _Seen:
    """What one attendee's pages reported since the last flush."""

    at: datetime
    position: float
    playing: bool
    film_from: datetime | None = None
    spans: list[Span] = field(default_factory=list)
    dirty: bool = True


_lock = threading.Lock()
_seen: dict[uuid.UUID, _Seen] = {}
_flushed_at: datetime | None = None


def note_seen(registration_id: uuid.UUID, position: float, playing: bool, now: datetime) -> bool:
    """Keep that a page is alive at `position` (seconds); True when it is time to call `flush`.

    Never touches the database, so consumers may call it from the event loop. What counts as watched is the
    stretch between two reports that both say the film plays, if it could be played in the time between them.
    """
    global _flushed_at  # noqa: PLW0603 - one buffer a process
    with _lock:
        before = _seen.get(registration_id)
        seen = _Seen(now, max(position, 0.0), playing)
        if before is not None:
            seen.spans, seen.film_from = before.spans, before.film_from
            if before.playing and playing:
                seen.spans += _played(before, seen)
        if playing and seen.film_from is None:
            seen.film_from = now
        _seen[registration_id] = seen
        if _flushed_at is None:
            _flushed_at = now - FLUSH_EVERY
        return now - _flushed_at >= FLUSH_EVERY


def flush(now: datetime) -> int:
    """Write what was noted, in one transaction of two statements; returns how many attendances it touched.

    A report for somebody who never pressed Enter has no row and is dropped: only the click counts.
    """
    global _flushed_at  # noqa: PLW0603 - one buffer a process
    with _lock:
        _flushed_at = now
        batch = {key: seen for key, seen in _seen.items() if seen.dirty}
        _forget(now)
        for key, seen in batch.items():
            if key in _seen:
                _seen[key] = _Seen(seen.at, seen.position, seen.playing, seen.film_from, dirty=False)
    if not batch:
        return 0
    try:
        return _write(batch)
    except Exception:
        _put_back(batch)
        raise


def _write(batch: dict[uuid.UUID, _Seen]) -> int:
    with transaction.atomic():
        kept = dict(
            Attendance.objects.select_for_update()
            .filter(pk__in=batch)
            .order_by("pk")
            .values_list("pk", "coverage")
        )
        if not kept:
            return 0
        values: list[Any] = []
        for key, coverage in kept.items():
            seen = batch[key]
            spans = merged([*(tuple(span) for span in coverage), *seen.spans])
            values += [key, seen.at, seen.position, seen.film_from, json.dumps(spans)]
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE.replace("ROWS", ", ".join([_ROW] * len(kept))), values)
            return int(cursor.rowcount)


def _played(before: _Seen, after: _Seen) -> list[Span]:
    passed = after.at - before.at
    distance = after.position - before.position
    if passed > _LONGEST_GAP or not 0 < distance <= 2 * passed.total_seconds() + _SLACK_SECONDS:
        return []
    return [(round(before.position, 1), round(after.position, 1))]


def _forget(now: datetime) -> None:
    """Drop those whose pages have gone; what they had is in the batch being written."""
    for key in [key for key, seen in _seen.items() if now - seen.at > _LONGEST_GAP]:
        del _seen[key]


def _put_back(batch: dict[uuid.UUID, _Seen]) -> None:
    """Keep a batch that could not be written for the next flush."""
    with _lock:
        for key, seen in batch.items():
            newer = _seen.setdefault(key, seen)
            if newer is not seen:
                newer.spans = seen.spans + newer.spans
                newer.dirty = True

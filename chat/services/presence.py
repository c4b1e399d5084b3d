"""Writes down who is at the inbox, for a whole process in one statement, and says who was there when."""

import threading
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection

from accounts.models import Membership, Team
from chat.models import Presence

SILENCE = timedelta(seconds=60)  # who was heard of within it is there, and comes back to the same stretch
_NOTE_EVERY = timedelta(seconds=20)

Span = tuple[datetime, datetime]

# Members who left the team meanwhile drop out by the join. A stretch ends with silence, or when the member begins to
# answer other webinars; the next then begins where it ended. Rows are locked in order, as every process does.
_NOTE = """
WITH seen AS (
  SELECT m.id AS membership_id, m.team_id, v.from_at, v.until_at,
    ARRAY(SELECT a.webinar_id FROM webinars_assignment a
          WHERE a.membership_id = m.id AND a.moderates ORDER BY a.webinar_id) AS webinars
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS v(id, from_at, until_at)
  JOIN accounts_membership m ON m.id = v.id
), last AS (
  SELECT p.id, p.membership_id, p.until_at
  FROM chat_presence p JOIN seen s USING (membership_id)
  WHERE p.until_at >= s.from_at - make_interval(secs => %s) AND p.from_at <= s.until_at
  ORDER BY p.id FOR UPDATE OF p
), extended AS (
  UPDATE chat_presence p SET until_at = greatest(p.until_at, s.until_at)
  FROM last l JOIN seen s USING (membership_id)
  WHERE p.id = l.id AND p.webinars = s.webinars
  RETURNING p.membership_id
)
INSERT INTO chat_presence (team_id, membership_id, webinars, from_at, until_at)
SELECT s.team_id, s.membership_id, s.webinars,
  least(coalesce((SELECT max(l.until_at) FROM last l WHERE l.membership_id = s.membership_id), s.from_at), s.until_at),
  s.until_at
FROM seen s WHERE s.membership_id NOT IN (SELECT membership_id FROM extended)
"""

_lock = threading.Lock()
_noted: dict[int, datetime] = {}  # by this process, of those who have no socket


def note(seen: Mapping[int, Span]) -> None:
    """Write down from when until when members (by the ids of their memberships) were at the inbox.

    May be repeated. Costs one statement, however many they are.
    """
    if not seen:
        return
    members = sorted(seen)
    spans = [seen[member] for member in members]
    begins, ends = [begin for begin, _ in spans], [end for _, end in spans]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [members, begins, ends, SILENCE.total_seconds()])


def note_without_socket(membership: Membership, now: datetime, lasting: timedelta = SILENCE) -> None:
    """Somebody whose inbox speaks plain HTTP did something: they are there for the minute that follows.

    `lasting` is shorter where they ask again soon.
    """
    with _lock:
        last = _noted.get(membership.pk)
        if last is not None and timedelta(0) <= now - last < _NOTE_EVERY:
            return
        for member in [member for member, at in _noted.items() if now - at > SILENCE]:
            del _noted[member]
        _noted[membership.pk] = now
    note({membership.pk: (now, now + lasting)})


def there_for(
    team: Team, webinars: Iterable[uuid.UUID], begin: datetime, end: datetime, now: datetime
) -> dict[uuid.UUID, list[Span]]:
    """For each webinar when somebody was there who answered its attendees; spans may overlap and pass `end`.

    Who was heard of within the last minute is there until `now`.
    """
    found: dict[uuid.UUID, list[Span]] = {webinar: [] for webinar in webinars}
    rows = Presence.objects.of_team(team).between(begin, end).filter(webinars__overlap=list(found))
    for which, from_at, until_at in rows.values_list("webinars", "from_at", "until_at"):
        span = from_at, _heard(until_at, now)
        for webinar in which:
            if webinar in found:
                found[webinar].append(span)
    return found


def available(team: Team, now: datetime) -> set[int]:
    """The memberships of who is there to answer now: heard of within the last minute."""
    near = Presence.objects.of_team(team).between(now - SILENCE, now + SILENCE)
    return set(near.filter(membership__isnull=False).values_list("membership_id", flat=True))


def _heard(until_at: datetime, now: datetime) -> datetime:
    return now if until_at < now <= until_at + SILENCE else min(until_at, now)

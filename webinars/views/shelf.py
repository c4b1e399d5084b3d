"""Says how long the page of a webinar may be given as it is to others about whom nothing is known."""

from datetime import datetime, timedelta

from django.http import HttpResponse

from webinars.models import Webinar

HEADER = "Matinee-Shelf"  # seconds; taken off again by the server's entrance, which keeps the page
LONGEST = 2.0  # seconds: so late it may be that somebody took the last place, or that the page was closed
SHORTEST = 0.1


def allow(response: HttpResponse, webinar: Webinar, now: datetime) -> None:
    """Let the page be kept, but not over a moment at which the picker says something else.

    Starts, cut-offs and "in 4 minutes" change with the minute; just in time also so many seconds ahead of it.
    """
    ahead = timedelta(seconds=webinar.schedule.lead_seconds)
    left = min(LONGEST, _to_next_minute(now), _to_next_minute(now + ahead))
    if left >= SHORTEST:
        response[HEADER] = f"{left:.2f}"


def _to_next_minute(instant: datetime) -> float:
    return 60 - instant.second - instant.microsecond / 1e6

"""The tick of webinars: closes sessions whose time is over, lets who waits move up, tells of new dates."""

from celery import shared_task

from scheduling.due import beat, database_now
from webinars.services.seats import fill_from_lines
from webinars.services.sessions import close_due_sessions
from webinars.services.wishes import tell_of_dates


@shared_task
def tick() -> None:
    """Every 15 s: do what is due by the database's clock, and say that this ran."""
    now = database_now()
    close_due_sessions(now)
    fill_from_lines(now=now)
    tell_of_dates(now)
    beat("sessions", now=now)

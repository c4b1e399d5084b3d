"""The tick of webinars: closes sessions whose time is over."""

from celery import shared_task

from scheduling.due import beat, database_now
from webinars.services.sessions import close_due_sessions


@shared_task
def tick() -> None:
    """Every 15 s: close what is due by the database's clock, and say that this ran."""
    now = database_now()
    close_due_sessions(now)
    beat("sessions", now=now)

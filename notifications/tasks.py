"""The courier's tick: go and look which mails are due."""

from celery import shared_task

from notifications import courier
from scheduling.due import beat, database_now

_SECONDS = 20.0


@shared_task(ignore_result=True, expires=10)
def tick() -> None:
    """Carry due mails, for at most 20 seconds."""
    beat("outside", now=database_now())
    courier.run(clock=database_now, seconds=_SECONDS)

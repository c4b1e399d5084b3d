"""Says how old a form is that somebody sends back, by a signed instant in it."""

from datetime import UTC, datetime, timedelta
from enum import Enum

from django.conf import settings
from django.core.signing import BadSignature, Signer

LONGEST = timedelta(hours=24)

_signer = Signer(salt="webinars.stamp")


class Sent(Enum):
    """When a form came back: `SOON` as only machines do it, in time, or so late that its page is another one."""

    SOON = "soon"
    IN_TIME = "in time"
    LATE = "late"


def stamp(at: datetime) -> str:
    """What a form made at `at` carries."""
    return _signer.sign(str(int(at.timestamp() * 1000)))


def sent(text: str, now: datetime) -> Sent:
    """When a form with this stamp came back; one that we never signed counts as late."""
    age = _age(text, now)
    if age is None or age > LONGEST:
        return Sent.LATE
    return Sent.SOON if age < _least() else Sent.IN_TIME


def next_stamp(text: str | None, now: datetime) -> str:
    """What the form carries when it is shown; shown again, a press of the button at once is a person's."""
    if text is None:
        return stamp(now)
    return stamp(now - _least()) if sent(text, now) is Sent.LATE else text


def _least() -> timedelta:
    return timedelta(seconds=settings.REGISTRATION_FORM_SECONDS)


def _age(text: str, now: datetime) -> timedelta | None:
    try:
        made = datetime.fromtimestamp(int(_signer.unsign(text)) / 1000, UTC)
    except (BadSignature, ValueError, OverflowError):
        return None
    return now - made

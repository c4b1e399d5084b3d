"""Keeps who lets a third party's chat be loaded into their page, and says what may be shown to whom."""

from dataclasses import dataclass
from datetime import datetime

from chat import other
from chat.models import KindPolicy, OtherConsent
from webinars.models import Registration


@dataclass(frozen=True, slots=True)
class OtherChat:
    """A third party's chat in one attendee's room; nothing is asked of it before they agreed."""

    url: str
    host: str
    origin: str
    agreed: bool


def other_chat(registration: Registration, kind: str) -> OtherChat | None:
    """The chat that the host set for this kind of session, on demand with just in time; None where there is none."""
    kind = "just_in_time" if kind == "on_demand" else kind
    row = KindPolicy.objects.filter(policy__webinar=registration.webinar_id, kind=kind).first()
    if row is None or not row.other_url:
        return None
    origin = other.origin_of(row.other_url)
    agreed = OtherConsent.objects.filter(
        person=registration.person_id, webinar=registration.webinar_id, origin=origin
    )
    return OtherChat(row.other_url, origin.removeprefix("https://"), origin, agreed.exists())


def agree(*, registration: Registration, origin: str, yes: bool, now: datetime) -> None:
    """Note a person's yes to one origin, or take it back; both may be repeated."""
    mine = OtherConsent.objects.filter(person=registration.person_id, webinar=registration.webinar_id)
    if not yes:
        mine.delete()
    elif not mine.filter(origin=origin).exists():
        row = OtherConsent(
            person_id=registration.person_id,
            webinar_id=registration.webinar_id,
            origin=origin,
            given_at=now,
        )
        OtherConsent.objects.bulk_create([row], ignore_conflicts=True)

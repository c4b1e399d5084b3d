"""Takes the files that come with the plain form of a page without script."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts.models import Membership
from chat.file_doors import sending
from chat.file_rules import MOST_FILES
from chat.refusals import bad_file
from chat.services.files import receive_from_attendee, receive_from_member
from webinars.models import Registration


def of_attendee(request: HttpRequest, registration: Registration, now: datetime) -> list[uuid.UUID]:
    """Keep what an attendee's form brought; refuses as the service does."""
    found = _sent(request, f"{registration.webinar_id}:{registration.person_id}")
    return [
        receive_from_attendee(
            registration=registration,
            name=file.name or "",
            length=file.size or 0,
            pieces=file.chunks(),
            now=now,
        ).pk
        for file in found
    ]


def of_member(
    request: HttpRequest, membership: Membership, conversation: uuid.UUID, now: datetime
) -> list[uuid.UUID]:
    """Keep what a member's form brought; refuses as the service does."""
    found = _sent(request, f"{conversation}:{membership.pk}")
    return [
        receive_from_member(
            membership=membership,
            conversation_id=conversation,
            name=file.name or "",
            length=file.size or 0,
            pieces=file.chunks(),
            now=now,
        ).pk
        for file in found
    ]


def _sent(request: HttpRequest, sender: str) -> list[Any]:
    found: list[Any] = request.FILES.getlist("files")
    if len(found) > MOST_FILES:
        raise bad_file("too_many_files")
    if not all(sending.hit(sender) for _file in found):
        raise bad_file("slow_down")
    return found

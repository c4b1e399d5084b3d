"""Makes the people of a chaos run and reads the ledger afterwards; run as a program on the rig's own database.

`python -m tests.chaos.world make ATTENDEES`, `... ledger WEBINAR`, `... guests NUMBER`, `... mails WEBINAR` and
`... later WEBINAR` print JSON.
"""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Membership, Role, User  # noqa: E402
from accounts.services import create_team  # noqa: E402
from chat.models import AutomaticRecord, ChatPolicy, Conversation, KindPolicy, Message  # noqa: E402
from notifications.models import Email  # noqa: E402
from scheduling.due import database_now  # noqa: E402
from scheduling.models import Kind  # noqa: E402
from tests import make  # noqa: E402
from webinars.guests import guest_from_cookie  # noqa: E402
from webinars.models import Webinar  # noqa: E402
from webinars.services.joining import enter  # noqa: E402
from webinars.services.registration import register  # noqa: E402
from webinars.signals import webinar_created  # noqa: E402

AUTORESPONDER_AFTER = 15


def make_world(attendees: int) -> dict[str, Any]:
    """A team, two moderators and so many attendees in a running room, all through the services."""
    now = database_now()
    owner = create_team(owner=_somebody(), name="Chaos", zone="UTC", now=now)
    moderators = [make.member(owner.team, Role.MODERATOR, _somebody()) for _ in range(2)]
    webinar = make.webinar(owner.team, video=make.version(owner.team, duration=3600.0).video)
    webinar.schedule.on_demand = True
    webinar.schedule.save()
    webinar_created.send(Webinar, webinar=webinar, now=now)
    ChatPolicy.objects.filter(webinar=webinar).update(
        welcome_delay=1, autoresponder_delay=AUTORESPONDER_AFTER, once_per_session=False
    )
    for moderator in moderators:
        make.assignment(webinar, moderator)
    return {
        "webinar": str(webinar.pk),
        "team": owner.team.slug,
        "page": f"/{owner.team.slug}/{webinar.slug}/",
        "moderators": [_sign_in(moderator) for moderator in moderators],
        "secrets": [word for one in (owner, *moderators) for word in (one.user.email, str(one.user_id))],
        "attendees": [_come(webinar, number) for number in range(attendees)],
        "guest_cookie": settings.GUEST_COOKIE_NAME,
        "session_cookie": settings.SESSION_COOKIE_NAME,
    }


def _somebody() -> User:
    """A user whom no earlier run made."""
    return make.user(f"{uuid4().hex}@example.org")


def _sign_in(member: Membership) -> str:
    client = Client()
    client.force_login(member.user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _come(webinar: Webinar, number: int) -> dict[str, str]:
    now = database_now() - timedelta(seconds=5)
    name = f"Guest{number}x{uuid4().hex[:8]}"
    made = register(
        webinar=webinar,
        kind=Kind.ON_DEMAND,
        starts_at=None,
        first_name=name,
        email=f"{name.lower()}-{webinar.pk}@example.org",
        zone=ZoneInfo("UTC"),
        guest=None,
        now=now,
    )
    guest = guest_from_cookie(made.guest_token, now)
    assert guest is not None
    enter(registration=made.registration, guest=guest, now=now)
    return {"registration": str(made.registration.pk), "cookie": made.guest_token or "", "name": name}


def ledger(webinar: UUID) -> dict[str, Any]:
    """Everything that is stored of a run: each conversation's entries, the automation's, and the mails."""
    conversations = Conversation.objects.filter(webinar=webinar).select_related("registration")
    waits = AutomaticRecord.objects.filter(conversation__webinar=webinar, kind="autoresponder", said=True)
    return {
        "conversations": {
            str(one.pk): {
                "registration": str(one.registration_id),
                "entries": list(
                    Message.objects.filter(conversation=one)
                    .order_by("seq")
                    .values_list("seq", "public_seq", "kind", "text")
                ),
            }
            for one in conversations
        },
        "autoresponders_a_wait": max(
            (row["n"] for row in waits.values("wait").annotate(n=Count("pk"))), default=0
        ),
        "mails": list(Email.objects.filter(registration__webinar=webinar).values_list("state", "purpose")),
        "policy": list(KindPolicy.objects.filter(policy__webinar=webinar).values_list("kind", "mode")),
    }


def make_guests(number: int) -> dict[str, Any]:
    """So many places in a session that begins within ten minutes: a confirmation and a reminder for each, due now."""
    now = database_now()
    owner = create_team(owner=_somebody(), name="Mails", zone="UTC", now=now)
    webinar = make.webinar(owner.team, video=make.version(owner.team, duration=3600.0).video)
    webinar_created.send(Webinar, webinar=webinar, now=now)
    starts_at = (now + timedelta(minutes=9)).replace(second=0, microsecond=0)
    make.recurrence(webinar.schedule, starts_at.time())
    for guest in range(number):
        register(
            webinar=webinar,
            kind=Kind.SCHEDULED,
            starts_at=starts_at,
            first_name=f"Guest {guest}",
            email=f"guest{guest}-{webinar.pk}@example.org",
            zone=ZoneInfo("UTC"),
            guest=None,
            now=now - timedelta(hours=1),
        )
    return {"webinar": str(webinar.pk)}


def mails(webinar: UUID) -> list[Any]:
    """Every mail of a webinar: what for, where it stands, and its Message-ID."""
    found = Email.objects.filter(webinar=webinar).order_by("created_at")
    return list(found.values("purpose", "state", "message_id", "reason"))


def let_leases_end(webinar: UUID) -> int:
    """Time passes: what dead couriers had taken may be looked at again."""
    return Email.objects.filter(webinar=webinar, due_at__gt=database_now(), token__isnull=False).update(
        due_at=database_now()
    )


COMMANDS: dict[str, Callable[[str], Any]] = {
    "make": lambda word: make_world(int(word)),
    "ledger": lambda word: ledger(UUID(word)),
    "guests": lambda word: make_guests(int(word)),
    "mails": lambda word: mails(UUID(word)),
    "later": lambda word: let_leases_end(UUID(word)),
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](sys.argv[2]), default=str))

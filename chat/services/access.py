"""Asks whether sockets may stay: grants of attendees, memberships and sessions of members (A2, A3)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from accounts.models import Membership, User
from chat.services.reading import webinars_of
from webinars.models import Registration


@dataclass(frozen=True, slots=True)
class AttendeeRight:
    """A guest session's grant for a registration."""

    registration: uuid.UUID
    guest: int
    at_most: int = 3  # live connections of one link


@dataclass(frozen=True, slots=True)
class MemberRight:
    """A signed-in session of a member, and the webinars they saw when they came."""

    session_key: str
    membership: int
    webinars: frozenset[str] | None
    at_most: int = 10


Right = AttendeeRight | MemberRight


def user_of_session(session_key: str | None) -> User | None:
    """The signed-in user of a session key, as Django's own check would have it; None for anything else."""
    if not session_key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if store.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=store.get(SESSION_KEY), is_active=True).first()
    if user is None:
        return None
    kept: Any = store.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(kept, one) for one in hashes) else None


def ended(rights: Sequence[Right], now: datetime) -> list[int | None]:
    """For each right the close code of a socket that has to go, or None where it still holds."""
    holding = _granted([right for right in rights if isinstance(right, AttendeeRight)], now)
    return [
        (None if (right.registration, right.guest) in holding else 4401)
        if isinstance(right, AttendeeRight)
        else _member_code(right)
        for right in rights
    ]


def _granted(rights: list[AttendeeRight], now: datetime) -> set[tuple[uuid.UUID, int]]:
    if not rights:
        return set()
    found = Registration.objects.live().filter(
        pk__in={right.registration for right in rights},
        person__grants__guest__in={right.guest for right in rights},
        person__grants__guest__revoked_at__isnull=True,
        person__grants__guest__expires_at__gt=now,
    )
    return set(found.values_list("pk", "person__grants__guest"))


def _member_code(right: MemberRight) -> int | None:
    user = user_of_session(right.session_key)
    if user is None:
        return 4401
    membership = Membership.objects.active().filter(pk=right.membership, user=user).first()
    if membership is None:
        return 4403
    # Other webinars than when they came: the page starts over with what they may see now.
    return None if webinars_of(membership) == right.webinars else 1012

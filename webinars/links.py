"""Mints personal join links: the token is derived when a mail is written, and only its hash is kept (A4)."""

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q

from webinars.guests import token_hash
from webinars.models import JoinLink, Registration, WaitingPlace


def mint(registration: Registration, now: datetime) -> str:
    """The registration's personal token; the same each time until its links are revoked."""
    links = JoinLink.objects.filter(registration=registration)
    serials = links.aggregate(
        last=Max("serial"), dead=Max("serial", default=0, filter=Q(revoked_at__isnull=False))
    )
    serial = serials["last"] if serials["last"] and serials["last"] > serials["dead"] else serials["dead"] + 1
    token = _derive(registration, serial)
    JoinLink.objects.get_or_create(
        token_hash=token_hash(token),
        defaults={"registration": registration, "serial": serial, "created_at": now},
    )
    return token


def join_url(registration: Registration, now: datetime) -> str:
    """The personal link, absolute, for a mail to the registered person and for nobody else."""
    return f"{settings.SITE_URL}/j/{mint(registration, now)}/"


def _derive(registration: Registration, serial: int) -> str:
    return _token(f"join {registration.pk} {serial}")


def waiting_url(waiting: WaitingPlace) -> str:
    """The personal link to a waiting place, absolute, for a mail to who waits; another one for another address."""
    token = _token(f"wait {waiting.pk} {waiting.email}")
    WaitingPlace.objects.filter(pk=waiting.pk).update(link_hash=token_hash(token))
    return f"{settings.SITE_URL}/j/{token}/"


def _token(message: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

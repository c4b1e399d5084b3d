"""Signs the link in a mail with which its reader asks for fewer."""

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer

from notifications.rules import normal_address
from webinars.models import Registration, WaitingPlace

Holder = Registration | WaitingPlace


def _signer(registration: Holder) -> Signer:
    """The address is signed too: once it is corrected, its former reader speaks for nobody."""
    return Signer(salt=f"notifications.unsubscribe {normal_address(registration.email)}", sep=".")


def unsubscribe_url(registration: Holder) -> str:
    """The absolute link; it opens nothing but the way out."""
    return f"{settings.SITE_URL}/unsubscribe/{_signer(registration).sign(registration.pk.hex)}/"


def holder_of(token: str) -> Holder | None:
    """The place, held or waited for, whose mails the link stands in; None for what we did not sign for its address."""
    try:
        pk = uuid.UUID(token.partition(".")[0])
    except ValueError:
        return None
    related = ("webinar__team", "session", "person")
    found: Holder | None = Registration.objects.select_related(*related).filter(pk=pk).first()
    found = found or WaitingPlace.objects.select_related(*related).filter(pk=pk).first()
    if found is None:
        return None
    try:
        _signer(found).unsign(token)
    except BadSignature:
        return None
    return found

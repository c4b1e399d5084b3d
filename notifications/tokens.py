"""Signs the link in a mail with which its reader asks for fewer."""

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer

from webinars.models import Registration


def _signer() -> Signer:
    return Signer(salt="notifications.unsubscribe", sep=".")


def unsubscribe_url(registration: Registration) -> str:
    """The absolute link; it opens nothing but the way out."""
    return f"{settings.SITE_URL}/unsubscribe/{_signer().sign(registration.pk.hex)}/"


def registration_of(token: str) -> Registration | None:
    """The registration whose mails the link stands in; None for anything that we did not sign."""
    try:
        pk = uuid.UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return Registration.objects.select_related("webinar__team", "session", "person").filter(pk=pk).first()

"""The e-mail backend of local mode, which lets nothing out: the rows of notifications.Email are its outbox."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutboxBackend(BaseEmailBackend):
    """Takes every mail and keeps none; `/outbox/` shows the rows that the courier settles."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were taken: all."""
        return len(email_messages)

"""Hands one mail to the configured Django e-mail backend, knowing what that backend can promise."""

import smtplib
from datetime import timedelta
from typing import Any, ClassVar

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

TIMEOUT = 15


class NotTakenError(Exception):
    """The mail certainly did not leave; `permanent` if trying again is of no use."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class UnknownError(Exception):
    """The mail may have left or not."""


class Transport:
    """A backend that can neither recognise a repetition nor be asked: plain SMTP, and the general case."""

    honours_keys: ClassVar[bool] = False
    known_after: ClassVar[timedelta] = timedelta(0)  # how long the provider may take to know a mail it took

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def hand_over(self, message: EmailMultiAlternatives, key: str) -> str:
        """Send one mail and return the provider's id for it, if any; NotTakenError or UnknownError otherwise.

        The connection stays open for the next one, until `close`.
        """
        connection = self._ready()
        try:
            self.prepare(connection, message, key)
            connection.send_messages([message])
        except Exception as error:
            self.close()
            raise self.explained(error) from error
        status = getattr(message, "anymail_status", None)
        return str(getattr(status, "message_id", "") or "")

    def close(self) -> None:
        """Hang up; what happened to each mail is known by now."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            return

    def _ready(self) -> BaseEmailBackend:
        if self.connection is not None and not _alive(self.connection):
            self.close()
        if self.connection is None:
            connection: BaseEmailBackend = get_connection(fail_silently=False)
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as error:
                raise NotTakenError(_short(error)) from error
            self.connection = connection
        return self.connection

    def prepare(self, connection: BaseEmailBackend, message: EmailMultiAlternatives, key: str) -> None:
        """Tell the provider the key, where it can be told."""

    def was_taken(self, key: str) -> bool | None:
        """Whether the provider has the mail; None if it cannot be asked."""
        return None

    def explained(self, error: Exception) -> Exception:
        """Our error for a backend's: whether the mail certainly stayed here."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _text in error.recipients.values()]
            return NotTakenError(_short(error), permanent=bool(codes) and min(codes) >= 500)
        if isinstance(error, smtplib.SMTPResponseException):
            return NotTakenError(_short(error), permanent=error.smtp_code >= 500)
        if isinstance(error, AnymailRecipientsRefused):
            return NotTakenError(_short(error), permanent=True)
        if isinstance(error, AnymailAPIError):
            return self.answered(error)
        if isinstance(error, AnymailError | ValueError | TypeError):
            return NotTakenError(_short(error), permanent=True)
        return UnknownError(_short(error))

    def answered(self, error: AnymailAPIError) -> Exception:
        """Our error for what an HTTP API answered: refused, or nobody knows."""
        status = getattr(error, "status_code", None)
        if status is None or status < 400 or status >= 500:
            return UnknownError(_short(error))
        return NotTakenError(_short(error), permanent=status not in {401, 403, 408, 425, 429})


class Keyed(Transport):
    """Resend: the same Idempotency-Key within 24 hours is one mail; 409 while the first is still in work."""

    honours_keys = True

    def prepare(self, connection: BaseEmailBackend, message: EmailMultiAlternatives, key: str) -> None:
        session: requests.Session = connection.session  # type: ignore[attr-defined]
        session.headers["Idempotency-Key"] = key

    def answered(self, error: AnymailAPIError) -> Exception:
        if getattr(error, "status_code", None) == 409:
            return UnknownError(_short(error))
        return super().answered(error)


class Askable(Transport):
    """Postmark: repeats blindly, but can be asked for the mail with a tag."""

    known_after = timedelta(seconds=60)

    def prepare(self, connection: BaseEmailBackend, message: EmailMultiAlternatives, key: str) -> None:
        message.tags = [key]  # type: ignore[attr-defined]

    def was_taken(self, key: str) -> bool | None:
        backend: Any = get_connection(fail_silently=False)
        try:
            answer = requests.get(
                f"{backend.api_url}messages/outbound",
                params={"count": "1", "offset": "0", "tag": key},
                headers={"Accept": "application/json", "X-Postmark-Server-Token": backend.server_token},
                timeout=TIMEOUT,
            )
            answer.raise_for_status()
            return int(answer.json()["TotalCount"]) > 0
        except (requests.RequestException, ValueError, KeyError) as error:
            raise UnknownError(_short(error)) from error


class Outbox(Transport):
    """The local outbox: the row is the mail, so nothing leaves and nothing can be doubled."""

    honours_keys = True

    def hand_over(self, message: EmailMultiAlternatives, key: str) -> str:
        return "outbox"


_KNOWN: dict[str, type[Transport]] = {
    "notifications.outbox.OutboxBackend": Outbox,
    "anymail.backends.resend.EmailBackend": Keyed,
    "anymail.backends.postmark.EmailBackend": Askable,
}


def configured(*, demo: bool = False) -> Transport:
    """The transport of this installation; the demo's mails never leave."""
    return Outbox() if demo else _KNOWN.get(settings.EMAIL_BACKEND, Transport)()


def _short(error: Exception) -> str:
    """One line for people; a backend's error may quote the whole mail."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]


def _alive(connection: BaseEmailBackend) -> bool:
    """Whether an open connection still is one: a server that hung up meanwhile must not look like a doubtful mail."""
    server = getattr(connection, "connection", None)
    if not isinstance(server, smtplib.SMTP):
        return True
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False

"""Where allauth meets our rows: its mails are handed up and leave through the notifications app."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils import timezone

from accounts import signals
from accounts.models import User
from accounts.network import address_of

_LINKS = ("activate_url", "password_reset_url")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The stock adapter, except that it sends nothing itself and believes our own proxies only."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted together (A16)."""
        return address_of(request)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Take as long as for a new address, whose password is hashed, so that waiting tells nobody more (A13)."""
        make_password(secrets.token_urlsafe())
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Ask the apps above for the mail; of the context they get the user, the link and the code."""
        user = context.get("user")
        carried = {"link": next((_ours(context[name]) for name in _LINKS if context.get(name)), "")}
        if context.get("code"):
            carried["code"] = context["code"]
        signals.mail_requested.send(
            type(self),
            to=email,
            user=user if isinstance(user, User) else None,
            template=template_prefix.rsplit("/", 1)[-1],
            secrets=carried,
            now=timezone.now(),
        )


def _ours(link: str) -> str:
    """The link at our own address, whatever host and port the request named."""
    parts = urlsplit(link)
    return settings.SITE_URL + parts._replace(scheme="", netloc="").geturl()

"""Where allauth meets our rows: its mails are handed up and leave through the notifications app."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone

from accounts import signals
from accounts.models import User

_LINKS = ("activate_url", "password_reset_url")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The stock adapter, except that it sends nothing itself."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Ask the apps above for the mail; of the context they get the user, the link and the code."""
        user = context.get("user")
        secrets = {"link": next((context[name] for name in _LINKS if context.get(name)), "")}
        if context.get("code"):
            secrets["code"] = context["code"]
        signals.mail_requested.send(
            type(self),
            to=email,
            user=user if isinstance(user, User) else None,
            template=template_prefix.rsplit("/", 1)[-1],
            secrets=secrets,
            now=timezone.now(),
        )

"""Where allauth meets our rows: its mails leave through the notifications app's outbox."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The stock adapter."""

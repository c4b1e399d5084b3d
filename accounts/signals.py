"""News of accounts for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

invited = Signal()  # invitation, token (str, goes into the mail only), now
mail_requested = Signal()  # to, user, template, secrets (link, code; for the mail only), now

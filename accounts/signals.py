"""News of accounts for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

invited = Signal()  # invitation, token (str, goes into the mail only), now
mail_requested = Signal()  # message (EmailMessage), purpose, now: allauth wants a mail to leave

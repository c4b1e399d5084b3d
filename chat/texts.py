"""The texts that a new webinar starts with: those of full automation, in our own words."""

from django.utils.translation import gettext as _


def welcome() -> str:
    """Greets by first name and says that questions are welcome."""
    return _(
        "Hi {first_name}, good to have you here! If a question comes up while you watch, just ask us. 👋"
    )


def autoresponder() -> str:
    """Received; takes longer than usual; else by e-mail; thanks."""
    return _(
        "Your question has arrived, {first_name}. Answering takes us a little longer than usual right now. If we do not"
        " manage it here, you will have our answer by e-mail {by_when}. Thank you for your patience!"
    )


def outside() -> str:
    """The same outside chat hours."""
    return _(
        "Your question has arrived, {first_name}. Nobody is at the chat at this hour, so our answer comes by e-mail"
        " {by_when}. Thank you!"
    )

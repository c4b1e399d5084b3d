"""What Matinee itself writes to people who sign up or sign in."""

from typing import Any

from django.utils.translation import gettext as _


def account_text(template: str) -> dict[str, Any]:
    """Headline, sentence, action and reason for one of allauth's mails; a general notice for the rarer ones."""
    not_you = _("If it was not you, change your password and tell your team's owner.")
    verify = {
        "headline": _("Confirm your address"),
        "sentence": _("Confirm that this address is yours, and you can begin."),
        "action": _("Confirm my address"),
        "because": _("Somebody gave this address to Matinee. Not you? Leave it; nothing happens."),
    }
    known = {
        "email_confirmation": verify,
        "email_confirmation_signup": verify,
        "password_reset_key": {
            "headline": _("A new password"),
            "sentence": _("Choose a new password here. The link works once."),
            "action": _("Choose a new password"),
            "because": _("Somebody asked for it with this address. Not you? Leave it; the old one stays."),
        },
        "account_already_exists": {
            "headline": _("You have an account already"),
            "sentence": _(
                "Somebody tried to sign up with this address, which has an account. Sign in instead."
            ),
            "action": _("I forgot my password"),
            "because": _("Not you? Leave it; nothing has changed."),
        },
        "password_changed": _notice(_("Your password was changed."), not_you),
        "password_set": _notice(_("Your password was set."), not_you),
        "password_reset": _notice(_("Your password was reset."), not_you),
        "email_changed": _notice(_("The address of your account was changed."), not_you),
        "email_confirm": _notice(_("An address of your account was confirmed."), not_you),
        "email_deleted": _notice(_("An address of your account was removed."), not_you),
        "totp_activated": _notice(_("Sign-in with a second factor was switched on."), not_you),
        "totp_deactivated": _notice(_("Sign-in with a second factor was switched off."), not_you),
        "recovery_codes_generated": _notice(_("New recovery codes were made for your account."), not_you),
    }
    general = _notice(_("Something about how you sign in was changed."), not_you)
    return dict(known.get(template, general))


def _notice(sentence: str, because: str) -> dict[str, Any]:
    return {
        "headline": sentence.rstrip("."),
        "sentence": sentence,
        "action": _("Open Matinee"),
        "because": because,
    }

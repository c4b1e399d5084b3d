"""What visitors and attendees type, and the sentence they read beside a field that cannot be taken."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webinars import domains, rules
from webinars.picker import parse_value, parse_waiting

# Browsers, proxies and Django itself send these beside the form's own fields.
_ALWAYS = {"csrfmiddlewaretoken"}


def _sentence(code: str) -> str:
    return {
        "name_required": _("Please enter your name."),
        "name_too_long": _("A name has at most 80 characters."),
        "name_has_link": _("A name holds no address of a page or of mail."),
        "name_has_forbidden_characters": _(
            "This name holds characters that cannot be shown. Please type it again."
        ),
        "email_invalid": _("That address doesn’t look complete."),
        "email_unreachable": _(
            "We find nobody who takes mail behind the @. Please look once more; if it is right, press the button again."
        ),
    }[code]


class NameField(forms.CharField):
    """How somebody wants to be called."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("First name"),
            required=False,  # our own sentence comes instead
            strip=False,
            widget=forms.TextInput({"autocomplete": "given-name", "maxlength": 80, "required": True}),
            **kwargs,
        )
        # NUL is answered by our sentence too.
        self.validators = []

    def clean(self, value: Any) -> str:
        try:
            return rules.clean_name(super().clean(value) or "")
        except rules.Refused as refused:
            raise ValidationError(_sentence(refused.code), code=refused.code) from refused


class AddressField(forms.CharField):
    """An e-mail address of a person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("E-mail"),
            required=False,
            strip=False,
            widget=forms.EmailInput({"autocomplete": "email", "maxlength": 254, "required": True}),
            **kwargs,
        )
        self.validators = []

    def clean(self, value: Any) -> str:
        try:
            address = rules.clean_address(super().clean(value) or "")
            validate_email(address)
        except (rules.Refused, ValidationError) as error:
            raise ValidationError(_sentence("email_invalid"), code="email_invalid") from error
        return address


class AnyField(forms.CharField):
    """A field that no person fills in; what it may hold is decided where it is used."""

    def __init__(self) -> None:
        super().__init__(required=False)
        self.validators = []


class GuestForm(forms.Form):
    """A form of the attendees' side: what it does not know is refused, never silently ignored."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = self.data
        known = set(self.fields) | _ALWAYS
        repeated = hasattr(sent, "getlist") and any(len(sent.getlist(name)) > 1 for name in sent)
        if repeated or not set(sent) <= known:
            raise ValidationError(
                _("This form holds a field that we do not know. Please reload the page and try again."),
                code="field_unknown",
            )
        return cleaned


class RegistrationForm(GuestForm):
    """Who registers, and for which start."""

    slot = forms.CharField(
        label=gettext_lazy("Time"),
        error_messages={"required": gettext_lazy("Please choose a time.")},
    )
    first_name = NameField()
    email = AddressField()
    zone = AnyField()
    use_address = AnyField()  # the proposed correction, taken by its button
    kept = AnyField()  # the address that was kept although a correction was proposed
    made = AnyField()  # when the page was made, signed
    remark = AnyField()  # nobody sees this field; who fills it in is a machine

    suggestion: str | None = None
    doubt: bool = False

    def clean_slot(self) -> str:
        """A value that a picker of ours sends."""
        value: str = self.cleaned_data["slot"]
        if parse_value(value) is None and parse_waiting(value) is None:
            raise ValidationError(_("Please choose one of these times."), code="choice_invalid")
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        address = cleaned.get("email")
        if not address:
            return cleaned
        likely = rules.likely_address(address)
        if likely and cleaned.get("use_address") == likely:
            cleaned["email"] = likely
        elif rules.same_address(cleaned.get("kept", ""), address):
            pass  # looked at twice, and meant
        elif likely:
            self.suggestion = likely
        elif not self.errors:
            self._ask_about(address)
        return cleaned

    def _ask_about(self, address: str) -> None:
        """Doubt an address whose domain does not exist; the same again is taken, for who asks may be wrong."""
        if not domains.takes_mail(address):
            self.doubt = True
            self.add_error("email", ValidationError(_sentence("email_unreachable"), code="email_unreachable"))

    @property
    def is_machine(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.data.get("remark"))


class ReplayForm(RegistrationForm):
    """Who wants to watch the replay."""

    slot = None  # type: ignore[assignment]  # Django's way to leave a field out


class WishForm(GuestForm):
    """Who wants to be told when there is a date."""

    first_name = NameField()
    email = AddressField()
    zone = AnyField()
    remark = AnyField()

    @property
    def is_machine(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.data.get("remark"))


class NameForm(GuestForm):
    """A corrected name."""

    first_name = NameField()


class AddressForm(GuestForm):
    """The address to send a link to."""

    email = AddressField()


class ChangeForm(GuestForm):
    """Another start."""

    slot = RegistrationForm.base_fields["slot"]
    zone = AnyField()

    def clean_slot(self) -> str:
        """A value that a picker of ours sends."""
        value: str = self.cleaned_data["slot"]
        if parse_value(value) is None:
            raise ValidationError(_("Please choose one of these times."), code="choice_invalid")
        return value

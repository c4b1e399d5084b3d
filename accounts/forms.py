"""What is asked of members: signing up, naming a team, inviting people, the team's own settings."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneFormField

from accounts.models import Role, Team, User
from accounts.services import check_team_slug


def no_unprintable(value: str) -> None:
    """Refuses what PostgreSQL cannot store: NUL and lone surrogates."""
    if "\x00" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        raise ValidationError(_("This contains characters that cannot be saved."))


class SignupForm(forms.Form):
    """A name beside allauth's address and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        validators=[no_unprintable],
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth calls this once the user is saved."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class TeamForm(forms.Form):
    """The name, address and zone of a new team."""

    name = forms.CharField(label=_("Team name"), max_length=80, validators=[no_unprintable])
    slug = forms.SlugField(
        label=_("Address of your pages"),
        max_length=50,
        required=False,
        help_text=_("Left empty, it is made of the name."),
    )
    zone = TimeZoneFormField(label=_("Time zone"), initial="UTC", choices_display="STANDARD")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and str(self.get_initial_for_field(self.fields["zone"], "zone")) == "UTC":
            self.fields["zone"].widget.attrs["data-zone"] = ""  # the page fills in the browser's

    def clean_slug(self) -> str:
        """Free and not one of Matinee's own."""
        slug: str = self.cleaned_data["slug"].lower()
        return check_team_slug(slug) if slug else ""


class TeamSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an owner or admin may change about the team."""

    colour = forms.CharField(
        label=_("Colour"),
        required=False,
        validators=[
            RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour is # and six digits, such as #7a1f3d."))
        ],
        help_text=_("Used for buttons and links on your pages, corrected so that text stays readable."),
    )

    class Meta:
        model = Team
        fields: ClassVar[list[str]] = ["name", "zone", "colour", "answer_address", "footer"]
        labels: ClassVar[dict[str, Any]] = {
            "zone": _("Time zone"),
            "answer_address": _("Answer address"),
            "footer": _("Foot of your pages"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "answer_address": _(
                "Where an attendee's reply to one of our mails goes. Empty: replies go nowhere."
            ),
            "footer": _("Your address or imprint, for example."),
        }

    def clean(self) -> dict[str, Any]:
        """No text that the database refuses."""
        cleaned = super().clean() or {}
        for name in ("name", "footer"):
            try:
                no_unprintable(str(cleaned.get(name, "")))
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MODERATOR)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a member says of themselves; the name is what attendees see."""

    name = forms.CharField(label=_("Your name"), max_length=80, validators=[no_unprintable])

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "zone"]
        labels: ClassVar[dict[str, Any]] = {"zone": _("Time zone")}

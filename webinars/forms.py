"""What a host may type about a webinar, and the sentence they read when it cannot be kept."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import no_unprintable
from accounts.models import Membership, Team
from webinars.models import Webinar
from webinars.services.editing import Texts

LEARN_LINES, PRESENTERS = 8, 6


class TextField(forms.CharField):
    """Text that PostgreSQL can keep."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[no_unprintable, *kwargs.pop("validators", [])], **kwargs)


class NewWebinarForm(forms.Form):
    """The one thing a draft needs."""

    title = TextField(
        max_length=150,
        label=gettext_lazy("Title"),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give it a title; you can change it later.")},
    )


class TextsForm(forms.Form):
    """The texts of the registration page; lists are one entry a line."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = TextField(
        max_length=150,
        label=gettext_lazy("Title"),
        error_messages={"required": gettext_lazy("A page needs a title.")},
    )
    slug = forms.CharField(
        max_length=80,
        label=gettext_lazy("Address"),
        validators=[
            RegexValidator(
                r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z",
                gettext_lazy("Use small letters, digits and single hyphens, such as better-bread."),
            )
        ],
    )
    promise = TextField(
        max_length=300,
        required=False,
        label=gettext_lazy("Promise"),
        help_text=gettext_lazy("One sentence under the title: what they will have at the end."),
        widget=forms.Textarea({"rows": 2}),
    )
    learn = TextField(
        required=False,
        label=gettext_lazy("What they will learn"),
        help_text=gettext_lazy("One a line, eight at most."),
        widget=forms.Textarea({"rows": 5}),
    )
    description = TextField(
        max_length=20_000,
        required=False,
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("Markdown: **bold**, lists, links, ## headings."),
        widget=forms.Textarea({"rows": 12}),
    )
    presenters = TextField(
        required=False,
        label=gettext_lazy("Presenters"),
        help_text=gettext_lazy("One a line: the name, a comma, who they are. Six at most."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, webinar: Webinar, **kwargs: Any) -> None:
        self.webinar = webinar
        kwargs.setdefault("initial", texts_of(webinar))
        super().__init__(*args, **kwargs)

    def clean_slug(self) -> str:
        """Free among the team's webinars."""
        slug: str = self.cleaned_data["slug"]
        others = Webinar.objects.of_team(self.webinar.team).exclude(pk=self.webinar.pk)
        if others.filter(slug=slug).exists():
            raise ValidationError(_("Another webinar of your team has this address."), code="slug_taken")
        return slug

    def clean_learn(self) -> list[str]:
        """At most eight lines of at most 200 characters."""
        return _lines(self.cleaned_data["learn"], LEARN_LINES, 200)

    def clean_presenters(self) -> list[dict[str, str]]:
        """At most six people, each with a name."""
        people = []
        for line in _lines(self.cleaned_data["presenters"], PRESENTERS, 200):
            name, _comma, about = (part.strip() for part in line.partition(","))
            if not name or len(name) > 80:
                raise ValidationError(_("Each line begins with a name of at most 80 characters."))
            people.append({"name": name, "about": about})
        return people

    def texts(self) -> Texts:
        """What was typed, once it is valid."""
        return Texts(**{name: self.cleaned_data[name] for name in Texts.__dataclass_fields__})


def _lines(text: str, most: int, longest: int) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > most:
        raise ValidationError(
            _("At most %(most)s lines; this has %(count)s.") % {"most": most, "count": len(lines)}
        )
    if any(len(line) > longest for line in lines):
        raise ValidationError(_("A line has at most %(longest)s characters.") % {"longest": longest})
    return lines


def texts_of(webinar: Webinar) -> dict[str, Any]:
    """A webinar's texts as they stand in the form."""
    about = [", ".join(filter(None, (who.get("name"), who.get("about")))) for who in webinar.presenters]
    return {
        "version": webinar.version,
        "title": webinar.title,
        "slug": webinar.slug,
        "promise": webinar.promise,
        "description": webinar.description,
        "learn": "\n".join(webinar.learn),
        "presenters": "\n".join(about),
    }


class ModeratorsForm(forms.Form):
    """Who answers the attendees."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    moderators = forms.ModelMultipleChoiceField(
        queryset=Membership.objects.none(),
        label=gettext_lazy("Who answers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one person, or questions wait for ever."),
            "invalid_choice": gettext_lazy("That person is not in your team any more."),
            "invalid_pk_value": gettext_lazy("That person is not in your team any more."),
        },
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.of_team(team).select_related("user").order_by("user__name", "pk")
        self.fields["moderators"].queryset = members  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """How long the rooms around a session are open, and which language is spoken."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.ChoiceField(
        choices=settings.LANGUAGES, required=False, label=gettext_lazy("Language of the webinar")
    )
    doors_minutes = forms.IntegerField(
        min_value=0, max_value=120, label=gettext_lazy("Minutes before the start")
    )
    exit_minutes = forms.IntegerField(min_value=0, max_value=240, label=gettext_lazy("Minutes after the end"))

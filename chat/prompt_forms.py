"""What a host may say about a prompt, and the sentence they read when it cannot be kept."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import prompting
from chat.forms import TemplateField
from chat.models import Opener, Prompt, PromptSetting, Side
from chat.prompt_words import PAGES
from scheduling.models import Kind
from webinars.forms import TextField
from webinars.templatetags.studio import film_time

LONGEST = 400
MOST_ADDRESSES = 10
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")
_HOW = [("", gettext_lazy("any")), ("is", gettext_lazy("this:")), ("not", gettext_lazy("any but"))]
_PAGES = tuple(PAGES.items())


class OpenerField(TemplateField):
    """A prompt's few words, with names in braces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"rows": 3, "maxlength": LONGEST})

    def clean(self, value: Any) -> str:
        """The text; a sentence when it is too long for a card."""
        text = super().clean(value)
        if len(text) > LONGEST:
            raise ValidationError(
                _("At most %(most)s characters; this has %(length)s.")
                % {"most": LONGEST, "length": len(text)}
            )
        return text


class FilmTimeField(forms.CharField):
    """A point of the film, such as 32:10, as seconds."""

    def prepare_value(self, value: Any) -> Any:
        """Seconds as people write them."""
        return film_time(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """The seconds; None for nothing."""
        text = str(value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text) if text.isascii() else None
        if found is None:
            raise ValidationError(_("Write minutes and seconds, such as 32:10."))
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds


class AddressesField(TextField):
    """Patterns of addresses, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.Textarea({"rows": 2, "placeholder": "/demo/*"}), **kwargs
        )

    def clean(self, value: Any) -> list[str]:
        """The patterns; each begins at the root of the site."""
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST_ADDRESSES:
            raise ValidationError(_("At most %(most)s addresses.") % {"most": MOST_ADDRESSES})
        wrong = next((line for line in lines if line[0] not in "/*" or len(line) > 200), None)
        if wrong is not None:
            raise ValidationError(
                _("“%(found)s” is no address of this site. Begin with /, and use * for anything.")
                % {"found": wrong[:60]}
            )
        return lines


def _number(least: int, most: int, label: Any) -> forms.IntegerField:
    sentence = format_lazy(gettext_lazy("Between {least} and {most}."), least=least, most=most)
    return forms.IntegerField(
        required=False,
        min_value=least,
        max_value=most,
        label=label,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), sentence),
    )


class PromptForm(forms.Form):
    """One prompt: when, where, for whom, how often, and what it opens."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_on = forms.BooleanField(required=False, label=gettext_lazy("Switched on"))
    text = OpenerField(label=gettext_lazy("What it says"))
    action = forms.ChoiceField(
        choices=[
            (prompting.Action.CHAT, gettext_lazy("open the chat")),
            (prompting.Action.FORM, gettext_lazy("open the registration form")),
            (prompting.Action.TEXT, gettext_lazy("show a text")),
        ],
        label=gettext_lazy("What its button does"),
    )
    article = TextField(
        required=False,
        max_length=2000,
        label=gettext_lazy("The text"),
        widget=forms.Textarea({"rows": 5, "maxlength": 2000}),
    )
    seconds = _number(1, 3600, gettext_lazy("Seconds on the page"))
    pages = _number(2, 50, gettext_lazy("Pages seen"))
    idle = _number(1, 3600, gettext_lazy("Seconds without a hand"))
    position = FilmTimeField(
        required=False,
        label=gettext_lazy("Point of the film"),
        widget=forms.TextInput({"placeholder": "32:10", "inputmode": "numeric"}),
    )
    join = forms.ChoiceField(
        choices=[("all", gettext_lazy("all of this is so")), ("any", gettext_lazy("any of this is so"))],
        label=gettext_lazy("All or any"),
    )
    kind_is = forms.ChoiceField(
        required=False,
        choices=_HOW,
        label=gettext_lazy("Kind of session, how"),
    )
    kind = forms.ChoiceField(required=False, choices=Kind.choices, label=gettext_lazy("Kind of session"))
    language_is = forms.ChoiceField(
        required=False,
        choices=_HOW,
        label=gettext_lazy("Language, how"),
    )
    language = forms.RegexField(
        r"\A[A-Za-z]{2}\Z",
        required=False,
        label=gettext_lazy("Language"),
        widget=forms.TextInput({"placeholder": "fr", "maxlength": 2}),
        error_messages={"invalid": gettext_lazy("Two letters, such as fr.")},
    )
    returning = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("new or not")),
            ("no", gettext_lazy("here for the first time")),
            ("yes", gettext_lazy("back again")),
        ],
        label=gettext_lazy("First time or returning"),
    )
    asked = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("has asked or not")),
            ("yes", gettext_lazy("has asked before")),
            ("no", gettext_lazy("has never asked")),
        ],
        label=gettext_lazy("Whether they asked"),
    )
    pages_in = forms.MultipleChoiceField(
        required=False, choices=_PAGES, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Only on")
    )
    pages_out = forms.MultipleChoiceField(
        required=False, choices=_PAGES, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Not on")
    )
    form_too = forms.BooleanField(
        required=False, label=gettext_lazy("Also while the registration form is being filled in")
    )
    addresses_in = AddressesField(label=gettext_lazy("Only at these addresses"))
    addresses_out = AddressesField(label=gettext_lazy("Not at these addresses"))
    often = forms.ChoiceField(
        choices=[
            (prompting.Often.ONCE, gettext_lazy("once")),
            (prompting.Often.SESSION, gettext_lazy("once per session")),
            (prompting.Often.DAYS, gettext_lazy("at most every so many days")),
        ],
        label=gettext_lazy("How often"),
    )
    days = _number(1, 365, gettext_lazy("Days"))

    def __init__(self, data: Any, *, prompt: Prompt, version: int, opener: str) -> None:
        self.opener = opener
        super().__init__(data, initial=_initial(prompt) | {"version": version})

    def clean(self) -> dict[str, Any]:
        """It says something, and what it needs for that is there."""
        data = super().clean() or {}
        if data.get("text") == "" and not self.opener:
            self.add_error("text", ValidationError(_("Write what it says."), code="required"))
        if data.get("action") == prompting.Action.TEXT and data.get("article") == "":
            self.add_error("article", ValidationError(_("Write the text it shows."), code="required"))
        if data.get("often") == prompting.Often.DAYS and "days" in data and data["days"] is None:
            self.add_error("days", ValidationError(_("Every how many days?"), code="required"))
        if data.get("language_is") and data.get("language") == "":
            self.add_error("language", ValidationError(_("Which language?"), code="required"))
        return data

    def values(self) -> dict[str, Any]:
        """The fields of the row, once it is valid."""
        data = self.cleaned_data
        same = (
            *("is_on", "text", "action", "article", "seconds", "pages", "idle", "position", "join"),
            *("pages_in", "pages_out", "form_too", "addresses_in", "addresses_out", "often"),
        )
        return {name: data[name] for name in same} | {
            "days": data["days"] or 30,
            "properties": _properties(data),
        }


def _properties(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name in ("kind", "language"):
        if data[f"{name}_is"]:
            value = data[name].lower()
            found.append({"name": name, "value": value, "negated": data[f"{name}_is"] == "not"})
    found += [
        {"name": name, "value": data[name], "negated": False} for name in ("returning", "asked") if data[name]
    ]
    return found


def _initial(prompt: Prompt) -> dict[str, Any]:
    same = [name for name in PromptForm.base_fields if hasattr(prompt, name)]
    values: dict[str, Any] = {name: getattr(prompt, name) for name in same}
    for name in ("addresses_in", "addresses_out"):
        values[name] = "\n".join(values[name])
    for one in prompt.properties:
        values[one["name"]] = one["value"]
        if one["name"] in {"kind", "language"}:
            values[f"{one['name']}_is"] = "not" if one["negated"] else "is"
    return values


class PromptSettingForm(forms.Form):
    """What holds for all prompts of a webinar."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opener = forms.ChoiceField(choices=Opener.choices, label=gettext_lazy("Openers"))
    opener_text = OpenerField(label=gettext_lazy("The one text"))
    quiet_days = forms.IntegerField(
        min_value=1,
        max_value=365,
        label=gettext_lazy("Days of silence after closing one"),
        error_messages=dict.fromkeys(("min_value", "max_value"), gettext_lazy("Between 1 and 365 days.")),
    )
    side = forms.ChoiceField(choices=Side.choices, label=gettext_lazy("Corner"))

    def __init__(self, data: QueryDict | None, *, setting: PromptSetting) -> None:
        names = ("version", "opener", "opener_text", "quiet_days", "side")
        super().__init__(data, initial={name: getattr(setting, name) for name in names})

    def clean(self) -> dict[str, Any]:
        """One text for all is a text."""
        data = super().clean() or {}
        if data.get("opener") == Opener.SINGLE and data.get("opener_text") == "":
            self.add_error("opener_text", ValidationError(_("Write what all of them say."), code="required"))
        return data

    def values(self) -> dict[str, Any]:
        """The fields of the row, once it is valid."""
        return {name: self.cleaned_data[name] for name in ("opener", "opener_text", "quiet_days", "side")}

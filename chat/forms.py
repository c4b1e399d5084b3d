"""What a host may say about the talk of a webinar, and the sentence they read when it cannot be kept."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import other, wording
from chat.models import ChatPolicy, Mode, PolicyKind, Promise
from chat.services.policy import KindSetting, PolicySetting
from webinars.forms import TextField

LONGEST_DELAY = 24 * 3600
LONGEST = 4000
_DELAY = gettext_lazy("Between 15 seconds and 24 hours.")
_QUEUE = gettext_lazy("A number from 1 to 999, or nothing for no limit.")


class TemplateField(TextField):
    """A text with names in braces; cleans to the names as they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 4}), **kwargs)

    def clean(self, value: Any) -> str:
        """The text; a sentence with the names that may be used for any other in braces."""
        text: str = super().clean(value)
        try:
            return wording.template(text)
        except wording.UnknownNames as error:
            allowed = ", ".join(f"{{{name}}}" for name in wording.NAMES)
            raise ValidationError(
                _("%(found)s is not a name we can fill in. Use %(allowed)s.")
                % {"found": error.found[0][:40], "allowed": allowed},
                code="unknown_placeholder",
            ) from None


class KindForm(forms.Form):
    """The way of talking and the automatic texts for one kind of session."""

    mode = forms.ChoiceField(
        choices=Mode.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("How they reach you"),
    )
    welcome_on = forms.BooleanField(required=False, label=gettext_lazy("Welcome"))
    welcome_text = TemplateField(label=gettext_lazy("Welcome text"))
    autoresponder_on = forms.BooleanField(required=False, label=gettext_lazy("Autoresponder"))
    autoresponder_text = TemplateField(label=gettext_lazy("Inside the chat hours"))
    outside_text = TemplateField(label=gettext_lazy("Outside"))
    other_url = TextField(
        max_length=other.LONGEST,
        required=False,
        label=gettext_lazy("Address of the other chat"),
        widget=forms.URLInput({"class": "input w-full", "placeholder": "https://chat.example.com/room"}),
    )

    def __init__(self, data: Any, *, kind: str, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=kind, initial=initial)
        self.kind = kind
        self.label = PolicyKind(kind).label

    def clean(self) -> dict[str, Any]:
        """What is on says something; another chat has an address that may be shown in a frame."""
        data = super().clean() or {}
        sentence = _("Write what it says, or switch it off.")
        if data.get("welcome_on") and data.get("welcome_text") == "":
            self.add_error("welcome_text", ValidationError(sentence, code="required"))
        if data.get("autoresponder_on") and data.get("autoresponder_text") == "":
            self.add_error("autoresponder_text", ValidationError(sentence, code="required"))
        self._clean_other(data)
        return data

    def _clean_other(self, data: dict[str, Any]) -> None:
        address = data.get("other_url")
        if address is None or not (address or data.get("mode") == Mode.OTHER):
            return
        try:
            data["other_url"] = other.checked(address, own_hosts=settings.ALLOWED_HOSTS)
        except other.BadAddress as bad:
            self.add_error("other_url", ValidationError(_bad_address(bad.code), code=bad.code))


def _bad_address(code: str) -> str:
    return {
        "required": _("Give the address of the other chat."),
        "too_long": _("At most 2048 characters."),
        "not_https": _("The address begins with https://."),
        "credentials": _("The address may not hold a name or a password."),
        "host_private": _("This address cannot be reached from outside your network."),
        "host_own": _("This is an address of Matinee itself. Give that of the other chat."),
    }.get(code, _("This is not an address of a web page."))


class PolicyForm(forms.Form):
    """What holds for every kind of session."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    welcome_delay = forms.IntegerField(
        min_value=0,
        max_value=3600,
        label=gettext_lazy("Seconds after entering"),
        error_messages=dict.fromkeys(("min_value", "max_value"), gettext_lazy("Between 0 and 3600 seconds.")),
    )
    delay = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DELAY,
        label=gettext_lazy("How long nobody answered"),
        error_messages=dict.fromkeys(("min_value", "max_value"), _DELAY),
    )
    delay_unit = forms.TypedChoiceField(
        choices=[(60, gettext_lazy("minutes")), (1, gettext_lazy("seconds"))],
        coerce=int,
        label=gettext_lazy("Minutes or seconds"),
    )
    once_per_session = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("once per session")), ("no", gettext_lazy("once for each question"))],
        coerce=lambda value: value == "yes",
        label=gettext_lazy("How often"),
    )
    promise = forms.ChoiceField(choices=Promise.choices, label=gettext_lazy("Promise"))
    promise_hours = forms.IntegerField(min_value=1, max_value=168, label=gettext_lazy("Hours"))
    outside_mode = forms.ChoiceField(
        choices=[
            (Mode.EMAIL, gettext_lazy("becomes an e-mail form")),
            (Mode.CHAT, gettext_lazy("stays, with the text for outside")),
            (Mode.OFF, gettext_lazy("is off")),
        ],
        label=gettext_lazy("Outside the chat hours"),
    )
    away_email = forms.TypedChoiceField(
        choices=[
            ("no", gettext_lazy("stays, and says that nobody is there")),
            ("yes", gettext_lazy("becomes an e-mail form")),
        ],
        coerce=lambda value: value == "yes",
        label=gettext_lazy("When nobody is available"),
    )
    queue_most = forms.IntegerField(
        min_value=1,
        max_value=999,
        required=False,
        label=gettext_lazy("How many may wait"),
        widget=forms.NumberInput({"placeholder": gettext_lazy("any number")}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _QUEUE),
    )
    queue_minutes = forms.IntegerField(
        min_value=1,
        max_value=999,
        required=False,
        label=gettext_lazy("Minutes somebody waits in the chat"),
        widget=forms.NumberInput({"placeholder": gettext_lazy("any number of")}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _QUEUE),
    )
    target_minutes = forms.IntegerField(
        min_value=1, max_value=240, label=gettext_lazy("Minutes until it is late")
    )
    expectation = TextField(
        max_length=200,
        required=False,
        label=gettext_lazy("What to expect"),
        widget=forms.TextInput({"placeholder": gettext_lazy("the measured time")}),
    )
    name_fallback = TextField(
        max_length=40,
        required=False,
        label=gettext_lazy("Somebody without a name"),
        widget=forms.TextInput({"placeholder": gettext_lazy("left out")}),
    )

    send_files = forms.BooleanField(
        required=False, label=gettext_lazy("Attendees can send files and pictures")
    )
    receipts = forms.BooleanField(required=False, label=gettext_lazy("Attendees see what the team has read"))
    nudge_minutes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=240,
        label=gettext_lazy("Minutes after it was seen"),
        error_messages=dict.fromkeys(("min_value", "max_value"), gettext_lazy("Between 0 and 240 minutes.")),
    )

    ai_drafts = forms.BooleanField(
        required=False, label=gettext_lazy("Moderators can ask for a draft of a reply")
    )

    def clean(self) -> dict[str, Any]:
        """The autoresponder waits for fifteen seconds at least."""
        data = super().clean() or {}
        if "delay" in data and "delay_unit" in data:
            seconds = data["delay"] * data["delay_unit"]
            if not 15 <= seconds <= LONGEST_DELAY:
                self.add_error("delay", ValidationError(_DELAY, code="out_of_range"))
            data["autoresponder_delay"] = seconds
        return data


class PolicyEditor:
    """The forms of one policy, with the texts of a language. Bound with `data`, else filled from what stands."""

    def __init__(
        self, policy: ChatPolicy, kinds: Mapping[str, KindSetting], language: str, data: Any = None
    ) -> None:
        self.form = PolicyForm(data, initial=_initial(policy) | {"language": language})
        self.kinds = [KindForm(data, kind=kind, initial=asdict(kinds[kind])) for kind in PolicyKind.values]

    def is_valid(self) -> bool:
        """Whether all of it can be kept."""
        return all([self.form.is_valid(), *(form.is_valid() for form in self.kinds)])

    def setting(self) -> PolicySetting:
        """What was typed, once it is valid."""
        data = self.form.cleaned_data
        return PolicySetting(
            kinds={form.kind: KindSetting(**form.cleaned_data) for form in self.kinds},
            welcome_delay=data["welcome_delay"],
            autoresponder_delay=data["autoresponder_delay"],
            once_per_session=data["once_per_session"],
            promise=data["promise"],
            promise_hours=data["promise_hours"],
            outside_mode=data["outside_mode"],
            away_email=data["away_email"],
            queue_most=data["queue_most"],
            queue_minutes=data["queue_minutes"],
            target_seconds=data["target_minutes"] * 60,
            expectation=data["expectation"],
            name_fallback=data["name_fallback"],
            files=data["send_files"],
            receipts=data["receipts"],
            nudge_minutes=data["nudge_minutes"] or 0,
            ai_drafts=data["ai_drafts"],
            language=data["language"],
        )


def _initial(policy: ChatPolicy) -> dict[str, Any]:
    unit = 60 if policy.autoresponder_delay % 60 == 0 else 1
    same = (
        "version",
        "welcome_delay",
        "promise",
        "promise_hours",
        "outside_mode",
        "queue_most",
        "queue_minutes",
        "expectation",
        "name_fallback",
        "receipts",
        "nudge_minutes",
    )
    return {name: getattr(policy, name) for name in same} | {
        "send_files": policy.files,
        "ai_drafts": policy.ai_drafts,
        "delay": policy.autoresponder_delay // unit,
        "delay_unit": unit,
        "away_email": "yes" if policy.away_email else "no",
        "once_per_session": "yes" if policy.once_per_session else "no",
        "target_minutes": max(1, policy.target_seconds // 60),
    }

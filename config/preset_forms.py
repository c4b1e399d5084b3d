"""What a host sends about strategies: the boxes and versions of a diff, the three answers, a new webinar's title."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from config import preset_words, presets
from config.presets import Options
from config.questions import REASONS, Answer, Proposal, proposal
from config.strategies import Versions
from webinars.forms import NewWebinarForm


class DiffForm(forms.Form):
    """The versions a diff was made of, and what the host chose beside the number."""

    webinar_version = forms.IntegerField(widget=forms.HiddenInput)
    schedule_version = forms.IntegerField(widget=forms.HiddenInput)
    policy_version = forms.IntegerField(widget=forms.HiddenInput)
    keep_times = forms.BooleanField(required=False, label=gettext_lazy("Keep my own times"))
    replays = forms.BooleanField(
        required=False, label=gettext_lazy("Replays on, with the e-mail form in place of the chat")
    )
    weekend_day = forms.BooleanField(required=False, label=gettext_lazy("Saturdays too"))

    def options(self) -> Options:
        """The boxes as they are ticked; an unbound form has none."""
        names = ("keep_times", "replays", "weekend_day")
        return Options(**{name: self.is_bound and bool(self[name].value()) for name in names})

    def versions(self) -> Versions | None:
        """What the diff was made of, if that can be read; it belongs to no webinar otherwise."""
        self.full_clean()
        found = [self.cleaned_data.get(f"{name}_version") for name in ("webinar", "schedule", "policy")]
        known = [version for version in found if isinstance(version, int)]
        return Versions(*known) if len(known) == len(found) else None


def versions_of(versions: Versions) -> dict[str, int]:
    """The same as the form's fields."""
    return {
        "webinar_version": versions.webinar,
        "schedule_version": versions.schedule,
        "policy_version": versions.policy,
    }


_CHOOSE = {"required": gettext_lazy("Choose the answer that is nearest.")}


def _choices(name: str) -> Any:
    return lambda: [(answer.value, why()) for answer, why in REASONS[name].items()]


class QuestionsForm(forms.Form):
    """Three questions with three answers each; asked by address, so that no script is needed."""

    comfort = forms.TypedChoiceField(
        choices=_choices("comfort"),
        error_messages=_CHOOSE,
        coerce=lambda value: Answer(int(value)),
        widget=forms.RadioSelect,
        label=gettext_lazy("How at ease are you with automation?"),
    )
    sessions = forms.TypedChoiceField(
        choices=_choices("sessions"),
        error_messages=_CHOOSE,
        coerce=lambda value: Answer(int(value)),
        widget=forms.RadioSelect,
        label=gettext_lazy("How often should people be able to come?"),
    )
    speed = forms.TypedChoiceField(
        choices=_choices("speed"),
        error_messages=_CHOOSE,
        coerce=lambda value: Answer(int(value)),
        widget=forms.RadioSelect,
        label=gettext_lazy("How soon must a question be answered?"),
    )

    def proposal(self) -> Proposal | None:
        """What the answers say; None until all three are given."""
        return proposal(**self.cleaned_data) if self.is_bound and self.is_valid() else None


class NewForm(NewWebinarForm):
    """A title, and the strategy the draft begins with."""

    preset = forms.TypedChoiceField(
        choices=lambda: [(number, preset_words.NAMES[number]) for number in presets.PRESETS],
        coerce=int,
        required=False,
        empty_value=str(presets.RECOMMENDED),
        initial=presets.RECOMMENDED,
        widget=forms.RadioSelect,
        label=gettext_lazy("Strategy"),
    )

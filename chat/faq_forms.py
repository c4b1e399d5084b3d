"""What a host may put into the list of questions and answers, and the sentence they read when it cannot be kept."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import stems
from chat.models import ChatPolicy, FaqEntry
from chat.services.faq_editing import EntrySetting
from webinars.forms import TextField
from webinars.models import Webinar

LONGEST_QUESTION, LONGEST_ANSWER, MOST_PHRASINGS = 200, 2000, 20
LOWEST, HIGHEST = 50, 95
_GAP = re.compile(r"(?:^|\s)…")  # as the samples have it where only the host knows


class EntryForm(forms.Form):
    """One entry: the question, the ways people ask it, the answer."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    question = TextField(
        max_length=LONGEST_QUESTION,
        label=gettext_lazy("Question"),
        help_text=gettext_lazy("As most people would ask it. It stands above the answer."),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    phrasings = TextField(
        required=False,
        label=gettext_lazy("Other ways to ask it"),
        help_text=gettext_lazy("One a line. Three or four short ones do more than one long one."),
        widget=forms.Textarea({"rows": 6}),
    )
    answer = TextField(
        max_length=LONGEST_ANSWER,
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("It is marked as automatic, and a human stays one step away."),
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), help_text=gettext_lazy("What the question is written in.")
    )
    on = forms.BooleanField(required=False, label=gettext_lazy("May be said by itself"))

    def __init__(self, data: Any, *, webinar: Webinar, entry: FaqEntry | None = None) -> None:
        super().__init__(data, initial=_initial(webinar, entry))
        known = dict(settings.LANGUAGES)
        for code in (webinar.language, entry.language if entry else webinar.language):
            known.setdefault(code, code)
        language: Any = self.fields["language"]
        language.choices = list(known.items())

    def clean_phrasings(self) -> list[str]:
        """The lines that say something; one sentence about the first that cannot be kept."""
        lines = [line.strip() for line in self.cleaned_data["phrasings"].splitlines() if line.strip()]
        if len(lines) > MOST_PHRASINGS:
            raise ValidationError(_("At most %(n)s lines.") % {"n": MOST_PHRASINGS}, code="too_many")
        long = next((line for line in lines if len(line) > LONGEST_QUESTION), None)
        if long is not None:
            text = _("At most %(n)s characters a line: “%(line)s…”")
            raise ValidationError(text % {"n": LONGEST_QUESTION, "line": long[:40]}, code="max_length")
        return list(dict.fromkeys(lines))

    def clean(self) -> dict[str, Any]:
        """What is compared has a word to compare, and what is said has no gap."""
        data = super().clean() or {}
        language = data.get("language", "en")
        text = _("“%(line)s” has no word that tells it from other questions. Name what it is about.")
        for name in ("question", "phrasings"):
            lines = data.get(name) or []
            for line in [lines] if isinstance(lines, str) else lines:
                if not stems.words(line, language) and not self.has_error(name):
                    self.add_error(name, ValidationError(text % {"line": line[:60]}, code="says_nothing"))
        if data.get("on") and _GAP.search(data.get("answer", "")):
            sentence = _("There is still a gap (…) in it. Fill it, or leave the entry off.")
            self.add_error("answer", ValidationError(sentence, code="gap"))
        return data

    def setting(self) -> EntrySetting:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return EntrySetting(
            question=data["question"].strip(),
            answer=data["answer"].replace("\r\n", "\n").strip(),
            phrasings=data["phrasings"],
            language=data["language"],
            on=data["on"],
        )


def _initial(webinar: Webinar, entry: FaqEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"language": webinar.language, "on": True}
    same = ("version", "question", "answer", "language", "on")
    return {name: getattr(entry, name) for name in same} | {"phrasings": "\n".join(entry.phrasings)}


class ListForm(forms.Form):
    """The list's switch and its threshold, with what they were when the form was made."""

    on = forms.BooleanField(required=False, label=gettext_lazy("Answer from the list"))
    threshold = forms.IntegerField(
        min_value=LOWEST,
        max_value=HIGHEST,
        label=gettext_lazy("How near a question has to be"),
        error_messages=dict.fromkeys(
            ("min_value", "max_value", "invalid", "required"), gettext_lazy("A number from 50 to 95.")
        ),
    )
    seen = forms.RegexField(r"\A[01]:\d{1,3}\Z", widget=forms.HiddenInput)

    def __init__(self, data: Any, *, policy: ChatPolicy) -> None:
        initial = {"on": policy.faq_on, "threshold": policy.faq_threshold}
        super().__init__(data, initial=initial | {"seen": f"{policy.faq_on:d}:{policy.faq_threshold}"})

    @property
    def was(self) -> tuple[bool, int]:
        """Switch and threshold as its maker saw them."""
        on, _colon, threshold = self.cleaned_data["seen"].partition(":")
        return on == "1", int(threshold)

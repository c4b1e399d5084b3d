"""What the components need from Python: a form control in our classes, initials and tint of a person."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.safestring import SafeString

register = template.Library()

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
    (forms.FileInput, "file-input"),
)


@register.filter
def control(field: BoundField, classes: str = "") -> SafeString:
    """The field's control in our classes, plus `classes`; Django adds its id, describedby and invalid."""
    widget = field.field.widget
    own = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "input")
    given = widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, (own, given, classes)))}
    if widget.attrs.get("placeholder") == field.label:  # allauth repeats the label there; False leaves it out
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)


@register.filter
def choices(field: BoundField) -> list[BoundWidget]:
    """The single controls of a group in our classes; Django would put the class on the box around them too."""
    own = "radio" if isinstance(field.field.widget, forms.RadioSelect) else "checkbox"
    found = list(field.subwidgets)
    for choice in found:
        choice.data["attrs"]["class"] = own
    return found


@register.filter
def control_kind(field: BoundField) -> str:
    """How the field is laid out: `check` (label beside), `group` (several controls, one legend) or `line`."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "line"


@register.filter
def initials(name: Any) -> str:
    """One or two capital letters: of the first and the last word of a name."""
    words = str(name or "").split()
    ends = (words[0], words[-1]) if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


@register.filter
def tint(name: Any) -> int:
    """1 to 4, for the classes av-1 to av-4; always the same for the same name, here and in the browser."""
    return sum(place * ord(letter) for place, letter in enumerate(str(name or ""), 1)) % 4 + 1

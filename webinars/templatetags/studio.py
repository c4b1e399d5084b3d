"""Says things of the studio's pages in words, and puts controls into sentences."""

from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def blank(field: BoundField, words: str = "") -> SafeString:
    """The field's native control as a blank in a sentence, named by its label (or `words`) for those who hear it."""
    widget = field.field.widget
    kind = "toggle" if isinstance(widget, forms.CheckboxInput) else "blank"
    attrs: dict[str, str | bool] = {"class": kind}
    if words != " ":  # else a label of its own stands beside it
        attrs["aria-label"] = words or str(field.label)
    return field.as_widget(attrs=attrs)


@register.filter
def area(field: BoundField) -> SafeString:
    """A long text in our classes; its label stands beside it."""
    return field.as_widget(attrs={"class": "textarea mt-1 min-h-24 w-full"})


@register.filter
def day_word(local: datetime, today: datetime) -> str:
    """Today, tomorrow, or the date, of an aware time against another on the same clock."""
    ahead = (local.date() - today.date()).days
    if ahead == 0:
        return _("Today")
    return _("Tomorrow") if ahead == 1 else date_format(local.date(), "D j M")


@register.filter
def film_time(seconds: Any) -> str:
    """47:10, or 1:02:05 from an hour on."""
    minutes, rest = divmod(max(0, int(seconds or 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def in_hours(span: timedelta) -> str:
    """A span in whole minutes: 45 min, 2 h, 1 h 30 min."""
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


@register.filter
def minutes_until(instant: datetime, now: datetime) -> int:
    """Whole minutes from `now` to the instant, rounded up, never below one."""
    return max(1, -(-int((instant - now).total_seconds()) // 60))

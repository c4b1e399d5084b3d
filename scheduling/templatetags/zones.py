"""Says a time zone in words."""

from datetime import datetime, tzinfo

from django import template
from django.utils.translation import gettext as _

from scheduling.zones import named

register = template.Library()

_MINUS = "\N{MINUS SIGN}"


def _zone(zone: tzinfo | str) -> tzinfo:
    return named(zone) if isinstance(zone, str) else zone


@register.filter
def zone_label(zone: tzinfo | str, at: datetime) -> str:
    """Such as "Warsaw time, UTC+1": the place and what the clock there is ahead of UTC at that instant."""
    offset = at.astimezone(_zone(zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    ahead = f"UTC{'+' if minutes >= 0 else _MINUS}{hours}" + (f":{rest:02}" if rest else "")
    place = str(zone).rsplit("/", 1)[-1].replace("_", " ")
    if place == "UTC":
        return "UTC"
    return _("%(place)s time, %(ahead)s") % {"place": place, "ahead": ahead}

"""Says in words how near a question has to be."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def nearness(threshold: int) -> str:
    """What a threshold means: how much is answered, and how often wrongly."""
    if threshold < 60:
        return _("Eager: a word or two in common are enough. Expect wrong answers.")
    if threshold < 70:
        return _("Generous: now and then an answer will be beside the point.")
    if threshold < 80:
        return _("Balanced: almost the same words, typing errors allowed.")
    if threshold < 90:
        return _("Careful: nearly every word has to be one of yours.")
    return _("Strict: only what is asked in your own words.")

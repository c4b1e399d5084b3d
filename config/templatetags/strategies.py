"""Hands the strategy of a webinar to the pages of lower apps: the cards, what the host changed, the way back."""

from dataclasses import dataclass

from django import template
from django.utils import timezone
from django.utils.functional import Promise

from chat.models import PresetApplication
from config import next_step, preset_words, presets
from config.strategies import standing_of
from webinars.models import Webinar

register = template.Library()


@dataclass(frozen=True, slots=True)
class Card:
    """One of the three."""

    number: int
    name: str | Promise
    short: str | Promise
    recommended: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class Strategy:
    """What `studio/strategy.html` shows."""

    cards: list[Card]
    last: PresetApplication | None
    changed: int
    may_undo: bool
    hint: next_step.Hint | None


@register.simple_tag
def strategy_of(webinar: Webinar) -> Strategy:
    """Which strategy is in force, and how many of its fields the host changed."""
    found = standing_of(webinar)
    force = found.last.preset if found.last else None
    return Strategy(
        cards=[
            Card(number, name, preset_words.SHORT[number], number == presets.RECOMMENDED, number == force)
            for number, name in preset_words.NAMES.items()
        ],
        last=found.last,
        changed=len(found.changed_by_host),
        may_undo=found.may_undo,
        hint=next_step.hint_for(webinar, force, timezone.now()),
    )

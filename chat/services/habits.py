"""Keeps how a member likes to work in the inbox."""

from accounts.models import Membership
from chat.models import Habits


def habits_of(membership: Membership) -> Habits:
    """A member's habits; not stored while they have changed none."""
    return Habits.objects.filter(membership=membership).first() or Habits(membership=membership)


def keep_habits(*, membership: Membership, undo: bool) -> None:
    """Keep what a member chose for themselves; it holds from their next reply on."""
    Habits.objects.update_or_create(membership=membership, defaults={"undo": undo})

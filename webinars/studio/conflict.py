"""What differs when two people edit one schedule at the same time."""

from dataclasses import dataclass

from scheduling.models import ChatHours, Schedule
from scheduling.services import Plan, drafted, undone
from scheduling.wording import Difference, described, differences


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where what is saved now differs from what was typed, and which fields the other one changed meanwhile."""

    differences: list[Difference]
    theirs: frozenset[str]


def between(schedule: Schedule, hours: ChatHours, plan: Plan, began_with: int) -> Conflict:
    """`schedule` and `hours` as they are saved now; `began_with` is the version that the typed plan was made of."""
    now = described(schedule, hours)
    mine = described(*drafted(schedule, hours, plan))
    before = undone(schedule) if schedule.version == began_with + 1 else None
    changed = differences(described(*drafted(schedule, hours, before)), now) if before else []
    return Conflict(differences(now, mine), frozenset(one.label for one in changed))

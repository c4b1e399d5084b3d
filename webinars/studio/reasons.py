"""Says in words why each start is offered to somebody, or is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling import slots

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Reason:
    """One candidate: what it is, whether it is offered, and the reason in words; `more` like it follow."""

    kind: str
    local: datetime | None
    offered: bool
    words: str
    more: int = 0

    @property
    def and_more(self) -> str:
        """How many after it are left out for the same reason."""
        return ngettext("and %(n)s more", "and %(n)s more", self.more) % {"n": self.more} if self.more else ""


def of(
    every: Sequence[slots.Offer], rules: slots.ScheduleRules, zone: ZoneInfo, at: datetime
) -> list[Reason]:
    """The candidates in the picker's order; those left out one after another for the same reason are one."""
    found: list[Reason] = []
    for one in every:
        words = _left_out(one.left_out, rules) if one.left_out else _kept(one.slot, rules)
        local = one.slot.starts_at.astimezone(zone) if one.slot.starts_at else None
        last = found[-1] if found else None
        if last and one.left_out and (last.kind, last.offered, last.words) == (one.slot.kind, False, words):
            found[-1] = Reason(last.kind, last.local, False, words, last.more + 1)
        elif len(found) < SHOWN:
            found.append(Reason(one.slot.kind, local, one.left_out is None, words))
    return found


def _kept(slot: slots.Slot, rules: slots.ScheduleRules) -> str:
    if slot.full:
        return _("full, and full sessions are shown")
    match slot.kind:
        case slots.Kind.ON_DEMAND:
            return _("on demand is on")
        case slots.Kind.REPLAY:
            return _("replays are on")
        case slots.Kind.JUST_IN_TIME:
            words = _("the next mark of every %(minutes)s minutes, at least %(seconds)s seconds ahead")
            lead = int(rules.jit_lead / timedelta(seconds=1))
            return words % {"minutes": rules.jit_minutes, "seconds": lead}
    return (
        _("a time of the schedule on their own clock") if rules.attendee_zone else _("a time of the schedule")
    )


def _left_out(why: slots.Why, rules: slots.ScheduleRules) -> str:
    words = {
        slots.Why.BLACKOUT: _("nothing starts on that day"),
        slots.Why.HOURS: _("outside the hours"),
        slots.Why.CUT_OFF: _("registration has closed for it"),
        slots.Why.CANCELLED: _("it was cancelled"),
        slots.Why.SHUT: _("it takes no registrations any more"),
        slots.Why.MOVED: _("it was moved to another time"),
        slots.Why.EXCLUDED: _("it was taken out of the schedule"),
        slots.Why.FULL: _("it is full"),
        slots.Why.SAME_INSTANT: _("another one starts at the same moment"),
        slots.Why.NOT_BEGUN: _("it waits for the first session"),
        slots.Why.COUNT: _("%(count)s are offered already") % {"count": rules.count},
        slots.Why.TOO_FAR: _("more than %(days)s days ahead") % {"days": rules.days_ahead},
    }
    return words.get(why) or str(why)

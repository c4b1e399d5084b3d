"""Shows what another event type would change, before it is saved."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling import slots, wording
from scheduling.models import ChatHours, EventType, Schedule
from webinars import standing
from webinars.models import Webinar
from webinars.studio.preview import Preview

AHEAD = timedelta(days=14)
_ENOUGH = 500
_KINDS = {
    slots.Kind.ON_DEMAND: gettext_lazy("On demand"),
    slots.Kind.JUST_IN_TIME: gettext_lazy("Just in time"),
    slots.Kind.REPLAY: gettext_lazy("Replays"),
}


@dataclass(frozen=True, slots=True)
class TypeChange:
    """From one type to another: rules and starts that go, and those that come, for whoever the preview shows."""

    kind: str
    before: str
    after: str
    gone: list[str]
    instead: list[str]
    lost: list[datetime]
    gained: list[datetime]


def of(
    webinar: Webinar, draft: tuple[Schedule, ChatHours], preview: Preview, now: datetime
) -> TypeChange | None:
    """What changing the type as drafted does; None where the type stays."""
    saved, typed = (webinar.schedule, webinar.chat_hours), draft
    old, new = EventType(saved[0].event_type), EventType(typed[0].event_type)
    if old == new:
        return None
    (lost, switches), (gained, later) = (
        _given(webinar, saved, preview, now),
        _given(webinar, typed, preview, now),
    )
    stopped = [
        _("%(what)s, until the first session has begun") % {"what": label}
        if _waits(typed[0], kind)
        else str(label)
        for kind, label in _KINDS.items()
        if kind in switches - later
    ]
    started = [str(label) for kind, label in _KINDS.items() if kind in later - switches]
    return TypeChange(
        kind=new,
        before=str(old.label),
        after=str(new.label),
        gone=wording.rules(saved[0], old) + stopped,
        instead=wording.rules(typed[0], new) + started or [_("Only what visitors start themselves.")],
        lost=sorted(lost - gained),
        gained=sorted(gained - lost),
    )


def _waits(schedule: Schedule, kind: slots.Kind) -> bool:
    """Whether the kind is on and only waits."""
    on = {
        slots.Kind.ON_DEMAND: schedule.on_demand,
        slots.Kind.JUST_IN_TIME: schedule.just_in_time,
        slots.Kind.REPLAY: schedule.replay,
    }
    return on[kind] and schedule.switches_after_first


def _given(
    webinar: Webinar, pair: tuple[Schedule, ChatHours], preview: Preview, now: datetime
) -> tuple[set[datetime], set[slots.Kind]]:
    """The scheduled starts of the next two weeks, and which of the switches are offered now."""
    rules = standing.schedule_rules(
        pair[0], length=standing.length_of(webinar), hours=standing.hours_of(pair[1])
    )
    wide = replace(rules, count=_ENOUGH, days_ahead=AHEAD.days)
    every = slots.offers(wide, preview.zone, now)
    starts = {
        one.slot.starts_at
        for one in every
        if one.left_out is None and one.slot.kind is slots.Kind.SCHEDULED and one.slot.starts_at
    }
    held = {slots.Why.NOT_BEGUN}
    kinds = {one.slot.kind for one in every if one.slot.kind in _KINDS and one.left_out not in held}
    return starts, kinds

"""Says which line belongs in the film, so that what is said there is true of how questions are answered."""

from dataclasses import dataclass

from chat import texts
from chat.models import ChatPolicy, KindPolicy, Mode, PolicyKind, Promise
from scheduling.models import EventType, Kind, Schedule
from webinars.models import Webinar

_POLICY_KIND: dict[str, str] = {Kind.ON_DEMAND: PolicyKind.JUST_IN_TIME}


@dataclass(frozen=True, slots=True)
class Talk:
    """What the line depends on: the ways to talk in the kinds of session that are offered, and when those are.

    `staffed` says that sessions start only at times that somebody chose with the team in mind.
    """

    modes: frozenset[str]
    scheduled_only: bool
    staffed: bool
    promise: str = Promise.NONE


def case_of(talk: Talk) -> str:
    """Which of the lines is true: live, hours, anytime, mixed, partly or email; empty when nobody can ask."""
    ways = talk.modes & {Mode.CHAT, Mode.EMAIL}
    if ways == {Mode.CHAT, Mode.EMAIL}:
        return "mixed"
    if not ways or Mode.CHAT not in ways:
        return "email" if ways else ""
    if talk.modes != ways:
        return "partly"
    if talk.scheduled_only and talk.staffed:
        return "live"
    return "hours" if talk.staffed else "anytime"


def line_of(talk: Talk, language: str) -> str:
    """The line in the webinar's language; empty when nobody can ask."""
    wording = texts.of(language)
    when = wording.when.get(talk.promise, wording.when[""])
    return wording.script.get(case_of(talk), "").replace("{when}", when)


def talk_of(schedule: Schedule, promise: str, modes: dict[str, str]) -> Talk:
    """The facts of a schedule and of the mode of each `PolicyKind`."""
    kinds = _offered(schedule)
    ways = {kind: modes.get(_POLICY_KIND.get(kind, kind), Mode.OFF) for kind in kinds}
    any_time = {Kind.ON_DEMAND, Kind.REPLAY}
    if Kind.JUST_IN_TIME not in schedule.hours_limit:
        any_time.add(Kind.JUST_IN_TIME)
    at_any_hour = any(kind in any_time and way == Mode.CHAT for kind, way in ways.items())
    return Talk(
        modes=frozenset(map(str, ways.values())),
        scheduled_only=kinds == {Kind.SCHEDULED},
        staffed=not (schedule.attendee_zone or at_any_hour),
        promise=promise,
    )


def _offered(schedule: Schedule) -> set[str]:
    offered = {
        Kind.SCHEDULED: schedule.event_type != EventType.ON_DEMAND_ONLY,
        Kind.ON_DEMAND: schedule.on_demand or schedule.event_type == EventType.ON_DEMAND_ONLY,
        Kind.JUST_IN_TIME: schedule.just_in_time,
        Kind.REPLAY: schedule.replay,
    }
    return {str(kind) for kind, is_offered in offered.items() if is_offered}


def line_for(webinar: Webinar, policy: ChatPolicy | None) -> str:
    """The line for a webinar as it is set up now; one query for the kinds."""
    rows = KindPolicy.objects.filter(policy=policy) if policy else ()
    modes = {row.kind: row.mode for row in rows}
    promise = policy.promise if policy else Promise.NONE
    return line_of(talk_of(webinar.schedule, promise, modes), webinar.language)

"""Says what a webinar still lacks before it can be published."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Membership
from scheduling import recurrence
from scheduling.models import EventType
from videos.models import VersionState
from webinars import standing
from webinars.models import Webinar


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: in which part of the editor it is mended, and what happens without it."""

    part: str
    title: str
    why: str


def gaps(webinar: Webinar, now: datetime) -> list[Gap]:
    """All that is missing, in the order of the editor's parts; empty when it can be published.

    No queries but the related rows it reads: video with its versions, schedule with its rules, assignments.
    """
    found = [_video(webinar), _schedule(webinar, now), _texts(webinar), _moderators(webinar)]
    return [gap for gap in found if gap is not None]


def _video(webinar: Webinar) -> Gap | None:
    video = webinar.video
    if video and video.current and video.current.state == VersionState.READY:
        return None
    states = {version.state for version in video.versions.all()} if video else set()
    if states & {VersionState.WAITING, VersionState.PREPARING}:
        return Gap(
            "video", _("The video is still being prepared"), _("It can be published as soon as it plays.")
        )
    if VersionState.FAILED in states:
        return Gap(
            "video", _("The video could not be read"), _("There is nothing to show until another one is up.")
        )
    return Gap("video", _("There is no video"), _("There is nothing to show until one is uploaded."))


def _schedule(webinar: Webinar, now: datetime) -> Gap | None:
    schedule = webinar.schedule
    if schedule.on_demand or schedule.event_type == EventType.ON_DEMAND_ONLY:
        return None
    rules = standing.schedule_rules(schedule, length=standing.length_of(webinar))
    if rules.jit_minutes or next(recurrence.occurrences(rules.recurrences, rules.zone, now), None):
        return None
    return Gap("schedule", _("No session is left"), _("Visitors would find nothing to choose."))


def _texts(webinar: Webinar) -> Gap | None:
    if webinar.promise or webinar.description:
        return None
    return Gap(
        "registration",
        _("The page says nothing but the title"),
        _("Give one sentence on what it is good for."),
    )


def _moderators(webinar: Webinar) -> Gap | None:
    if any(assigned.moderates and _is_active(assigned.membership) for assigned in webinar.assignments.all()):
        return None
    return Gap(
        "moderators", _("Nobody answers"), _("Questions would wait for ever: choose at least one person.")
    )


def _is_active(membership: Membership) -> bool:
    return membership.user.is_active

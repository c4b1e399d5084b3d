"""Makes tables of who was at work and how each answered: by member, and by hour."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from accounts.models import Membership
from chat import measures
from chat.at_work import Load, Member, by_hour, worked
from chat.measures import Talked
from chat.services import measured
from chat.worked import members_of
from webinars.models import Webinar

PEOPLE = (
    *("member", "logged_in_minutes", "available_minutes", "active_minutes", "answers"),
    *("response_median_seconds", "response_median_seconds_from_ownership"),
    *("concurrency_mean", "concurrency_most"),
)
HOURS = (
    *("hour", "logged_in_mean", "logged_in_most", "available_mean", "available_most"),
    *("active_mean", "active_most", "minutes_with_somebody_available"),
)


def people_table(membership: Membership, begin: datetime, end: datetime) -> Iterator[Iterable[object]]:
    """A line under `PEOPLE` for everybody who was at the inbox for a webinar that the member works on."""
    members, episodes = _facts(membership, begin, end)
    laden = measures.concurrency(episodes)
    replies = [reply for episode in episodes for reply in measures.replies(episode)]
    for member in members:
        mine = [reply for reply in replies if reply.author == member.who]
        load = laden.get(member.who)
        yield (
            member.name,
            *(round(seconds / 60, 2) for seconds in worked(member)),
            len(mine),
            _blank(measures.figure(reply.from_start for reply in mine).median),
            _blank(measures.figure(reply.from_ownership for reply in mine).median),
            _blank(load.mean if load else None),
            load.most if load else "",
        )


def hours_table(
    membership: Membership, begin: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[Iterable[object]]:
    """A line under `HOURS` for each hour of the range, on the clock of `zone`."""
    members, _episodes = _facts(membership, begin, end)
    for hour in by_hour(members, begin, end):
        loads = chain.from_iterable(map(_load, (hour.logged_in, hour.available, hour.active)))
        at = hour.begin.astimezone(zone).isoformat(timespec="minutes")
        yield at, *loads, round(hour.covered / 60, 2)


def _facts(membership: Membership, begin: datetime, end: datetime) -> tuple[list[Member], list[Talked]]:
    webinars = list(Webinar.objects.visible_to(membership).values_list("pk", flat=True))
    facts = measured.facts_of(webinars, begin, end, whole=True).values()
    episodes = list(chain.from_iterable(one.episodes for one in facts))
    return members_of(membership.team, webinars, episodes, begin, end), episodes


def _load(load: Load) -> tuple[float, int]:
    return round(load.mean, 3), load.most


def _blank(number: float | None) -> object:
    return "" if number is None else round(number, 2)

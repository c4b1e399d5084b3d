"""Makes the figures of answers presentable: one line for each metric with its definition, and as a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from chat import measures
from chat.measures import Figure, Promised, Share, Talked
from chat.services import measured
from webinars.models import Webinar

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Spread:
    """A metric that is a length of time: by the wall clock, and within chat hours."""

    name: Text
    definition: Text
    wall: Figure
    in_hours: Figure


@dataclass(frozen=True, slots=True)
class Rate:
    """A metric that is a share."""

    name: Text
    definition: Text
    share: Share


@dataclass(frozen=True, slots=True)
class Answers:
    """What a range brought, of all the webinars that a member works on."""

    episodes: int
    spreads: list[Spread]
    rates: list[Rate]

    @property
    def nothing(self) -> bool:
        """Whether nobody asked anything and nothing fell due."""
        return not self.episodes and not any(rate.share.n for rate in self.rates)


def answers_of(membership: Membership, begin: datetime, end: datetime, now: datetime) -> Answers:
    """The time from `begin` to `end`, but not beyond `now`, by when each question was asked."""
    webinars = Webinar.objects.visible_to(membership).values_list("pk", flat=True)
    facts = measured.facts_of(list(webinars), begin, max(begin, min(end, now))).values()
    episodes = list(chain.from_iterable(one.episodes for one in facts))
    promises = list(chain.from_iterable(one.promises for one in facts))
    return Answers(len(episodes), _spreads(episodes, now), _rates(episodes, promises, now))


def _spreads(episodes: Sequence[Talked], now: datetime) -> list[Spread]:
    waits = [wait for episode in episodes for wait in episode.waits]
    return [
        Spread(
            _("First response"),
            _(
                "First answer of a human less first message of the episode. What comes by itself never counts."
            ),
            measures.figure(measures.first_response(one) for one in episodes),
            measures.figure(measures.first_response(one, in_hours=True) for one in episodes),
        ),
        Spread(
            _("Wait"),
            _(
                "From a question to the answer that ends the wait; one that is open counts as long as it is by now."
            ),
            measures.figure(measures.reply_wait(one, now) for one in waits),
            measures.figure(measures.reply_wait(one, now, in_hours=True) for one in waits),
        ),
        Spread(
            _("Resolution"),
            _("First message of the episode to its last resolve."),
            measures.figure(measures.resolution(one) for one in episodes),
            measures.figure(measures.resolution(one, in_hours=True) for one in episodes),
        ),
    ]


def _rates(episodes: Sequence[Talked], promises: Sequence[Promised], now: datetime) -> list[Rate]:
    rates = measures.answer_rates(episodes)
    spoke, kept = measures.autoresponder_rate(episodes), measures.promises_kept(promises, now)
    return [
        Rate(
            _("Answered in the session"),
            _("Episodes with a human answer before the room closed."),
            rates["in_session"],
        ),
        Rate(
            _("Answered within the target"),
            _("Episodes answered within the webinar’s target time."),
            rates["within_target"],
        ),
        Rate(_("Answered ever"), _("Episodes with a human answer by now."), rates["ever"]),
        Rate(_("Autoresponder"), _("Episodes in which the autoresponder spoke."), spoke),
        Rate(_("Promises kept"), _("Owed replies given by their due time, of those due by now."), kept),
    ]


COLUMNS = (
    *("webinar", "metric", "unit", "n", "median", "p90", "mean"),
    *("n_in_hours", "median_in_hours", "p90_in_hours", "mean_in_hours", "hits", "percent"),
)


def table_of(
    membership: Membership, begin: datetime, end: datetime, now: datetime
) -> Iterator[Iterable[object]]:
    """Every metric of each webinar as a line under `COLUMNS`; webinars without anything are left out."""
    webinars = list(Webinar.objects.visible_to(membership).order_by("title", "pk"))
    facts = measured.facts_of([row.pk for row in webinars], begin, max(begin, min(end, now)), whole=True)
    for webinar in webinars:
        found = facts[webinar.pk]
        if found.episodes or found.promises:
            for line in chain(_lengths(found.episodes, now), _shares(found.episodes, found.promises, now)):
                yield webinar.title, *line


def _lengths(episodes: Sequence[Talked], now: datetime) -> Iterator[tuple[object, ...]]:
    first, wait, resolved = _spreads(episodes, now)
    replies = [reply for episode in episodes for reply in measures.replies(episode)]
    plain = measures.figure
    yield _length("first_response", first.wall, first.in_hours)
    yield _length("queue_wait", plain(measures.queue_wait(one) for one in episodes))
    yield _length("wait", wait.wall, wait.in_hours)
    yield _length("moderator_response_from_start", plain(one.from_start for one in replies))
    yield _length("moderator_response_from_ownership", plain(one.from_ownership for one in replies))
    yield _length("resolution", resolved.wall, resolved.in_hours)
    yield _length("first_resolution", plain(measures.resolution(one, first=True) for one in episodes))
    yield _length("chat_duration", plain(measures.chat_duration(one) for one in episodes))
    yield _length("effort", plain(measures.effort(episodes).values()))
    yield _number("reassignments", plain(measures.reassignments(one)[0] for one in episodes))
    laden = measures.concurrency(episodes).values()
    yield _number("concurrency_mean", plain(one.mean for one in laden))
    yield _number("concurrency_most", plain(one.most for one in laden))


def _shares(
    episodes: Sequence[Talked], promises: Sequence[Promised], now: datetime
) -> Iterator[tuple[object, ...]]:
    for name, found in measures.answer_rates(episodes).items():
        yield _share(f"answered_{name}", found)
    yield _share("autoresponder", measures.autoresponder_rate(episodes))
    yield _share("promises_kept", measures.promises_kept(promises, now))
    yield _share(
        "first_contact_resolution", measures.share(measures.first_contact(one, now) for one in episodes)
    )
    outcomes = [measures.outcome(episode) for episode in episodes]
    for outcome in measures.Outcome:
        yield _share(f"outcome_{outcome}", Share(outcomes.count(outcome), len(outcomes)))


def _length(name: str, wall: Figure, in_hours: Figure | None = None) -> tuple[object, ...]:
    return name, "seconds", *_values(wall), *(_values(in_hours) if in_hours else [""] * 4), "", ""


def _number(name: str, found: Figure) -> tuple[object, ...]:
    return name, "number", *_values(found), *[""] * 6


def _share(name: str, found: Share) -> tuple[object, ...]:
    percent: Any = "" if found.percent is None else round(found.percent, 1)
    return name, "share", found.n, *[""] * 7, found.hits, percent


def _values(found: Figure) -> list[object]:
    numbers = (found.median, found.p90, found.mean)
    return [found.n, *("" if number is None else round(number, 2) for number in numbers)]

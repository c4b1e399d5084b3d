"""Works out the figures of the talk from plain facts, by the definitions of the reports (M-01 to M-18).

Spans come in seconds. None means that there is nothing to measure, never zero. Automatic messages and holding messages
are no answers and therefore no facts here, but for what they say about themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import fmean, median, quantiles

Span = tuple[datetime, datetime]
LIVELY = timedelta(minutes=10)  # an episode is active for so long after a public message
RETURNS = timedelta(days=7)  # who comes back within it was not helped at the first contact


@dataclass(frozen=True, slots=True)
class Figure:
    """How many there are, and how they spread; all None when there are none."""

    n: int = 0
    median: float | None = None
    p90: float | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    n: int

    @property
    def percent(self) -> float | None:
        """In percent; None of nothing."""
        return 100 * self.hits / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Answered:
    """The first human answer of an episode: `met` says that the attendee was there, None that nobody knows."""

    at: datetime
    via: str
    in_session: bool | None
    met: bool | None
    open_seconds: float | None


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait; `closed_by` is answer or no_reply_needed, `author` who wrote the answer."""

    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    author: str | None = None
    open_seconds: float | None = None
    by_mail: bool = False  # asked where nobody answers live
    automatic: bool = False  # had its autoresponder
    helped: bool = False


@dataclass(frozen=True, slots=True)
class Owned:
    """That a conversation was somebody's; `available_at` is the first moment of it at which they were there."""

    who: str
    cause: str
    begin: datetime
    end: datetime | None = None
    available_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Talked:
    """One episode. `public` are the instants of its public messages, `people` who of the team wrote them."""

    key: str
    opened_at: datetime
    answered: Answered | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None
    resolve_seconds: float | None = None  # within chat hours
    next_at: datetime | None = None  # when the same attendee opened another
    target: timedelta = timedelta(minutes=3)
    waits: tuple[Waited, ...] = ()
    owned: tuple[Owned, ...] = ()
    public: tuple[datetime, ...] = ()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Promised:
    """One owed reply; `settled_by` is answer or no_reply_needed."""

    due_at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""


class Outcome(StrEnum):
    """What became of an episode."""

    LIVE = "live"  # answered while the attendee was there
    LATER = "later"  # by e-mail, or after the session
    ABANDONED = "abandoned"  # they left a session that ran, and were answered into the empty room
    AUTOMATIC = "automatic"  # nobody answered, and the attendee said that what came by itself helped
    NO_REPLY_NEEDED = "no_reply_needed"  # a human said so
    OPEN = "open"  # nobody answered yet
    CLOSED = "closed"  # nobody answered and nobody decided so: must never occur


def figure(values: Iterable[float | None]) -> Figure:
    """How values spread; None among them does not count. The 90th percentile lies between its neighbours."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Figure()
    p90 = quantiles(known, n=10, method="inclusive")[8] if len(known) > 1 else known[0]
    return Figure(len(known), median(known), p90, fmean(known))


def share(answers: Iterable[bool | None]) -> Share:
    """How many are true of those that are known."""
    known = [answer for answer in answers if answer is not None]
    return Share(sum(known), len(known))


def first_response(episode: Talked, *, in_hours: bool = False) -> float | None:
    """M-01: from the episode's first message of the attendee to the first human answer."""
    answered = episode.answered
    if answered is None:
        return None
    return answered.open_seconds if in_hours else _seconds(episode.opened_at, answered.at)


def queue_wait(episode: Talked) -> float | None:
    """M-02: how long the episode was nobody's who was there; None while it is nobody's.

    A stretch counts from the moment its owner was available; between two stretches it goes on.
    """
    held = [one for one in episode.owned if one.available_at is not None]
    if not held or (held[-1].end is not None and episode.resolved_at is None):
        return None
    free = episode.opened_at
    total = 0.0
    for one in held:
        begin = max(one.begin, one.available_at or one.begin)
        total += max(0.0, _seconds(free, begin))
        free = one.end or begin
    return total


def reply_wait(wait: Waited, now: datetime, *, in_hours: bool = False) -> float | None:
    """M-03: the length of a wait, as it is by now where it is open; its time within hours is known once it closed."""
    if in_hours:
        return wait.open_seconds
    return _seconds(wait.opened_at, wait.closed_at or now)


@dataclass(frozen=True, slots=True)
class Reply:
    """M-04: one answer that ended a wait: from the wait's beginning, and from when its author owned it, if later."""

    author: str
    from_start: float
    from_ownership: float


def replies(episode: Talked) -> list[Reply]:
    """M-04 for every wait that an answer ended."""
    found = []
    for wait in episode.waits:
        if wait.closed_by != "answer" or wait.closed_at is None or wait.author is None:
            continue
        mine = [one.begin for one in episode.owned if one.who == wait.author and one.begin <= wait.closed_at]
        since = max([wait.opened_at, *mine])
        found.append(
            Reply(wait.author, _seconds(wait.opened_at, wait.closed_at), _seconds(since, wait.closed_at))
        )
    return found


def resolution(episode: Talked, *, first: bool = False, in_hours: bool = False) -> float | None:
    """M-05: from the episode's first message to its last resolve, or to the `first`; None while it is open."""
    if in_hours:
        return episode.resolve_seconds
    ended = episode.first_resolved_at if first else episode.resolved_at
    return None if ended is None else _seconds(episode.opened_at, ended)


def chat_duration(episode: Talked) -> float:
    """M-06: from the episode's first message to its last public one; idle time after it does not count."""
    return _seconds(episode.opened_at, max([episode.opened_at, *episode.public]))


def effort(episodes: Sequence[Talked]) -> dict[str, float]:
    """M-07: for each episode that somebody owned, its active time divided by how many its owner had active at once."""
    total: dict[str, float] = defaultdict(float)
    for _who, seconds, active in _turns(episodes):
        for key in active:
            total[key] += seconds / len(active)
    return dict(total)


@dataclass(frozen=True, slots=True)
class Concurrency:
    """M-16: how many episodes somebody had active at once, in the mean over the time with any, and at most."""

    mean: float
    most: int


def concurrency(episodes: Sequence[Talked]) -> dict[str, Concurrency]:
    """M-16 for each member who owned an active episode."""
    spent: dict[str, float] = defaultdict(float)
    laden: dict[str, float] = defaultdict(float)
    most: Counter[str] = Counter()
    for who, seconds, active in _turns(episodes):
        spent[who] += seconds
        laden[who] += seconds * len(active)
        most[who] = max(most[who], len(active))
    return {who: Concurrency(laden[who] / spent[who], most[who]) for who in spent}


def active_by_owner(episodes: Sequence[Talked]) -> dict[str, list[tuple[str, Span]]]:
    """When each member owned which active episode, by the episodes' keys."""
    mine: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for episode in episodes:
        for one in episode.owned:
            for since, until in active_spans(episode):
                begin, end = max(since, one.begin), min(until, one.end or until)
                if begin < end:
                    mine[one.who].append((episode.key, (begin, end)))
    return mine


def _turns(episodes: Sequence[Talked]) -> Iterable[tuple[str, float, list[str]]]:
    """For each member the pieces of time in which the same of their episodes were active: seconds, and which."""
    for who, spans in active_by_owner(episodes).items():
        marks = sorted({mark for _key, span in spans for mark in span})
        for begin, end in pairwise(marks):
            active = sorted({key for key, (first, last) in spans if first <= begin < last})
            if active:
                yield who, _seconds(begin, end), active


def active_spans(episode: Talked) -> list[Span]:
    """When an episode was active: less than ten minutes after a public message, and not after its last."""
    spans: list[Span] = []
    for at, following in pairwise(sorted({episode.opened_at, *episode.public})):
        end = min(following, at + LIVELY)
        if spans and spans[-1][1] == at:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((at, end))
    return spans


def reassignments(episode: Talked) -> tuple[int, Counter[str]]:
    """M-09: how often an episode went on to somebody else, or back to the same; and by which causes."""
    later = episode.owned[1:]
    return len(later), Counter(one.cause for one in later)


def outcome(episode: Talked) -> Outcome:
    """M-10: what became of an episode. Where nobody knows whether the attendee was there, they count as there."""
    answered = episode.answered
    if answered is not None:
        if answered.met is not False:
            return Outcome.LIVE
        asked_by_mail = bool(episode.waits) and episode.waits[0].by_mail
        later = answered.via == "email" or answered.in_session is False or asked_by_mail
        return Outcome.LATER if later else Outcome.ABANDONED
    if any(wait.closed_by == "no_reply_needed" for wait in episode.waits):
        return Outcome.NO_REPLY_NEEDED
    if episode.waits and all(wait.helped for wait in episode.waits):
        return Outcome.AUTOMATIC
    return Outcome.OPEN if episode.resolved_at is None else Outcome.CLOSED


def first_contact(episode: Talked, now: datetime) -> bool | None:
    """M-12: whether one moderator settled it and the attendee asked nothing new for seven days.

    None while that is not known: not resolved, without a human, or resolved less than seven days ago.
    """
    if episode.resolved_at is None or not episode.people:
        return None
    if len(episode.people) > 1:
        return False
    until = episode.resolved_at + RETURNS
    if episode.next_at is not None and episode.next_at < until:
        return False
    return True if until <= now else None


def satisfaction(ratings: Iterable[bool | None]) -> tuple[Share, Share]:
    """M-13: good of those rated, and rated of those asked; a rating is good, not good, or None for not given."""
    asked = list(ratings)
    return share(asked), Share(sum(rating is not None for rating in asked), len(asked))


def answer_rates(episodes: Sequence[Talked]) -> Mapping[str, Share]:
    """M-14: the share of episodes with a human answer: in the session, within the target, at any time."""
    answers = [(episode, episode.answered) for episode in episodes]
    within = (first_response(one) for one, _ in answers)
    return {
        "in_session": share(bool(answered and answered.in_session) for _, answered in answers),
        "within_target": share(
            spent is not None and spent <= one.target.total_seconds()
            for (one, _), spent in zip(answers, within, strict=True)
        ),
        "ever": share(answered is not None for _, answered in answers),
    }


def autoresponder_rate(episodes: Iterable[Talked]) -> Share:
    """M-15: the share of episodes in which the autoresponder spoke."""
    return share(any(wait.automatic for wait in episode.waits) for episode in episodes)


def promises_kept(promises: Iterable[Promised], now: datetime) -> Share:
    """M-18: owed replies that a human gave by their due time, of those due by now.

    One that a human let go before it was due is none any more; one let go after it is missed.
    """
    return share(_kept(promise) for promise in promises if promise.due_at <= now)


def _kept(promise: Promised) -> bool | None:
    in_time = promise.settled_at is not None and promise.settled_at <= promise.due_at
    if in_time and promise.settled_by != "answer":
        return None
    return in_time


def _seconds(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds()

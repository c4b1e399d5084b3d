"""Decides what is said by itself, when, and why not; from plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.recurrence import resolve

SHORTEST_WAIT = timedelta(seconds=15)
LITTLE_DAY_LEFT = timedelta(hours=2)


class Mode(StrEnum):
    """How an attendee can talk."""

    CHAT = "chat"
    EMAIL = "email"
    OFF = "off"
    OTHER = "other"


class Promise(StrEnum):
    """By when an autoresponder says that a human answers."""

    NONE = "none"
    WEBINAR_END = "webinar_end"
    DAY_END = "day_end"
    HOURS = "hours"


class What(StrEnum):
    """The two automatic messages."""

    WELCOME = "welcome"
    AUTORESPONDER = "autoresponder"


class Why(StrEnum):
    """Why an automatic message comes, or does not."""

    DUE = "due"
    # before it is due
    NOT_ENTERED = "not_entered"
    DEALT_WITH = "dealt_with"  # said in this window, or it was due there and lapsed
    TEAM_WROTE = "team_wrote"
    NOBODY_WAITS = "nobody_waits"
    HELD = "held"
    HELPED = "helped"  # the attendee said that an answer found for them helped
    BEING_ANSWERED = "being_answered"  # a human's answer can still be taken back
    LATE = "late"  # by mail or after the session: owed instead
    ONCE_A_WAIT = "once_a_wait"
    ONCE_A_SESSION = "once_a_session"
    AFTER_EXIT = "after_exit"
    # when it is due
    SWITCHED_OFF = "switched_off"
    NOT_CHAT = "not_chat"
    NO_TEXT = "no_text"
    # of an answer from the host's list
    BELOW_THRESHOLD = "below_threshold"
    SAID_BEFORE = "said_before"
    WANTS_HUMAN = "wants_human"
    # looking back at what never became due
    ANSWERED = "answered"
    NO_REPLY_NEEDED = "no_reply_needed"
    MOVED_ON = "moved_on"


@dataclass(frozen=True, slots=True)
class KindRules:
    """What a policy says for one kind of session."""

    mode: Mode = Mode.CHAT
    welcome_on: bool = True
    welcome_text: str = ""
    autoresponder_on: bool = True
    inside_text: str = ""
    outside_text: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How the talk of one webinar works. `kinds` is keyed by scheduled, just_in_time and replay."""

    kinds: Mapping[str, KindRules]
    welcome_delay: timedelta = timedelta(seconds=5)
    autoresponder_delay: timedelta = timedelta(minutes=5)
    once_per_session: bool = True
    outside_mode: Mode = Mode.EMAIL
    away_email: bool = False  # nobody available: the chat becomes the e-mail form
    queue_most: int | None = None  # so many may wait in the chat; None: any number
    queue_wait: timedelta | None = None  # whoever waited so long is answered by e-mail; None: waits on
    promise: Promise = Promise.DAY_END
    promise_span: timedelta = timedelta(hours=24)
    nudge_after: timedelta = timedelta(0)  # never

    @property
    def has_limits(self) -> bool:
        """Whether anything besides the hours makes of the chat an e-mail form."""
        return self.away_email or self.queue_most is not None or self.queue_wait is not None

    def of(self, kind: str) -> KindRules:
        """The rules for a session of that kind; on demand goes with just in time."""
        return self.kinds.get("just_in_time" if kind == "on_demand" else kind, KindRules(mode=Mode.OFF))


class Cause(StrEnum):
    """Why one talks as one does just now."""

    KIND = "kind"  # the host's choice for this kind of session
    HOURS = "hours"  # outside the chat hours
    AWAY = "away"  # nobody is available
    FULL = "full"  # as many wait as may
    LONG = "long"  # their question waited for too long
    OVER = "over"  # the exit room is closed


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who could answer one attendee, and who waits before them.

    `waiting` counts everybody who waits in the chat, `ahead` those who began before this one, who waits there
    themselves where `waited` says for how long. `overflowed`: their open question is answered by e-mail, because it
    waited too long in this session.
    """

    available: bool = True
    waiting: int = 0
    ahead: int = 0
    waited: timedelta | None = None
    overflowed: bool = False


USUAL = Crowd()  # somebody is there and nobody waits: what one goes by where no limit is set


@dataclass(frozen=True, slots=True)
class Way:
    """How one can talk just now, and why so."""

    mode: Mode
    cause: Cause = Cause.KIND


@dataclass(frozen=True, slots=True)
class Place:
    """A session as automation sees it; `closes_at` is the end of the exit room, None while it is not known."""

    session: str
    kind: str
    closes_at: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether the exit room is closed at that instant."""
        return self.closes_at is not None and at >= self.closes_at


@dataclass(frozen=True, slots=True)
class OpenWait:
    """The open wait. `place` is the session its question was written in, `counts_from` that question's instant.

    `dealt_with`: the ledger has an entry for this wait in this session. `said_in_session`: an autoresponder was
    said in that session, for whatever wait. `looked_at`: when somebody of the team last had it in mind, seeing it or
    promising to look; `nudged`: they were reminded of it. `by_email`: it was asked in the e-mail form, or waited too
    long.
    """

    wait: str
    place: Place
    counts_from: datetime
    held: bool = False
    helped: bool = False
    late: bool = False
    had_automatic: bool = False
    dealt_with: bool = False
    said_in_session: bool = False
    looked_at: datetime | None = None
    nudged: bool = False
    by_email: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as automation sees it.

    `place` and `entered_at` are the session they are in or were in last, and their first entry to it.
    `welcome_dealt_with`: the ledger has a welcome for that session. `release_at`: a reply of a human goes out then,
    unless it is taken back.
    """

    place: Place | None = None
    entered_at: datetime | None = None
    team_wrote_at: datetime | None = None
    welcome_dealt_with: bool = False
    wait: OpenWait | None = None
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Automatic:
    """One automatic message that will be due; `window` is what it is said once for."""

    what: What
    place: Place
    window: str
    due_at: datetime
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of one automatic message: when, or why never as things stand."""

    what: What
    why: Why
    automatic: Automatic | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to an automatic message that is due: said with this text, or lapsed, and why."""

    said: bool
    why: Why
    text: str = ""
    outside: bool = False


def welcome_outlook(policy: Policy, standing: Standing) -> Outlook:
    """When the welcome is due, or why it will not come. Source: product rule "Welcome"."""
    place, entered_at = standing.place, standing.entered_at
    if place is None or entered_at is None:
        return Outlook(What.WELCOME, Why.NOT_ENTERED)
    if standing.welcome_dealt_with:
        return Outlook(What.WELCOME, Why.DEALT_WITH)
    if standing.team_wrote_at is not None and standing.team_wrote_at >= entered_at:
        return Outlook(What.WELCOME, Why.TEAM_WROTE)
    if standing.release_at is not None:
        return Outlook(What.WELCOME, Why.BEING_ANSWERED)
    due_at = entered_at + policy.welcome_delay
    if place.is_over(due_at):
        return Outlook(What.WELCOME, Why.AFTER_EXIT)
    automatic = Automatic(What.WELCOME, place, place.session, due_at, policy.welcome_delay)
    return Outlook(What.WELCOME, Why.DUE, automatic)


def autoresponder_outlook(policy: Policy, standing: Standing) -> Outlook:
    """When the autoresponder is due, or why it will not come. Source: product rule "Autoresponder"."""
    wait = standing.wait
    if wait is None:
        return Outlook(What.AUTORESPONDER, Why.NOBODY_WAITS)
    due_at = wait.counts_from + max(policy.autoresponder_delay, SHORTEST_WAIT)
    obstacles = (
        (wait.late, Why.LATE),
        (wait.held, Why.HELD),
        (wait.helped, Why.HELPED),
        (wait.had_automatic, Why.ONCE_A_WAIT),
        (wait.dealt_with, Why.DEALT_WITH),
        (policy.once_per_session and wait.said_in_session, Why.ONCE_A_SESSION),
        (wait.place.is_over(due_at), Why.AFTER_EXIT),
        (standing.release_at is not None, Why.BEING_ANSWERED),
    )
    for stands, why in obstacles:
        if stands:
            return Outlook(What.AUTORESPONDER, why)
    window = f"{wait.place.session}/{wait.wait}"
    automatic = Automatic(What.AUTORESPONDER, wait.place, window, due_at, due_at - wait.counts_from)
    return Outlook(What.AUTORESPONDER, Why.DUE, automatic)


def next_automatic(policy: Policy, standing: Standing) -> Automatic | None:
    """The automatic message that is due first, or None while there is nothing to wait for.

    Mode, hours, switches and texts do not count here: they are judged when it is due, by `judge`.
    """
    both = (welcome_outlook(policy, standing), autoresponder_outlook(policy, standing))
    coming = [outlook.automatic for outlook in both if outlook.automatic is not None]
    return min(coming, key=lambda automatic: automatic.due_at, default=None)


def nudge_at(policy: Policy, standing: Standing) -> datetime | None:
    """When the team is reminded of a question that they have seen and not answered; None: never (A-035)."""
    wait = standing.wait
    if wait is None or wait.nudged or wait.looked_at is None or not policy.nudge_after:
        return None
    if standing.release_at is not None:
        return None
    return wait.looked_at + policy.nudge_after


def overflows_at(policy: Policy, standing: Standing) -> datetime | None:
    """When the open question has waited in the chat for as long as it may; None where that never comes.

    Only in the session it was asked in: what was carried out of another one is owed already.
    """
    wait, place = standing.wait, standing.place
    if policy.queue_wait is None or wait is None or wait.by_email or wait.late:
        return None
    if place is None or place.session != wait.place.session or standing.release_at is not None:
        return None
    at = wait.counts_from + policy.queue_wait
    return at if policy.of(wait.place.kind).mode is Mode.CHAT and not wait.place.is_over(at) else None


def next_look(policy: Policy, standing: Standing) -> datetime | None:
    """When a tick has something to do here; None while there is nothing to wait for."""
    automatic = next_automatic(policy, standing)
    said_at = automatic.due_at if automatic else None
    waits = (nudge_at(policy, standing), standing.release_at, overflows_at(policy, standing))
    return min((at for at in (said_at, *waits) if at is not None), default=None)


def way_at(policy: Policy, kind: str, *, hours_open: bool, crowd: Crowd = USUAL, over: bool = False) -> Way:
    """How one can talk: by the kind of session, then by the hours, then by who is there and who waits.

    Outside the hours nobody is expected to be there, so that neither who is away nor how many wait counts; for how
    long a question has waited does at any hour.
    """
    mode = policy.of(kind).mode
    if over:
        return Way(Mode.OFF, Cause.OVER)
    if mode is not Mode.CHAT:
        return Way(mode)
    cause = _turned_away(policy, crowd, hours_open)
    if not hours_open and policy.outside_mode is not Mode.CHAT:
        long = cause is Cause.LONG and policy.outside_mode is Mode.EMAIL
        return Way(policy.outside_mode, Cause.LONG if long else Cause.HOURS)
    if cause is not None:
        return Way(Mode.EMAIL, cause)
    return Way(Mode.CHAT, Cause.KIND if hours_open else Cause.HOURS)


def _turned_away(policy: Policy, crowd: Crowd, hours_open: bool) -> Cause | None:
    """Why an attendee is asked to write by e-mail instead, or None for those who can be met in the chat."""
    too_long = (
        policy.queue_wait is not None and crowd.waited is not None and crowd.waited >= policy.queue_wait
    )
    if crowd.overflowed or too_long:
        return Cause.LONG
    if hours_open and policy.away_email and not crowd.available:
        return Cause.AWAY
    full = policy.queue_most is not None and crowd.waiting >= policy.queue_most
    return Cause.FULL if hours_open and full and crowd.waited is None else None


def mode_at(policy: Policy, kind: str, *, hours_open: bool, crowd: Crowd = USUAL) -> Mode:
    """The mode alone of `way_at`."""
    return way_at(policy, kind, hours_open=hours_open, crowd=crowd).mode


def judge(
    automatic: Automatic, policy: Policy, *, now: datetime, hours_open: bool, crowd: Crowd = USUAL
) -> Verdict:
    """What to do with a message that is due, by the policy, the mode and the hours of this instant."""
    rules = policy.of(automatic.place.kind)
    welcome = automatic.what is What.WELCOME
    if automatic.place.is_over(now):
        return Verdict(False, Why.AFTER_EXIT)
    if not (rules.welcome_on if welcome else rules.autoresponder_on):
        return Verdict(False, Why.SWITCHED_OFF)
    if mode_at(policy, automatic.place.kind, hours_open=hours_open, crowd=crowd) is not Mode.CHAT:
        return Verdict(False, Why.NOT_CHAT)
    text = rules.welcome_text if welcome else rules.inside_text if hours_open else rules.outside_text
    if not text.strip():
        return Verdict(False, Why.NO_TEXT)
    return Verdict(True, Why.DUE, text, outside=not hours_open)


class ByWhen(StrEnum):
    """How a promise is put into words."""

    WEBINAR = "webinar"
    TODAY = "today"
    TOMORROW = "tomorrow"
    HOURS = "hours"


def end_of_day(now: datetime, zone: ZoneInfo) -> tuple[datetime, ByWhen]:
    """The end of the attendee's day as an instant; of the next day when less than two hours remain."""
    today = now.astimezone(zone).date()
    end, next_end = (resolve(datetime.combine(today + timedelta(days=n), time(0)), zone) for n in (1, 2))
    return (end, ByWhen.TODAY) if end - now >= LITTLE_DAY_LEFT else (next_end, ByWhen.TOMORROW)


def promised(
    policy: Policy, *, now: datetime, zone: ZoneInfo, ends_at: datetime | None
) -> tuple[datetime, ByWhen] | None:
    """By when an answer given up for later is due, and in which words; None when nothing is promised.

    `ends_at` is the end of the webinar; past or unknown, the day's end is promised instead.
    """
    if policy.promise is Promise.NONE:
        return None
    if policy.promise is Promise.HOURS:
        return now + policy.promise_span, ByWhen.HOURS
    if policy.promise is Promise.WEBINAR_END and ends_at is not None and ends_at > now:
        return ends_at, ByWhen.WEBINAR
    return end_of_day(now, zone)

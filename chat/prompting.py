"""Decides which prompt an attendee or visitor sees now, if any, and why not; from plain values only.

`assets/shared/prompts.ts` decides the same in the browser, where the seconds pass; both are held to one table,
`tests/tables/prompts.json`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from chat.rules import Mode

QUIET_AFTER_HUMAN = timedelta(minutes=5)  # nothing by itself into a talk between people
POSITION_HOLDS = 30.0  # seconds of film after its point in which a prompt that had to wait may still come


class Page(StrEnum):
    """Where somebody is. FORM is the registration page from the moment its form is being filled in."""

    REGISTRATION = "registration"
    FORM = "form"
    THANKS = "thanks"
    WAITING = "waiting"
    ROOM = "room"
    EXIT = "exit"
    REPLAY = "replay"
    OVER = "over"


class Often(StrEnum):
    """How often one person may see a prompt."""

    ONCE = "once"
    SESSION = "session"
    DAYS = "days"


class Action(StrEnum):
    """What a prompt opens."""

    CHAT = "chat"
    FORM = "form"
    TEXT = "text"


class Join(StrEnum):
    """Whether all of the properties must be so, or one is enough."""

    ALL = "all"
    ANY = "any"


class Why(StrEnum):
    """Why a prompt shows, or does not."""

    SHOWS = "shows"
    SWITCHED_OFF = "switched_off"
    NO_TEXT = "no_text"
    FORM_STEP = "form_step"  # the last step of registration, which is left alone unless the host opts in
    PAGE = "page"
    ADDRESS = "address"
    PROPERTY = "property"
    NOTHING_TO_OPEN = "nothing_to_open"
    CHAT_OFF = "chat_off"
    CLOSED = "closed"
    SEEN = "seen"
    QUESTION = "question"
    HUMAN = "human"
    TOO_SOON = "too_soon"
    TOO_FEW_PAGES = "too_few_pages"
    NOT_IDLE = "not_idle"
    POSITION = "position"
    TYPING = "typing"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A property that has to be, or must not be, some value."""

    name: str
    value: str
    negated: bool = False

    def holds(self, properties: Mapping[str, str]) -> bool:
        """Whether it is so; a property nobody knows is no value."""
        return (properties.get(self.name, "") == self.value) is not self.negated


@dataclass(frozen=True, slots=True)
class Prompt:
    """One invitation, as a host set it. Empty lists of pages and addresses mean everywhere."""

    key: str
    text: str = ""
    is_on: bool = True
    seconds: int | None = None  # visible on this page
    idle: int | None = None  # without a hand
    position: int | None = None  # of the film, passed while it plays
    pages: int | None = None  # seen
    join: Join = Join.ALL
    properties: tuple[Comparison, ...] = ()
    pages_in: frozenset[Page] = frozenset()
    pages_out: frozenset[Page] = frozenset()
    addresses_in: tuple[str, ...] = ()
    addresses_out: tuple[str, ...] = ()
    form_too: bool = False
    often: Often = Often.ONCE
    days: int = 30
    action: Action = Action.CHAT


@dataclass(frozen=True, slots=True)
class Seen:
    """When a person last saw a prompt, and in which session."""

    at: datetime
    session: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """Somebody on a page at an instant.

    `seconds` counts only while the page is visible. `passed` are the points of the film, as positions of prompts,
    that were passed in play and not by a jump. `quiet_until` is set by closing any prompt.
    """

    page: Page
    now: datetime
    address: str = "/"
    session: str = ""
    mode: Mode = Mode.CHAT
    seconds: float = 0.0
    idle: float = 0.0
    pages: int = 1
    position: float | None = None
    passed: frozenset[int] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    quiet_until: datetime | None = None
    question_open: bool = False
    human_at: datetime | None = None
    typing: bool = False
    showing: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The prompt that shows now, or None; and for each prompt why."""

    shows: Prompt | None
    why: Mapping[str, Why]


def decide(prompts: Sequence[Prompt], situation: Situation) -> Decision:
    """The first prompt, in the host's order, that may show now; at most one at a time."""
    found: Prompt | None = None
    why: dict[str, Why] = {}
    for prompt in prompts:
        reason = judge(prompt, situation)
        if reason is Why.SHOWS and found is not None:
            reason = Why.ANOTHER
        elif reason is Why.SHOWS:
            found = prompt
        why[prompt.key] = reason
    return Decision(found, why)


def judge(prompt: Prompt, situation: Situation) -> Why:
    """Whether one prompt may show now, or the first reason why not: what never changes here, then what does."""
    for check in (_setting, may_be_here, allowed, _moment):
        why = check(prompt, situation)
        if why is not Why.SHOWS:
            return why
    return Why.SHOWS


def may_be_here(prompt: Prompt, situation: Situation) -> Why:
    """Whether the page, its address, the person and what the prompt opens fit; nothing that waiting would change."""
    page = situation.page
    place = Page.REGISTRATION if page is Page.FORM else page
    if place in prompt.pages_out or (prompt.pages_in and place not in prompt.pages_in):
        return Why.PAGE
    if page is Page.FORM and not prompt.form_too:
        return Why.FORM_STEP
    if not address_fits(prompt, situation.address):
        return Why.ADDRESS
    if not _properties_fit(prompt, situation.properties):
        return Why.PROPERTY
    return _can_open(prompt.action, page, situation.mode)


def allowed(prompt: Prompt, situation: Situation) -> Why:
    """Whether the person may be shown it again, and whether people are talking."""
    if situation.quiet_until is not None and situation.now < situation.quiet_until:
        return Why.CLOSED
    seen = situation.seen.get(prompt.key)
    if seen is not None and _too_early(prompt, seen, situation):
        return Why.SEEN
    if situation.question_open:
        return Why.QUESTION
    if situation.human_at is not None and situation.now - situation.human_at < QUIET_AFTER_HUMAN:
        return Why.HUMAN
    return Why.SHOWS


def _setting(prompt: Prompt, _situation: Situation) -> Why:
    if not prompt.is_on:
        return Why.SWITCHED_OFF
    return Why.SHOWS if prompt.text.strip() else Why.NO_TEXT


def _too_early(prompt: Prompt, seen: Seen, situation: Situation) -> bool:
    if prompt.often is Often.SESSION:
        return seen.session == situation.session
    if prompt.often is Often.DAYS:
        return situation.now - seen.at < timedelta(days=prompt.days)
    return True


def address_fits(prompt: Prompt, address: str) -> bool:
    """Whether a page's address is where it may show: `*` stands for anything; one on both lists is left out."""
    if any(fnmatchcase(address, pattern) for pattern in prompt.addresses_out):
        return False
    return not prompt.addresses_in or any(fnmatchcase(address, pattern) for pattern in prompt.addresses_in)


def _properties_fit(prompt: Prompt, properties: Mapping[str, str]) -> bool:
    if not prompt.properties:
        return True
    holding = [comparison.holds(properties) for comparison in prompt.properties]
    return any(holding) if prompt.join is Join.ANY else all(holding)


def _can_open(action: Action, page: Page, mode: Mode) -> Why:
    """A place for the form is where one can still register; a chat is also an e-mail form, but not nothing."""
    if action is Action.FORM and page in {Page.THANKS, Page.WAITING, Page.ROOM}:
        return Why.NOTHING_TO_OPEN
    visitor = page in {Page.REGISTRATION, Page.FORM}
    if action is Action.CHAT and not visitor and mode in {Mode.OFF, Mode.OTHER}:
        return Why.CHAT_OFF
    return Why.SHOWS


def _moment(prompt: Prompt, situation: Situation) -> Why:
    """Whether it is time: all that the host set has come, and the hands are still."""
    waits = (
        (prompt.seconds is not None and situation.seconds < prompt.seconds, Why.TOO_SOON),
        (prompt.pages is not None and situation.pages < prompt.pages, Why.TOO_FEW_PAGES),
        (prompt.idle is not None and situation.idle < prompt.idle, Why.NOT_IDLE),
        (prompt.position is not None and not _is_there(prompt.position, situation), Why.POSITION),
        (situation.typing, Why.TYPING),
        (situation.showing, Why.ANOTHER),
    )
    return next((why for stands, why in waits if stands), Why.SHOWS)


def _is_there(point: int, situation: Situation) -> bool:
    position = situation.position
    return point in situation.passed and position is not None and point <= position < point + POSITION_HOLDS


def worded(prompt: Prompt, opener: str) -> Prompt:
    """The prompt with what it says: the one opener where the host's policy is single, else its own words (A-094)."""
    return replace(prompt, text=opener) if opener.strip() else prompt


SITES = ("shop", "services", "never")


def site_preset(site: str) -> tuple[Prompt, ...]:
    """The prompts of a kind of site, without their words; schools and public bodies never invite (A-072)."""
    if site == "shop":
        at = frozenset({Page.REGISTRATION})
        return (
            Prompt("shop-pages", pages=3, pages_in=at, often=Often.DAYS, days=30),
            Prompt("shop-minute", seconds=60, pages_in=at, often=Often.DAYS, days=30),
        )
    if site == "services":
        return (Prompt("services-minute", seconds=60, pages_in=frozenset({Page.ROOM}), often=Often.SESSION),)
    return ()

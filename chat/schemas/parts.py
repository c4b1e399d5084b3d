"""What frames are made of; above all the one shape of a message everywhere."""

from typing import Literal

from chat.schemas.base import Shape


class Author(Shape):
    """Who wrote, as the attendee may see it."""

    name: str
    initials: str
    tint: int
    photo: str | None


class SentFile(Shape):
    """A file of a message, fetched below the reader's own address; a picture has a size in pixels."""

    id: str
    name: str
    type: str
    size: int
    width: int | None
    height: int | None


class FromList(Shape):
    """What an answer of the host's list answers, and whether the attendee said that it helped."""

    question: str
    helped: bool | None


class PublicMessage(Shape):
    """An entry as its attendee sees it; `seq` is the public number, `reply_to` that of the entry it answers.

    One of kind `change` shows nothing itself: `change` is an earlier entry as it is now, to be put in its place. A
    withdrawn entry has no text.
    """

    seq: int
    kind: Literal["attendee", "moderator", "welcome", "autoresponder", "prompt", "faq", "event", "change"]
    author: Author | None
    automatic: bool
    reason: str | None
    text: str
    at: str
    position: float | None
    ref: str | None
    reply_to: int | None
    edited_at: str | None
    withdrawn: bool
    change: "PublicMessage | None"
    files: list[SentFile] = []
    faq: FromList | None = None


class Event(Shape):
    """What happened, for the team only."""

    what: Literal[
        "claimed",
        "released",
        "resolved",
        "reopened",
        "owed",
        "overdue",
        "settled",
        "faq_helped",
        "faq_human",
        "promised",
        "nudge",
        "overflowed",
    ]
    by: str | None


class TeamMessage(PublicMessage):
    """An entry as the team sees it; `seq` counts everything. While `held_until` is set it can be taken back."""

    change: "TeamMessage | None"
    public_seq: int | None
    user: str | None
    via: str
    event: Event | None
    is_holding: bool
    held_until: str | None


class Who(Shape):
    """An attendee in the inbox."""

    name: str
    initials: str
    tint: int


class WebinarName(Shape):
    """A webinar in the inbox."""

    id: str
    title: str


class Owner(Shape):
    """The moderator whose conversation it is; `id` is the user's."""

    id: str
    name: str
    initials: str
    photo: str | None = None


class Row(Shape):
    """One line of the inbox."""

    id: str
    revision: int
    person: Who
    webinar: WebinarName
    kind: Literal["scheduled", "just_in_time", "on_demand", "replay"]
    position: float | Literal["left"] | None
    last_line: str
    last_by: Literal["attendee", "moderator", "automatic", ""]
    last_at: str
    waiting_since: str | None
    target_seconds: int
    by_email: bool
    owner: Owner | None
    state: Literal["open", "pending", "snoozed", "resolved"]
    owed_due_at: str | None
    seq: int
    nudged: bool


class Counts(Shape):
    """The counters of the inbox's views."""

    mine: int
    unassigned: int
    waiting: int
    owed: int
    all: int
    resolved: int


class Me(Shape):
    """The member whose inbox it is."""

    id: str
    name: str
    initials: str
    photo: str | None = None


class Status(Shape):
    """What a member intends, set by them alone; `until` is when they mean to be back from a break."""

    intent: Literal["available", "busy", "away", "break"]
    reason: str
    until: str | None
    since: str | None


class Expect(Shape):
    """What stands above the composer: who answers, in about how long, and when the chat opens again.

    `cause` is why one talks as one does: by kind of session, hours, who is away, who waits, or for how long.
    """

    text: str
    leaving: str
    people: list[Author]
    opens_at: str | None
    cause: Literal["kind", "hours", "away", "full", "long"]


ModeName = Literal["chat", "email", "off", "other"]

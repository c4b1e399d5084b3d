"""The frames that go down."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from chat.schemas.base import Shape
from chat.schemas.parts import Counts, Expect, Me, ModeName, PublicMessage, Row, Status, TeamMessage

# -------------------------------------------------------------- frames, both sides


class Ack(Shape):
    """The command took effect and is committed; for a message, `seq` is its number for the sender."""

    type: Literal["ack"]
    ref: str | None
    seq: int | None
    at: str


class Refused(Shape):
    """The command changed nothing; `text` is a sentence for the person, `code` for the page."""

    type: Literal["refused"]
    ref: str | None
    code: str
    text: str
    retry_after_ms: int | None = None


class Pong(Shape):
    """Answer to `ping`."""

    type: Literal["pong"]
    now: str
    head: int


class Beat(Shape):
    """Every 20 s: the server's clock, and the number (the revision, in an inbox) the browser should have."""

    type: Literal["beat"]
    now: str
    head: int


class Reload(Shape):
    """The page is out of date altogether: load it again."""

    type: Literal["reload"]


# ---------------------------------------------------------------- attendee, down


class Ready(Shape):
    """Answer to `hello`; what is newer than `last` follows as `message.posted`."""

    type: Literal["ready"]
    epoch: str
    head: int
    now: str
    mode: ModeName
    expect: Expect | None
    conversation: str
    read: int
    files: bool = False
    seen: int | None


class Posted(Shape):
    """An entry; apply it only when `seq` is the last one plus 1."""

    type: Literal["message.posted"]
    conversation: str
    seq: int
    message: PublicMessage


class TeamIsTyping(Shape):
    """Somebody of the team is writing; forget it after 6 s."""

    type: Literal["typing"]
    name: str


class ReadMark(Shape):
    """The attendee's own read mark moved, perhaps in another tab."""

    type: Literal["read"]
    seq: int


class TeamHasSeen(Shape):
    """How far the team has read, in public numbers; only where the host shows it."""

    type: Literal["seen"]
    seq: int


class ModeChanged(Shape):
    """How one can talk changed; what is being typed stays."""

    type: Literal["mode"]
    mode: ModeName
    expect: Expect | None


AttendeeFrame = Annotated[
    Ready
    | Posted
    | TeamIsTyping
    | ReadMark
    | TeamHasSeen
    | ModeChanged
    | Ack
    | Refused
    | Pong
    | Beat
    | Reload,
    Field(discriminator="type"),
]

# -------------------------------------------------------------------- team, down


class TeamReady(Shape):
    """Answer to `hello`; what is newer than `revision` follows as `inbox.changed`."""

    type: Literal["ready"]
    epoch: str
    revision: int
    now: str
    me: Me
    status: Status


class InboxChanged(Shape):
    """Rows that changed since the last revision, the counters and the member's own status as they are now."""

    type: Literal["inbox.changed"]
    revision: int
    rows: list[Row]
    counts: Counts
    status: Status


class TeamEvent(Shape):
    """An entry of a watched conversation; apply it only when `seq` is the last one plus 1."""

    type: Literal["event"]
    conversation: str
    seq: int
    message: TeamMessage


class ThreadTyping(Shape):
    """Somebody is writing in a watched conversation, a member if `user` says which; forget it after 6 s."""

    type: Literal["typing"]
    conversation: str
    name: str
    user: str | None


class AttendeeRead(Shape):
    """How far the attendee has read, in public numbers."""

    type: Literal["read"]
    conversation: str
    seq: int


class AttendeeHas(Shape):
    """How far it has reached one of the attendee's browsers, in public numbers."""

    type: Literal["delivered"]
    conversation: str
    seq: int


class Viewing(Shape):
    """Who else has a watched conversation open."""

    type: Literal["viewing"]
    conversation: str
    users: list[Me]


class Conflict(Shape):
    """The answer was not sent: these entries came after what the writer saw. The text is the writer's to keep."""

    type: Literal["conflict"]
    ref: str | None
    conversation: str
    events: list[TeamMessage]


TeamFrame = Annotated[
    TeamReady
    | InboxChanged
    | TeamEvent
    | ThreadTyping
    | AttendeeRead
    | AttendeeHas
    | Viewing
    | Conflict
    | Ack
    | Refused
    | Pong
    | Beat
    | Reload,
    Field(discriminator="type"),
]

attendee_frames: TypeAdapter[Any] = TypeAdapter(AttendeeFrame)
team_frames: TypeAdapter[Any] = TypeAdapter(TeamFrame)

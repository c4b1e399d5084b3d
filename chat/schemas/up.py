"""The commands that browsers send up, over the socket or by HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter

from chat.file_rules import MOST_FILES
from chat.schemas.base import Nothing, Number, Seconds, Shape


class Command(Shape):
    """What comes up; `ref` is the sender's own id for it, acknowledgement and idempotency key in one."""

    ref: Annotated[UUID, Field(strict=False)] | None = None


# ------------------------------------------------------------------ attendee, up


class HelloData(Shape):
    """The last number this browser has, of the life of the database it had it from."""

    last: Number = 0
    epoch: str = ""


class Hello(Command):
    """First frame of a socket, within 5 s."""

    type: Literal["hello"]
    data: HelloData


FileIds = Annotated[list[Annotated[UUID, Field(strict=False)]], Field(max_length=MOST_FILES)]


class PostData(Shape):
    """Words for the team, files that were uploaded, or both; `reply_to` is the number of the entry they answer."""

    text: str
    files: FileIds = []
    reply_to: Number | None = None


class Post(Command):
    """A message of the attendee; needs a ref."""

    type: Literal["message.post"]
    data: PostData


class ReadData(Shape):
    """A read mark, in the reader's own numbers."""

    seq: Number


class Read(Command):
    """The attendee has seen everything up to here, with the page visible and focused."""

    type: Literal["read"]
    data: ReadData


class Delivered(Command):
    """Everything up to here has reached this browser; at most every second."""

    type: Literal["delivered"]
    data: ReadData


class Typing(Command):
    """The attendee is writing; at most every 3 s, forgotten after 6."""

    type: Literal["typing"]
    data: Nothing = Nothing()


class SeenData(Shape):
    """Where the film is in this browser."""

    position: Seconds
    playing: bool


class Seen(Command):
    """Every 10 s while the room is open."""

    type: Literal["seen"]
    data: SeenData


class PromptData(Shape):
    """Which prompt, what became of it, and on which page."""

    prompt: Number
    what: Literal["shown", "closed", "acted", "registered"]
    page: Literal["registration", "form", "thanks", "waiting", "room", "exit", "replay", "over"]


class PromptNote(Command):
    """A prompt is about to be shown (refused with `not_now` when it must not be), was closed, or was acted on."""

    type: Literal["prompt"]
    data: PromptData


class Ping(Command):
    """Is anybody there; answered by `pong`."""

    type: Literal["ping"]
    data: Nothing = Nothing()


class FaqHelpedData(Shape):
    """An automatic answer by its public number, and whether it helped; if not, they ask for a human."""

    message: Number
    helped: bool


class FaqHelped(Command):
    """*Did this help?* under an answer of the host's list."""

    type: Literal["faq.helped"]
    data: FaqHelpedData


AttendeeCommand = Annotated[
    Hello | Post | Read | Delivered | Typing | Seen | PromptNote | FaqHelped | Ping,
    Field(discriminator="type"),
]

# ---------------------------------------------------------------------- team, up


class TeamHelloData(Shape):
    """The last revision this browser has."""

    revision: Number = 0
    epoch: str = ""


class TeamHello(Command):
    """First frame of an inbox's socket, within 5 s."""

    type: Literal["hello"]
    data: TeamHelloData


class WatchData(Shape):
    """A conversation, and the last of its numbers this browser has."""

    conversation: Annotated[UUID, Field(strict=False)]
    after: Number = 0


class Watch(Command):
    """Send what is newer, and everything that comes."""

    type: Literal["conversation.watch"]
    data: WatchData


class Which(Shape):
    """One conversation."""

    conversation: Annotated[UUID, Field(strict=False)]


class Unwatch(Command):
    """Stop sending a conversation's entries."""

    type: Literal["conversation.unwatch"]
    data: Which


class TeamPostData(Which):
    """Words for the attendee; `base_seq` is the last number the writer saw, `faq` the entry they were taken from.

    `is_holding`: they ask for a moment and answer nothing yet. `reply_to` is the number of the entry they answer.
    """

    text: str
    base_seq: Number | None = None
    files: FileIds = []
    faq: Number | None = None
    reply_to: Number | None = None
    is_holding: bool = False


class TeamPost(Command):
    """An answer; needs a ref. Held back with `conflict` when somebody else answered after `base_seq`."""

    type: Literal["message.post"]
    data: TeamPostData


class EntryData(Which):
    """One entry of a conversation, by its number."""

    seq: Number


class EditData(EntryData):
    """What it is to say; `base_seq` is the last number the writer saw."""

    text: str
    base_seq: Number | None = None


class Edit(Command):
    """Change what one's own message says; needs a ref."""

    type: Literal["message.edit"]
    data: EditData


class Withdraw(Command):
    """Take one's own message away, also from the attendee; needs a ref."""

    type: Literal["message.withdraw"]
    data: EntryData


class Undo(Command):
    """Take one's own reply back before it goes out."""

    type: Literal["message.undo"]
    data: EntryData


class Claim(Command):
    """Make it mine if it is nobody's."""

    type: Literal["conversation.claim"]
    data: Which


class Release(Command):
    """Make it nobody's."""

    type: Literal["conversation.release"]
    data: Which


class ResolveData(Which):
    """Whether an open wait ends without an answer."""

    no_reply_needed: bool = False
    base_seq: Number | None = None


class Resolve(Command):
    """The matter is settled; with an open wait this needs `no_reply_needed`."""

    type: Literal["conversation.resolve"]
    data: ResolveData


class Reopen(Command):
    """It is not settled after all."""

    type: Literal["conversation.reopen"]
    data: Which


class ConversationSeenData(Which):
    """How far the team has read."""

    seq: Number


class ConversationSeen(Command):
    """Somebody of the team has it in front of them, page visible and focused."""

    type: Literal["conversation.seen"]
    data: ConversationSeenData


class TeamTypingData(Which):
    """Whether it is a note, of which the attendee learns nothing."""

    note: bool = False


class StatusData(Shape):
    """What is intended; reason and the planned end, as an instant, belong to a break."""

    intent: Literal["available", "busy", "away", "break"]
    reason: str = ""
    until: Annotated[AwareDatetime, Field(strict=False)] | None = None


class SetStatus(Command):
    """From now on the member intends this; their other pages hear of it with `inbox.changed`."""

    type: Literal["status.set"]
    data: StatusData


class TeamTyping(Command):
    """The moderator is writing; at most every 3 s."""

    type: Literal["typing"]
    data: TeamTypingData


TeamCommand = Annotated[
    TeamHello
    | Watch
    | Unwatch
    | TeamPost
    | Edit
    | Withdraw
    | Undo
    | Claim
    | Release
    | Resolve
    | Reopen
    | ConversationSeen
    | SetStatus
    | TeamTyping
    | Ping,
    Field(discriminator="type"),
]

attendee_commands: TypeAdapter[Any] = TypeAdapter(AttendeeCommand)
team_commands: TypeAdapter[Any] = TypeAdapter(TeamCommand)

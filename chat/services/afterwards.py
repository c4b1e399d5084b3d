"""Reads a conversation for its attendee's own page: all of it, a page at a time, with what was shared in it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from chat import links
from chat.models import Conversation, Message, MessageKind, OwedReply
from chat.rules import Mode
from chat.services.automation import setting_of
from chat.services.reading import conversation_of, public_before
from webinars.models import Registration

SHOWN = 50  # entries on one page
LINKS = 100  # of a conversation, the first


@dataclass(slots=True)
class Group:
    """Entries that one side wrote in a row on one day; `day` is set on the first of a day."""

    author: dict[str, Any] | None
    mine: bool
    automatic: bool
    at: datetime
    day: date | None
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Past:
    """A page of a conversation; `earlier` and `later` are what to ask for next, None at either end."""

    groups: list[Group]
    earlier: int | None
    later: bool
    owed_until: datetime | None
    links: list[str]
    may_write: bool


def past(registration: Registration, *, before: int | None, now: datetime) -> Past:
    """What the attendee got and wrote, in order: the latest page, or the one before a public number.

    Looking writes nothing: without a conversation it is empty (A6).
    """
    conversation = conversation_of(registration)
    found = public_before(conversation, before, SHOWN + 1)
    more, found = len(found) > SHOWN, found[-SHOWN:]
    owed = OwedReply.objects.filter(conversation=conversation, settled_at=None).order_by("due_at").first()
    mode = setting_of(registration.webinar_id).mode(registration.session.kind, now, registration.zone)
    return Past(
        groups=_grouped(found, registration),
        earlier=found[0]["seq"] if more else None,
        later=before is not None and before <= conversation.public_seq,
        owed_until=owed.due_at if owed else None,
        links=shared_links(conversation),
        may_write=mode in {Mode.CHAT, Mode.EMAIL},
    )


def shared_links(conversation: Conversation) -> list[str]:
    """The addresses that the team wrote to the attendee, in order, each once (A-069)."""
    said = Message.objects.filter(
        conversation=conversation, kind=MessageKind.MODERATOR, public_seq__isnull=False
    )
    texts = said.filter(text__iregex=r"https?://|www\.").order_by("public_seq").values_list("text", flat=True)
    return links.addresses(texts)[:LINKS]


def links_for(registration: Registration) -> list[str]:
    """The same by the place."""
    return shared_links(conversation_of(registration))


def _grouped(found: list[dict[str, Any]], registration: Registration) -> list[Group]:
    groups: list[Group] = []
    day: date | None = None
    for line in found:
        at = parse_datetime(line["at"])
        if at is None:
            raise ValueError("A frame has an instant.")
        today = at.astimezone(registration.zone).date()
        mine = line["kind"] == MessageKind.ATTENDEE
        last = groups[-1] if groups else None
        goes_on = last is not None and (last.author, last.mine, last.automatic) == (
            line["author"],
            mine,
            line["automatic"],
        )
        if last is None or not goes_on or line["automatic"] or today != day:
            last = Group(line["author"], mine, line["automatic"], at, today if today != day else None)
            groups.append(last)
        last.lines.append(line | {"at": at})
        day = today
    return groups

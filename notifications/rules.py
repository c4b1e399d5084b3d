"""Decides when mails are due, what becomes of doubtful ones and what may stand in them, from plain values."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

REMINDER_BEFORE = timedelta(minutes=10)
SHORT_NOTICE = timedelta(minutes=15)
WAIT_ALERT_AFTER = timedelta(minutes=2)
REPLY_UNREAD = timedelta(minutes=2)
REPLY_AFTER_LAST_LINE = timedelta(seconds=30)
GONE_AFTER = timedelta(seconds=60)

CAP_HOUR = 3
CAP_DAY = 6

MAX_FAILURES = 8
MAX_HANDOVERS = 8

_LONGEST_NAME = 40
# A scheme, "www.", an address, a path, or a dot between letters as in a host's name.
_LINK = re.compile(r"://|www\.|[@/\\<>]|\w\.\w", re.IGNORECASE)


class Step(StrEnum):
    """What follows when nobody knows whether a mail left."""

    TAKEN = "taken"
    AGAIN = "again"
    UNCERTAIN = "uncertain"


def normal_address(address: str) -> str:
    """The form in which addresses are compared: trimmed, lower case."""
    return address.strip().lower()


def greeting_name(first_name: str) -> str:
    """The typed name if a mail may carry it, else nothing.

    X8: anybody can type anything beside somebody else's address, so a name is at most 40 code points on one line
    and holds nothing that a mail client would turn into a link.
    """
    name = first_name.strip()
    printable = all(sign.isprintable() for sign in name)
    return name if len(name) <= _LONGEST_NAME and printable and not _LINK.search(name) else ""


def reminder_at(*, kind: str, starts_at: datetime | None, now: datetime) -> datetime | None:
    """When to remind somebody who registers at `now`; None if not at all.

    A clock of one's own has no reminder, what is already past is skipped, and a just-in-time session less than
    15 minutes away has only the confirmation.
    """
    if starts_at is None or kind not in {"scheduled", "just_in_time"}:
        return None
    if kind == "just_in_time" and starts_at - now < SHORT_NOTICE:
        return None
    due = starts_at - REMINDER_BEFORE
    return due if due > now else None


def follow_up(*, kind: str, attended: bool, holds_later: bool, reached: bool) -> str:
    """Which follow-up somebody gets: "attended", "missed" or "" for none.

    `reached`: they entered this webinar in another session before; `holds_later`: they have a place in a later
    one. Missed exists for shared sessions only.
    """
    if attended:
        return "attended"
    if kind not in {"scheduled", "just_in_time"} or holds_later or reached:
        return ""
    return "missed"


def reply_at(
    *, first_unread_at: datetime, last_line_at: datetime, last_seen_at: datetime | None, now: datetime
) -> datetime:
    """When unread lines of a moderator go by mail; if that is after `now`, look again then.

    Two minutes after the first of them, or 30 s after the last once the attendee is gone, which they are 60 s
    after their last sign of life.
    """
    latest = first_unread_at + REPLY_UNREAD
    gone_at = now if last_seen_at is None else last_seen_at + GONE_AFTER
    return min(latest, max(last_line_at + REPLY_AFTER_LAST_LINE, gone_at))


def over_cap(*, last_hour: int, last_day: int) -> bool:
    """Whether an unconfirmed address has had what it may have (X8): 3 mails an hour, 6 a day."""
    return last_hour >= CAP_HOUR or last_day >= CAP_DAY


def after_unknown(*, access: bool, handovers: int, honours_keys: bool, taken: bool | None) -> Step:
    """What follows a hand-over of which nobody knows whether it happened (X1).

    A transport that honours keys is given the same mail again; one that can be asked was (`taken`). Otherwise a
    mail that lets somebody in is repeated once and every other stays uncertain.
    """
    if taken:
        return Step.TAKEN
    if (honours_keys or taken is False) and handovers < MAX_HANDOVERS:
        return Step.AGAIN
    return Step.AGAIN if access and handovers < 2 else Step.UNCERTAIN


def back_off(failures: int) -> timedelta:
    """How long to leave a mail alone after its n-th refusal: 5 s, 20 s, 80 s ... at most 2 hours."""
    return min(timedelta(seconds=5 * 4 ** max(failures - 1, 0)), timedelta(hours=2))

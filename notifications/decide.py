"""Decides again, just before a mail leaves, whether it still should: the one place that stops a mail (S6)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Invitation
from chat.models import Conversation, Message, MessageKind, OwedReply, Wait
from notifications import rules
from notifications.models import Email, OptOut, Purpose, State, Suppression
from notifications.recipients import moderators_of
from webinars.models import Attendance, Registration, Webinar
from webinars.services import waiting as lines
from webinars.services.wishes import free_slots
from webinars.standing import zone_of

_LEFT = (State.SENDING, State.SENT, State.UNCERTAIN)
_TOGETHER = timedelta(seconds=60)
_NO_DATE_YET = timedelta(minutes=5)  # the dates went again before the mail left


@dataclass(frozen=True, slots=True)
class Go:
    """It leaves; `facts` are what its text needs, read under the same locks."""

    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """It does not, for ever, and why."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Look again then."""

    at: datetime


Verdict = Go | Stop | Later


def decide(email: Email, now: datetime) -> Verdict:
    """Whether the mail leaves at `now`; call it in the transaction that settles or marks the mail."""
    if now >= email.expires_at:
        return Stop(State.EXPIRED, _("Its time had passed before it could leave."))
    if Suppression.objects.against(email.address, email.team).exists():
        return _not(_("The address gets no mail: it bounced, complained or asked for none."))
    return _DECIDERS[Purpose(email.purpose)](email, now)


def over_cap(email: Email, now: datetime) -> bool:
    """Whether an unconfirmed address has had its share (X8); holds the address until the transaction ends."""
    _lock("address", email.address)
    sent = Email.objects.exclude(pk=email.pk)
    return rules.over_cap(
        last_hour=sent.counting_against(email.address, now - timedelta(hours=1)).count(),
        last_day=sent.counting_against(email.address, now - timedelta(days=1)).count(),
    )


def is_confirmed(email: Email) -> bool:
    """Whether the recipient has shown that the address is theirs: by a mailed link, or as a signed-in member."""
    if email.registration is not None:
        return email.registration.person.confirmed_at is not None
    if email.waiting is not None:
        return email.waiting.person.confirmed_at is not None
    if email.purpose in {Purpose.WAIT_ALERT, Purpose.OWED}:
        return True
    # Anybody may make a team and invite, and anybody may sign up with an address that is taken.
    if email.purpose == Purpose.INVITATION or email.facts.get("template") == "account_already_exists":
        return False
    return bool(EmailAddress.objects.filter(email__iexact=email.address, verified=True).exists())


def _not(reason: str) -> Stop:
    return Stop(State.CANCELLED, reason)


def _lock(kind: str, name: object) -> None:
    """One courier at a time for this name, until the transaction ends."""
    digest = hashlib.sha256(f"{kind} {name}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


def _place(email: Email) -> Registration | Stop:
    """The registration if its place is still held in a session that still happens."""
    registration = email.registration
    if registration is None or registration.cancelled_at is not None:
        return _not(_("The registration was cancelled."))
    if registration.session.cancelled_at is not None:
        return _not(_("The session was cancelled."))
    return registration


def _access(email: Email, now: datetime) -> Verdict:
    place = _place(email)
    return place if isinstance(place, Stop) else Go()


def _reminder(email: Email, now: datetime) -> Verdict:
    place = _place(email)
    if isinstance(place, Stop):
        return place
    start = place.session.starts_at
    if start is None or email.facts["starts_at"] != start.isoformat():
        return _not(_("The session was moved."))
    return _wanted(email) or Go()


def _change(email: Email, now: datetime) -> Verdict:
    registration = email.registration
    if registration is not None and email.facts.get("withdrawn"):
        return Go() if registration.cancelled_at else _not(_("The place was taken again."))
    if registration is None or registration.cancelled_at is not None:
        return _not(_("The registration was cancelled."))
    session = registration.session
    if email.facts.get("cancelled"):
        return Go() if session.cancelled_at else _not(_("The session takes place after all."))
    if (
        session.cancelled_at
        or not session.starts_at
        or session.starts_at.isoformat() != email.facts["starts_at"]
    ):
        return _not(_("The session was changed again."))
    return Go()


def _follow_up(email: Email, now: datetime) -> Verdict:
    place = _place(email)
    if isinstance(place, Stop):
        return place
    session = place.session
    began = session.starts_at or place.created_at
    mine = Registration.objects.live().filter(person=place.person, webinar=place.webinar).exclude(pk=place.pk)
    which = rules.follow_up(
        kind=session.kind,
        attended=Attendance.objects.filter(registration=place, last_seen_at__gte=began).exists(),
        holds_later=mine.filter(session__starts_at__gt=began).exists()
        or mine.filter(session__starts_at=None).exists(),
        reached=Attendance.objects.filter(registration__in=mine).exists(),
    )
    if not which:
        return _not(_("Nothing was missed: another session was or will be attended."))
    return _wanted(email) or Go({"which": which})


def _wanted(email: Email) -> Stop | None:
    """A stop if the reader unsubscribed from this webinar's mails."""
    if email.webinar and OptOut.objects.of_addresses(email.webinar, [email.address]).exists():
        return _not(_("Unsubscribed from this webinar's mails."))
    return None


def _reply(email: Email, now: datetime) -> Verdict:
    _lock("conversation", email.conversation)
    conversation = Conversation.objects.filter(pk=email.conversation).first() if email.conversation else None
    if conversation is None or email.registration is None:
        return _not(_("The conversation is gone."))
    others = Email.objects.filter(conversation=conversation.pk, purpose=Purpose.REPLY, state__in=_LEFT)
    mailed = others.exclude(pk=email.pk).aggregate(last=Max("through_seq"))["last"] or 0
    after = max(mailed, conversation.attendee_read)
    lines = list(
        Message.objects.filter(
            conversation=conversation, kind=MessageKind.MODERATOR, public_seq__gt=after, withdrawn_at=None
        )
        .select_related("user")
        .order_by("public_seq")
    )
    if not lines:
        return _not(_("It was read in the room, withdrawn, or stood in an earlier mail."))
    seen = Attendance.objects.filter(
        registration__person=conversation.person_id, registration__webinar=conversation.webinar_id
    ).aggregate(last=Max("last_seen_at"))["last"]
    at = rules.reply_at(first_unread_at=lines[0].at, last_line_at=lines[-1].at, last_seen_at=seen, now=now)
    if at > now:
        return Later(at)
    return Go({"conversation": conversation, "lines": lines, "through": lines[-1].public_seq})


def _wait_alert(email: Email, now: datetime) -> Verdict:
    _lock("alerts", email.user_id)
    wait = _open_waits().filter(pk=email.facts["wait"]).first()
    if wait is None:
        return _not(_("It was answered, or somebody looked at it in the inbox."))
    if email.user not in moderators_of(wait.conversation.webinar):
        return _not(_("No longer a moderator of this webinar."))
    mine = Email.objects.filter(user=email.user, purpose=Purpose.WAIT_ALERT)
    told = {
        pk for facts in mine.filter(state__in=_LEFT).values_list("facts", flat=True) for pk in facts["waits"]
    }
    if wait.pk in told:
        return _not(_("It stood in an earlier mail."))
    soon = mine.waiting().filter(due_at__lte=now + _TOGETHER)
    also = {facts["wait"] for facts in soon.values_list("facts", flat=True)} - told
    waits = list(_open_waits().filter(pk__in=also | {wait.pk}).order_by("opened_at"))
    return Go({"waits": waits})


def _open_waits() -> Any:
    """Waits that nobody answered and nobody of the team has looked at."""
    return Wait.objects.filter(closed_at=None, seen_at=None).select_related(
        "conversation__webinar", "conversation__person", "conversation__team"
    )


def _owed(email: Email, now: datetime) -> Verdict:
    named = _overdue(email, now) if email.facts.get("overdue") else email.facts["owed"]
    owed = list(
        OwedReply.objects.filter(pk__in=named, settled_at=None)
        .select_related("conversation__person", "wait")
        .order_by("due_at")
    )
    if not owed:
        return _not(_("Everything was answered meanwhile, or stood in an earlier mail."))
    if email.webinar is None or email.user not in moderators_of(email.webinar):
        return _not(_("No longer a moderator of this webinar."))
    return Go({"owed": owed})


def _overdue(email: Email, now: datetime) -> set[int]:
    """What is overdue and stood in no mail yet, with that of the mails that would leave within the minute."""
    _lock("overdue", email.user_id)
    others = Email.objects.filter(
        user=email.user, webinar=email.webinar, purpose=Purpose.OWED, facts__overdue=True
    ).exclude(pk=email.pk)
    told = others.filter(state__in=_LEFT).values_list("facts__owed", flat=True)
    soon = others.waiting().filter(due_at__lte=now + _TOGETHER).values_list("facts__owed", flat=True)
    return {pk for some in (email.facts["owed"], *soon) for pk in some} - {pk for some in told for pk in some}


def _account(email: Email, now: datetime) -> Verdict:
    return Go()


def _invitation(email: Email, now: datetime) -> Verdict:
    offer = Invitation.objects.filter(pk=email.facts["invitation"], accepted_at=None, expires_at__gt=now)
    invitation = offer.select_related("team", "invited_by").first()
    return Go({"invitation": invitation}) if invitation else _not(_("The invitation was taken back or used."))


def _waiting_listed(email: Email, now: datetime) -> Verdict:
    waiting = email.waiting
    state = lines.state_of(waiting, now) if waiting else lines.State.LEFT
    if email.facts.get("off"):
        return (
            Go() if state is lines.State.OFF else _not(_("They wait no more, or it takes place after all."))
        )
    if waiting is None or state is not lines.State.WAITS:
        return _not(_("They wait no more."))
    start = waiting.session.starts_at if waiting.session else None
    if start is None or email.facts["starts_at"] != start.isoformat():
        return _not(_("The session was moved."))
    return Go({"position": lines.position_of(waiting)})


def _date_offered(email: Email, now: datetime) -> Verdict:
    waiting = email.waiting
    if waiting is None or waiting.left_at is not None:
        return _not(_("They want to be told no more."))
    asked_since = {"webinar": email.webinar, "created_at__gte": waiting.created_at}
    if Registration.objects.live().filter(email__iexact=waiting.email, **asked_since).exists():
        return _not(_("They have a place meanwhile."))
    unwanted = _wanted(email)
    if unwanted is not None:
        return unwanted
    webinars = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current")
    dates = free_slots(webinars.get(pk=waiting.webinar_id), zone_of(waiting.zone), now)
    return Go({"dates": dates}) if dates else Later(now + _NO_DATE_YET)


_DECIDERS: dict[Purpose, Callable[[Email, datetime], Verdict]] = {
    Purpose.CONFIRMATION: _access,
    Purpose.ACCESS: _access,
    Purpose.REMINDER: _reminder,
    Purpose.CHANGE: _change,
    Purpose.FOLLOW_UP: _follow_up,
    Purpose.REPLY: _reply,
    Purpose.WAIT_ALERT: _wait_alert,
    Purpose.OWED: _owed,
    Purpose.ACCOUNT: _account,
    Purpose.INVITATION: _invitation,
    Purpose.WAITING_LISTED: _waiting_listed,
    Purpose.DATE_OFFERED: _date_offered,
}

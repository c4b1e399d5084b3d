"""Writes mails down with their causes, and takes people's word that they want no more."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Invitation, User
from chat.models import Message, OwedReply, Wait
from notifications import rules
from notifications.models import Email, OptOut, Purpose, Suppression
from notifications.recipients import moderators_of
from notifications.sealing import seal
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import waiting as lines

_BATCH = 500


def _mail(purpose: Purpose, occurrence: str, to: str, at: datetime, use: timedelta, **fields: Any) -> Email:
    """An unsaved mail: `occurrence` names it among all of its purpose, `use` is how long it has a point."""
    return Email(
        purpose=purpose,
        key=f"{purpose}:{occurrence}",
        to=to,
        address=rules.normal_address(to),
        planned_at=at,
        due_at=at,
        expires_at=at + use,
        **fields,
    )


def _write(mails: Iterable[Email]) -> None:
    """Save mails; one that exists already stays as it is (X1)."""
    Email.objects.bulk_create(mails, ignore_conflicts=True, batch_size=_BATCH)


def _to_attendee(
    purpose: Purpose, registration: Registration, occurrence: str, at: datetime, use: timedelta, **facts: Any
) -> Email:
    return _mail(
        purpose,
        f"{registration.pk}:{occurrence}",
        registration.email,
        at,
        use,
        team_id=registration.webinar.team_id,
        registration=registration,
        webinar_id=registration.webinar_id,
        session_id=registration.session_id,
        facts=facts,
    )


def _reminders(registrations: Iterable[Registration], session: Session, now: datetime) -> list[Email]:
    due = rules.reminder_at(kind=session.kind, starts_at=session.starts_at, now=now)
    if due is None or session.starts_at is None:
        return []
    start = session.starts_at.isoformat()
    use = session.starts_at - due
    return [_to_attendee(Purpose.REMINDER, row, start, due, use, starts_at=start) for row in registrations]


def plan_for_registration(*, registration: Registration, now: datetime) -> None:
    """Write the confirmation, and the reminder if there is time for one."""
    use = timedelta(days=2)
    session = registration.session
    if session.closes_at is not None:
        use = max(session.closes_at - now, timedelta(hours=1))
    waited = WaitingPlace.objects.filter(registration=registration, served_at=now).exists()
    # A place given back and taken again, by hand or from the waiting list, is confirmed again.
    occurrence = registration.created_at.isoformat()
    confirmation = _to_attendee(
        Purpose.CONFIRMATION, registration, occurrence, now, use, **({"waited": True} if waited else {})
    )
    _write([confirmation, *_reminders([registration], session, now)])


def plan_waiting_listed(
    *, waiting: WaitingPlace, now: datetime, was: datetime | None = None, again: bool = False
) -> None:
    """Write that somebody is on the waiting list of a session.

    Once, and once more when its start has changed from `was`; `again`, when asked for, at most once a minute.
    """
    session = waiting.session
    if session is None or session.starts_at is None:
        return
    start = session.starts_at.isoformat()
    use = max(session.starts_at - now, timedelta(minutes=1))
    occurrence = f"{waiting.created_at.isoformat()}:{start}{f':{now:%Y%m%d%H%M}' if again else ''}"
    facts = {"starts_at": start, "was": _iso(was), "note": session.note if was else ""}
    _write([_to_waiting(Purpose.WAITING_LISTED, waiting, occurrence, now, use, **facts)])


def plan_line_news(*, session: Session, now: datetime, was: datetime | None = None) -> None:
    """Tell everybody who waits for a place in a session that it was moved (from `was`) or cancelled."""
    waits = WaitingPlace.objects.in_line(session).select_related("webinar", "session")
    if session.cancelled_at is None:
        for waiting in waits:
            plan_waiting_listed(waiting=waiting, now=now, was=was)
        return
    facts = {"off": True, "note": session.note}
    occurrence = f"{session.sequence}:cancelled"
    use = timedelta(days=1)
    _write(_to_waiting(Purpose.WAITING_LISTED, row, occurrence, now, use, **facts) for row in waits)


def plan_date_offered(*, waiting: WaitingPlace, now: datetime) -> None:
    """Write that there is a date, once for each time that somebody asked to be told."""
    occurrence = waiting.created_at.isoformat()
    _write([_to_waiting(Purpose.DATE_OFFERED, waiting, occurrence, now, timedelta(days=14))])


def _to_waiting(
    purpose: Purpose, waiting: WaitingPlace, occurrence: str, at: datetime, use: timedelta, **facts: Any
) -> Email:
    return _mail(
        purpose,
        f"{waiting.pk}:{occurrence}",
        waiting.email,
        at,
        use,
        team_id=waiting.webinar.team_id,
        waiting=waiting,
        webinar_id=waiting.webinar_id,
        session_id=waiting.session_id,
        facts=facts,
    )


def plan_link_again(*, registration: Registration, now: datetime) -> None:
    """Write a mail with the personal link; asked for twice within a minute it is one mail."""
    _write([_to_attendee(Purpose.ACCESS, registration, f"{now:%Y%m%d%H%M}", now, timedelta(hours=2))])


def plan_change(*, session: Session, now: datetime, was: datetime | None = None) -> None:
    """Tell everybody with a place that the session was moved (from `was`) or cancelled, and remind at the new time.

    What was written for the old time is left to its own second look, which finds that it has lost its point.
    """
    places = Registration.objects.live().filter(session=session).select_related("webinar", "session")
    if session.cancelled_at is None:
        plan_moved(places=places, session=session, now=now, was=was)
    else:
        _write(_changes(places, session, now, cancelled=True))


def plan_moved(
    *, places: Iterable[Registration], session: Session, now: datetime, was: datetime | None = None
) -> None:
    """Tell these people the new time of theirs, which is the session's, and remind them at it."""
    held = list(places)
    facts = {"starts_at": _iso(session.starts_at), "was": _iso(was)}
    _write(_changes(held, session, now, **facts) + _reminders(held, session, now))


def plan_withdrawn(*, places: Iterable[Registration], session: Session, now: datetime) -> None:
    """Tell these people that their places were taken back, though the session stays for others."""
    _write(_changes(places, session, now, cancelled=True, withdrawn=True))


def _changes(places: Iterable[Registration], session: Session, now: datetime, **facts: Any) -> list[Email]:
    """One mail for each change of a session and each place in it, however often the news of it comes."""
    what = "cancelled" if facts.get("cancelled") else facts["starts_at"]
    occurrence = f"{session.sequence}:{what}"
    facts |= {"note": session.note}
    use = timedelta(days=1)
    return [_to_attendee(Purpose.CHANGE, row, occurrence, now, use, **facts) for row in places]


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def plan_follow_ups(*, session: Session, now: datetime) -> None:
    """Write a follow-up to everybody who had a place; which one, if any, is decided when it leaves."""
    places = Registration.objects.live().filter(session=session).select_related("webinar")
    _write(_to_attendee(Purpose.FOLLOW_UP, row, "once", now, timedelta(days=3)) for row in places)


def plan_reply(*, message: Message, now: datetime) -> None:
    """Write a mail that takes a moderator's line to an attendee who does not read it in the room.

    One for each line, so that none depends on another; the first that is due takes all unread lines along.
    """
    if message.public_seq is None:
        return
    conversation = message.conversation
    registration = conversation.registration
    mail = _to_attendee(
        Purpose.REPLY,
        registration,
        f"{conversation.pk}:{message.public_seq}",
        now + rules.REPLY_AFTER_LAST_LINE,
        timedelta(days=3),
        seq=message.public_seq,
    )
    mail.conversation = conversation.pk
    _write([mail])


def plan_wait_alerts(*, wait: Wait, now: datetime) -> None:
    """Write an alert to each moderator of the webinar, for when the wait is neither seen nor answered in 2 minutes."""
    conversation = wait.conversation
    _write(
        _mail(
            Purpose.WAIT_ALERT,
            f"{user.pk}:{wait.pk}",
            user.email,
            now + rules.WAIT_ALERT_AFTER,
            timedelta(hours=1),
            to_name=user.display_name,
            team_id=conversation.team_id,
            webinar_id=conversation.webinar_id,
            user=user,
            conversation=conversation.pk,
            facts={"wait": wait.pk},
        )
        for user in moderators_of(conversation.webinar)
    )


def plan_owed_summary(*, session: Session, owed: Iterable[OwedReply], now: datetime) -> None:
    """Write one summary to each moderator of what a session left open."""
    ids = [row.pk for row in owed]
    if not ids:
        return
    _write(
        _mail(
            Purpose.OWED,
            f"{user.pk}:{session.pk}",
            user.email,
            now,
            timedelta(days=1),
            to_name=user.display_name,
            team_id=session.webinar.team_id,
            webinar_id=session.webinar_id,
            session=session,
            user=user,
            facts={"owed": ids},
        )
        for user in moderators_of(session.webinar)
    )


def plan_overdue(*, owed: Iterable[OwedReply], now: datetime) -> None:
    """Write to each moderator what fell due unanswered, one mail for each webinar; what follows soon joins it."""
    by_webinar: dict[uuid.UUID, list[int]] = {}
    for row in owed:
        by_webinar.setdefault(row.conversation.webinar_id, []).append(row.pk)
    webinars = Webinar.objects.in_bulk(by_webinar)
    _write(
        _mail(
            Purpose.OWED,
            f"{user.pk}:overdue:{min(by_webinar[pk])}",
            user.email,
            now,
            timedelta(days=1),
            to_name=user.display_name,
            team_id=webinar.team_id,
            webinar_id=pk,
            user=user,
            facts={"owed": by_webinar[pk], "overdue": True},
        )
        for pk, webinar in webinars.items()
        for user in moderators_of(webinar)
    )


def plan_invitation(*, invitation: Invitation, url: str, now: datetime) -> None:
    """Write the mail that carries an invitation's link."""
    mail = _mail(
        Purpose.INVITATION,
        f"{invitation.pk}",
        invitation.email,
        now,
        invitation.expires_at - now,
        team_id=invitation.team_id,
        facts={"invitation": invitation.pk},
        sealed=seal({"link": url}),
    )
    _write([mail])


def plan_account_mail(
    *, to: str, user: User | None, template: str, secrets: dict[str, str], now: datetime
) -> None:
    """Write one of the mails that signing up and signing in bring about; `template` is allauth's name for it."""
    mail = _mail(
        Purpose.ACCOUNT,
        f"{uuid.uuid4()}",
        to,
        now,
        timedelta(minutes=30) if template == "password_reset_key" else timedelta(days=1),
        user=user,
        to_name=rules.greeting_name(user.name) if user else "",  # whoever signs up may type anything
        facts={"template": template},
        sealed=seal(secrets),
    )
    _write([mail])


def opt_out(*, registration: Registration | WaitingPlace, now: datetime) -> None:
    """No more reminders and follow-ups of this webinar to the address, which waits for nothing either.

    At once, and repeatable.
    """
    address, webinar = rules.normal_address(registration.email), registration.webinar
    with transaction.atomic():
        OptOut.objects.get_or_create(webinar=webinar, address=address, defaults={"created_at": now})
        lines.end_for_address(address=address, now=now, webinar=webinar, team_id=webinar.team_id)


def suppress(*, registration: Registration | WaitingPlace, now: datetime) -> None:
    """Nothing more of this team to the address, as its holder asked; at once, and repeatable."""
    address, team_id = rules.normal_address(registration.email), registration.webinar.team_id
    with transaction.atomic():
        opt_out(registration=registration, now=now)
        lines.end_for_address(address=address, now=now, webinar=None, team_id=team_id)
        Suppression.objects.get_or_create(
            address=address,
            team_id=team_id,
            defaults={"reason": Suppression.Reason.ASKED, "created_at": now},
        )

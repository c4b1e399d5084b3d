"""Mails exist with their causes, leave once, and only while they have a point."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from notifications.models import Email, OptOut, Purpose, State, Suppression
from scheduling.models import Kind
from tests import make
from tests.mailing import MINUTE, calendar_in, carry, only
from webinars import signals
from webinars.models import Registration, Session

pytestmark = pytest.mark.django_db
NOW = make.NOW


def register(session: Session, **fields: object) -> Registration:
    row = make.registration(session, **fields)  # type: ignore[arg-type]
    signals.registered.send(Registration, registration=row, now=NOW)
    return row


def states(purpose: str = "") -> list[tuple[str, str]]:
    rows = Email.objects.filter(purpose=purpose) if purpose else Email.objects.all()
    return list(rows.order_by("planned_at", "created_at").values_list("purpose", "state"))


def test_S1_a_registration_brings_its_mails_in_its_own_transaction() -> None:
    session = make.session(starts_at=NOW + timedelta(hours=2))
    with transaction.atomic():
        register(session)
        transaction.set_rollback(True)
    assert not Email.objects.exists()

    register(session)
    assert states() == [("confirmation", "due"), ("reminder", "due")]
    assert only(Purpose.REMINDER).due_at == session.starts_at - 10 * MINUTE  # type: ignore[operator]
    assert only(Purpose.REMINDER).expires_at == session.starts_at


def test_S1_the_same_news_again_is_the_same_mails() -> None:
    row = register(make.session(starts_at=NOW + timedelta(hours=2)))
    for _ in range(3):
        signals.registered.send(Registration, registration=row, now=NOW)
    assert Email.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "minutes", "expected"),
    [
        (Kind.SCHEDULED, 11, ["confirmation", "reminder"]),
        (Kind.SCHEDULED, 10, ["confirmation"]),
        (Kind.SCHEDULED, 5, ["confirmation"]),
        (Kind.JUST_IN_TIME, 14, ["confirmation"]),
        (Kind.JUST_IN_TIME, 15, ["confirmation", "reminder"]),
    ],
)
def test_what_is_past_or_too_near_is_skipped(kind: str, minutes: int, expected: list[str]) -> None:
    register(make.session(kind=kind, starts_at=NOW + minutes * MINUTE))
    assert [purpose for purpose, _ in states()] == expected


def test_S2_a_mail_leaves_when_it_is_due_and_not_before() -> None:
    session = make.session(starts_at=NOW + timedelta(hours=2))
    row = register(session)
    carry(NOW)
    assert [message.to for message in mail.outbox] == [[row.email]]
    carry(NOW + timedelta(hours=1))
    assert len(mail.outbox) == 1
    carry(NOW + timedelta(minutes=110))
    assert len(mail.outbox) == 2
    assert states() == [("confirmation", "sent"), ("reminder", "sent")]


def test_S4_a_reminder_whose_start_has_passed_expires_visibly_and_the_confirmation_still_comes() -> None:
    register(make.session(starts_at=NOW + timedelta(minutes=30)))
    carry(NOW + timedelta(minutes=31))
    assert states() == [("confirmation", "sent"), ("reminder", "expired")]
    assert only(Purpose.REMINDER).reason
    carry(NOW + timedelta(minutes=32))
    assert len(mail.outbox) == 1


def test_S4_after_a_pause_everything_that_still_has_a_point_leaves_once() -> None:
    for _ in range(30):
        register(make.session(starts_at=NOW + timedelta(minutes=30)))
    for minute in range(21, 25):
        carry(NOW + minute * MINUTE)
    assert len(mail.outbox) == 60
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 60


def cancel_place(row: Registration) -> None:
    Registration.objects.filter(pk=row.pk).update(cancelled_at=NOW)


def cancel_session(row: Registration) -> None:
    Session.objects.filter(pk=row.session_id).update(cancelled_at=NOW)


def move(row: Registration) -> None:
    Session.objects.filter(pk=row.session_id).update(starts_at=NOW + timedelta(hours=5))


def unsubscribe(row: Registration) -> None:
    OptOut.objects.create(webinar=row.webinar, address=row.email)


def suppress(row: Registration) -> None:
    Suppression.objects.create(address=row.email, reason=Suppression.Reason.BOUNCED)


@pytest.mark.parametrize("change", [cancel_place, cancel_session, move, unsubscribe, suppress])
def test_S6_a_reminder_is_decided_again_at_the_door(change: object) -> None:
    row = register(make.session(starts_at=NOW + timedelta(hours=2)))
    carry(NOW)
    change(row)  # type: ignore[operator]
    carry(NOW + timedelta(minutes=111))
    reminder = only(Purpose.REMINDER)
    assert (reminder.state, len(mail.outbox)) == (State.CANCELLED, 1)
    assert reminder.reason


def test_X2_an_address_that_bounced_gets_nothing_and_another_teams_block_does_not_count() -> None:
    row = register(make.session(starts_at=NOW + timedelta(hours=2)))
    Suppression.objects.create(address=row.email, team=make.team(), reason=Suppression.Reason.HOST)
    carry(NOW)
    assert len(mail.outbox) == 1


def test_S6_a_moved_session_tells_everybody_and_reminds_at_the_new_time() -> None:
    session = make.session(starts_at=NOW + timedelta(hours=2))
    register(session)
    carry(NOW)
    session.starts_at, session.sequence = NOW + timedelta(hours=5), 1
    session.save()
    signals.session_changed.send(Session, session=session, now=NOW + MINUTE)
    carry(NOW + MINUTE)
    carry(NOW + timedelta(minutes=111))
    carry(NOW + timedelta(minutes=291))
    assert [purpose for purpose, state in states() if state == "sent"] == [
        "confirmation",
        "change",
        "reminder",
    ]
    assert "new time" in mail.outbox[1].subject
    assert calendar_in(mail.outbox[1]).walk("VEVENT")[0]["SEQUENCE"] == 1


def test_a_cancelled_session_says_so_and_takes_itself_out_of_calendars() -> None:
    session = make.session(starts_at=NOW + timedelta(hours=2))
    register(session)
    carry(NOW)
    session.cancelled_at = NOW
    session.save()
    signals.session_changed.send(Session, session=session, now=NOW + MINUTE)
    carry(NOW + MINUTE)
    assert "cancelled" in mail.outbox[1].subject
    assert calendar_in(mail.outbox[1])["METHOD"] == "CANCEL"


def close(session: Session, at: datetime) -> None:
    signals.session_closed.send(Session, session=session, now=at)
    carry(at)


def test_follow_ups_differ_for_those_who_came_and_those_who_did_not() -> None:
    session = make.session(starts_at=NOW)
    came, missed, waited, cancelled = (register(session) for _ in range(4))
    carry(NOW - MINUTE)
    make.attendance(came, entered_at=NOW + MINUTE)
    make.attendance(waited, entered_at=NOW - 5 * MINUTE)  # left the waiting room before it began
    cancel_place(cancelled)
    close(session, NOW + timedelta(hours=1))
    carry(NOW + timedelta(hours=1))
    sent = {message.to[0]: message.subject for message in mail.outbox if "kept" not in message.subject}
    assert set(sent) == {came.email, missed.email, waited.email}
    assert sent[came.email].startswith("Thank you")
    assert sent[missed.email] == sent[waited.email] == "There is another time: Better bread at home"


def test_nobody_missed_anything_who_holds_a_later_place_or_came_before() -> None:
    webinar = make.webinar()
    later = make.session(webinar, starts_at=NOW + timedelta(days=1))
    earlier = make.session(webinar, starts_at=NOW - timedelta(days=1))
    session = make.session(webinar, starts_at=NOW)
    one, two = (make.person(webinar.team) for _ in range(2))
    make.registration(session, who=one)
    make.registration(later, who=one)
    make.registration(session, who=two)
    make.attendance(make.registration(earlier, who=two), entered_at=NOW - timedelta(days=1) + MINUTE)
    close(session, NOW + timedelta(hours=1))
    assert mail.outbox == []
    assert set(Email.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_missing_a_replay_or_an_on_demand_session_brings_no_mail() -> None:
    for kind in (Kind.ON_DEMAND, Kind.REPLAY):
        session = make.session(kind=kind, starts_at=None)
        make.registration(session)
        close(session, NOW)
    assert mail.outbox == []


def test_a_link_asked_for_twice_in_a_minute_comes_once() -> None:
    row = make.registration(make.session(starts_at=NOW + timedelta(hours=2)))
    for second in (0, 20, 70):
        signals.link_requested.send(Registration, registration=row, now=NOW + timedelta(seconds=second))
    carry(NOW + 2 * MINUTE)
    assert len(mail.outbox) == 2


def test_S11_one_teams_thousand_mails_leave_room_for_anothers() -> None:
    crowd = make.session(starts_at=NOW + timedelta(hours=2))
    template = make.registration(crowd)
    Email.objects.bulk_create(
        Email(
            purpose=Purpose.REMINDER,
            key=f"k{number}",
            to=template.email,
            address=template.email,
            team=template.webinar.team,
            registration=template,
            planned_at=NOW,
            due_at=NOW - timedelta(hours=1),
            expires_at=NOW + timedelta(hours=1),
            facts={"starts_at": "?"},
        )
        for number in range(1000)
    )
    other = register(make.session(starts_at=NOW + timedelta(hours=2)))
    ids = Email.objects.fairly(NOW, 2)
    assert Email.objects.get(team=other.webinar.team, purpose=Purpose.CONFIRMATION).pk in ids

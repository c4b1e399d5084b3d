"""Mails leave once, whatever dies, whatever the provider can promise, and however many couriers there are."""

import smtplib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from django.core import mail
from django.db import connection

from notifications import courier, services, transport
from notifications.models import Email, Purpose, State
from scheduling.due import lease
from tests import make
from tests.mailing import MINUTE, Mailbox, Provider, carry, only, provider, smtp
from webinars.models import Registration

pytestmark = pytest.mark.django_db
NOW = make.NOW


class Killed(BaseException):
    """What `kill -9` is to the code it hits: nothing catches it."""


@pytest.fixture
def keyed(settings: Any) -> Iterator[Provider]:
    """A provider that honours idempotency keys."""
    with provider() as state:
        settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"
        settings.ANYMAIL = {"RESEND_API_KEY": "key", "RESEND_API_URL": state.url, "REQUESTS_TIMEOUT": 5}
        yield state


@pytest.fixture
def askable(settings: Any) -> Iterator[Provider]:
    """A provider that does not, but can be asked."""
    with provider() as state:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": state.url,
            "REQUESTS_TIMEOUT": 5,
        }
        yield state


@pytest.fixture
def blind(settings: Any) -> Iterator[Mailbox]:
    """A mail server that can do neither."""
    with smtp() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield box


def places(number: int) -> list[Registration]:
    """People with a confirmation each; the session is two hours away."""
    session = make.session(starts_at=NOW + timedelta(hours=2))
    rows = [make.registration(session) for _ in range(number)]
    for row in rows:
        services.plan_for_registration(registration=row, now=NOW)
    return rows


def die_before(monkeypatch: pytest.MonkeyPatch, name: str, times: int = 1) -> None:
    """Kill the courier at the next calls of one of its steps."""
    step, left = getattr(courier, name), [times]

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise Killed
        return step(*args, **kwargs)

    monkeypatch.setattr(courier, name, deadly)


def carry_until_quiet(start: datetime, minutes: int = 10) -> None:
    """Ticks every 15 s; a courier that is killed is followed by the next."""
    for tick in range(minutes * 4):
        try:
            carry(start + timedelta(seconds=15 * tick))
        except Killed:
            continue


def message_id(envelope: Envelope) -> str:
    return str(message_from_bytes(envelope.original_content or b"")["Message-ID"])


def tally() -> Counter[str]:
    return Counter(Email.objects.filter(purpose=Purpose.CONFIRMATION).values_list("state", flat=True))


@pytest.mark.parametrize("step", ["_begin", "_hand_over", "_sent"])
def test_X1_a_provider_that_honours_keys_gets_each_mail_once_though_couriers_die(
    keyed: Provider, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    rows = places(6)
    die_before(monkeypatch, step, times=3)
    carry_until_quiet(NOW)
    assert sorted(body["to"][0] for body in keyed.accepted) == sorted(row.email for row in rows)
    assert keyed.conflicts == 0
    assert tally() == {State.SENT: 6}


def test_X1_an_answer_that_got_lost_is_asked_for_with_the_same_key(keyed: Provider) -> None:
    places(3)
    keyed.lose_answers = 2
    carry_until_quiet(NOW)
    assert (len(keyed.accepted), keyed.conflicts, tally()) == (3, 0, {State.SENT: 3})


@pytest.mark.parametrize("step", ["_hand_over", "_sent"])
def test_X1_a_provider_that_can_be_asked_is_asked_before_anything_is_repeated(
    askable: Provider, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    places(4)
    die_before(monkeypatch, step, times=2)
    askable.lose_answers = 1
    carry_until_quiet(NOW)
    assert (len(askable.accepted), tally()) == (4, {State.SENT: 4})


def test_X1_blind_smtp_repeats_a_mail_that_lets_somebody_in_once(
    blind: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    places(1)
    die_before(monkeypatch, "_sent", times=1)
    carry_until_quiet(NOW)
    first, second = blind.accepted  # at least once: nobody could know
    assert message_id(first) == message_id(second) == only(Purpose.CONFIRMATION).message_id
    assert tally() == {State.SENT: 1}


def test_X1_blind_smtp_repeats_it_no_third_time(blind: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    places(1)
    die_before(monkeypatch, "_sent", times=2)
    carry_until_quiet(NOW)
    assert (len(blind.accepted), tally()) == (2, {State.UNCERTAIN: 1})


def test_X1_blind_smtp_never_doubles_a_reminder(blind: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    places(1)
    carry(NOW)
    die_before(monkeypatch, "_sent", times=1)
    carry_until_quiet(NOW + timedelta(minutes=110), minutes=8)
    assert len(blind.accepted) == 2  # the confirmation and one reminder
    reminder = only(Purpose.REMINDER)
    assert reminder.state == State.UNCERTAIN
    assert "may have left" in reminder.reason


def test_X1_a_server_that_hangs_up_after_taking_the_mail_leaves_the_reminder_uncertain(
    blind: Mailbox,
) -> None:
    places(1)
    carry(NOW)
    blind.hang_up = 1
    carry_until_quiet(NOW + timedelta(minutes=110), minutes=8)
    assert (len(blind.accepted), only(Purpose.REMINDER).state) == (2, State.UNCERTAIN)


def test_X1_a_server_that_hangs_up_between_two_mails_leaves_nothing_in_doubt(blind: Mailbox) -> None:
    real = transport.Transport()
    message = mail.EmailMultiAlternatives("one", "text", "a@example.org", ["b@example.org"])
    real.hand_over(message, "1")
    assert real.connection is not None
    real.connection.connection.sock.close()  # type: ignore[attr-defined]
    real.hand_over(message, "2")
    real.close()
    assert len(blind.accepted) == 2


def test_a_server_that_refuses_for_now_is_tried_again(blind: Mailbox) -> None:
    places(1)
    blind.refuse = "451 try later"
    carry(NOW)
    assert (only(Purpose.CONFIRMATION).state, only(Purpose.CONFIRMATION).failures) == (State.DUE, 1)
    blind.refuse = ""
    carry_until_quiet(NOW, minutes=1)
    assert (len(blind.accepted), tally()) == (1, {State.SENT: 1})


def test_a_server_that_refuses_for_good_fails_at_once_and_visibly(blind: Mailbox) -> None:
    places(1)
    blind.refuse = "554 no such person"
    carry(NOW)
    email = only(Purpose.CONFIRMATION)
    assert (email.state, email.sealed) == (State.FAILED, None)
    assert "554" in email.reason


def test_eight_refusals_are_enough(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2  # nobody listens
    row = make.registration(make.session(starts_at=NOW + timedelta(days=2)))
    services.plan_for_registration(registration=row, now=NOW)
    for tick in range(60):
        carry(NOW + tick * timedelta(minutes=15))
    email = only(Purpose.CONFIRMATION)
    assert (email.state, email.failures) == (State.FAILED, 8)


def test_S3_a_courier_that_wakes_late_settles_nothing() -> None:
    places(1)
    due = Email.objects.due(NOW)
    (late,) = lease(due, now=NOW, span=courier.SPAN)
    carry(NOW + MINUTE)
    assert tally() == {State.SENT: 1}
    courier._carry(late, transport.Transport(), transport.Outbox(), lambda: NOW + 2 * MINUTE)
    assert len(mail.outbox) == 1


def test_an_error_of_our_own_puts_one_mail_off_and_delays_no_other() -> None:
    rows = places(3)
    Email.objects.filter(registration=rows[1], purpose=Purpose.CONFIRMATION).update(purpose=Purpose.FOLLOW_UP)
    Email.objects.filter(registration=rows[1], purpose=Purpose.FOLLOW_UP).update(registration=None)
    broken = Email.objects.get(purpose=Purpose.FOLLOW_UP)
    Email.objects.filter(pk=broken.pk).update(purpose=Purpose.OWED, facts={"nothing": 1})
    carry(NOW)
    assert len(mail.outbox) == 2
    broken.refresh_from_db()
    assert (broken.state, broken.failures) == (State.DUE, 1)
    assert broken.due_at is not None
    assert broken.due_at > NOW


def test_nothing_of_the_demo_leaves_through_a_real_transport(blind: Mailbox) -> None:
    team = make.team(is_demo=True)
    row = make.registration(make.session(make.webinar(team), starts_at=NOW + timedelta(hours=2)))
    services.plan_for_registration(registration=row, now=NOW)
    carry(NOW)
    assert (blind.accepted, only(Purpose.CONFIRMATION).state) == ([], State.SENT)


@pytest.mark.parametrize(
    ("error", "expected", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no")}), transport.NotTakenError, True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"busy")}), transport.NotTakenError, False),
        (smtplib.SMTPDataError(552, b"too big"), transport.NotTakenError, True),
        (smtplib.SMTPServerDisconnected("gone"), transport.UnknownError, None),
        (TimeoutError(), transport.UnknownError, None),
    ],
)
def test_what_a_mail_servers_answer_means(error: Exception, expected: type, permanent: bool | None) -> None:
    found = transport.Transport().explained(error)
    assert type(found) is expected
    assert getattr(found, "permanent", None) is permanent


@pytest.mark.django_db(transaction=True)
def test_S3_four_couriers_at_once_send_each_mail_once(keyed: Provider) -> None:
    rows = places(40)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        carry(NOW)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    carry(NOW + 2 * MINUTE)
    assert sorted(body["to"][0] for body in keyed.accepted) == sorted(row.email for row in rows)
    assert tally() == {State.SENT: 40}


def test_what_is_settled_is_due_no_more_and_what_a_slow_transport_left_over_is_due_at_once() -> None:
    places(3)
    courier.run(clock=lambda: NOW, seconds=0)
    assert Email.objects.due(NOW).count() == 3
    carry(NOW)
    assert not Email.objects.filter(settled_at__isnull=False, due_at__isnull=False).exists()
    assert not Email.objects.due(NOW + MINUTE).exists()


def test_a_courier_out_of_time_gives_back_what_it_leased(monkeypatch: pytest.MonkeyPatch) -> None:
    places(3)
    ticks = iter([0.0, 1.0, 2.0, *[99.0] * 9])
    monkeypatch.setattr("notifications.courier.time.monotonic", lambda: next(ticks))
    assert courier.run(clock=lambda: NOW, seconds=10) == 1
    assert Email.objects.due(NOW).count() == 2

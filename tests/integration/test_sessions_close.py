"""Sessions close by the database's clock, once each; presence is written in a handful of statements."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.dispatch import Signal

from scheduling.due import database_now
from scheduling.models import Heartbeat, Kind
from tests import make
from tests.integration.test_who_is_who import heard
from webinars import presence, signals, tasks
from webinars.models import Attendance, Session
from webinars.services.sessions import close_due_sessions

pytestmark = pytest.mark.django_db

NOW = make.NOW


@pytest.fixture(autouse=True)
def _empty_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_seen", {})
    monkeypatch.setattr(presence, "_flushed_at", None)


def test_S3_a_session_closes_once_when_its_exit_room_is_over() -> None:
    session = make.session(starts_at=NOW)
    assert session.closes_at
    with heard(signals.session_closed) as news:
        assert close_due_sessions(session.closes_at - timedelta(seconds=1)) == 0
        assert close_due_sessions(session.closes_at) == 1
        assert close_due_sessions(session.closes_at) == 0
    assert [said["session"] for said in news] == [session]
    session.refresh_from_db()
    assert session.closed_at == session.closes_at
    assert session.due_at is None


def test_S1_what_others_write_at_the_close_stands_or_falls_with_it() -> None:
    session = make.session(starts_at=NOW)
    assert session.closes_at

    def fail(**_: Any) -> None:
        raise RuntimeError("a receiver broke")

    broken: Signal = signals.session_closed
    broken.connect(fail, weak=False)
    try:
        close_due_sessions(session.closes_at)
    finally:
        broken.disconnect(fail)
    session.refresh_from_db()
    assert session.closed_at is None
    assert session.due_at == session.closes_at + timedelta(minutes=1)
    assert close_due_sessions(session.due_at) == 1


def test_a_cancelled_session_closes_without_news() -> None:
    session = make.session(starts_at=NOW, cancelled_at=NOW)
    assert session.closes_at
    with heard(signals.session_closed) as news:
        assert close_due_sessions(session.closes_at) == 1
    assert news == []


def test_what_nobody_opened_never_closes() -> None:
    make.session(kind=Kind.ON_DEMAND, starts_at=None)
    assert close_due_sessions(NOW + timedelta(days=999)) == 0


def test_S9_the_tick_goes_by_the_databases_clock_and_says_that_it_ran() -> None:
    now = database_now()
    due = make.session(starts_at=now - timedelta(hours=2))
    early = make.session(due.webinar, starts_at=now + timedelta(hours=1))
    tasks.tick()
    assert set(Session.objects.filter(closed_at__isnull=False)) == {due}
    early.refresh_from_db()
    assert early.closed_at is None
    assert Heartbeat.objects.get(name="sessions").at >= now


def seconds(number: float) -> Any:
    return NOW + timedelta(seconds=number)


def test_coverage_is_the_union_of_what_was_played(django_assert_num_queries: Any) -> None:
    attendances = [
        make.attendance(make.registration(make.session(starts_at=None, kind=Kind.ON_DEMAND))) for _ in "ab"
    ]
    one, other = (attendance.pk for attendance in attendances)
    for number in range(4):
        presence.note_seen(one, 10.0 * number, True, seconds(10 * number))
    presence.note_seen(other, 5.0, False, seconds(30))
    presence.note_seen(uuid.uuid4(), 5.0, True, seconds(30))
    with django_assert_num_queries(4):  # savepoint, read under lock, one write, release
        assert presence.flush(seconds(30)) == 2
    row = Attendance.objects.get(pk=one)
    assert row.coverage == [[0, 30]]
    assert row.last_seen_at == seconds(30)
    assert row.film_from_at == seconds(0)
    assert row.position == 30
    assert Attendance.objects.get(pk=other).coverage == []
    assert presence.flush(seconds(31)) == 0
    presence.note_seen(one, 40, True, seconds(40))
    presence.flush(seconds(40))
    assert Attendance.objects.get(pk=one).coverage == [[0, 40]]


def test_a_jump_is_not_watched() -> None:
    attendance = make.attendance(make.registration())
    presence.note_seen(attendance.pk, 0, True, seconds(0))
    presence.note_seen(attendance.pk, 500, True, seconds(10))
    presence.note_seen(attendance.pk, 510, True, seconds(20))
    presence.flush(seconds(20))
    assert Attendance.objects.get().coverage == [[500, 510]]


def test_a_flush_is_asked_for_every_ten_seconds() -> None:
    attendance = make.attendance(make.registration())
    assert presence.note_seen(attendance.pk, 0, True, seconds(0))
    presence.flush(seconds(0))
    assert not presence.note_seen(attendance.pk, 5, True, seconds(5))
    assert presence.note_seen(attendance.pk, 10, True, seconds(10))

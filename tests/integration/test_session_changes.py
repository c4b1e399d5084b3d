"""Sessions that people hold places in are called off, moved and shut: who is told what, and what stops."""

import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, User
from chat.models import OwedReply
from notifications.models import Email, Purpose, State
from scheduling.models import Exclusion, Kind
from tests import make
from tests.mailing import MINUTE, calendar_in, carry, conversation, line, read_calendar, wait
from webinars import standing
from webinars.models import Registration, Session, Webinar
from webinars.services import registration as registrations
from webinars.services import session_changes
from webinars.services.session_changes import CannotChange, Which, Why

pytestmark = pytest.mark.django_db
NOW = make.NOW
WARSAW = ZoneInfo("Europe/Warsaw")


class World:
    """A webinar every day at noon UTC, its owner, and people who register for it."""

    def __init__(self, **schedule: Any) -> None:
        self.member = make.member()
        rows = make.schedule(**{"attendee_zone": False} | schedule)
        make.recurrence(rows)
        self.webinar = make.webinar(self.member.team, schedule=rows)
        self.start = NOW + timedelta(days=1)

    @property
    def actor(self) -> User:
        return self.member.user

    def fresh(self) -> Webinar:
        found = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current")
        return found.get(pk=self.webinar.pk)

    def register(self, name: str = "Dana", at: datetime | None = None, now: datetime = NOW) -> Registration:
        return registrations.register(
            webinar=self.fresh(),
            kind=Kind.SCHEDULED,
            starts_at=at or self.start,
            first_name=name,
            email=f"{name.lower()}@example.org",
            zone=WARSAW,
            guest=None,
            now=now,
        ).registration

    def which(self, at: datetime | None = None) -> Which:
        return Which(Kind.SCHEDULED, at or self.start)

    def cancel(self, at: datetime | None = None, *, note: str = "", now: datetime = NOW) -> Session:
        which = self.which(at)
        return session_changes.cancel(webinar=self.fresh(), which=which, actor=self.actor, note=note, now=now)

    def move(
        self, to: datetime, at: datetime | None = None, *, note: str = "", now: datetime = NOW
    ) -> Session:
        which = self.which(at)
        return session_changes.move(
            webinar=self.fresh(), which=which, to=to, actor=self.actor, note=note, now=now
        )

    def offered(self) -> list[datetime | None]:
        return [slot.starts_at for slot in standing.offered(self.fresh(), WARSAW, NOW)]


@pytest.fixture
def world() -> World:
    return World()


def event_of(message: Any) -> Any:
    (event,) = calendar_in(message).walk("VEVENT")
    return event


def states(purpose: str) -> list[str]:
    return list(Email.objects.filter(purpose=purpose).order_by("planned_at").values_list("state", flat=True))


def test_S6_a_cancelled_session_tells_everybody_and_nothing_else_comes(world: World) -> None:
    world.register()
    carry(NOW)
    world.cancel(note="The oven broke.")
    carry(NOW + MINUTE)
    assert len(mail.outbox) == 2
    text = str(mail.outbox[1].body)
    assert "cancelled" in mail.outbox[1].subject
    assert "The oven broke." in text
    assert "Thursday 12 March, 13:00 (Warsaw time, UTC+1)" in text  # the next one, in the reader's zone
    carry(world.start - 9 * MINUTE)
    carry(world.start + timedelta(days=4))
    assert len(mail.outbox) == 2
    assert states(Purpose.REMINDER) == [State.CANCELLED]
    assert not states(Purpose.FOLLOW_UP)


def test_the_calendar_entry_is_cancelled_as_calendars_need_it(world: World) -> None:
    place = world.register()
    carry(NOW)
    world.cancel()
    carry(NOW + MINUTE)
    invitation, cancellation = (calendar_in(message) for message in mail.outbox)
    asked, gone = event_of(mail.outbox[0]), event_of(mail.outbox[1])
    assert (invitation["METHOD"], cancellation["METHOD"]) == ("REQUEST", "CANCEL")
    assert (asked["STATUS"], gone["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert asked["UID"] == gone["UID"]
    assert asked["UID"].startswith(str(place.pk))
    assert gone["SEQUENCE"] > asked["SEQUENCE"]
    assert gone["DTSTAMP"].dt > asked["DTSTAMP"].dt
    for name in ("ORGANIZER", "ATTENDEE"):
        assert asked[name].to_ical() == gone[name].to_ical()
        assert dict(asked[name].params) == dict(gone[name].params)
    assert asked["ATTENDEE"] == f"mailto:{place.email}"
    sent: list[Any] = list(mail.outbox)
    kinds = [message.attachments[0]["Content-Type"] for message in sent]
    assert kinds[1] == 'text/calendar; charset="utf-8"; method="CANCEL"'
    assert 'method="REQUEST"' in kinds[0]


def test_S8_after_a_move_page_mail_calendar_and_reminder_agree_to_the_second(world: World) -> None:
    place = world.register()
    carry(NOW)
    to = datetime(2026, 3, 30, 5, 30, tzinfo=NOW.tzinfo)  # after Warsaw's clocks went forward
    world.move(to, note="See you in spring.")
    carry(NOW + MINUTE)
    place.refresh_from_db()
    message = mail.outbox[1]
    event = event_of(message)
    assert place.starts_at == place.session.starts_at == event["DTSTART"].dt == to
    assert event["DTEND"].dt == place.session.ends_at
    assert (calendar_in(message)["METHOD"], event["SEQUENCE"]) == ("REQUEST", 1)
    assert event["UID"] == event_of(mail.outbox[0])["UID"]
    assert "Monday 30 March, 07:30" in message.subject
    assert "no longer on Wednesday 11 March, 13:00" in str(message.body)
    assert "See you in spring." in str(message.body)
    reminder = Email.objects.get(purpose=Purpose.REMINDER, facts__starts_at=to.isoformat())
    assert reminder.due_at == to - 10 * MINUTE
    _guest, cookie = make.guest(place.person)
    client = Client()
    client.cookies["matinee_guest"] = cookie
    file = read_calendar(client.get(f"/r/{place.pk}/calendar.ics").content)
    assert file.walk("VEVENT")[0]["DTSTART"].dt == to
    assert file.walk("VEVENT")[0]["SEQUENCE"] == 1
    carry(world.start)  # the old time
    assert len(mail.outbox) == 2
    carry(to - 9 * MINUTE)
    assert len(mail.outbox) == 3
    assert mail.outbox[2].subject.startswith("07:30 today")


def test_S7_a_moved_start_is_offered_where_it_is_and_no_more_where_it_was(world: World) -> None:
    to = world.start + timedelta(hours=3)
    session = world.move(to)
    assert (session.moved_from, session.sequence) == (world.start, 1)
    offered = world.offered()
    assert world.start not in offered
    assert to in offered
    with pytest.raises(registrations.SlotGone):
        world.register("Eve")
    assert world.register("Eve", to).session_id == session.pk
    back = world.move(world.start, to, now=NOW + MINUTE)
    assert (back.pk, back.moved_from, back.sequence) == (session.pk, None, 2)
    assert world.start in world.offered()


def test_cancelling_twice_and_moving_to_where_it_is_change_nothing(world: World) -> None:
    world.register()
    first = world.cancel()
    again = world.cancel(note="Something else", now=NOW + MINUTE)
    assert (again.cancelled_at, again.sequence, again.note) == (first.cancelled_at, 1, "")
    other = world.start + timedelta(days=1)
    world.register("Eve", other)
    assert world.move(other, other).sequence == 0
    assert Email.objects.filter(purpose=Purpose.CHANGE).count() == 1
    assert AuditEntry.objects.filter(act__startswith="session.").count() == 1


def test_a_start_that_nobody_holds_is_stored_as_cancelled_and_offered_no_more(world: World) -> None:
    world.cancel()
    assert world.start not in world.offered()
    assert not Email.objects.exists()
    with pytest.raises(registrations.SlotGone) as gone:
        world.register()
    assert gone.value.next is not None
    session_changes.put_back(webinar=world.fresh(), which=world.which(), actor=world.actor, now=NOW)
    assert world.start in world.offered()
    assert not Session.objects.exists()


@pytest.mark.parametrize(("hours", "why"), [(0, Why.PAST), (24 * 800, Why.TOO_FAR), (48, Why.TAKEN)])
def test_a_session_is_not_moved_there(world: World, hours: int, why: Why) -> None:
    world.register()
    world.register("Eve", NOW + timedelta(hours=48))
    with pytest.raises(CannotChange) as refusal:
        world.move(NOW + timedelta(hours=hours))
    assert refusal.value.why is why
    if why is Why.TAKEN:
        assert refusal.value.other is not None
        assert refusal.value.other.starts_at == NOW + timedelta(hours=48)
    assert not AuditEntry.objects.exists()
    assert not Email.objects.filter(purpose=Purpose.CHANGE).exists()


def test_what_is_on_is_neither_cancelled_nor_moved(world: World) -> None:
    world.register()
    for act in (world.cancel, lambda now: world.move(world.start + timedelta(days=9), now=now)):
        with pytest.raises(CannotChange) as refusal:
            act(now=world.start)
        assert refusal.value.why is Why.BEGUN


def test_only_scheduled_sessions_are_moved(world: World) -> None:
    start = NOW + timedelta(minutes=30)
    make.registration(make.session(world.webinar, kind=Kind.JUST_IN_TIME, starts_at=start))
    which = Which(Kind.JUST_IN_TIME, start)
    with pytest.raises(CannotChange) as refusal:
        session_changes.move(
            webinar=world.fresh(), which=which, to=start + MINUTE, actor=world.actor, note="", now=NOW
        )
    assert refusal.value.why is Why.NOT_SCHEDULED
    assert session_changes.cancel(
        webinar=world.fresh(), which=which, actor=world.actor, note="", now=NOW
    ).cancelled_at


def test_a_shut_session_keeps_its_people_and_takes_nobody(world: World) -> None:
    place = world.register()
    arguments: dict[str, Any] = {"which": world.which(), "actor": world.actor, "now": NOW}
    session_changes.shut(webinar=world.fresh(), **arguments)
    session_changes.shut(webinar=world.fresh(), **arguments)
    assert world.start not in world.offered()
    with pytest.raises(registrations.SlotGone):
        world.register("Eve")
    assert Registration.objects.live().filter(pk=place.pk).exists()
    session_changes.let_in(webinar=world.fresh(), **arguments)
    assert world.register("Eve").session_id == place.session_id
    assert not Email.objects.filter(purpose=Purpose.CHANGE).exists()
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["session.shut", "session.opened"]


def test_a_session_is_deleted_only_while_nobody_holds_or_held_a_place(world: World) -> None:
    arguments: dict[str, Any] = {"which": world.which(), "actor": world.actor, "now": NOW}
    place = world.register()
    with pytest.raises(CannotChange) as refusal:
        session_changes.take_out(webinar=world.fresh(), **arguments)
    assert refusal.value.why is Why.REGISTERED
    registrations.cancel(registration=place, now=NOW)
    with pytest.raises(CannotChange) as refusal:
        session_changes.take_out(webinar=world.fresh(), **arguments)
    assert refusal.value.why is Why.HELD_BEFORE

    other = world.start + timedelta(days=1)
    arguments["which"] = world.which(other)
    version = world.fresh().schedule.version
    session_changes.take_out(webinar=world.fresh(), **arguments)
    session_changes.take_out(webinar=world.fresh(), **arguments)
    assert other not in world.offered()
    assert Exclusion.objects.get().at == other
    assert world.fresh().schedule.version > version  # an open editor would bring it back
    session_changes.put_back(webinar=world.fresh(), **arguments)
    assert other in world.offered()


def test_what_people_were_told_of_is_not_offered_again(world: World) -> None:
    world.register()
    world.cancel()
    with pytest.raises(CannotChange) as refusal:
        session_changes.put_back(webinar=world.fresh(), which=world.which(), actor=world.actor, now=NOW)
    assert refusal.value.why is Why.TOLD


def test_a_question_asked_before_a_cancelled_session_is_owed_and_answered_by_mail(world: World) -> None:
    place = world.register()
    carry(NOW)
    talk = conversation(place)
    opened = wait(talk, line(talk, "Will there be rye?", NOW))
    talk.waiting_since = NOW
    talk.save()
    world.cancel()
    assert OwedReply.objects.filter(wait=opened, settled_at=None).exists()
    world.cancel(now=NOW + MINUTE)
    assert OwedReply.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(2))
@pytest.mark.parametrize("act", ["cancel", "move"])
def test_S6_who_registers_while_it_is_cancelled_or_moved_is_told_or_refused(
    act: str, round_number: int
) -> None:
    world = World()
    gate = threading.Barrier(6)
    refused: list[str] = []

    def register(name: str) -> None:
        try:
            gate.wait(10)
            world.register(name)
        except registrations.SlotGone:
            refused.append(name)
        finally:
            connection.close()

    def change() -> None:
        try:
            gate.wait(10)
            world.cancel() if act == "cancel" else world.move(world.start + timedelta(hours=3))
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(f"P{n}",)) for n in range(5)]
    threads.append(threading.Thread(target=change))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session = Session.objects.get()
    assert session.sequence == 1
    held = Registration.objects.filter(session=session)
    told = set(Email.objects.filter(purpose=Purpose.CHANGE).values_list("registration", flat=True))
    assert told == set(held.values_list("pk", flat=True))
    assert set(held.values_list("starts_at", flat=True)) <= {session.starts_at}
    assert len(told) + len(refused) == 5

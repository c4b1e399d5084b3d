"""A change of the rules meets people who hold places: the host sees who, and chooses keep, move or cancel."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection

from accounts.models import AuditEntry
from notifications.models import Email, Purpose, State
from scheduling.models import Frequency, Kind, Recurrence
from scheduling.services import Plan, Stale
from tests import make
from tests.mailing import MINUTE, calendar_in, carry
from webinars import standing
from webinars.models import Registration, Session, Webinar
from webinars.services import registration as registrations
from webinars.services import rule_changes, session_changes
from webinars.services.rule_changes import Choice, NeedsChoice
from webinars.services.session_changes import Which

pytestmark = pytest.mark.django_db
NOW = make.NOW  # Tuesday 10 March 2026, 12:00 UTC
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WARSAW, LONDON = ZoneInfo("Europe/Warsaw"), ZoneInfo("Europe/London")


class World:
    """A webinar with daily times, and people who hold places in it."""

    def __init__(self, *times: time, own: bool = False) -> None:
        self.member = make.member()
        rows = make.schedule(attendee_zone=own)
        make.recurrence(rows, *(times or (time(12),)))
        self.webinar = make.webinar(self.member.team, schedule=rows)

    def fresh(self) -> Webinar:
        found = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current")
        return found.get(pk=self.webinar.pk)

    def register(self, at: datetime, name: str = "Dana", zone: ZoneInfo = WARSAW) -> Registration:
        return registrations.register(
            webinar=self.fresh(),
            kind=Kind.SCHEDULED,
            starts_at=at,
            first_name=name,
            email=f"{name.lower()}@example.org",
            zone=zone,
            guest=None,
            now=NOW,
        ).registration

    def plan(self, *times: time, **more: Any) -> Plan:
        rows: Sequence[Recurrence] = [Recurrence(frequency=Frequency.DAILY, times=list(times))]
        rows = more.pop("recurrences", rows)
        return Plan(fields=more, hours_zone=ZoneInfo("UTC"), recurrences=rows)

    def save(self, plan: Plan, now: datetime = NOW, **answer: Any) -> Any:
        webinar = self.fresh()
        return rule_changes.save_schedule(
            webinar=webinar,
            actor=self.member.user,
            plan=plan,
            version=answer.pop("version", webinar.schedule.version),
            now=now,
            **answer,
        )

    def asked(self, plan: Plan, **answer: Any) -> NeedsChoice:
        version = self.fresh().schedule.version
        with pytest.raises(NeedsChoice) as need:
            self.save(plan, **answer)
        assert self.fresh().schedule.version == version
        return need.value

    def choose(self, plan: Plan, choice: Choice, **more: Any) -> Any:
        return self.save(plan, choice=choice, seen=self.asked(plan).seen, **more)


def changes() -> int:
    return Email.objects.filter(purpose=Purpose.CHANGE).count()


def test_a_change_that_touches_nobody_is_saved_at_once() -> None:
    world = World(time(12), time(16))
    world.register(NOW + DAY)
    saved = world.save(world.plan(time(12), time(18)))
    assert saved.version == 1
    assert AuditEntry.objects.get().detail == {"version": 1}


def test_nothing_is_saved_before_the_host_has_chosen() -> None:
    world = World()
    place, other = world.register(NOW + DAY), world.register(NOW + DAY, "Eve")
    need = world.asked(world.plan(time(13)))
    (one,) = need.affected
    assert one.starts_at == NOW + DAY
    assert sorted(one.names) == ["Dana", "Eve"]
    assert one.to == NOW + DAY + HOUR
    assert {row.pk for row in one.places} == {place.pk, other.pk}
    assert not AuditEntry.objects.exists()


def test_people_keep_their_time_although_the_rules_no_longer_give_it() -> None:
    world = World()
    place = world.register(NOW + DAY)
    world.choose(world.plan(time(13)), Choice.KEEP)
    place.refresh_from_db()
    assert place.starts_at == place.session.starts_at == NOW + DAY
    assert changes() == 0
    detail = AuditEntry.objects.get(act="webinar.schedule_saved").detail
    assert detail["choice"] == "keep"
    assert detail["affected"] == [
        {
            "session": str(place.session_id),
            "starts_at": (NOW + DAY).isoformat(),
            "people": 1,
            "to": None,
        }
    ]
    # What no rule gave before is not asked about again.
    assert world.save(world.plan(time(14))).version == 2


def test_S6_S8_people_are_moved_to_the_nearest_new_time_with_their_mails() -> None:
    world = World()
    place = world.register(NOW + DAY)
    carry(NOW)
    world.choose(world.plan(time(13)), Choice.MOVE, note="A better hour.")
    place.refresh_from_db()
    to = NOW + DAY + HOUR
    assert place.starts_at == place.session.starts_at == to
    assert (place.session.moved_from, place.session.sequence) == (None, 1)
    carry(NOW + MINUTE)
    assert "14:00" in mail.outbox[1].subject
    assert "A better hour." in str(mail.outbox[1].body)
    carry(NOW + DAY - 9 * MINUTE)
    carry(to - 9 * MINUTE)
    assert mail.outbox[2].subject.startswith("14:00 today")
    reminders = Email.objects.filter(purpose=Purpose.REMINDER).values_list("state", flat=True)
    assert sorted(reminders) == [State.CANCELLED, State.SENT]
    assert AuditEntry.objects.get(act="webinar.schedule_saved").detail["affected"][0]["to"] == to.isoformat()


def test_cancelling_with_notice_tells_everybody_and_offers_the_new_times() -> None:
    world = World()
    place = world.register(NOW + DAY)
    carry(NOW)
    world.choose(world.plan(time(15)), Choice.CANCEL, note="Sorry.")
    session = Session.objects.get(pk=place.session_id)
    assert session.cancelled_at == NOW
    carry(NOW + MINUTE)
    assert "cancelled" in mail.outbox[1].subject
    assert "Wednesday 11 March, 16:00" in str(mail.outbox[1].body)


def test_two_sessions_meet_at_one_new_start_and_nobody_is_lost() -> None:
    world = World(time(12), time(14))
    first = world.register(NOW + DAY)
    second = world.register(NOW + DAY + 2 * HOUR, "Eve")
    both = [world.register(NOW + DAY, "Jan"), world.register(NOW + DAY + 2 * HOUR, "Jan")]
    Registration.objects.filter(pk=both[1].pk).update(person=both[0].person)
    world.choose(world.plan(time(13)), Choice.MOVE)
    to = NOW + DAY + HOUR
    session = Session.objects.get(starts_at=to)
    held = Registration.objects.live().filter(session=session)
    assert set(held.values_list("pk", flat=True)) == {first.pk, second.pk, both[0].pk}
    assert set(held.values_list("starts_at", flat=True)) == {to}
    both[1].refresh_from_db()
    assert both[1].cancelled_at == NOW  # holds the same place by the other registration
    assert changes() == 4
    assert all(row.registration and row.registration.session.sequence for row in _changed())


def _changed() -> list[Email]:
    return list(Email.objects.filter(purpose=Purpose.CHANGE).select_related("registration__session"))


def test_on_the_attendees_own_clock_only_those_are_affected_whose_clock_it_is() -> None:
    """13:00 in Warsaw is 12:00 in London: one session, two of the schedule's times."""
    world = World(time(12), time(13), own=True)
    warsaw = world.register(NOW + DAY, "Wanda")
    london = world.register(NOW + DAY, "Liz", LONDON)
    assert warsaw.session_id == london.session_id
    plan = world.plan(time(13), time(17))
    need = world.asked(plan)
    (one,) = need.affected
    assert one.names == ["Liz"]
    assert one.to == NOW + DAY + HOUR  # 13:00 in London
    world.choose(plan, Choice.MOVE)
    warsaw.refresh_from_db()
    london.refresh_from_db()
    assert warsaw.starts_at == NOW + DAY
    assert warsaw.session.cancelled_at is None
    assert london.starts_at == london.session.starts_at == NOW + DAY + HOUR
    assert london.session.sequence > warsaw.session.sequence
    assert [row.registration_id for row in _changed()] == [london.pk]


def test_on_the_attendees_own_clock_a_place_is_taken_back_and_the_session_stays_for_others() -> None:
    world = World(time(12), time(13), own=True)
    warsaw = world.register(NOW + DAY, "Wanda")
    london = world.register(NOW + DAY, "Liz", LONDON)
    carry(NOW)
    world.choose(world.plan(time(13)), Choice.CANCEL)
    london.refresh_from_db()
    warsaw.refresh_from_db()
    assert london.cancelled_at == NOW
    assert warsaw.cancelled_at is None
    assert warsaw.session.cancelled_at is None
    carry(NOW + MINUTE)
    assert [message.to for message in mail.outbox[2:]] == [["liz@example.org"]]
    assert calendar_in(mail.outbox[2])["METHOD"] == "CANCEL"


def test_where_the_new_rules_give_nothing_people_keep_their_time() -> None:
    world = World()
    place = world.register(NOW + DAY)
    plan = world.plan(recurrences=[], event_type="on_demand_only")
    need = world.asked(plan)
    assert need.affected[0].to is None
    world.choose(plan, Choice.MOVE)
    place.refresh_from_db()
    assert (place.starts_at, changes()) == (NOW + DAY, 0)


def test_somebody_who_registers_meanwhile_brings_the_question_back() -> None:
    world = World()
    world.register(NOW + DAY)
    plan = world.plan(time(13))
    seen = world.asked(plan).seen
    world.register(NOW + DAY, "Eve")
    again = world.asked(plan, choice=Choice.CANCEL, seen=seen)
    assert sorted(again.affected[0].names) == ["Dana", "Eve"]
    assert again.seen != seen
    assert changes() == 0
    world.save(plan, choice=Choice.CANCEL, seen=again.seen)
    assert changes() == 2


def test_a_choice_that_saw_nothing_counts_for_nothing() -> None:
    world = World()
    world.register(NOW + DAY)
    assert world.asked(world.plan(time(13)), choice=Choice.CANCEL, seen="").affected
    assert world.asked(world.plan(time(13)), choice=Choice.CANCEL).affected


def test_another_save_in_between_is_stale_whatever_was_chosen() -> None:
    world = World()
    world.register(NOW + DAY)
    plan = world.plan(time(13))
    seen = world.asked(plan).seen
    world.save(world.plan(time(12), time(13)))
    with pytest.raises(Stale):
        world.save(plan, choice=Choice.MOVE, seen=seen, version=0)
    assert changes() == 0


def test_sessions_that_a_host_moved_by_hand_are_left_alone() -> None:
    world = World()
    place = world.register(NOW + DAY)
    session_changes.move(
        webinar=world.fresh(),
        which=Which(Kind.SCHEDULED, NOW + DAY),
        to=NOW + DAY + 5 * HOUR,
        actor=world.member.user,
        note="",
        now=NOW,
    )
    assert world.save(world.plan(time(15))).version == 1
    place.refresh_from_db()
    assert place.starts_at == NOW + DAY + 5 * HOUR


def test_nobody_is_moved_to_a_start_that_was_cancelled_or_shut_or_is_too_near() -> None:
    world = World()
    world.register(NOW + 2 * HOUR + DAY - 2 * HOUR)
    make.session(world.webinar, starts_at=NOW + DAY + HOUR, cancelled_at=NOW)
    make.session(world.webinar, starts_at=NOW + DAY - 23 * HOUR + 59 * MINUTE, shut_at=NOW)
    need = world.asked(world.plan(time(13)))
    assert need.affected[0].to == NOW + HOUR  # today, with an hour's notice
    later = NOW + 2 * MINUTE
    need = NeedsChoice(rule_changes.affected(world.fresh(), world.plan(time(13)), later))
    assert need.affected[0].to == NOW + 2 * DAY + HOUR


def test_a_save_that_moves_people_asks_the_database_a_bounded_number_of_times(
    django_assert_max_num_queries: Any,
) -> None:
    world = World()
    session = make.session(world.webinar, starts_at=NOW + DAY)
    for number in range(30):
        make.registration(session, who=make.person(world.webinar.team, email=f"p{number}@example.org"))
    with django_assert_max_num_queries(30):
        assert len(rule_changes.affected(world.fresh(), world.plan(time(13)), NOW)[0].places) == 30


def test_the_zone_of_the_new_rules_decides() -> None:
    world = World()
    world.register(NOW + DAY)
    plan = world.plan(time(12), zone=WARSAW)
    assert world.asked(plan).affected[0].to == NOW + DAY - HOUR
    assert standing.zone_of(world.fresh().schedule.zone).key == "UTC"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(4))
def test_who_registers_while_the_rules_are_saved_is_asked_about_or_refused(round_number: int) -> None:
    world = World()
    gate = threading.Barrier(5)
    outcome: dict[str, str] = {}

    def meet(name: str, act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            act()
            outcome[name] = "done"
        except NeedsChoice:
            outcome[name] = "asked"
        except registrations.SlotGone:
            outcome[name] = "refused"
        finally:
            connection.close()

    def register(name: str) -> Callable[[], object]:
        return lambda: world.register(NOW + DAY, name)

    acts = {f"P{n}": register(f"P{n}") for n in range(4)}
    acts["save"] = lambda: world.save(world.plan(time(13)))
    threads = [threading.Thread(target=meet, args=pair) for pair in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    held = Registration.objects.live().filter(starts_at=NOW + DAY).count()
    assert len(outcome) == 5
    if outcome["save"] == "asked":
        assert (world.fresh().schedule.version, held) == (0, 4)
    else:
        assert (world.fresh().schedule.version, held) == (1, 0)

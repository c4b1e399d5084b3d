"""The way of talking follows who is available and who waits; what members intend is theirs alone."""

import asyncio
import json
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Role
from chat import hub, tasks
from chat.database import ask
from chat.models import (
    Conversation,
    KindPolicy,
    Message,
    MessageKind,
    Mode,
    OwedReply,
    Presence,
    StatusInterval,
    Wait,
)
from chat.refusals import Refusal
from chat.services import availability, expecting, handling, reading
from chat.services.posting import post_as_attendee
from scheduling.models import Roster
from tests import make
from tests.sockets import inbox, room
from tests.talk import NOW, Talk, talk
from tests.threads import at_once
from webinars.models import Registration

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Figures of the minute before belong to another test's webinar, or to this one at another time."""
    expecting._kept.found.clear()


def connects(who: Membership, now: Any = NOW) -> None:
    Presence.objects.create(team=who.team, membership=who, from_at=now - MINUTE, until_at=now)


def intends(who: Membership, intent: str, now: Any = NOW, **facts: Any) -> None:
    availability.set_status(membership=who, intent=intent, now=now, **facts)


def somebody(stage: Talk) -> Registration:
    return make.registration(stage.session, who=make.person(stage.team))


def asks(stage: Talk, who: Registration, now: Any = NOW) -> Conversation:
    post_as_attendee(registration=who, ref=uuid.uuid4(), text="And I?", now=now)
    return Conversation.objects.get(person=who.person)


def said_to(who: Registration, now: Any = NOW) -> tuple[str, str]:
    opening = reading.opening(who, last=0, now=now)
    return opening.mode, (opening.expect or {"text": ""})["text"]


# ------------------------------------------------------------------ availability


@pytest.mark.django_db
def test_F10_intent_connection_and_activity_are_three_facts() -> None:
    stage = talk()
    webinar = stage.webinar.pk
    assert availability.available([webinar], NOW) == {webinar: set()}
    connects(stage.bob)
    assert availability.available([webinar], NOW) == {webinar: {stage.bob.pk}}
    assert availability.available([webinar], NOW + timedelta(seconds=60)) == {webinar: {stage.bob.pk}}
    assert availability.available([webinar], NOW + timedelta(seconds=61)) == {webinar: set()}
    for intent in ("busy", "away", "break"):
        intends(stage.bob, intent)
        connects(stage.bob)  # a phone is opened
        assert availability.available([webinar], NOW) == {webinar: set()}
        assert availability.status_of(stage.bob).intent == intent
    intends(stage.bob, "available")
    assert availability.available([webinar], NOW) == {webinar: {stage.bob.pk}}


@pytest.mark.django_db
def test_only_moderators_of_the_webinar_inside_their_shift_are_available() -> None:
    stage = talk()
    connects(stage.alice)  # an owner who moderates nothing
    assert availability.available([stage.webinar.pk], NOW) == {stage.webinar.pk: set()}
    connects(stage.bob)
    shift = make.chat_hours((NOW.weekday(), time(0), time(1)))
    roster = Roster.objects.create(membership=stage.bob, hours=shift, version=1)
    assert availability.available([stage.webinar.pk], NOW) == {stage.webinar.pk: set()}
    shift.windows.update(opens=time(0), closes=time(0))
    Roster.objects.filter(pk=roster.pk).update(version=2)
    assert availability.available([stage.webinar.pk], NOW) == {stage.webinar.pk: {stage.bob.pk}}
    shift.windows.all().delete()  # emptied: holds nobody back
    Roster.objects.filter(pk=roster.pk).update(version=3)
    assert availability.available([stage.webinar.pk], NOW) == {stage.webinar.pk: {stage.bob.pk}}


@pytest.mark.django_db
def test_M08_status_intervals_are_added_and_closed_and_never_changed() -> None:
    stage = talk()
    intends(stage.bob, "break", reason="  Lunch\n at Anna's ", until=NOW + 30 * MINUTE)
    intends(stage.bob, "break", NOW + MINUTE, reason="Lunch at Anna's", until=NOW + 30 * MINUTE)  # the same
    intends(stage.bob, "away", NOW + 5 * MINUTE, reason="not kept")
    first, second = StatusInterval.objects.order_by("pk")
    assert (first.intent, first.reason, first.from_at, first.until_at) == (
        "break",
        "Lunch at Anna's",
        NOW,
        NOW + 5 * MINUTE,
    )
    assert (second.intent, second.reason, second.until_at) == ("away", "", None)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        StatusInterval.objects.filter(pk=first.pk).update(reason="Work")
    stage.bob.delete()  # whoever leaves the team stays in its figures
    assert StatusInterval.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"intent": "asleep"},
        {"intent": "break", "until": NOW},
        {"intent": "break", "reason": "x" * 81},
        {"intent": "break", "reason": "a\0b"},
    ],
)
def test_a_status_that_cannot_be_kept_is_refused_with_a_sentence(facts: dict[str, Any]) -> None:
    stage = talk()
    with pytest.raises(Refusal) as refused:
        availability.set_status(membership=stage.bob, now=NOW, **facts)
    assert refused.value.code == "field_invalid"
    assert refused.value.text
    assert not StatusInterval.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_F10_two_devices_at_once_leave_one_open_status() -> None:
    stage = talk()
    intents = ["busy", "away", "available", "break"]
    outcome = at_once(*[lambda intent=intent: intends(stage.bob, intent) for intent in intents])
    assert outcome == [None] * 4
    assert StatusInterval.objects.open().count() <= 1
    assert not StatusInterval.objects.filter(until_at__isnull=True).exclude(membership=stage.bob).exists()


# ------------------------------------------------------------------------- modes


@pytest.mark.django_db
def test_A082_the_last_moderator_who_goes_away_makes_an_email_form_of_it_and_back() -> None:
    stage = talk(away_email=True)
    connects(stage.bob)
    assert said_to(stage.registration)[0] == "chat"
    intends(stage.bob, "away")
    assert said_to(stage.registration) == ("email", "Nobody is at the chat just now.")
    row = asks(stage, stage.registration)
    assert (row.by_email, Wait.objects.get().by_email) == (True, True)
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said == [("attendee", "And I?")]  # no autoresponder in an e-mail form
    intends(stage.bob, "available")
    assert said_to(stage.registration)[0] == "chat"


@pytest.mark.django_db
def test_A027_with_nobody_available_the_room_never_says_that_somebody_is_here() -> None:
    stage = talk(expectation="We are here now and answer at once.")
    connects(stage.bob)
    assert said_to(stage.registration) == ("chat", "We are here now and answer at once.")
    intends(stage.bob, "busy")
    mode, text = said_to(stage.registration)
    assert mode == "chat"
    assert text == "Nobody is at the chat just now. Whoever comes first answers you."
    assert asks(stage, stage.registration).by_email is False  # never refused, and still a chat


@pytest.mark.django_db
def test_A083_with_five_waiting_the_sixth_is_offered_email_and_the_five_stay() -> None:
    stage = talk(queue_most=5)
    connects(stage.bob)
    five = [somebody(stage) for _ in range(5)]
    for number, who in enumerate(five):
        assert said_to(who)[0] == "chat"
        assert asks(stage, who, NOW + number * timedelta(seconds=1)).by_email is False
    sixth = somebody(stage)
    assert said_to(sixth, NOW + MINUTE) == ("email", "Many people are waiting in the chat.")
    assert {said_to(who, NOW + MINUTE)[0] for who in five} == {"chat"}
    assert asks(stage, sixth, NOW + MINUTE).by_email is True
    first = Conversation.objects.get(person=five[0].person)
    handling.resolve(
        membership=stage.bob, conversation_id=first.pk, no_reply_needed=True, base_seq=None, now=NOW + MINUTE
    )
    assert said_to(sixth, NOW + MINUTE)[0] == "chat"


@pytest.mark.django_db
def test_A102_who_waits_reads_how_many_are_before_them() -> None:
    stage = talk()
    connects(stage.bob)
    places = [somebody(stage) for _ in range(4)]
    for number, who in enumerate(places):
        asks(stage, who, NOW + number * timedelta(seconds=1))
    texts = [said_to(who, NOW + timedelta(seconds=9))[1] for who in places]
    assert texts == [
        "A human reads every question.",
        "A human reads every question. 1 person is before you.",
        "A human reads every question. 2 people are before you.",
        "A human reads every question. 3 people are before you.",
    ]
    assert "before" not in said_to(somebody(stage), NOW)[1]


@pytest.mark.django_db(transaction=True)
def test_A083_a_wait_of_ten_minutes_goes_on_by_email_once_whoever_looks() -> None:
    stage = talk(queue_minutes=10)
    connects(stage.bob, NOW + 10 * MINUTE)
    waits = [asks(stage, who) for who in (stage.registration, somebody(stage), somebody(stage))]
    tasks.look(NOW + 5 * MINUTE)
    assert not Wait.objects.filter(by_email=True).exists()
    at_once(*[lambda: tasks.look(NOW + 10 * MINUTE) for _ in range(2)])
    tasks.look(NOW + 11 * MINUTE)
    for wait in Wait.objects.all():
        assert (wait.by_email, wait.overflow_at) == (True, NOW + 10 * MINUTE)
    assert OwedReply.objects.count() == len(waits)
    events = Message.objects.filter(kind=MessageKind.EVENT).values_list("detail__what", flat=True)
    assert list(events).count("overflowed") == len(waits)
    assert Conversation.objects.filter(by_email=True, owed_due_at__isnull=False).count() == len(waits)
    assert said_to(stage.registration, NOW + 11 * MINUTE) == (
        "email",
        "This takes longer than we thought, so you need not wait here.",
    )
    stage.answers(conversation_id=waits[0].pk, now=NOW + 12 * MINUTE)
    connects(stage.bob, NOW + 12 * MINUTE)
    assert said_to(stage.registration, NOW + 12 * MINUTE)[0] == "chat"


@pytest.mark.django_db
def test_A083_a_late_tick_lets_the_autoresponder_lapse_that_the_email_form_forbids() -> None:
    stage = talk(queue_minutes=10, promise="none")
    asks(stage, stage.registration)
    tasks.look(NOW + 30 * MINUTE - timedelta(minutes=21))
    assert Wait.objects.get().overflow_at is None
    other = talk(queue_minutes=10)
    other.asks()
    tasks.look(NOW + 10 * MINUTE)
    assert [kind for kind, _text in other.said] == ["attendee"]
    assert OwedReply.objects.get(conversation=other.conversation).cause == "overflow"


@pytest.mark.django_db
def test_at_the_end_of_the_exit_room_it_is_off_and_what_still_arrives_is_owed() -> None:
    stage = talk()
    stage.session.refresh_from_db()
    end = stage.session.closes_at
    assert end is not None
    assert said_to(stage.registration, end - timedelta(seconds=1))[0] == "chat"
    assert said_to(stage.registration, end)[0] == "off"
    row = asks(stage, stage.registration, end)
    assert (row.by_email, row.owed_due_at is not None) == (True, True)


# ----------------------------------------------------------------------- the hub


@pytest.mark.django_db
@pytest.mark.parametrize("sockets", [1, 500])
def test_a_look_at_five_hundred_rooms_costs_what_one_costs(sockets: int) -> None:
    stage = talk(away_email=True, queue_most=5, queue_minutes=10)
    connects(stage.bob)
    asks(stage, stage.registration)
    place = stage.session
    talks = {
        reading.Talk(stage.webinar.pk, place.kind, "UTC", uuid.uuid4(), place.pk, place.closes_at)
        for _ in range(sockets)
    }
    reading.modes(talks, NOW)  # settings and figures are kept for a while
    with CaptureQueriesContext(connection) as asked:
        found = reading.modes(talks, NOW)
    assert len(asked) == 3  # the webinars, who is available, who waits
    assert len(found) == sockets
    assert len({id(frame) for _mode, _expect, frame in found.values()}) == 1


@pytest.mark.django_db(transaction=True)
async def test_A082_F11_open_rooms_follow_within_five_seconds_and_so_do_other_devices(
    quick: hub.Hub,
) -> None:
    stage = await ask(lambda: talk(starts_at=timezone.now() - MINUTE, away_email=True))
    laptop, phone = await inbox(stage), await inbox(stage)
    assert (await laptop.hello())["status"]["intent"] == "available"
    await phone.hello()
    await quick.look()
    dana = await room(stage.registration)
    assert (await dana.hello())["mode"] == "chat"
    async with asyncio.timeout(5):
        laptop.send("status.set", str(uuid.uuid4()), intent="away")
        assert (await dana.next("mode"))["mode"] == "email"
        await phone.until(
            lambda: any(one["status"]["intent"] == "away" for one in phone.of_type("inbox.changed"))
        )
    assert (await dana.post("still typed"))["type"] == "ack"
    async with asyncio.timeout(5):
        phone.send("status.set", str(uuid.uuid4()), intent="available")
        await dana.until(lambda: dana.of_type("mode")[-1]["mode"] == "chat")
    for client in (dana, laptop, phone):
        await client.leave()


@pytest.mark.django_db
def test_A009_every_kind_of_replay_mode_is_said_as_it_is() -> None:
    for mode in Mode.values:
        stage = talk(kind="replay", away_email=True, queue_most=1)
        KindPolicy.objects.filter(policy__webinar=stage.webinar, kind="replay").update(mode=mode)
        found, text = said_to(stage.registration)
        if mode == Mode.CHAT:
            assert found == "email"  # the limits hold for replays as well
        else:
            assert found == mode
        assert text == {
            Mode.CHAT: "Nobody is at the chat just now.",
            Mode.EMAIL: "Nobody answers live here.",
        }.get(Mode(mode), "")


@pytest.mark.django_db
def test_a_member_of_another_team_sets_nothing_of_ours() -> None:
    stage, other = talk(), talk()
    intends(other.bob, "away")
    connects(stage.bob)
    assert availability.available([stage.webinar.pk], NOW) == {stage.webinar.pk: {stage.bob.pk}}
    assert make.member(stage.team, Role.EDITOR).pk not in availability.statuses(stage.team.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "until", ["9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", "2030-01-01T00:00:00Z"]
)
def test_a_break_without_end_is_refused_and_the_inbox_stays_readable(until: str) -> None:
    stage = talk()
    client = Client()
    client.force_login(stage.bob.user)
    frame = {"type": "status.set", "data": {"intent": "break", "reason": "Lunch", "until": until}}
    base = f"/studio/{stage.team.slug}/inbox/"
    answer = client.post(f"{base}commands/", json.dumps(frame), content_type="application/json").json()
    assert (answer["type"], answer.get("code")) == ("refused", "field_invalid")
    assert client.get(f"{base}rows/").json()["status"]["intent"] == "available"

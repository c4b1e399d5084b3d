"""Five seconds to take a reply back, asking for a moment, and the nudge: what waits for a tick, once each."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from chat import frames, hub, texts
from chat.database import ask
from chat.models import Habits, MessageKind, Wait
from chat.refusals import Refusal
from chat.rules import Why, autoresponder_outlook
from chat.services import changing, marks
from chat.services.automation import open_wait, setting_of, standing_of
from chat.services.habits import keep_habits
from chat.services.policy import PolicySetting, save_policy
from chat.services.posting import UNDO, Posted
from chat.tasks import look
from notifications.models import Email, Purpose
from tests.sockets import room, watching
from tests.talk import NOW, Talk, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def stage() -> Talk:
    """Dana has asked; Bob wants five seconds."""
    found = talk()
    keep_habits(membership=found.bob, undo=True)
    found.asks()
    return found


def replies(stage: Talk, text: str = "An hour.", now: datetime = NOW, **facts: Any) -> Posted:
    return stage.answers(text, now=now, may_undo=True, **facts)


def undoes(stage: Talk, seq: int, now: datetime, membership: Membership | None = None) -> Posted:
    return changing.undo(
        membership=membership or stage.bob,
        conversation_id=stage.conversation.pk,
        seq=seq,
        ref=uuid.uuid4(),
        now=now,
    )


def why(stage: Talk) -> Why:
    conversation = stage.conversation
    standing = standing_of(conversation, open_wait(conversation))
    return autoresponder_outlook(setting_of(stage.webinar.pk).policy, standing).why


def test_A071_a_reply_undone_in_time_never_reaches_the_attendee_and_the_wait_is_as_before(
    stage: Talk,
) -> None:
    before = stage.conversation
    reply = replies(stage)
    assert (reply.seq, reply.held_until) == (2, NOW + UNDO)
    undoes(stage, reply.seq, NOW + 4 * SECOND)
    look(NOW + 10 * SECOND)
    after = stage.conversation
    assert stage.said == [("attendee", "How long?")]
    same = ("waiting_since", "public_seq", "due_at", "release_at", "team_wrote_at", "last_line", "last_by")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert not Email.objects.filter(purpose=Purpose.REPLY).exists()
    assert not mail.outbox


def test_A071_after_five_seconds_it_is_sent_once_and_only_then_ends_the_wait(stage: Talk) -> None:
    replies(stage)
    conversation = stage.conversation
    assert (conversation.waiting_since, conversation.due_at) == (NOW, NOW + UNDO)
    look(NOW + 4 * SECOND)
    assert stage.conversation.public_seq == 1
    for _tick in range(3):
        look(NOW + 6 * SECOND)
    assert stage.said == [("attendee", "How long?"), ("moderator", "An hour.")]
    wait = Wait.objects.get()
    assert (wait.closed_by, wait.closed_at) == ("answer", NOW + 6 * SECOND)
    assert wait.episode.first_answer_at == NOW + 6 * SECOND
    assert Email.objects.filter(purpose=Purpose.REPLY).count() == 1
    assert stage.conversation.release_at is None


@pytest.mark.django_db(transaction=True)
def test_A071_two_workers_and_the_process_that_took_it_release_it_once() -> None:
    found = talk()
    keep_habits(membership=found.bob, undo=True)
    found.asks()
    replies(found)
    pk, later = found.conversation.pk, NOW + 6 * SECOND
    at_once(*[lambda: look(later)] * 4, *[lambda: changing.release_one(pk, later)] * 4)
    assert found.said == [("attendee", "How long?"), ("moderator", "An hour.")]
    assert [m.detail["what"] for m in found.messages if m.kind == MessageKind.CHANGE] == ["released"]
    assert Email.objects.filter(purpose=Purpose.REPLY).count() == 1


def test_A071_undoing_too_late_is_refused_and_changes_nothing(stage: Talk) -> None:
    reply = replies(stage)
    for seconds in (5, 30):
        with pytest.raises(Refusal) as refusal:
            undoes(stage, reply.seq, NOW + seconds * SECOND)
        assert refusal.value.code == "too_late"
    with pytest.raises(Refusal, match="not_allowed"):
        undoes(stage, reply.seq, NOW + SECOND, stage.alice)
    look(NOW + 31 * SECOND)
    with pytest.raises(Refusal, match="too_late"):
        undoes(stage, reply.seq, NOW + 32 * SECOND)
    assert stage.said[-1] == ("moderator", "An hour.")


def test_A071_a_reply_under_undo_holds_the_autoresponder_and_undone_lets_it_speak_at_once(
    stage: Talk,
) -> None:
    due = NOW + 300 * SECOND
    reply = replies(stage, now=due - SECOND)
    assert why(stage) is Why.BEING_ANSWERED
    look(due + 2 * SECOND)  # its time passes while the reply is held
    assert [kind for kind, _text in stage.said] == ["attendee"]
    undoes(stage, reply.seq, due + 3 * SECOND)
    assert why(stage) is Why.DUE
    look(due + 3 * SECOND)
    assert [kind for kind, _text in stage.said] == ["attendee", "autoresponder"]


def test_A071_two_replies_under_undo_each_go_out_at_their_own_time(stage: Talk) -> None:
    replies(stage, "one")
    second = replies(stage, "two", now=NOW + 3 * SECOND)
    look(NOW + 5 * SECOND)
    assert [text for _kind, text in stage.said] == ["How long?", "one"]
    assert stage.conversation.due_at == second.held_until
    look(NOW + 8 * SECOND)
    assert [text for _kind, text in stage.said] == ["How long?", "one", "two"]


def test_A071_an_edited_reply_goes_out_as_edited_and_the_same_ref_is_the_same_reply(stage: Talk) -> None:
    ref = uuid.uuid4()
    reply = replies(stage, ref=ref)
    assert replies(stage, ref=ref).seq == reply.seq
    changing.edit(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        seq=reply.seq,
        ref=uuid.uuid4(),
        text="Two hours.",
        base_seq=None,
        now=NOW + SECOND,
    )
    look(NOW + 6 * SECOND)
    assert stage.said == [("attendee", "How long?"), ("moderator", "Two hours.")]


def test_A071_only_who_wants_it_and_only_from_the_inbox(stage: Talk) -> None:
    assert stage.answers(membership=stage.alice, may_undo=True).held_until is None
    assert stage.answers().held_until is None  # by another way than the inbox's script
    keep_habits(membership=stage.bob, undo=False)
    assert replies(stage).held_until is None


def test_A071_the_page_keeps_the_members_own_choice() -> None:
    found = talk()
    bob, address = Browser(), reverse("inbox_habits", args=[found.team.slug])
    bob.force_login(found.bob.user)
    assert b'type="checkbox"' in bob.get(address).content
    assert bob.post(address, {"undo": "on"}).status_code == 302
    assert Habits.objects.get(membership=found.bob).undo
    bob.post(address, {})
    assert not Habits.objects.get(membership=found.bob).undo
    assert not Habits.objects.filter(membership=found.alice).exists()


@pytest.mark.django_db(transaction=True)
async def test_A071_over_sockets_the_process_that_took_it_lets_it_go_without_a_tick(quick: hub.Hub) -> None:
    found = await ask(lambda: talk(starts_at=timezone.now() - timedelta(minutes=1)))
    await ask(lambda: keep_habits(membership=found.bob, undo=True))
    await ask(found.asks)
    conversation = str((await ask(lambda: found.conversation)).pk)
    dana, bob = await room(found.registration), await watching(found)
    await dana.hello()
    gone = await bob.post("Oh no.", conversation=conversation)
    kept = await bob.post("An hour.", conversation=conversation)
    held = await bob.until(lambda: next((f for f in bob.of_type("event") if f["seq"] == kept["seq"]), None))
    assert held["message"]["held_until"] is not None
    assert held["message"]["public_seq"] is None
    bob.send("message.undo", str(uuid.uuid4()), conversation=conversation, seq=gone["seq"])
    await bob.until(lambda: any(f["message"]["kind"] == "change" for f in bob.of_type("event")))
    assert [f["message"]["text"] for f in dana.of_type("message.posted")] == ["How long?"]
    await dana.until(lambda: len(dana.of_type("message.posted")) == 2)
    released = await bob.until(
        lambda: next(
            (f for f in bob.of_type("event") if (f["message"]["change"] or {}).get("public_seq")), None
        )
    )
    assert released["message"]["change"]["held_until"] is None
    assert not any("Oh no" in str(frame) for frame in dana.frames)
    await dana.leave()
    await bob.leave()


# ------------------------------------------------------------------ one moment


def test_A064_a_holding_message_silences_the_whole_wait_and_answers_nothing() -> None:
    stage = talk()
    stage.asks()
    stage.answers("One moment, Dana.", is_holding=True, now=NOW + MINUTE)
    look(NOW + 300 * SECOND)
    look(NOW + 3600 * SECOND)
    wait = Wait.objects.get()
    assert (wait.closed_at, wait.episode.first_answer_at) == (None, None)
    assert stage.conversation.waiting_since == NOW
    assert [kind for kind, _text in stage.said] == ["attendee", "moderator"]
    assert why(stage) is Why.HELD
    promised = [m for m in stage.messages if m.detail.get("what") == "promised"]
    assert [m.user_id for m in promised] == [stage.bob.user_id]
    assert frames.TeamFrames(stage.conversation).message(stage.messages[1])["is_holding"] is True


def test_A064_the_ways_to_ask_for_a_moment_are_in_the_conversations_language_with_the_name() -> None:
    stage = talk()
    stage.asks()
    stage.webinar.language = "fr"
    stage.webinar.save()
    bob = Browser()
    bob.force_login(stage.bob.user)
    facts = bob.get(reverse("conversation_facts", args=[stage.team.slug, stage.conversation.pk])).json()
    assert facts["language"] == "fr"
    assert facts["holding"] == [one.replace("{first_name}", "Dana") for one in texts.of("fr").holding]
    assert 2 <= len(facts["holding"]) <= 3


def test_A064_A071_a_holding_message_under_undo_is_noted_only_when_it_goes_out() -> None:
    stage = talk()
    keep_habits(membership=stage.bob, undo=True)
    stage.asks()
    replies(stage, "One moment.", is_holding=True)
    assert Wait.objects.get().held_at is None
    look(NOW + 6 * SECOND)
    assert Wait.objects.get().held_at == NOW + 6 * SECOND
    assert stage.conversation.waiting_since == NOW


# ----------------------------------------------------------------------- nudge


def _seen(stage: Talk, now: datetime) -> None:
    pk = stage.conversation.pk
    marks.note_team_seen(membership=stage.bob, conversation_id=pk, seq=stage.conversation.seq, now=now)


def _nudges(stage: Talk) -> int:
    return sum(message.detail.get("what") == "nudge" for message in stage.messages)


def test_A035_seen_and_not_answered_raises_one_nudge_after_the_time_and_never_a_second() -> None:
    stage = talk(nudge_minutes=2)
    stage.asks()
    look(NOW + 3 * MINUTE)
    assert _nudges(stage) == 0  # nobody has looked
    _seen(stage, NOW + 3 * MINUTE)
    look(NOW + 5 * MINUTE - SECOND)
    assert _nudges(stage) == 0
    for minute in (5, 6, 60):
        look(NOW + minute * MINUTE)
    assert _nudges(stage) == 1
    assert stage.conversation.nudged_at == NOW + 5 * MINUTE
    stage.answers(now=NOW + 61 * MINUTE)
    assert stage.conversation.nudged_at is None


def test_A035_an_answer_or_no_setting_means_no_nudge_and_a_new_wait_its_own() -> None:
    off, on = talk(), talk(nudge_minutes=2)
    for stage in (off, on):
        stage.asks()
        _seen(stage, NOW)
    on.answers(now=NOW + MINUTE)
    look(NOW + 4 * MINUTE)
    assert (_nudges(off), _nudges(on)) == (0, 0)
    on.asks("And then?", now=NOW + 5 * MINUTE)
    _seen(on, NOW + 5 * MINUTE)
    look(NOW + 7 * MINUTE)
    assert _nudges(on) == 1


def test_A035_A064_promising_to_look_starts_the_reminders_clock_again() -> None:
    stage = talk(nudge_minutes=2)
    stage.asks()
    _seen(stage, NOW)
    stage.answers("One moment.", is_holding=True, now=NOW + MINUTE)
    look(NOW + 2 * MINUTE)
    assert _nudges(stage) == 0
    look(NOW + 3 * MINUTE)
    assert _nudges(stage) == 1


@pytest.mark.django_db(transaction=True)
def test_A035_two_workers_nudge_once() -> None:
    stage = talk(nudge_minutes=1)
    stage.asks()
    _seen(stage, NOW)
    at_once(*[lambda: look(NOW + 2 * MINUTE)] * 6)
    assert _nudges(stage) == 1


def test_A035_a_nudge_that_is_switched_on_later_counts_for_what_waits() -> None:
    stage = talk()
    stage.asks()
    _seen(stage, NOW)
    later = NOW + 10 * MINUTE
    setting = PolicySetting(kinds={}, nudge_minutes=5)
    save_policy(webinar=stage.webinar, setting=setting, version=None, now=later)
    look(later)
    assert _nudges(stage) == 1

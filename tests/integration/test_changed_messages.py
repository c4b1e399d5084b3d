"""Words of moderators are edited and withdrawn: the present everywhere, the past nowhere but in the team's history."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from chat import frames, hub
from chat.database import ask
from chat.models import Conversation, Message, MessageVersion
from chat.refusals import Conflict, Refusal
from chat.services import changing, reading
from chat.services.posting import Posted
from tests.sockets import Client, room, watching
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
SECRET = "the secret price"


def edits(stage: Talk, seq: int, text: str, **facts: Any) -> Posted:
    given: dict[str, Any] = {
        "membership": stage.bob,
        "ref": uuid.uuid4(),
        "base_seq": None,
        "now": NOW,
    } | facts
    return changing.edit(conversation_id=stage.conversation.pk, seq=seq, text=text, **given)


def withdraws(stage: Talk, seq: int, **facts: Any) -> Posted:
    given: dict[str, Any] = {"membership": stage.bob, "ref": uuid.uuid4(), "now": NOW} | facts
    return changing.withdraw(conversation_id=stage.conversation.pk, seq=seq, **given)


def public(stage: Talk) -> list[dict[str, Any]]:
    return reading.latest_public_messages(stage.registration)


def test_M8_an_edit_is_the_next_number_of_both_sides_and_shows_the_text_as_it_is_now() -> None:
    stage = talk()
    stage.asks()
    seq = stage.answers(SECRET).seq
    edits(stage, seq, "An hour and a half.")
    frame = json.loads(reading.public_after(stage.conversation, 2)[0][1])
    assert (frame["seq"], frame["message"]["kind"]) == (3, "change")
    assert frame["message"]["change"]["seq"] == 2
    assert frame["message"]["change"]["text"] == "An hour and a half."
    assert frame["message"]["change"]["edited_at"] == frames.iso(NOW)
    team = json.loads(reading.team_after(stage.conversation, 2)[0][1])
    assert (team["seq"], team["message"]["change"]["seq"]) == (3, 2)
    assert stage.conversation.last_line == "An hour and a half."


def test_M8_whoever_reads_late_never_sees_what_was_withdrawn() -> None:
    stage = talk()
    stage.asks()
    seq = stage.answers(SECRET).seq
    withdraws(stage, seq)
    everything = [
        *(text for _seq, text in reading.public_after(stage.conversation, 0)),
        *(text for _seq, text in reading.team_after(stage.conversation, 0)),
        json.dumps(public(stage)),
        json.dumps(reading.rows(stage.bob, now=NOW)),
    ]
    assert not any(SECRET in text for text in everything)
    assert not Message.objects.filter(text__contains=SECRET).exists()
    assert [(one["text"], one["withdrawn"]) for one in public(stage)] == [("How long?", False), ("", True)]
    assert (stage.conversation.last_line, stage.conversation.last_by) == ("How long?", "attendee")


def test_M8_the_team_finds_every_version_and_who_changed_it() -> None:
    stage = talk()
    stage.asks()
    seq = stage.answers("one").seq
    edits(stage, seq, "two")
    edits(stage, seq, "three")
    withdraws(stage, seq)
    bob = Browser()
    bob.force_login(stage.bob.user)
    address = reverse("conversation_versions", args=[stage.team.slug, stage.conversation.pk, seq])
    found = bob.get(address).json()["versions"]
    assert [(one["text"], one["by"]) for one in found] == [("one", "Bob"), ("two", "Bob"), ("three", "Bob")]


def test_M8_withdrawing_the_only_answer_does_not_open_the_wait_again() -> None:
    stage = talk()
    stage.asks()
    seq = stage.answers().seq
    withdraws(stage, seq)
    assert stage.conversation.waiting_since is None
    assert stage.conversation.waits.get().closed_by == "answer"


def test_M8_the_same_edit_again_takes_effect_once() -> None:
    stage, ref = talk(), uuid.uuid4()
    stage.asks()
    seq = stage.answers("one").seq
    first, second = edits(stage, seq, "two", ref=ref), edits(stage, seq, "two", ref=ref)
    assert (first.seq, second.seq, second.again) == (3, 3, True)
    assert MessageVersion.objects.count() == 1


def test_M2_a_reply_sent_again_after_it_was_edited_is_still_the_same_message() -> None:
    stage, ref = talk(), uuid.uuid4()
    stage.asks()
    seq = stage.answers("one", ref=ref).seq
    edits(stage, seq, "two")
    assert stage.answers("one", ref=ref).seq == seq
    with pytest.raises(Refusal, match="id_reused"):
        stage.answers("two", ref=ref)


def _refused(code: str, act: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def test_what_may_not_be_changed_is_refused_by_code_and_changes_nothing() -> None:
    stage, neighbour = talk(), talk()
    stage.asks()
    neighbour.asks()
    seq = stage.answers("one").seq
    before = (stage.messages, stage.conversation.revision)
    other: dict[str, Any] = {
        "conversation_id": neighbour.conversation.pk,
        "membership": stage.bob,
        "ref": uuid.uuid4(),
    }
    _refused("not_found", lambda: changing.withdraw(seq=1, now=NOW, **other))
    _refused("not_found", lambda: edits(stage, 99, "x"))
    _refused("not_allowed", lambda: edits(stage, 1, "x"))  # the attendee's
    _refused("not_allowed", lambda: edits(stage, seq, "x", membership=stage.alice))
    _refused("not_allowed", lambda: withdraws(stage, seq, membership=stage.alice))
    _refused("too_late", lambda: edits(stage, seq, "x", now=NOW + timedelta(hours=24, seconds=1)))
    _refused("text_empty", lambda: edits(stage, seq, "  "))
    _refused("too_long", lambda: edits(stage, seq, "x" * 4001))
    _refused("id_invalid", lambda: edits(stage, seq, "x", ref=None))
    assert (stage.messages, stage.conversation.revision) == before


def test_a_stale_edit_and_one_of_what_is_withdrawn_come_too_late() -> None:
    stage = talk()
    stage.asks()
    seq = stage.answers("one").seq
    edits(stage, seq, "two", base_seq=seq)
    _refused("too_late", lambda: edits(stage, seq, "mine", base_seq=seq))
    withdraws(stage, seq)
    _refused("too_late", lambda: edits(stage, seq, "back"))
    _refused("too_late", lambda: withdraws(stage, seq))
    assert [message.text for message in stage.messages if message.seq == seq] == [""]


def test_a_withdrawn_answer_of_somebody_else_holds_no_reply_back() -> None:
    stage = talk()
    seen = stage.asks().seq
    seq = stage.answers("wrong", membership=stage.alice).seq
    with pytest.raises(Conflict):
        stage.answers(base_seq=seen)
    withdraws(stage, seq, membership=stage.alice)
    assert stage.answers(base_seq=seen).seq == 4


def test_replying_to_a_message_carries_its_number_in_each_sides_own_numbering() -> None:
    stage = talk()
    stage.asks("one")
    stage.asks("two", now=NOW + SECOND)
    from_team = stage.answers("to the first", reply_to=1)
    stage.asks("to the answer", now=NOW + 2 * SECOND, reply_to=3)
    build = frames.TeamFrames(stage.conversation)
    assert [build.message(message)["reply_to"] for message in stage.messages] == [None, None, 1, 3]
    assert [message["reply_to"] for message in public(stage)] == [None, None, 1, 3]
    withdraws(stage, from_team.seq)
    assert public(stage)[2]["text"] == ""


def test_one_cannot_reply_to_what_one_may_not_see() -> None:
    stage, neighbour = talk(), talk()
    stage.asks()
    neighbour.asks()
    stage.answers("one moment", is_holding=True)  # 2, and 3 is the team's own event
    _refused("not_found", lambda: stage.answers(reply_to=3))
    _refused("not_found", lambda: stage.asks("x", now=NOW + SECOND, reply_to=3))
    _refused("not_found", lambda: stage.asks("x", now=NOW + SECOND, reply_to=99))
    assert len(stage.said) == 2


def test_an_attendee_sees_no_team_data_in_a_change() -> None:
    stage = talk()
    stage.asks()
    edits(stage, stage.answers("one").seq, "two")
    frame = reading.public_after(stage.conversation, 2)[0][1]
    assert str(stage.bob.user_id) not in frame
    assert not {"user", "via", "public_seq", "held_until"} & set(json.loads(frame)["message"]["change"])


# ------------------------------------------------------------- over real sockets


def fold(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a browser makes of entries: changes are put in the place of what they change (assets/shared/log.ts)."""
    lines: dict[int, dict[str, Any]] = {}
    for entry in entries:
        changed = entry["change"]
        if changed is None:
            lines[entry["seq"]] = entry
        elif changed["seq"] in lines:
            lines[changed["seq"]] = changed
    return list(lines.values())


def _messages(client: Client) -> list[dict[str, Any]]:
    found = client.of_type("message.posted") + client.of_type("event")
    return [frame["message"] for frame in found]


@pytest.mark.django_db(transaction=True)
async def test_M8_who_was_away_while_five_were_edited_and_five_withdrawn_has_what_a_fresh_load_has(
    quick: hub.Hub,
) -> None:
    stage = await ask(lambda: talk(starts_at=timezone.now() - timedelta(minutes=1)))
    await ask(stage.asks)
    for number in range(12):
        await ask(lambda number=number: stage.answers(f"{SECRET} {number}", now=timezone.now()))
    dana, bob = await room(stage.registration), await watching(stage)
    await dana.hello()
    await dana.until(lambda: len(_messages(dana)) == 13)
    await bob.until(lambda: len(_messages(bob)) == 13)
    await dana.leave()
    await bob.leave()

    def change() -> None:
        for seq in range(2, 7):
            edits(stage, seq, f"better {seq}", now=timezone.now())
        for seq in range(5, 10):  # two of them edited before
            withdraws(stage, seq, now=timezone.now())

    await ask(change)
    again, watcher = await room(stage.registration), await watching(stage, after=13)
    await again.hello(last=13)
    await again.until(lambda: len(_messages(again)) == 10)
    await watcher.until(lambda: len(_messages(watcher)) == 10)
    for later in range(11, 13):  # and live, while they are there
        await ask(lambda later=later: edits(stage, later, f"live {later}", now=timezone.now()))
    await again.until(lambda: len(_messages(again)) == 12)
    await watcher.until(lambda: len(_messages(watcher)) == 12)

    conversation = await ask(lambda: Conversation.objects.select_related("person").get(webinar=stage.webinar))
    fresh = await ask(reading.latest_public_messages, stage.registration)
    fresh_team = await ask(reading.team_messages, conversation, 0)
    assert fold(_messages(dana) + _messages(again)) == fold(fresh)
    assert fold(_messages(bob) + _messages(watcher)) == fold(fresh_team)
    assert [one["withdrawn"] for one in fresh].count(True) == 5
    for seq in range(5, 10):
        assert not any(f"{SECRET} {seq - 2}" in json.dumps(frame) for frame in again.frames)
    await again.leave()
    await watcher.leave()


@pytest.mark.django_db(transaction=True)
async def test_edit_withdraw_and_undo_over_the_socket_answer_by_code(quick: hub.Hub) -> None:
    stage = await ask(lambda: talk(starts_at=timezone.now() - timedelta(minutes=1)))
    await ask(stage.asks)
    bob = await watching(stage)
    conversation = str((await ask(lambda: stage.conversation)).pk)
    ack = await bob.post("An hour.", conversation=conversation)

    async def say(kind: str, **data: Any) -> str:
        ref = str(uuid.uuid4())
        bob.send(kind, ref, conversation=conversation, **data)
        answer = await bob.until(lambda: next((f for f in bob.frames if f.get("ref") == ref), None))
        return str(answer.get("code", answer["type"]))

    assert await say("message.edit", seq=ack["seq"], text="Two.") == "ack"
    assert await say("message.edit", seq=1, text="Two.") == "not_allowed"
    assert await say("message.edit", seq=99, text="Two.") == "not_found"
    assert await say("message.edit", seq=ack["seq"], text="Two.", author="x") == "field_not_allowed"
    assert await say("message.undo", seq=ack["seq"]) == "too_late"
    assert await say("message.withdraw", seq=ack["seq"]) == "ack"
    assert await say("message.withdraw", seq=ack["seq"]) == "too_late"
    assert await say("message.edit", seq=ack["seq"], text="Three.") == "too_late"
    await bob.leave()


def test_a_foreign_conversations_versions_are_not_found() -> None:
    stage, neighbour = talk(), talk()
    neighbour.asks()
    bob = Browser()
    bob.force_login(stage.bob.user)
    address = reverse("conversation_versions", args=[stage.team.slug, neighbour.conversation.pk, 1])
    assert bob.get(address).status_code == 404

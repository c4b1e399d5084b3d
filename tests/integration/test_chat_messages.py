"""What people write is stored once, numbered without holes, and seen by nobody else."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from chat import frames
from chat.models import Conversation, Message, State, Wait
from chat.refusals import Conflict, Refusal
from chat.services import handling, marks, reading
from tests import make
from tests.talk import NOW, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_M2_the_same_ref_again_is_one_row_and_the_same_answer() -> None:
    stage, ref = talk(), uuid.uuid4()
    first = stage.asks(ref=ref)
    second = stage.asks(ref=ref, now=NOW + 9 * SECOND)
    assert (second.seq, second.at, second.again) == (first.seq, first.at, True)
    assert len(stage.messages) == 1


def test_M2_the_same_ref_with_another_text_is_refused_and_changes_nothing() -> None:
    stage, ref = talk(), uuid.uuid4()
    stage.asks("one", ref=ref)
    with pytest.raises(Refusal, match="id_reused"):
        stage.asks("two", ref=ref)
    assert stage.said == [("attendee", "one")]


@pytest.mark.django_db(transaction=True)
def test_F04_twenty_retries_at_once_are_one_message_and_twenty_equal_answers() -> None:
    stage, ref = talk(), uuid.uuid4()
    answers = at_once(*[lambda: stage.asks(ref=ref) for _ in range(20)])
    assert {(answer.seq, answer.at) for answer in answers} == {(1, NOW)}
    assert len(stage.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_F05_parallel_first_messages_make_one_conversation() -> None:
    stage = talk()
    moments = [NOW + number * 2 * SECOND for number in range(20)]
    answers = at_once(*[lambda at=at: stage.asks(f"{at}", now=at) for at in moments])
    stored = [answer for answer in answers if not isinstance(answer, Exception)]
    assert all(isinstance(answer, Refusal) for answer in answers if isinstance(answer, Exception))
    assert Conversation.objects.count() == 1
    assert sorted(answer.seq for answer in stored) == [message.seq for message in stage.messages]
    assert Wait.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_F06_concurrent_sends_are_numbered_without_holes_on_both_sides() -> None:
    stage = talk()
    stage.asks()
    conversation = stage.conversation

    def write(number: int) -> object:
        if number % 3 == 0:
            return handling.claim(membership=stage.bob, conversation_id=conversation.pk, now=NOW)
        return stage.answers(f"{number}", conversation_id=conversation.pk)

    at_once(*[lambda number=number: write(number) for number in range(24)])
    messages = stage.messages
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    public = [message.public_seq for message in messages if message.public_seq]
    assert public == list(range(1, len(public) + 1))
    assert len(public) == 17
    conversation.refresh_from_db()
    assert (conversation.seq, conversation.public_seq) == (len(messages), len(public))


def test_every_change_takes_the_next_revision_of_the_team() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    stage.team.refresh_from_db()
    assert (stage.team.revision, stage.conversation.revision) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_claims_wins_and_the_others_are_told_who() -> None:
    stage = talk()
    stage.asks()
    members = [make.member(stage.team, Role.ADMIN) for _ in range(12)]
    pk = stage.conversation.pk
    results = at_once(
        *[lambda who=who: handling.claim(membership=who, conversation_id=pk, now=NOW) for who in members]
    )
    winner = stage.conversation.owner
    assert winner is not None
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 11
    assert {error.text for error in refused} == {f"{winner.user.display_name} has taken this conversation."}
    assert [message.detail for message in stage.messages if message.kind == "event"] == [{"what": "claimed"}]


def test_F20_an_answer_on_an_outdated_view_comes_back_with_what_changed() -> None:
    stage = talk()
    seen = stage.asks().seq
    stage.answers("first", membership=stage.alice, base_seq=seen)
    with pytest.raises(Conflict) as held:
        stage.answers("second", base_seq=seen)
    assert [message.text for message in held.value.events] == ["first"]
    stage.answers("second", base_seq=seen + 1)


def test_F34_resolving_across_a_new_question_is_refused() -> None:
    stage = talk()
    stage.asks()
    seen = stage.answers().seq
    stage.asks("And then?", now=NOW + 5 * SECOND)
    with pytest.raises(Refusal, match="conversation_changed"):
        handling.resolve(
            membership=stage.bob,
            conversation_id=stage.conversation.pk,
            no_reply_needed=False,
            base_seq=seen,
            now=NOW,
        )
    assert stage.conversation.state == State.OPEN


def test_resolving_an_open_question_asks_whether_it_needs_no_reply() -> None:
    stage = talk()
    stage.asks()
    facts: dict[str, Any] = {
        "membership": stage.bob,
        "conversation_id": stage.conversation.pk,
        "base_seq": None,
        "now": NOW,
    }
    with pytest.raises(Refusal, match="no_reply_needed"):
        handling.resolve(**facts, no_reply_needed=False)
    handling.resolve(**facts, no_reply_needed=True)
    assert (stage.conversation.state, stage.conversation.waiting_since) == (State.RESOLVED, None)
    assert Wait.objects.get().closed_by == "no_reply_needed"
    handling.reopen(membership=stage.bob, conversation_id=stage.conversation.pk, now=NOW)
    assert stage.conversation.state == State.OPEN


def test_a_new_question_reopens_what_was_resolved_in_a_new_episode() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    handling.resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=False,
        base_seq=None,
        now=NOW,
    )
    stage.asks("One more", now=NOW + 9 * SECOND)
    assert stage.conversation.state == State.OPEN
    assert stage.conversation.episodes.count() == 2


def test_A1_another_teams_conversation_is_not_there() -> None:
    stage, other = talk(), talk()
    stage.asks()
    for membership in (other.alice, other.bob, make.member(stage.team, Role.MODERATOR)):
        with pytest.raises(Refusal, match="not_found"):
            stage.answers(membership=membership)
        with pytest.raises(Refusal, match="not_found"):
            handling.claim(membership=membership, conversation_id=stage.conversation.pk, now=NOW)
        assert reading.rows(membership, now=NOW) == []
        assert set(reading.counts(membership).values()) == {0}
    assert len(stage.messages) == 1


def test_A14_an_attendee_reads_only_their_own_conversation_and_no_event_of_the_team() -> None:
    stage = talk()
    stage.asks("mine")
    handling.claim(membership=stage.bob, conversation_id=stage.conversation.pk, now=NOW)
    stage.answers("yours")
    neighbour = make.registration(stage.session, who=make.person(stage.team, first_name="Eve"))
    assert reading.latest_public_messages(neighbour) == []
    mine = reading.latest_public_messages(stage.registration)
    assert [(entry["seq"], entry["text"]) for entry in mine] == [(1, "mine"), (2, "yours")]
    assert set(mine[1]) == {
        "seq",
        "kind",
        "author",
        "automatic",
        "reason",
        "text",
        "at",
        "position",
        "ref",
        "reply_to",
        "edited_at",
        "withdrawn",
        "change",
    }
    assert mine[1]["ref"] is None
    assert stage.bob.user.email not in str(mine)


def test_rows_and_counters_come_from_the_same_rows() -> None:
    stage = talk()
    stage.asks()
    quiet = make.registration(stage.session, who=make.person(stage.team, first_name="Quiet"))
    reading.conversation_of(quiet)
    assert [row["person"]["name"] for row in reading.rows(stage.bob, now=NOW)] == ["Dana"]
    expected = {"mine": 0, "unassigned": 1, "waiting": 1, "owed": 0, "all": 1, "resolved": 0}
    assert reading.counts(stage.bob) == expected
    changes = reading.team_changes(str(stage.team.pk), 0, NOW)
    assert reading.counted(changes, stage.bob.pk, reading.webinars_of(stage.bob)) == expected
    handling.claim(membership=stage.bob, conversation_id=stage.conversation.pk, now=NOW)
    for view in reading.VIEWS:
        for membership in (stage.alice, stage.bob):
            listed = len(reading.rows(membership, view=view, now=NOW))
            assert listed == reading.counts(membership)[view], view


def test_rows_are_read_with_all_that_they_show() -> None:
    stage = talk()
    stage.asks()
    stage.enters()
    handling.claim(membership=stage.bob, conversation_id=stage.conversation.pk, now=NOW)
    with CaptureQueriesContext(connection) as asked:
        (row,) = reading.rows(stage.bob, now=NOW)
        changes = reading.team_changes(str(stage.team.pk), 0, NOW)
    assert len(asked) == 5  # the rows; the revision, the rows, the counters, what members intend
    assert (row["owner"]["name"], row["target_seconds"]) == ("Bob", 180)
    assert changes.rows == [(stage.conversation.revision, str(stage.webinar.pk), frames.dump(row))]


def test_rows_put_the_longest_wait_first() -> None:
    stage = talk()
    names = ["Ann", "Ben", "Cid"]
    moments = random.Random(7).sample([NOW + 10 * SECOND, NOW + 20 * SECOND, NOW + 30 * SECOND], 3)
    for name, at in zip(names, moments, strict=True):
        place = make.registration(stage.session, who=make.person(stage.team, first_name=name))
        stage.asks(now=at, registration=place)
    order = [name for _at, name in sorted(zip(moments, names, strict=True))]
    assert [row["person"]["name"] for row in reading.rows(stage.alice, now=NOW)] == order


def test_read_marks_only_move_forward() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    assert marks.note_attendee_read(registration=stage.registration, seq=99, now=NOW) is not None
    assert marks.note_attendee_read(registration=stage.registration, seq=1, now=NOW) is None
    assert stage.conversation.attendee_read == 2
    marks.note_team_seen(membership=stage.bob, conversation_id=stage.conversation.pk, seq=1, now=NOW)
    assert stage.conversation.team_read == 2


def test_looking_at_a_question_marks_its_wait_as_seen() -> None:
    stage = talk()
    stage.asks()
    marks.note_team_seen(membership=stage.bob, conversation_id=stage.conversation.pk, seq=1, now=NOW)
    assert Wait.objects.get().seen_at == NOW


def test_too_fast_is_refused_without_a_trace_and_may_come_later() -> None:
    stage = talk()
    for number in range(5):
        stage.asks(f"{number}")
    ref = uuid.uuid4()
    with pytest.raises(Refusal) as refused:
        stage.asks("six", ref=ref)
    assert (refused.value.code, refused.value.retry_after_ms) == ("slow_down", 1500)
    assert Message.objects.count() == 5
    stage.asks("six", ref=ref, now=NOW + 2 * SECOND)
    assert Message.objects.count() == 6

"""Who had a conversation from when until when (M-09): without overlaps, and never rewritten."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.services import remove_member
from chat.models import Cause, Conversation, OwnershipInterval
from chat.refusals import Refusal
from chat.services import handling, ownership
from chat.services.work import Work, locked
from tests import make
from tests.talk import NOW, Talk, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def claims(stage: Talk, who: Membership, minute: float) -> None:
    handling.claim(membership=who, conversation_id=stage.conversation.pk, now=NOW + minute * MINUTE)


def releases(stage: Talk, who: Membership, minute: float) -> None:
    handling.release(membership=who, conversation_id=stage.conversation.pk, now=NOW + minute * MINUTE)


def test_M09_claim_begins_a_stretch_and_release_ends_it() -> None:
    stage = talk()
    stage.asks()
    claims(stage, stage.bob, 1)
    releases(stage, stage.alice, 3)
    claims(stage, stage.alice, 4)
    first, second = OwnershipInterval.objects.order_by("from_at")
    assert (first.membership, first.cause, first.actor) == (stage.bob, Cause.MANUAL, stage.bob.user)
    assert (first.from_at, first.until_at, first.ended) == (NOW + MINUTE, NOW + 3 * MINUTE, Cause.RELEASE)
    assert (second.membership, second.from_at, second.until_at) == (stage.alice, NOW + 4 * MINUTE, None)


def test_M09_handing_on_ends_one_stretch_and_begins_the_next_at_the_same_instant() -> None:
    stage = talk()
    stage.asks()
    claims(stage, stage.bob, 1)
    with transaction.atomic():
        work = Work(locked(Conversation.objects.all()).get(), NOW + 2 * MINUTE)
        ownership.give(work, stage.alice, cause=Cause.TRANSFER, actor=stage.bob.user)
        work.finish()
    first, second = OwnershipInterval.objects.order_by("from_at")
    assert (first.until_at, first.ended) == (second.from_at, Cause.TRANSFER)
    assert (second.membership, second.cause, second.actor) == (stage.alice, Cause.TRANSFER, stage.bob.user)
    assert stage.conversation.owner == stage.alice


def test_what_changes_nothing_writes_no_stretch() -> None:
    stage = talk()
    stage.asks()
    releases(stage, stage.bob, 1)
    claims(stage, stage.bob, 2)
    claims(stage, stage.bob, 3)
    with pytest.raises(Refusal):
        claims(stage, stage.alice, 4)
    assert OwnershipInterval.objects.get().from_at == NOW + 2 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_F20_claims_and_releases_in_many_threads_leave_no_overlap_and_one_open_stretch() -> None:
    stage = talk()
    stage.asks()
    people = [stage.bob, *(make.member(stage.team) for _ in range(5))]
    pauses = random.Random(4)

    def storm(who: Membership) -> None:
        for _turn in range(6):
            act = pauses.choice([handling.claim, handling.claim, handling.release])
            try:
                act(membership=who, conversation_id=stage.conversation.pk, now=timezone.now())
            except Refusal:
                continue

    assert at_once(*[lambda who=who: storm(who) for who in people]) == [None] * len(people)
    stretches = list(OwnershipInterval.objects.order_by("pk"))
    for before, after in pairwise(stretches):
        assert before.until_at is not None
        assert before.from_at <= before.until_at <= after.from_at
    owner = stage.conversation.owner
    assert [one.membership for one in stretches if one.until_at is None] == ([owner] if owner else [])
    events = [message.detail["what"] for message in stage.messages if message.kind == "event"]
    assert len(stretches) == events.count("claimed")


@pytest.mark.django_db(transaction=True)
def test_F20_of_many_claims_at_once_one_stretch_is_open() -> None:
    for _round in range(10):
        stage = talk()
        stage.asks()
        people = [stage.bob, *(make.member(stage.team) for _ in range(5))]
        at_once(*[lambda who=who, stage=stage: claims(stage, who, 1) for who in people])
        stretch = OwnershipInterval.objects.get(conversation=stage.conversation)
        assert (stretch.membership, stretch.until_at) == (stage.conversation.owner, None)


def test_a_stretch_that_has_ended_is_never_changed() -> None:
    stage = talk()
    stage.asks()
    claims(stage, stage.bob, 1)
    releases(stage, stage.bob, 2)
    for change in ({"until_at": NOW + 9 * MINUTE}, {"from_at": NOW}, {"membership": stage.alice}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OwnershipInterval.objects.update(**change)
    claims(stage, stage.bob, 3)
    with pytest.raises(DatabaseError), transaction.atomic():  # nor is there a second open one
        OwnershipInterval.objects.create(
            conversation=stage.conversation, cause=Cause.AUTO, from_at=NOW + 4 * MINUTE
        )


def test_who_leaves_the_team_has_its_conversations_no_more_and_the_stretch_stays() -> None:
    stage = talk()
    stage.asks()
    claims(stage, stage.bob, 1)
    releases(stage, stage.bob, 2)
    claims(stage, stage.bob, 3)
    remove_member(by=stage.alice, member=stage.bob, now=timezone.now())
    closed, last = OwnershipInterval.objects.order_by("from_at")
    assert (closed.membership, closed.until_at) == (None, NOW + 2 * MINUTE)
    assert (last.membership, last.ended) == (None, Cause.RULE)
    assert last.until_at is not None
    claims(stage, stage.alice, 60 * 24 * 400)  # and somebody else can have it
    assert OwnershipInterval.objects.get(until_at=None).membership == stage.alice

"""F-01: whatever happened while a line was cut, whoever comes back has what somebody has who opens the page anew."""

import json
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Team
from chat import frames, hub
from chat.database import ask
from chat.models import Conversation, Message, MessageKind
from chat.services.reading import with_row_facts
from tests.sockets import Client, Frame, inbox, room, watching
from tests.talk import Talk, talk
from webinars.models import Person, Registration

pytestmark = pytest.mark.django_db(transaction=True)

MISSED = [1, 50, 5000]
WHOLE_WITHIN = 20.0  # seconds
EVERY_TENTH = 10  # of what is written is for the team only


@pytest.fixture
def stage() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


def write_much(stage: Talk, number: int) -> None:
    """So many entries as `Work` would store them one by one, the last of them through the service."""
    conversation, now = stage.conversation, timezone.now()
    seq, public = conversation.seq, conversation.public_seq
    entries = []
    for count in range(1, number):
        shown = count % EVERY_TENTH != 0
        public += shown
        entries.append(
            Message(
                conversation=conversation,
                seq=seq + count,
                public_seq=public if shown else None,
                kind=MessageKind.MODERATOR if shown else MessageKind.EVENT,
                author_key=f"u:{stage.bob.user_id}",
                user=stage.bob.user,
                ref=uuid.uuid4(),
                text=f"answer {count}" if shown else "",
                detail={} if shown else {"what": "claimed"},
                at=now,
            )
        )
    Message.objects.bulk_create(entries, batch_size=1000)
    Team.objects.filter(pk=stage.team.pk).update(revision=F("revision") + number - 1)
    Conversation.objects.filter(pk=conversation.pk).update(
        seq=seq + number - 1,
        public_seq=public,
        revision=Team.objects.values_list("revision", flat=True).get(pk=stage.team.pk),
    )
    stage.answers("the last word")


async def until(client: Client, kind: str, number: int) -> None:
    """Wait until so many frames of a kind are there, and a moment longer for one too many."""
    await client.until(
        lambda: len(client.frames) >= number and len(client.of_type(kind)) >= number, WHOLE_WITHIN
    )
    client.send("ping")
    await client.next("pong")


@pytest.mark.parametrize("missed", MISSED)
async def test_F01_an_attendee_who_comes_back_equals_a_fresh_load(
    quick: hub.Hub, stage: Talk, missed: int
) -> None:
    dana = await room(stage.registration)
    await dana.hello()
    await dana.post("first")
    await dana.next("message.posted")
    await dana.leave()
    await ask(write_much, stage, missed)
    public = (await ask(lambda: stage.conversation)).public_seq
    back, fresh = await room(stage.registration), await room(stage.registration)
    await back.hello(last=1)
    await until(back, "message.posted", public - 1)
    await fresh.hello()
    await until(fresh, "message.posted", public)
    assert dana.entries + back.entries == fresh.entries
    assert [seq for seq, _text in fresh.entries] == list(range(1, public + 1))
    assert back.of_type("message.posted")[-1]["message"]["text"] == "the last word"
    for client in (back, fresh):
        assert client.code is None
        await client.leave()


@pytest.mark.parametrize("missed", MISSED)
async def test_F01_a_moderator_who_comes_back_to_a_thread_equals_a_fresh_load(
    quick: hub.Hub, stage: Talk, missed: int
) -> None:
    await ask(stage.asks, "first")
    bob = await watching(stage)
    await bob.next("event")
    await bob.leave()
    await ask(write_much, stage, missed)
    back, fresh = await watching(stage, after=1), await watching(stage)
    await until(back, "event", missed)
    await until(fresh, "event", missed + 1)
    assert bob.of_type("event") + back.of_type("event") == fresh.of_type("event")
    assert [seq for seq, _text in fresh.entries] == list(range(1, missed + 2))
    for client in (back, fresh):
        await client.leave()


def change_many(stage: Talk, number: int) -> None:
    """So many changes: new conversations with a question, as the services store them, and one through them."""
    now = timezone.now()
    first = Team.objects.values_list("revision", flat=True).get(pk=stage.team.pk)
    people = [
        Person(team=stage.team, first_name=f"Guest {count}", email=f"guest{count}@example.org")
        for count in range(1, number)
    ]
    places = [
        Registration(
            webinar=stage.webinar,
            session=stage.session,
            person=one,
            email=one.email,
            starts_at=stage.session.starts_at,
        )
        for one in people
    ]
    conversations = [
        Conversation(
            team=stage.team,
            webinar=stage.webinar,
            person=place.person,
            registration=place,
            seq=1,
            public_seq=1,
            revision=first + count,
            listed=True,
            waiting_since=now,
            last_line=f"question {count}",
            last_by="attendee",
            last_at=now,
        )
        for count, place in enumerate(places, 1)
    ]
    Person.objects.bulk_create(people, batch_size=1000)
    Registration.objects.bulk_create(places, batch_size=1000)
    Conversation.objects.bulk_create(conversations, batch_size=1000)
    Team.objects.filter(pk=stage.team.pk).update(revision=first + number - 1)
    stage.asks("the last question")


def rows_of(client: Client) -> dict[str, Frame]:
    """What an inbox shows after all that it was sent: the last state of each row."""
    return {row["id"]: row for frame in client.of_type("inbox.changed") for row in frame["rows"]}


def stored_rows(stage: Talk) -> dict[str, Any]:
    now = timezone.now()
    found = with_row_facts(Conversation.objects.visible_to(stage.bob))
    rows = [json.loads(frames.dump(frames.row(one, now))) for one in found]
    return {row["id"]: row for row in rows}


def up_to_date(client: Client, revision: int) -> bool:
    """Whether an inbox was sent everything up to a revision."""
    return any(frame["revision"] >= revision for frame in client.of_type("inbox.changed")[-1:])


def settled(rows: dict[str, Frame]) -> dict[str, Frame]:
    """Rows without the film's position, which goes on while they are compared."""
    return {key: {**row, "position": None} for key, row in rows.items()}


@pytest.mark.parametrize("missed", MISSED)
async def test_F01_an_inbox_that_comes_back_equals_a_fresh_load(
    quick: hub.Hub, stage: Talk, missed: int
) -> None:
    await ask(stage.asks, "first")
    bob = await inbox(stage)
    ready = await bob.hello()
    await bob.until(lambda: rows_of(bob))
    await bob.leave()
    await ask(change_many, stage, missed)
    clients = []
    for revision in (ready["revision"], 0):
        client = await inbox(stage)
        clients.append(client)
        head = (await client.hello(revision=revision))["revision"]
        await client.until(partial(up_to_date, client, head), WHOLE_WITHIN)
    back, fresh = clients
    expected = settled(await ask(stored_rows, stage))
    assert settled({**rows_of(bob), **rows_of(back)}) == settled(rows_of(fresh)) == expected
    assert len(expected) == missed
    assert back.of_type("inbox.changed")[-1]["counts"] == fresh.of_type("inbox.changed")[-1]["counts"]
    for client in (back, fresh):
        await client.leave()

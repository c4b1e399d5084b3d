"""What many attendees send at one moment is stored together, by the rules of one message at a time."""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Team
from chat import database, hub, tasks, writer
from chat.database import DatabaseAway, ask
from chat.models import Conversation, Message, Wait
from chat.news import News
from chat.refusals import Refusal
from chat.services.posting import post_as_attendee
from chat.services.together import Told, Typed, post_together
from scheduling.due import database_now
from tests import make
from tests.sockets import Client
from tests.talk import NOW, Talk, talk
from tests.threads import at_once
from webinars.models import GuestSession, Registration

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)
LATER = NOW + 9 * SECOND


@dataclass
class Somebody:
    """An attendee who asked one question, in the browser that holds their place."""

    registration: Registration
    conversation: Conversation
    guest: GuestSession
    token: str

    def types(self, text: str, **facts: Any) -> Typed:
        given: dict[str, Any] = {"ref": uuid.uuid4(), "now": LATER, "guest": self.guest.pk} | facts
        return Typed(self.conversation.pk, self.registration, text=text, **given)

    @property
    def said(self) -> list[tuple[int, str]]:
        found = Message.objects.filter(conversation=self.conversation, public_seq__isnull=False)
        return list(found.order_by("seq").values_list("seq", "text"))

    @property
    def kept(self) -> Conversation:
        return Conversation.objects.get(pk=self.conversation.pk)


def somebody(stage: Talk, asks: bool = True, **facts: Any) -> Somebody:
    registration = make.registration(stage.session, who=make.person(stage.team, **facts))
    Conversation.objects.make(registration)
    if asks:
        post_as_attendee(registration=registration, ref=uuid.uuid4(), text="How long?", now=NOW)
    conversation = Conversation.objects.get(person=registration.person)
    return Somebody(registration, conversation, *make.guest(registration.person))


@pytest.fixture
def stage() -> Talk:
    found = talk()
    found.asks()
    return found


@contextmanager
def trigger(when: str, code: str, *, at_commit: bool = False) -> Iterator[None]:
    """PostgreSQL fails with an error code for messages like that."""
    kind = "CONSTRAINT TRIGGER broken AFTER" if at_commit else "TRIGGER broken BEFORE"
    late = "DEFERRABLE INITIALLY DEFERRED" if at_commit else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION 'broken on purpose' USING ERRCODE = '{code}'; END $$"
        )
        cursor.execute(
            f"CREATE {kind} INSERT ON chat_message {late} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION fail()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER broken ON chat_message")
            cursor.execute("DROP FUNCTION fail()")


def told(outcome: Any) -> Told:
    assert isinstance(outcome, Told)
    return outcome


def heard(outcome: Any) -> News:
    (hint,) = told(outcome).hints
    assert isinstance(hint, News)
    return hint


# ------------------------------------------------------------------------- the batch


def test_a_line_among_others_leaves_what_a_line_by_itself_leaves(stage: Talk) -> None:
    alone, among, other = (somebody(stage) for _ in range(3))
    text = "And  if it\nis <b>cold</b>, \u00e9\U0001f600 \\u0041?"
    posted = post_as_attendee(registration=alone.registration, ref=uuid.uuid4(), text=text, now=LATER)
    together = told(post_together([other.types("Aside"), among.types(text)])[1]).posted
    assert (together.seq, together.at) == (posted.seq, posted.at)
    own = {"id", "team", "webinar", "person", "registration", "revision", "conversation", "author_key", "ref"}
    own |= {"created_at"}
    for model in (Conversation, Message):
        pair = []
        for one in (alone, among):
            found: Any = (
                one.kept if model is Conversation else Message.objects.get(conversation=one.kept, seq=2)
            )
            pair.append({name: value for name, value in model_to_dict(found).items() if name not in own})
        assert pair[0] == pair[1]
    assert among.kept.last_line == "And if it is <b>cold</b>, \u00e9\U0001f600 \\u0041?"


def test_M3_every_line_has_its_number_and_every_change_the_next_revision_of_its_team(stage: Talk) -> None:
    elsewhere = talk(slug="elsewhere")
    people = [somebody(one) for one in (stage, elsewhere, stage, elsewhere, stage)]
    before = {team.pk: team.revision for team in Team.objects.all()}
    outcomes = post_together([one.types(f"line {n}") for n, one in enumerate(people)])
    assert [told(outcome).posted.seq for outcome in outcomes] == [2] * 5
    for team, mine in ((stage.team, people[0::2]), (elsewhere.team, people[1::2])):
        team.refresh_from_db()
        assert team.revision == before[team.pk] + len(mine)
        assert [one.kept.revision for one in mine] == [before[team.pk] + n + 1 for n in range(len(mine))]
    assert [heard(one).revision for one in outcomes] == [one.kept.revision for one in people]
    assert [heard(one).entries[0].seq for one in outcomes] == [2] * 5
    assert [one.said for one in people] == [[(1, "How long?"), (2, f"line {n}")] for n in range(5)]


def test_as_many_statements_for_many_as_for_one(stage: Talk) -> None:
    people = [somebody(stage) for _ in range(12)]
    post_together([people[-1].types("the policy is known now")])
    counts = []
    for some in (people[:1], people[1:11]):
        with CaptureQueriesContext(connection) as asked:
            assert None not in post_together([one.types("More") for one in some])
        counts.append(len(asked))
    assert counts == [4, 4]  # begin, lock and ask, write, commit


def test_what_is_refused_leaves_no_trace_and_the_others_alone(stage: Talk) -> None:
    fast, empty, nameless, fine = (somebody(stage) for _ in range(4))
    for n in range(4):
        post_together([fast.types(f"{n}", now=NOW)])
    before = fast.kept
    outcomes = post_together(
        [fast.types("5", now=NOW), empty.types(" \n "), nameless.types("Who?", ref=None), fine.types("Yes")]
    )
    codes = [outcome.code if isinstance(outcome, Refusal) else None for outcome in outcomes]
    assert codes == ["slow_down", "text_empty", "id_invalid", None]
    assert told(outcomes[3]).posted.seq == 2
    assert model_to_dict(fast.kept) == model_to_dict(before)
    assert [len(one.said) for one in (fast, empty, nameless, fine)] == [5, 1, 1, 2]


def test_what_is_not_one_more_line_is_left_to_be_posted_by_itself(stage: Talk) -> None:
    first, answered, moved, gone, known, barred, fine = (somebody(stage, asks=n > 0) for n in range(7))
    stage.answers(conversation_id=answered.conversation.pk)
    place = make.session(stage.webinar, starts_at=NOW)
    moved.registration = make.registration(place, who=moved.registration.person)
    Conversation.objects.filter(pk=gone.conversation.pk).delete()
    ref = uuid.uuid4()
    assert None not in post_together([known.types("again", ref=ref)])
    GuestSession.objects.filter(pk=barred.guest.pk).update(revoked_at=NOW)
    everybody = [first, answered, moved, gone, barred]
    typed = [*(one.types("Mm?") for one in everybody), known.types("again", ref=ref), fine.types("Yes")]
    before = [len(one.said) for one in everybody]
    outcomes = post_together(typed)
    assert outcomes[:-1] == [None] * 6
    assert told(outcomes[-1]).posted.seq == 2
    assert [len(one.said) for one in everybody] == before
    assert len(known.said) == 2


def test_a_conversation_that_somebody_is_changing_is_left_out_and_delays_nobody(stage: Talk) -> None:
    busy, free = somebody(stage), somebody(stage)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=busy.conversation.pk)
            locked.set()
            assert done.wait(20)

    def post() -> list[Any]:
        assert locked.wait(20)
        try:
            return post_together([busy.types("Hm"), free.types("Ha")])
        finally:
            done.set()

    _held, outcomes = at_once(hold, post)
    assert outcomes[0] is None
    assert told(outcomes[1]).posted.seq == 2


@pytest.mark.parametrize("at_commit", [False, True])
def test_a_row_that_cannot_be_stored_leaves_all_to_be_posted_by_themselves(
    stage: Talk, at_commit: bool
) -> None:
    people = [somebody(stage) for _ in range(3)]
    texts = ("a", "poison", "b")
    revision = Team.objects.get(pk=stage.team.pk).revision
    with trigger("NEW.text = 'poison'", "check_violation", at_commit=at_commit):
        outcomes = post_together([one.types(text) for one, text in zip(people, texts, strict=True)])
    assert outcomes == [None, None, None]
    assert [len(one.said) for one in people] == [1, 1, 1]
    assert Team.objects.get(pk=stage.team.pk).revision == revision


@pytest.mark.parametrize("turn", range(8))
def test_S5_in_a_race_with_answers_and_automation_every_thread_stays_whole(stage: Talk, turn: int) -> None:
    """Lines in batches, answers and the autoresponder at once: no holes, nothing said by itself over an answer."""
    people = [somebody(stage) for _ in range(6)]
    due = NOW + 300 * SECOND

    def post(some: list[Somebody]) -> None:
        for one, outcome in zip(some, post_together([one.types("Hm", now=due) for one in some]), strict=True):
            if outcome is None:
                post_as_attendee(registration=one.registration, ref=uuid.uuid4(), text="Hm", now=due)

    def answer() -> None:
        for one in people[::2]:
            stage.answers(conversation_id=one.conversation.pk, now=due)

    acts = [lambda: post(people), answer, lambda: tasks.look(due), lambda: post(people[::-1])]
    assert [found for found in at_once(*acts) if isinstance(found, Exception)] == []
    for one in people:
        found = list(Message.objects.filter(conversation=one.conversation).order_by("seq"))
        assert [message.seq for message in found] == list(range(1, len(found) + 1))
        public = [message for message in found if message.public_seq]
        assert [message.public_seq for message in public] == list(range(1, len(public) + 1))
        assert (one.kept.seq, one.kept.public_seq) == (len(found), len(public))
        kinds = [message.kind for message in public]
        assert kinds.count("attendee") == 3
        if "moderator" in kinds:
            assert "autoresponder" not in kinds[kinds.index("moderator") :]
        open_waits = Wait.objects.filter(conversation=one.conversation, closed_at=None).count()
        assert open_waits == (one.kept.waiting_since is not None)


# --------------------------------------------------------------------- through sockets


@pytest.fixture
async def quick() -> AsyncIterator[hub.Hub]:
    fast = hub._hubs[asyncio.get_running_loop()] = hub.Hub(poll=0.2)
    yield fast
    await hub.close_current()
    await asyncio.to_thread(database.close)


@pytest.fixture
def live() -> Talk:
    return talk(starts_at=timezone.now() - timedelta(minutes=1))


async def room(one: Somebody) -> Client:
    cookies = {settings.GUEST_COOKIE_NAME: one.token}
    client = await Client(f"/ws/room/{one.registration.pk}/", **cookies).connect()
    await client.hello()
    return client


async def crowd(stage: Talk, number: int) -> tuple[list[Somebody], list[Client]]:
    people = [await ask(somebody, stage) for _ in range(number)]
    return people, [await room(one) for one in people]


async def said(one: Somebody) -> list[tuple[int, str]]:
    return await ask(lambda: one.said)


async def has(client: Client, number: int) -> None:
    await client.until(lambda: len(client.entries) == number)


async def closed(client: Client) -> None:
    await client.until(lambda: client.code is not None)


async def leave(*clients: Client) -> None:
    for client in clients:
        await client.leave()


def answers(client: Client) -> list[tuple[str, Any]]:
    return [
        (frame["type"], frame.get("seq")) for frame in client.frames if frame["type"] in {"ack", "refused"}
    ]


async def test_M1_what_sockets_send_at_once_is_acknowledged_and_stored_in_order(
    quick: hub.Hub, live: Talk
) -> None:
    people, clients = await crowd(live, 6)
    for n in range(4):
        for client in clients:
            client.send("message.post", str(uuid.uuid4()), text=f"line {n}")
    for one, client in zip(people, clients, strict=True):
        await client.next("ack", 4)
        await has(client, 5)
        assert answers(client) == [("ack", seq) for seq in (2, 3, 4, 5)]
        assert client.entries == await said(one)
        kinds = [frame["type"] for frame in client.frames]
        assert kinds.index("ack") < len(kinds) - 1 - kinds[::-1].index("message.posted")
    await leave(*clients)


async def test_M2_the_same_ref_twice_at_one_moment_is_one_row_and_the_same_answer(
    quick: hub.Hub, live: Talk
) -> None:
    one = await ask(somebody, live)
    clients = [await room(one), await room(one)]
    ref = str(uuid.uuid4())
    for client in clients:
        client.send("message.post", ref, text="Once")
    first, second = [await client.next("ack") for client in clients]
    assert first == second
    assert await said(one) == [(1, "How long?"), (2, "Once")]
    clients[0].send("message.post", ref, text="Another")
    assert (await clients[0].next("refused"))["code"] == "id_reused"
    await leave(*clients)


async def test_two_browsers_of_one_attendee_are_numbered_without_holes(quick: hub.Hub, live: Talk) -> None:
    one = await ask(somebody, live)
    clients = [await room(one), await room(one)]
    for client, text in zip(clients, ("left", "right"), strict=True):
        for n in range(2):
            client.send("message.post", str(uuid.uuid4()), text=f"{text} {n}")
    for client in clients:
        await client.next("ack", 2)
        await has(client, 5)
    stored = await said(one)
    assert [seq for seq, _text in stored] == [1, 2, 3, 4, 5]
    for side in ("left", "right"):
        assert [text for _seq, text in stored if text.startswith(side)] == [f"{side} 0", f"{side} 1"]
    assert clients[0].entries == clients[1].entries == stored
    await leave(*clients)


async def test_one_bad_message_among_good_ones_harms_only_its_sender(quick: hub.Hub, live: Talk) -> None:
    people, clients = await crowd(live, 4)
    broken = trigger("NEW.text = 'poison'", "check_violation")
    await ask(broken.__enter__)
    try:
        for client, text in zip(clients, ("a", "b", "poison", "c"), strict=True):
            client.send("message.post", str(uuid.uuid4()), text=text)
        for client in (clients[0], clients[1], clients[3]):
            assert (await client.next("ack"))["seq"] == 2
        bad = clients[2]._task
        assert bad is not None
        await asyncio.wait([bad], timeout=10)
        assert "broken on purpose" in str(bad.exception())
        assert answers(clients[2]) == []
    finally:
        await ask(broken.__exit__, None, None, None)
    assert [len(await said(one)) for one in people] == [2, 2, 1, 2]
    await leave(*clients)


async def test_M1_while_the_database_fails_nothing_is_acknowledged_and_afterwards_all_comes_once(
    quick: hub.Hub, live: Talk
) -> None:
    people, clients = await crowd(live, 3)
    refs = [str(uuid.uuid4()) for _ in people]
    broken = trigger("NEW.kind = 'attendee'", "admin_shutdown")
    await ask(broken.__enter__)
    try:
        for client, ref in zip(clients, refs, strict=True):
            client.send("message.post", ref, text="Kept by the browser")
        for client in clients:
            await closed(client)
            assert (client.code, answers(client)) == (1013, [])
    finally:
        await ask(broken.__exit__, None, None, None)
    assert [len(await said(one)) for one in people] == [1, 1, 1]
    for one, ref in zip(people, refs, strict=True):
        back = await room(one)
        back.send("message.post", ref, text="Kept by the browser")
        assert (await back.next("ack"))["seq"] == 2
        await back.leave()
    assert [len(await said(one)) for one in people] == [2, 2, 2]


# ------------------------------------------------------------------------- the writer


async def test_too_many_waiting_are_asked_to_come_again(
    quick: hub.Hub, live: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _people, clients = await crowd(live, 1)
    monkeypatch.setattr(writer, "MOST", 0)
    refused = await clients[0].post("Is there room?")
    assert (refused["code"], refused["retry_after_ms"]) == ("slow_down", 1000)
    monkeypatch.undo()
    assert (await clients[0].post("Is there room?"))["type"] == "ack"
    await leave(*clients)


async def test_who_waited_too_long_for_their_turn_comes_back(
    quick: hub.Hub, live: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await ask(somebody, live)
    monkeypatch.setattr(writer, "PATIENCE", -1.0)
    typed = replace(one.types("Too late"), now=await ask(database_now))
    with pytest.raises(DatabaseAway):
        await quick.writer.post(typed)
    monkeypatch.undo()
    assert await quick.writer.post(typed) is not None
    assert await said(one) == [(1, "How long?"), (2, "Too late")]


async def test_M3_others_hear_what_was_stored_although_its_sender_has_gone(
    quick: hub.Hub, live: Talk
) -> None:
    one = await ask(somebody, live)
    listener = await room(one)
    waiting = asyncio.ensure_future(quick.writer.post(replace(one.types("Bye"), now=await ask(database_now))))
    while not quick.writer._task or quick.writer._waiting:
        await asyncio.sleep(0)
    waiting.cancel()
    await listener.until(lambda: (2, "Bye") in listener.entries)
    await listener.leave()


async def test_R5_a_teams_row_held_for_long_delays_no_other_team(quick: hub.Hub, live: Talk) -> None:
    slow, free = await ask(somebody, live), await ask(lambda: somebody(talk(slug="elsewhere")))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=live.team.pk)
            held.set()
            done.wait(20)

    holding = asyncio.create_task(ask(hold))
    await asyncio.to_thread(held.wait, 20)
    began = asyncio.get_running_loop().time()
    now = await ask(database_now)
    posts = [quick.writer.post(replace(one.types("Hm"), now=now)) for one in (slow, free)]
    assert await asyncio.gather(*posts) == [None, None]  # each goes on by itself
    assert asyncio.get_running_loop().time() - began < 1
    done.set()
    await holding

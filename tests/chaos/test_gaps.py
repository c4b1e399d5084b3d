"""M1 at each gap of a send: the web server dies there, and what was acknowledged is stored, all of it once."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from tests.chaos.clients import Typed
from tests.chaos.people import Run, people
from tests.chaos.proxy import FaultProxy
from tests.chaos.rig import PROXY_PORT, WEB_PORTS, Rig

pytestmark = pytest.mark.chaos

TEAM_PORT = 8933
ATTENDEES = 8
WHOLE_WITHIN = 45.0  # seconds, of a busy machine; on an idle one a server starts again in three
LOCK = 4711
# Only the database is told where to stall: the servers run as they are.
STALL = """
CREATE OR REPLACE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text LIKE TG_ARGV[0] || ':%' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stall_before BEFORE INSERT ON chat_message FOR EACH ROW EXECUTE FUNCTION stall('before');
CREATE TRIGGER stall_after AFTER INSERT ON chat_message FOR EACH ROW EXECUTE FUNCTION stall('after');
CREATE CONSTRAINT TRIGGER stall_commit AFTER INSERT ON chat_message DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION stall('commit');
"""
GO_ON = """
DROP TRIGGER stall_before ON chat_message;
DROP TRIGGER stall_after ON chat_message;
DROP TRIGGER stall_commit ON chat_message;
DROP FUNCTION stall;
"""
STALLED = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


class Stage:
    """Attendees at the first web server, moderators at the second, and the database's own view of them."""

    def __init__(self, rig: Rig, run: Run, proxies: list[FaultProxy], database: Any) -> None:
        self.rig = rig
        self.run = run
        self.proxies = proxies
        self.database = database
        self.round = 0

    async def write(self, gap: str, *, only: str = "") -> list[Typed]:
        """An attendee and a moderator write at the same time, in conversations of their own; or one of them."""
        self.round += 1
        asker = self.run.attendees[self.round % ATTENDEES]
        asked = self.run.attendees[(self.round + 1) % ATTENDEES]
        data = {"conversation": asked.conversation, "base_seq": None}
        writers = {"attendee": (asker, {}), "moderator": (self.run.moderators[0], data)}
        chosen = [writers[only]] if only else list(writers.values())
        for one, rest in chosen:
            one.post({"text": f"{gap}: {uuid.uuid4()}", **rest})
            await one.send_due()
        return [one.typed[-1] for one, _ in chosen]

    def stored(self, typed: list[Typed]) -> list[int]:
        """How often each text is in the database, for whoever looks at it now."""
        query = "SELECT count(*) FROM chat_message WHERE text = %s"
        return [self.database.execute(query, [one.data["text"]]).fetchone()[0] for one in typed]

    @contextlib.contextmanager
    def stalling(self) -> Iterator[None]:
        """Hold the lock that the triggers ask for."""
        self.database.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            self.database.execute("SELECT pg_advisory_unlock_all()")

    async def stalled(self, number: int) -> list[int]:
        """The database's own processes that stand at the lock, once there are so many."""
        async with asyncio.timeout(5):
            while True:
                found = [pid for (pid,) in self.database.execute(STALLED, [LOCK]).fetchall()]
                if len(found) >= number:
                    return found
                await asyncio.sleep(0.01)

    async def gone(self, pids: list[int]) -> None:
        """Wait until what the dead servers had begun is over, one way or the other."""
        async with asyncio.timeout(5):
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
            while self.database.execute(query, [pids]).fetchone()[0]:
                await asyncio.sleep(0.01)

    async def recover(self, typed: list[Typed]) -> None:
        """The servers come back, the browsers write the same again: each stored once, acknowledged and seen."""
        self.rig.down.clear()
        await self.run.whole(within=WHOLE_WITHIN)
        async with asyncio.timeout(WHOLE_WITHIN):
            while any(browser.unsent or browser.socket is None for browser in self.run.everybody):
                await asyncio.sleep(0.02)
        assert self.stored(typed) == [1] * len(typed)


@pytest.fixture(scope="module")
def made(rig: Rig) -> Any:
    return rig.world("make", str(ATTENDEES))


@contextlib.asynccontextmanager
async def on_stage(rig: Rig, made: Any) -> AsyncIterator[Stage]:
    """Everybody is connected and was seen to have asked; the triggers are in place for as long as the block."""
    dice = random.Random(1)
    proxies = [
        FaultProxy(port, [web], dice) for port, web in zip((PROXY_PORT, TEAM_PORT), WEB_PORTS, strict=True)
    ]
    for proxy in proxies:
        await proxy.start()
    run = people(made, rig.origin, dice)
    for moderator in run.moderators:
        moderator.gate = f"http://127.0.0.1:{TEAM_PORT}"
    tending = asyncio.create_task(rig.tend())
    lines = [asyncio.create_task(one.run()) for one in run.everybody]
    try:
        with psycopg.connect(rig.servers["postgres"].url, autocommit=True) as database:
            database.execute(STALL)
            try:
                await asyncio.sleep(1)
                run.ask()
                await run.whole(within=30)
                yield Stage(rig, run, proxies, database)
            finally:
                database.execute(GO_ON)
    finally:
        rig.down.clear()
        for one in run.everybody:
            one.stopping = True
        for task in [*lines, tending]:
            task.cancel()
        await asyncio.gather(*lines, tending, return_exceptions=True)
        for proxy in proxies:
            await proxy.stop()


async def dies_while_stalled(
    stage: Stage, gap: str, *, only: str = "", comes: bool = True, stored: int = 0
) -> None:
    """Both servers die while the database stands at `gap`; what they had begun goes on there, or is ended too."""
    with stage.stalling():
        typed = await stage.write(gap, only=only)
        pids = await stage.stalled(len(typed))
        stage.rig.end("web1", "web2")
        if not comes:
            for pid in pids:
                stage.database.execute("SELECT pg_terminate_backend(%s)", [pid])
    await stage.gone(pids)
    assert stage.stored(typed) == [stored] * len(typed)
    assert not any(one.acknowledged_at for one in typed)
    await stage.recover(typed)


async def dies_before_the_acknowledgement(stage: Stage) -> None:
    """Both lines are deaf: what is stored cannot be acknowledged before the servers die."""
    for proxy in stage.proxies:
        proxy.deaf = True
    typed = await stage.write("acknowledgement")
    async with asyncio.timeout(5):
        while stage.stored(typed) != [1, 1]:
            await asyncio.sleep(0.01)
    stage.rig.end("web1", "web2")
    assert not any(one.acknowledged_at for one in typed)
    for proxy in stage.proxies:
        proxy.heal()
    await stage.recover(typed)


async def dies_before_the_hint(stage: Stage) -> None:
    """Redis stands still: the acknowledgement comes, the other server cannot be told before the first one dies."""
    stage.rig.freeze("redis", frozen=True)
    try:
        typed = await stage.write("hint", only="attendee")
        async with asyncio.timeout(5):
            while not typed[0].acknowledged_at:
                await asyncio.sleep(0.005)
        stage.rig.end("web1")
        assert stage.stored(typed) == [1]
    finally:
        stage.rig.freeze("redis", frozen=False)
    await stage.recover(typed)


async def test_M1_what_was_acknowledged_is_stored_whatever_gap_the_server_dies_in(
    rig: Rig, made: Any
) -> None:
    async with on_stage(rig, made) as stage:
        await dies_while_stalled(stage, "before")
        await dies_while_stalled(stage, "after")
        # One after the other: at the commit both would hold the team's counter.
        await dies_while_stalled(stage, "commit", only="attendee", comes=False)
        await dies_while_stalled(stage, "commit", only="attendee", stored=1)
        await dies_while_stalled(stage, "commit", only="moderator", stored=1)
        await dies_before_the_acknowledgement(stage)
        await dies_before_the_hint(stage)

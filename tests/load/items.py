"""Deals with due items on command: ours, LIMIT and REF, each as a program of its own.

`python -m tests.load.items ours|limit|reference` reads `speak` or `settle` and answers with what it took.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import redis

TAKE = """
UPDATE bare_item SET due_at = NULL
WHERE id IN (SELECT id FROM bare_item WHERE due_at <= now() ORDER BY due_at FOR UPDATE SKIP LOCKED LIMIT 100)
RETURNING conversation
"""
SAY = (
    "INSERT INTO bare_line (conversation, ref, body) VALUES (%s, gen_random_uuid(), 'Somebody answers soon.')"
)
Act = Callable[[], int]
Rival = tuple[Callable[[], None], dict[str, Act]]


def ours() -> Rival:
    """The tick of the talk, and the same mechanism with nothing to say."""
    import django

    django.setup()
    from chat import tasks
    from chat.models import AutomaticRecord, Conversation, OwedReply, Wait
    from chat.services import bulk
    from scheduling import due

    def again() -> None:
        now = due.database_now()
        AutomaticRecord.objects.filter(kind="autoresponder").delete()
        OwedReply.objects.all().delete()
        Wait.objects.update(automatic_at=None, counts_from=now - timedelta(minutes=1))
        Conversation.objects.update(due_at=now)

    def speak() -> int:
        tasks.look(due.database_now())
        return AutomaticRecord.objects.filter(kind="autoresponder", said=True).count()

    def settle() -> int:
        def act(conversations: list[Conversation]) -> None:
            for conversation in conversations:
                conversation.due_at = None
            bulk.save(conversations, "due_at")

        def put_off(conversation: Conversation) -> None:
            raise AssertionError(f"{conversation} could not be settled")

        found = Conversation.objects.due(due.database_now())
        return due.act_on_due(found, act, put_off=put_off, together=tasks.TOGETHER)

    return again, {"speak": speak, "settle": settle}


def limit() -> Rival:
    """Raw SQL, a hundred at a time."""
    database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    line = redis.Redis.from_url(os.environ["REDIS_URL"])

    def again() -> None:
        database.execute("TRUNCATE bare_item")
        database.execute(
            "INSERT INTO bare_item (conversation, due_at) SELECT id, now() FROM chat_conversation"
        )

    def speak() -> int:
        done = 0
        while True:
            with database.transaction():
                taken = database.execute(TAKE).fetchall()
                database.cursor().executemany(SAY, taken)
            if not taken:
                return done
            done += len(taken)
            with line.pipeline(transaction=False) as pipe:
                for (conversation,) in taken:
                    pipe.publish("bench", f"Somebody answers soon in {conversation}.")
                pipe.execute()

    def settle() -> int:
        done = 0
        while taken := len(database.execute(TAKE).fetchall()):
            done += taken
        return done

    return again, {"speak": speak, "settle": settle}


def reference() -> Rival:
    """One Celery task for each; the worker is a process of its own."""
    from tests.load import stock

    database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    count = "SELECT count(*) FROM stock_stockitem WHERE due_at IS NULL"

    def again() -> None:
        database.execute("TRUNCATE stock_stockitem, stock_stockline")
        database.execute(
            "INSERT INTO stock_stockitem (conversation, ref, due_at) "
            "SELECT id, gen_random_uuid(), now() FROM chat_conversation"
        )

    def with_task(task: Any) -> Act:
        def act() -> int:
            for (pk,) in database.execute("SELECT id FROM stock_stockitem").fetchall():
                task.delay(pk)
            return 0

        return act

    def wait() -> int:
        until, found = time.monotonic() + 30, None
        while time.monotonic() < until:
            found = database.execute(count).fetchone()
            left = database.execute(
                "SELECT count(*) FROM stock_stockitem WHERE due_at IS NOT NULL"
            ).fetchone()
            if left == (0,):
                break
            time.sleep(0.02)
        return int(found[0]) if found else 0

    return again, {"speak": with_task(stock.say), "settle": with_task(stock.settle), "wait": wait}


def main(name: str) -> None:
    """Read words, do what they say, tell what it took."""
    again, acts = {"ours": ours, "limit": limit, "reference": reference}[name]()
    for word in sys.stdin:
        again()
        began, before = time.monotonic(), time.process_time()
        done = acts[word.strip()]()
        cpu = time.process_time() - before
        if "wait" in acts:
            done = acts["wait"]()
        wall = time.monotonic() - began
        print(json.dumps({"cpu": cpu, "wall": wall, "done": done}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

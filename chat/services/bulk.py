"""Writes what many changes of one transaction leave to write: each table with one statement, however many rows.

The rows travel as one JSON text that PostgreSQL reads by the table's own column types: a fourth of the cost of
arrays, a tenth of a statement a row. For one row, `Work` by itself is as cheap.

    works = [Gathered(conversation, now) for conversation in conversations]  # all of them locked
    ...                         # work.add(...), work.event(...): numbered and remembered, not stored yet
    bulk.store(works)           # every entry, which then has its id
    bulk.insert(records)        # whatever else belongs to it: `insert`, `save`
    bulk.finish(works)          # the conversations with their teams' revisions, the last lock; announced after commit
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from chat.models import Message
from chat.news import announce
from chat.services.work import SAVED, Work

# All the teams' rows in the order of their ids before any is counted up: two batches cannot block each other.
# A row's `revision` comes as its place among the batch's rows of that team.
_FINISH = """
given AS (SELECT * FROM json_populate_recordset(NULL::chat_conversation, %s)),
taken AS (SELECT team_id, count(*) AS rows FROM given GROUP BY team_id),
held AS (SELECT id FROM accounts_team WHERE id IN (SELECT team_id FROM taken) ORDER BY id FOR NO KEY UPDATE),
counted AS (
  UPDATE accounts_team SET revision = revision + taken.rows FROM held JOIN taken ON taken.team_id = held.id
  WHERE accounts_team.id = held.id RETURNING accounts_team.id, revision - taken.rows AS before
)
UPDATE chat_conversation SET {changes}, revision = counted.before + given.revision
FROM given JOIN counted ON counted.id = given.team_id WHERE chat_conversation.id = given.id
RETURNING chat_conversation.id, chat_conversation.revision
"""


class Gathered(Work):
    """A change among many: its entries are stored by `store`, and it is finished by `finish`."""

    def _store(self, message: Message) -> None:
        """Left to `store`."""


def store(works: Sequence[Gathered]) -> None:
    """Store every entry of the works, in their order; each has its id afterwards."""
    insert([message for work in works for message in work.entries])


def finish(works: Sequence[Work]) -> None:
    """Write the conversations, each with a revision of its own of its team, and tell who listens after commit.

    Call it last in the transaction: from here on the teams' rows are locked.
    """
    if works:
        _finish(works, "WITH", SAVED)


def store_and_finish(works: Sequence[Gathered], columns: tuple[str, ...]) -> None:
    """Both with one statement, for entries whose ids nobody asks for: they have none afterwards.

    Of the conversations it writes `columns` only, which must be all that has changed.
    """
    if works:
        messages = [message for work in works for message in work.entries]
        names = _names(Message, True)
        said = _json([{name: getattr(row, name) for name in names} for row in messages])
        _finish(works, f"WITH said AS ({_inserted(Message, names)}),", columns, said)


def _finish(works: Sequence[Work], before: str, columns: tuple[str, ...], *given: str) -> None:
    taken: Counter[UUID] = Counter()
    rows = []
    for work in works:
        conversation = work.conversation
        taken[conversation.team_id] += 1
        row = {name: getattr(conversation, name) for name in ("id", "team_id", *columns)}
        rows.append(row | {"revision": taken[conversation.team_id]})
    with connection.cursor() as cursor:
        changes = ", ".join(f"{name} = given.{name}" for name in columns)
        cursor.execute(before + _FINISH.format(changes=changes), [*given, _json(rows)])
        revisions = dict(cursor.fetchall())
    for work in works:
        work.conversation.revision = revisions[work.conversation.pk]
    announce(*(work.news() for work in works))


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model, with or without keys of their own; those without have them afterwards.

    No signals of Django's are sent.
    """
    if not rows:
        return
    names = _names(type(rows[0]), rows[0].pk is None)
    with connection.cursor() as cursor:
        given = _json([{name: getattr(row, name) for name in names} for row in rows])
        cursor.execute(_insertion(type(rows[0]), names), [given])
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding = False


def save(rows: Sequence[Model], *names: str) -> None:
    """Write the named columns of stored rows of one model."""
    if not rows:
        return
    pk = _key(type(rows[0]))
    with connection.cursor() as cursor:
        given = _json([{name: getattr(row, name) for name in (pk, *names)} for row in rows])
        cursor.execute(_change(type(rows[0]), names), [given])


def _json(rows: list[dict[str, Any]]) -> str:
    return _encoder.encode(rows)


def _plain(value: Any) -> str:
    if isinstance(value, UUID | datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row that travels as JSON")


_encoder = json.JSONEncoder(default=_plain, separators=(",", ":"))


@cache
def _names(model: type[Model], without_key: bool) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if not (without_key and field.primary_key))


@cache
def _key(model: type[Model]) -> str:
    return next(field.attname for field in model._meta.concrete_fields if field.primary_key)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def _insertion(model: type[Model], names: tuple[str, ...]) -> str:
    return f"{_inserted(model, names)} RETURNING {_key(model)}"


def _inserted(model: type[Model], names: tuple[str, ...]) -> str:
    table, columns = model._meta.db_table, _listed(names)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - names of columns, not values
        f"FROM json_populate_recordset(NULL::{table}, %s)"
    )


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> str:
    table, key = model._meta.db_table, _key(model)
    changes = ", ".join(f'"{name}" = given."{name}"' for name in names)
    return (
        f"UPDATE {table} SET {changes} "  # noqa: S608 - names of columns, not values
        f"FROM json_populate_recordset(NULL::{table}, %s) AS given WHERE {table}.{key} = given.{key}"
    )

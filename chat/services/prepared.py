"""Queries whose SQL is made once: writing the same text anew costs half of what storing a message takes."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class _Plan:
    """One thread's compiled query. Follows what Django's own `ModelIterable` does with a compiler."""

    def __init__(self, query: QuerySet[Any], marks: Mapping[Any, str]) -> None:
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, params = compiler.as_sql()
        self.params = [(marks.get(value), value) for value in params]
        self.compiler: Any = compiler
        self.model: Any = self.compiler.klass_info["model"]
        fields = self.compiler.klass_info["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [column[0].target.attname for column in self.compiler.select[self.start : self.end]]
        klass, select = self.compiler.klass_info, self.compiler.select
        self.converters = self.compiler.get_converters([column[0] for column in select])
        # The stubs know a later Django's.
        self.related = get_related_populators(klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def run(self, values: Mapping[str, Any]) -> Iterator[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values[name] if name else value for name, value in self.params])
            found = cursor.fetchall()
        for row in self.compiler.apply_converters(found, self.converters):
            instance = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.start : self.end])
            for populator in self.related:
                populator.populate(row, instance)
            for name, column in self.compiler.annotation_col_map.items():
                setattr(instance, name, row[column])
            yield instance


class Prepared(Generic[Row]):
    """A query for few rows. `build` makes it once a thread from stand-in values that occur nowhere else in it."""

    def __init__(self, build: Callable[..., QuerySet[Row]], **stand_ins: Any) -> None:
        self._build = build
        self._stand_ins = stand_ins
        self._kept = threading.local()

    def first(self, **values: Any) -> Row | None:
        """The first row for these values, as the query itself would give it; inside a transaction if it locks."""
        return next(self.all(**values), None)

    def all(self, **values: Any) -> Iterator[Row]:
        """The rows for these values, one after another."""
        plan: _Plan | None = getattr(self._kept, "plan", None)
        if plan is None:
            marks = {value: name for name, value in self._stand_ins.items()}
            plan = self._kept.plan = _Plan(self._build(**self._stand_ins), marks)
        return plan.run(values)

"""Counts whose inbox is open in this process, and says what has to be written down of it."""

from collections import Counter
from datetime import datetime, timedelta

EVERY = timedelta(seconds=30)  # open inboxes are noted as often; who comes or goes, at the next look

Span = tuple[datetime, datetime]


class AtInbox:
    """The members of one hub. Never touches the database, so that sockets may call it at any time."""

    def __init__(self) -> None:
        self._open: Counter[int] = Counter()
        self._since: dict[int, datetime] = {}  # came, and not yet written down
        self._left: dict[int, Span] = {}  # went, or could not be written down
        self._taken_at: datetime | None = None

    def came(self, member: int, now: datetime) -> None:
        """A socket of the member opened."""
        if not self._open[member]:
            self._since[member] = now
        self._open[member] += 1

    def went(self, member: int, now: datetime) -> None:
        """A socket of the member has gone."""
        self._open[member] -= 1
        if self._open[member] <= 0:
            del self._open[member]
            self._add(member, self._since.pop(member, now), now)

    def take(self, now: datetime) -> dict[int, Span]:
        """From when until when each member was there since the last time; nothing while it can wait."""
        rests = self._taken_at is not None and now - self._taken_at < EVERY
        if rests and not self._since and not self._left:
            return {}
        for member in self._open:
            self._add(member, self._since.get(member, now), now)
        batch, self._left = self._left, {}
        self._since.clear()
        self._taken_at = now
        return batch

    def put_back(self, batch: dict[int, Span]) -> None:
        """Keep for the next time what could not be written."""
        for member, (begin, end) in batch.items():
            self._add(member, begin, end)

    def _add(self, member: int, begin: datetime, end: datetime) -> None:
        first, last = self._left.get(member, (begin, end))
        self._left[member] = min(first, begin), max(last, end)

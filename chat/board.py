"""Keeps a team's open inboxes up to date: one read of what changed for all of them, a share for each."""

import asyncio
import logging
import time
from dataclasses import dataclass

from django.utils import timezone

from chat.database import DatabaseAway, ask
from chat.frames import dump
from chat.outbox import Outbox
from chat.services import availability, reading

log = logging.getLogger(__name__)
CALM = 0.25  # seconds between two reads, however much happens
SHARE = 5  # a read that takes long is followed by so many times its length of calm, up to LATEST
LATEST = 1.0


@dataclass(eq=False, slots=True)
class Seat:
    """One open inbox; `webinars` None: sees all of the team's."""

    outbox: Outbox
    membership: int
    webinars: frozenset[str] | None
    revision: int


class Board:
    """The open inboxes of one team in this process."""

    def __init__(self, team: str) -> None:
        self.team = team
        self.seats: set[Seat] = set()
        self.head = 0
        self._heard = 0  # how often something was heard
        self._task: asyncio.Task[None] | None = None

    def take_seat(self, seat: Seat) -> None:
        """Let an inbox hear of what changes after its revision."""
        self.seats.add(seat)
        self.hear(max(self.head, seat.revision + 1))

    def leave(self, seat: Seat) -> None:
        """An inbox was closed."""
        self.seats.discard(seat)

    def hear(self, revision: int) -> None:
        """Learn the team's revision; read what changed unless it is being done."""
        self.head = max(self.head, revision)
        self._heard += 1
        if self._task is None and any(seat.revision < self.head for seat in self.seats):
            self._task = asyncio.get_running_loop().create_task(self._refresh())

    def stop(self) -> None:
        """Read nothing any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _refresh(self) -> None:
        try:
            while any(seat.revision < self.head and seat.outbox.has_room for seat in self.seats):
                began = time.monotonic()
                full = await self._share()
                took = time.monotonic() - began
                await asyncio.sleep(took if full else min(LATEST, max(CALM, SHARE * took)))
        except DatabaseAway:
            log.warning("inboxes catch up later: the database is away")
        finally:
            self._task = None

    async def _share(self) -> bool:
        """Read once and share; whether somebody is so far behind that more is to be read."""
        waiting = [seat for seat in self.seats if seat.outbox.has_room]
        after = min(seat.revision for seat in waiting)
        heard = self._heard
        changes = await ask(reading.team_changes, self.team, after, timezone.now())
        if self._heard == heard and not changes.full:  # else what was heard may be newer than what was read
            self.head = changes.revision
        for seat in waiting:
            if seat.revision >= changes.revision:
                continue
            rows = [
                row
                for revision, webinar, row in changes.rows
                if revision > seat.revision and (seat.webinars is None or webinar in seat.webinars)
            ]
            counts = dump(reading.counted(changes, seat.membership, seat.webinars))
            status = dump(availability.one_of(changes.statuses, seat.membership))
            seat.revision = changes.revision
            seat.outbox.push(
                f'{{"type":"inbox.changed","revision":{changes.revision},"rows":[{",".join(rows)}],'
                f'"counts":{counts},"status":{status}}}'
            )
        return changes.full

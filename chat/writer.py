"""Gathers what attendees send while the database is writing, and has it stored together: one writer in a process."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from chat import commands, frames, news
from chat.commands import Result
from chat.database import DatabaseAway, write
from chat.services.together import Typed

log = logging.getLogger(__name__)

TOGETHER = 100  # messages in one transaction
MOST = 2000  # messages that wait; more are asked to come again
PATIENCE = 10.0  # seconds that one may wait for its turn
AGAIN = 1000  # milliseconds

Store = Callable[[Sequence[Typed]], list[Result | None]]


class _Job:
    __slots__ = ("answer", "since", "typed")

    def __init__(self, typed: Typed, loop: asyncio.AbstractEventLoop) -> None:
        self.typed = typed
        self.since = loop.time()
        self.answer: asyncio.Future[Result | None] = loop.create_future()


class Writer:
    """The messages that wait. Nothing waits for others to come: what came while one batch was stored is the next."""

    def __init__(self, store: Store = commands.together) -> None:
        self._store = store
        self._waiting: deque[_Job] = deque()
        self._task: asyncio.Task[None] | None = None

    async def post(self, typed: Typed) -> Result | None:
        """Have a message stored; None when it has to be posted by itself. DatabaseAway when it cannot be now."""
        if len(self._waiting) >= MOST:
            ref = str(typed.ref) if typed.ref else None
            text = _("A little slower, please.")
            return Result(frames.refused(ref, "slow_down", text, AGAIN), done=False)
        loop = asyncio.get_running_loop()
        job = _Job(typed, loop)
        self._waiting.append(job)
        if self._task is None:
            self._task = loop.create_task(self._work())
        return await job.answer

    def close(self) -> None:
        """Store nothing more; whoever waits comes back."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._give_up(self._waiting)
        self._waiting.clear()

    async def _work(self) -> None:
        jobs: list[_Job] = []
        try:
            while jobs := self._next():
                _answer(jobs, await self._stored(jobs))
        except DatabaseAway:
            self._give_up(jobs)
            self._give_up(self._waiting)
            self._waiting.clear()
        except asyncio.CancelledError:
            self._give_up(jobs)
            raise
        finally:
            if self._task is asyncio.current_task():
                self._task = None

    async def _stored(self, jobs: Sequence[_Job]) -> Sequence[Result | None]:
        try:
            return await write(self._store, [job.typed for job in jobs])
        except DatabaseAway:
            raise
        except Exception:
            log.exception("a batch of messages failed; each is posted by itself")
            return [None] * len(jobs)

    def _next(self) -> list[_Job]:
        """The longest waiting, at most one of a conversation; a second one waits for the next batch."""
        jobs: dict[UUID, _Job] = {}
        later = []
        oldest = asyncio.get_running_loop().time() - PATIENCE
        while self._waiting and len(jobs) < TOGETHER:
            job = self._waiting.popleft()
            if job.answer.done():  # its socket was closed
                continue
            if job.since < oldest:
                self._give_up([job])
            elif job.typed.conversation in jobs:
                later.append(job)
            else:
                jobs[job.typed.conversation] = job
        self._waiting.extendleft(reversed(later))
        return list(jobs.values())

    @staticmethod
    def _give_up(jobs: Sequence[_Job] | deque[_Job]) -> None:
        for job in jobs:
            if not job.answer.done():
                job.answer.set_exception(DatabaseAway())


def _answer(jobs: Sequence[_Job], results: Sequence[Result | None]) -> None:
    for job, result in zip(jobs, results, strict=True):
        if not job.answer.done():
            job.answer.set_result(result)
        elif result is not None:  # its socket was closed meanwhile, but the others hear of it
            news.publish(*result.hints)

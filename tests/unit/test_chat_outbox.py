"""What waits for one socket goes out in order, is bounded, and a reader who does not read is noticed."""

import asyncio
from typing import Any

from chat.outbox import STALLED, Outbox


class Reader:
    """The far end of a socket, which can stop reading."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def take(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.got.append(message["text"])


async def test_frames_go_out_in_order_and_the_end_is_told() -> None:
    reader = Reader()
    told: list[int] = []
    outbox = Outbox(reader.take)
    outbox.drained = lambda: told.append(len(reader.got))
    for number in range(3):
        outbox.push(str(number))
    await outbox.settle(1)
    assert (reader.got, told) == (["0", "1", "2"], [3])


async def test_what_was_only_just_pushed_does_not_stall() -> None:
    outbox = Outbox(Reader().take)
    outbox.push("x")
    now = asyncio.get_running_loop().time()
    assert not outbox.stalled(now)
    assert outbox.stalled(now + STALLED + 1)
    await outbox.settle(1)
    assert not outbox.stalled(now + STALLED + 1)


async def test_a_reader_who_stops_leaves_no_room_and_is_cut_when_far_too_much_waits() -> None:
    reader = Reader()
    codes: list[int] = []
    reader.reads.clear()
    outbox = Outbox(reader.take, room=10, most=100)
    outbox.on_close = codes.append
    outbox.push("x" * 11)
    assert not outbox.has_room
    while not outbox.closed:
        outbox.push("x" * 11)
    outbox.push("never")
    assert (codes, reader.got) == ([4408], [])


async def test_a_reader_who_has_gone_ends_it_quietly() -> None:
    async def gone(_message: dict[str, Any]) -> None:
        raise OSError

    outbox = Outbox(gone)
    outbox.push("x")
    await outbox.settle(1)
    assert outbox.closed

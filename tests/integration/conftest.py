"""What the tests of sockets share."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chat import database, hub


@pytest.fixture
async def quick() -> AsyncIterator[hub.Hub]:
    """A hub that looks at the database every 0.2 s."""
    fast = hub._hubs[asyncio.get_running_loop()] = hub.Hub(poll=0.2)
    yield fast
    await hub.close_current()
    await asyncio.to_thread(database.close)

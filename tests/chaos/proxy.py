"""A small TCP proxy between browsers and web servers that cuts, stalls, delays and slices on demand."""

import asyncio
import contextlib
import random
import socket
import struct


class Link:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near = near
        self.far = far

    def cut(self) -> None:
        """Reset both ends, as a pulled cable or a dying router does."""
        for writer in (self.near, self.far):
            sock = writer.get_extra_info("socket")
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class FaultProxy:
    """Listens on `port` and passes to one of `upstreams`; the faults hold for what is open and what comes."""

    def __init__(self, port: int, upstreams: list[int], dice: random.Random) -> None:
        self.port = port
        self.upstreams = upstreams
        self.dice = dice
        self.links: set[Link] = set()
        self.deaf = False  # from server to browser nothing passes: the line looks alive and is not
        self.delay = 0.0  # seconds before each piece
        self.slices = False  # one byte after the other
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen on the loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Cut everything and listen no more."""
        if self._server is not None:
            self._server.close()
        self.cut(1.0)

    def cut(self, share: float) -> None:
        """Cut about `share` of the open connections."""
        for link in list(self.links):
            if self.dice.random() < share:
                link.cut()

    def heal(self) -> None:
        """End every fault; a line that was deaf stays broken, as lost packets are not sent again by us."""
        if self.deaf:
            self.deaf = False
            self.cut(1.0)
        self.delay, self.slices = 0.0, False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self.dice.sample(self.upstreams, len(self.upstreams)):
            try:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except OSError:
                continue
        else:
            writer.transport.abort()
            return
        link = Link(writer, far_writer)
        self.links.add(link)
        up = asyncio.create_task(self._pass(reader, far_writer, down=False))
        down = asyncio.create_task(self._pass(far_reader, writer, down=True))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            down.cancel()
            self.links.discard(link)
            for end in (writer, far_writer):
                with contextlib.suppress(OSError, RuntimeError):
                    end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.deaf and down:
                    continue
                if self.delay:
                    await asyncio.sleep(self.delay * self.dice.random())
                for piece in [data[i : i + 1] for i in range(len(data))] if self.slices else [data]:
                    writer.write(piece)
                    await writer.drain()

"""A minimal HTTP/1.1 client over asyncio with kept-alive connections: enough for load, control and captures."""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import Any

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Client:
    """Requests to one port on loopback; idle connections are used again, the freshest first, for up to `keep_s`."""

    def __init__(self, port: int, *, keep_s: float = 10.0) -> None:
        self.port, self.keep_s = port, keep_s
        self.idle: list[tuple[float, Connection]] = []

    async def request(self, method: str, path: str, *, body: bytes = b"", timeout: float = 15.0) -> tuple[int, bytes]:
        """Send one request; (0, b"") when there was no answer in time."""
        try:
            return await asyncio.wait_for(self._request(method, path, body), timeout)
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError, TimeoutError):
            return 0, b""

    async def _request(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        connection = self.idle.pop()[1] if self.idle else await self.connect()
        done = False
        try:
            reader, writer = connection
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
            status, keep, content = await read_answer(reader)
            done = keep
            return status, content
        finally:
            if done:
                self.idle.append((time.monotonic(), connection))
            else:
                connection[1].close()
            self.drop(older_than=time.monotonic() - self.keep_s)

    async def connect(self) -> Connection:
        """A new connection; its buffer takes the largest profile."""
        return await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)

    def drop(self, *, older_than: float) -> None:
        """Close connections that were last used before a moment of the monotonic clock."""
        while self.idle and self.idle[0][0] < older_than:
            self.idle.pop(0)[1][1].close()

    def close(self) -> None:
        """Drop idle connections."""
        self.drop(older_than=math.inf)


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bool, bytes]:
    """Read one answer: status, whether the connection can be kept, body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    keep = fields.get("connection") != "close"
    if "content-length" in fields:
        return status, keep, await reader.readexactly(int(fields["content-length"]))
    if fields.get("transfer-encoding") == "chunked":
        return status, keep, await read_chunks(reader)
    if status in (204, 304):
        return status, keep, b""
    return status, False, await reader.read()


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a chunked body."""
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


async def ask_json(port: int, path: str) -> Any:
    """GET a JSON document, None when there is none."""
    status, body = await Client(port).request("GET", path, timeout=60)
    return json.loads(body) if status == 200 else None

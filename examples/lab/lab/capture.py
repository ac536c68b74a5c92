"""Profiles as a person would take them: one after the other from /debug/pprof."""

from __future__ import annotations

from pathlib import Path

from .wire import Client

KINDS = ("heap", "allocs", "goroutine", "mutex", "block", "threadcreate", "profile?seconds=5")


async def capture(port: int, base: str, folder: Path, *, first: int) -> int:
    """Save profiles under neutral numbers from `first`; returns the next number.

    A service that does not answer leaves an empty file, as curl does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(port)
    for offset, kind in enumerate(KINDS):
        status, body = await client.request("GET", f"{base}/{kind}", timeout=30)
        (folder / f"{first + offset:02d}.pb.gz").write_bytes(body if status == 200 else b"")
    client.close()
    return first + len(KINDS)

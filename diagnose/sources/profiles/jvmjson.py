"""Thread dumps of a JVM as JSON: `jcmd PID Thread.dump_to_file -format=json`, which shows virtual threads too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from diagnose.errors import SourceError
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.sources.profiles.stacks import Gathered, Labels

_FRAME = re.compile(r"(?:[^\s(]*/)?([^\s(/]+)\(([^():]*)(?::(\d+))?\)$")
_WAITS = ("blockedOn", "waitingOn")


def recognises(plain: bytes) -> bool:
    """Whether this is such a dump."""
    return plain[:4096].lstrip()[:1] == b"{" and b'"threadDump"' in plain[:4096]


def decode(plain: bytes, source: str) -> Profile:
    """Threads with count 1 each; labels name, and of newer JVMs state, lock and holds. Raises SourceError."""
    try:
        dump = json.loads(plain)["threadDump"]
        rows = [_thread(row) for row in _rows(dump)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceError(f"{source}: a broken thread dump in JSON; take it again with jcmd") from None
    gathered = Gathered()
    for stack, labels in rows:
        gathered.add(stack, labels, [1])
    if not gathered.stacks:
        raise SourceError(f"{source}: a thread dump without threads; take it again with jcmd")
    types = (SampleType("threads", "count"),)
    profile = gathered.profile(ProfileKind.THREADS, types, producer="jvm", source=source)
    return replace(profile, taken_at=_moment(dump.get("time")))


def _rows(dump: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for container in dump["threadContainers"]:
        yield from container["threads"]


def _thread(row: Mapping[str, Any]) -> tuple[list[Frame], Labels]:
    stack = [_frame(str(line)) for line in row.get("stack", ())]
    waits = next((str(row[key]) for key in _WAITS if row.get(key)), "")
    held = [str(lock) for owned in row.get("monitorsOwned", ()) for lock in owned.get("locks", ()) if lock]
    pairs = (
        ("name", str(row.get("name") or row.get("tid", ""))),
        ("state", str(row.get("state", ""))),
        ("lock", waits),
        ("holds", ",".join(held)),
    )
    return stack, tuple((key, value) for key, value in pairs if value)


def _frame(line: str) -> Frame:
    found = _FRAME.match(line)
    if found is None:
        return Frame(line[:1000])
    file = found[2] if "." in found[2] else ""
    return Frame(found[1], file, int(found[3] or 0))


def _moment(text: object) -> float | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None

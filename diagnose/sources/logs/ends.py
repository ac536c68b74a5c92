"""The first and the last moment of logs, read from the ends of the files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from diagnose.errors import SourceError
from diagnose.sources.logs.inputs import STDIN, resolve
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.streams import Damage, lines_of, open_source

_END = 1 << 18
_PACKED = 1 << 26


def span(sources: Sequence[str]) -> tuple[float, float] | None:
    """First and last time stamp (Unix seconds) of all sources together, None without any.

    Reads 256 KiB at each end of a file, and at most 64 MiB of a compressed one; standard input cannot be read
    twice and is left out.
    """
    found: list[float] = []
    for name in resolve(sources)[0]:
        if name != STDIN:
            found += _moments(Path(name))
    return (min(found), max(found)) if found else None


def _moments(path: Path) -> list[float]:
    try:
        stream, packed = open_source(path)
    except SourceError:
        return []
    with stream:
        changed = path.stat().st_mtime
        if packed:
            return _times((line for batch in lines_of(stream, Damage(), limit=_PACKED) for line in batch), changed)
        size = path.stat().st_size
        head = [line for batch in lines_of(stream, Damage(), limit=_END) for line in batch]
        if size <= _END:
            return _times(head, changed)
        stream.seek(max(0, size - _END))
        tail = [line for batch in lines_of(stream, Damage()) for line in batch][1:]
        return _times(head, changed) + _times(tail, changed)


def _times(lines: Iterable[str], changed: float) -> list[float]:
    """The first and last moment of the lines; `changed` (Unix seconds) decides a missing year or date."""
    reader = LineReader(Clock(reference=min(changed, time.time()), past=True))
    first, last = None, None
    for line in lines:
        record = reader.read(line)
        if record is not None and record.time is not None:
            first = record.time if first is None else min(first, record.time)
            last = record.time if last is None else max(last, record.time)
    return [] if first is None or last is None else [first, last]

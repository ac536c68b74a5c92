"""The first and the last moment of logs, read from the ends of the files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.sources.logs.inputs import STDIN, resolve
from diagnose.sources.logs.jobs import changed
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.streams import Damage, chunks, open_source, split_block

_END = 1 << 18


def span(sources: Sequence[str]) -> tuple[float, float] | None:
    """First and last time stamp (Unix seconds) of all sources together, None without any.

    Reads 256 KiB at each end of a file; to get to the end of a compressed one all of it is unpacked. Standard input
    cannot be read twice and is left out.
    """
    found: list[float] = []
    for name in resolve(sources)[0]:
        if name != STDIN:
            found += _moments(name)
    return (min(found), max(found)) if found else None


def _moments(name: str) -> list[float]:
    try:
        stream, packed = open_source(name)
    except SourceError:
        return []
    with stream:
        last = changed(name)
        head, tail = _unpacked_ends(stream) if packed else _ends(stream)
        return _times(_lines(head), last) + _times(_lines(tail)[1:], last)


def _ends(stream: BinaryIO) -> tuple[bytes, bytes]:
    """The bytes at both ends, in two pieces unless the first holds all."""
    head, size = stream.read(_END), stream.seek(0, 2)
    if size <= _END:
        return head, b""
    stream.seek(max(0, size - _END))
    return head, stream.read()


def _unpacked_ends(stream: BinaryIO) -> tuple[bytes, bytes]:
    head = tail = b""
    for chunk in chunks(stream, Damage(), None):
        head = head if len(head) >= _END else head + chunk
        tail = (tail + chunk)[-_END:]
    return head, tail


def _lines(piece: bytes) -> list[str]:
    return split_block(piece, Damage())


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

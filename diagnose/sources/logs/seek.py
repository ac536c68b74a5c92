"""Which part of a large file holds the window: binary search on time stamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from diagnose.signals.window import Window
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.streams import Damage, lines_of

SMALL = 1 << 23
_PROBES = 64
_PIECE = 1 << 16
_REACH = 1 << 20  # how far behind an offset a time stamp is looked for
_HEAD = 1 << 12  # of a line
_DAY_S = 86400.0  # more than any zone that a log may be written in differs from any other
_SLACK_S = 60.0  # lines may be out of order by this much without being lost


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes [start, end) of a file; `of` is its whole size, about so for a packed one, whose end is open.

    A ragged part may begin within a line.
    """

    start: int
    end: int
    of: int
    packed: bool = False
    ragged: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.packed or (self.start == 0 and self.end == self.of)


def why_outside(stream: BinaryIO, changed: float, window: Window, reader: LineReader, clock: Clock) -> str:
    """Why a packed file holds nothing of the window, told by its beginning and its last change; '' when it may."""
    head = next(lines_of(stream, Damage(), limit=_PIECE), [])
    records = (reader.read(line) for line in head)
    first = next((record.time for record in records if record is not None and record.time is not None), None)
    stream.seek(0)
    if first is None or clock.guessed:
        return ""
    if first > window.end + _SLACK_S:
        return "begins after the window"
    if changed < window.start - _DAY_S and first <= changed + _DAY_S:
        return "was last written before the window"
    return ""


def part_of(stream: BinaryIO, size: int, window: Window, reader: Callable[[], LineReader]) -> Part:
    """The part of an uncompressed file that holds the window and a minute on either side.

    The whole file when it is small, or when samples of it are not in order of time.
    """
    whole = Part(0, size, size)
    if size < SMALL:
        return whole

    def probe(offset: int) -> float | None:
        return _time_at(stream, offset, reader())

    offsets = [size * i // _PROBES for i in range(_PROBES)]
    times = [probe(offset) for offset in offsets]
    known = [at for at in times if at is not None]
    if len(known) < _PROBES - 1 or any(b < a - _SLACK_S for a, b in pairwise(known)):
        return whole
    start = _bisect(probe, size, window.start - _SLACK_S)
    end = _bisect(probe, size, window.end + _SLACK_S)
    begin = max(0, start - _PIECE)
    return Part(begin, min(size, end + _PIECE), size, ragged=begin > 0)


def _bisect(probe: Callable[[int], float | None], size: int, at: float) -> int:
    """An offset before which all lines are older than the moment, to within one piece."""
    low, high = 0, size
    while high - low > _PIECE:
        middle = (low + high) // 2
        found = probe(middle)
        if found is None or found >= at:
            high = middle
        else:
            low = middle
    return low if low == 0 or high < size else high


def _time_at(stream: BinaryIO, offset: int, reader: LineReader) -> float | None:
    """The time stamp of the first line behind an offset that bears one; None when none does for a mebibyte."""
    stream.seek(offset)
    left, begins = _REACH, offset == 0
    while left > 0 and (line := stream.readline(min(left, _PIECE))):
        left -= len(line)
        if begins:
            record = reader.read(line[:_HEAD].decode("utf-8", "replace").rstrip("\r\n"))
            if record is not None and record.time is not None:
                return record.time
        begins = line.endswith(b"\n")
    return None

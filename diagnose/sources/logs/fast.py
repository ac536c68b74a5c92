"""Large files: quiet lines are only counted, in numpy; loud ones and whatever is not understood are read as ever.

Counts per level and bucket and everything about warnings and errors are exact. Of quiet lines one in so many is read
and stands for the others, for their patterns, their fields and the requests that they tell of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray
from diagnose.sources.logs import levels
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.patterns import Group
from diagnose.sources.logs.plans import Variant, learn
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.scan import BINS, PAD, Bytes, Lines, scan
from diagnose.sources.logs.seek import Part
from diagnose.sources.logs.streams import Damage, chunks, read_into, split_block
from diagnose.sources.logs.tally import Tally

FROM_BYTES = 1 << 24
_BLOCK = 1 << 20
_SAMPLE = 1 << 18
_QUIET_READ = 60_000  # quiet lines that are read of one file
_LINE = 200  # bytes of a typical line
_WELL_KNOWN = 100  # messages of a group after which only its count matters
_EVERY = 16  # of these, one in so many still tells of fields and requests
_RARE_READ = 20_000  # of those, how many are read because they are rare
_RARE = 200  # quiet lines of one bin that are all read
_KEYS = 50_000
_DIGITS = b"0123456789abcdefABCDEF"


@dataclass(slots=True)
class FastReader:
    """Reads one part of one file."""

    tally: Tally
    reader: LineReader
    clock: Clock
    assembler: Assembler
    variants: tuple[Variant, ...]
    every: int
    formats: Counter[str]
    damage: Damage
    lines: int = 0
    _known: dict[bytes, Group] = field(default_factory=dict)
    _quiet: int = 0
    _spent: int = 0
    _bins: IntArray = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))

    def read(self, stream: BinaryIO, part: Part) -> None:
        """Counts all lines of the part."""
        stream.seek(part.start)
        buffer = np.zeros(_BLOCK + PAD, dtype=np.uint8)
        view = memoryview(buffer.data)
        left, kept, aligned = part.end - part.start, 0, part.start == 0
        while True:
            got = read_into(stream, view[kept : min(_BLOCK, kept + left)], self.damage)
            left, filled = left - got, kept + got
            if not got:
                self._last(buffer, filled)
                return
            if not aligned:
                filled, aligned = _after_newline(buffer, filled)
            used = self._block(buffer, filled)
            if used == 0 and filled >= _BLOCK:
                used, aligned = self._cut(buffer, filled), False
            kept = filled - used
            buffer[:kept] = buffer[used:filled].copy()

    def _block(self, buffer: Bytes, filled: int) -> int:
        """Counts the lines of a block but the last whole one, whose successor is not yet known; gives bytes used."""
        size = filled - int(np.argmax(buffer[:filled][::-1] == 10)) if filled else 0
        if size == 0 or buffer[size - 1] != 10:
            return 0
        found = scan(buffer, size, self.variants, self.clock)
        if len(found.starts) < 2:
            return 0
        self._count(buffer[:size].tobytes(), found, len(found.starts) - 1)
        return int(found.starts[-1])

    def _last(self, buffer: Bytes, filled: int) -> None:
        """The rest of the file, with or without a newline at its end."""
        if filled and buffer[filled - 1] != 10:
            buffer[filled] = 10
            filled += 1
        found = scan(buffer, filled, self.variants, self.clock)
        self._count(buffer[:filled].tobytes(), found, len(found.starts))
        self.assembler.flush()

    def _cut(self, buffer: Bytes, filled: int) -> int:
        """A line that fills the whole block: its head is read, the rest is dropped up to the next newline."""
        self.damage.cut += 1
        for line in split_block(buffer[: 1 << 16].tobytes(), self.damage):
            self.assembler.feed(line)
        self.lines += 1
        return filled

    def _count(self, block: bytes, found: Lines, count: int) -> None:
        """Counts the first `count` lines of a block; the one behind them only tells whether it goes on with them."""
        self.lines += count
        strange = found.level < 0
        slow = strange | ((found.level >= levels.WARN) & (found.level <= levels.FATAL))
        slow[:-1] |= strange[1:]
        level, time, slow = found.level[:count], found.time[:count], slow[:count]
        quiet = np.flatnonzero(~slow)
        if quiet.size:
            self.tally.saw(float(time[quiet].min()), float(time[quiet].max()))
        window = self.tally.window
        quiet = quiet[(time[quiet] >= window.start) & (time[quiet] < window.end)]
        self.tally.count(level[quiet], time[quiet])
        self._quietly(block, found, quiet)
        self._slowly(block, found, np.flatnonzero(slow))

    def _quietly(self, block: bytes, found: Lines, quiet: IntArray) -> None:
        """Reads all rare lines and one in so many of the others."""
        rare = self._rare(found.bin[quiet])
        for index in quiet[rare].tolist():
            self._describe(_line(block, found, index), weight=1)
        usual = quiet[~rare]
        for index in usual[-self._quiet % self.every :: self.every].tolist():
            self._describe(_line(block, found, index), weight=self.every)
        self._quiet += len(usual)

    def _rare(self, bins: IntArray) -> NDArray[np.bool_]:
        """Which quiet lines begin as few others do: starts, stops, new configurations; all of these are read."""
        rare = self._bins[bins] < _RARE
        self._bins += np.bincount(bins, minlength=BINS)
        self._spent += int(rare.sum())
        if self._spent > _RARE_READ:
            self._bins += _RARE  # too many are rare: the bytes behind the level hold identifiers
        return rare

    def _describe(self, line: bytes, *, weight: int) -> None:
        record = self.reader.read(_text(line))
        if record is not None and record.time is not None:
            self.formats[record.format] += weight
            self.tally.describe(record, record.time, weight=weight)

    def _slowly(self, block: bytes, found: Lines, slow: IntArray) -> None:
        """Reads lines one by one; neighbours may belong together, others do not."""
        if not slow.size:
            return
        strange = (found.level < 0).tolist()
        breaks = (np.flatnonzero(np.diff(slow) > 1) + 1).tolist()
        for low, high in pairwise([0, *breaks, len(slow)]):
            first, last = int(slow[low]), int(slow[high - 1])
            if any(strange[first : last + 1]):
                self._together(block, found, first, last)
                continue
            for index in range(first, last + 1):
                self._loud(_line(block, found, index), float(found.time[index]))

    def _together(self, block: bytes, found: Lines, first: int, last: int) -> None:
        for line in split_block(block[found.starts[first] : found.ends[last]], self.damage):
            self.assembler.feed(line)
        if last + 1 < len(found.level) and found.level[last + 1] >= 0:
            self.assembler.flush()

    def _loud(self, line: bytes, at: float) -> None:
        """A warning or an error on a line of its own; what was seen often is told by its bytes."""
        key = line.translate(None, _DIGITS)
        group = self._known.get(key)
        if group is not None and group.seen >= _WELL_KNOWN:
            if self.tally.window.contains(at):
                group.seen += 1
                told = self.reader.read(_text(line)) if group.seen % _EVERY == 0 else None
                self.tally.repeat(group, at, told, weight=_EVERY)
            return
        self.assembler.flush()
        record = self.reader.read(_text(line))
        group = self.tally.add(record) if record is not None else None
        if group is not None:
            if len(self._known) >= _KEYS:
                self._known.clear()
            self._known[key] = group


def _line(block: bytes, found: Lines, index: int) -> bytes:
    return block[found.starts[index] : found.ends[index]]


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").removesuffix("\r")


def _after_newline(buffer: Bytes, filled: int) -> tuple[int, bool]:
    """Drops the line that begins before the part: the bytes that are left, and whether a line starts there."""
    newline = int(np.argmax(buffer[:filled] == 10))
    if buffer[newline] != 10:
        return 0, False
    rest = buffer[newline + 1 : filled].copy()
    buffer[: len(rest)] = rest
    return len(rest), True


def _sampled(stream: BinaryIO, part: Part, damage: Damage) -> list[bytes]:
    """Lines from the beginning, the middle and the end of a part; of a packed stream from its beginning alone."""
    size = part.end - part.start
    offsets = [part.start]
    if not part.packed:
        offsets += [part.start + size // 2, max(part.start, part.end - _SAMPLE)]
    lines: list[bytes] = []
    for offset in offsets:
        stream.seek(offset)
        lines += next(chunks(stream, damage, _SAMPLE), b"").split(b"\n")[1:-1]
    return lines


def fast_reader(  # noqa: PLR0913 - a reader is made of what the caller shares with it
    stream: BinaryIO,
    part: Part,
    tally: Tally,
    *,
    fresh: Callable[[], tuple[LineReader, Clock]],
    sink: Callable[[Record], None],
    formats: Counter[str],
    damage: Damage,
) -> FastReader | None:
    """A reader for a part of a file, None when the part is small or its lines follow no plan."""
    size = min(part.end - part.start, part.of)
    if size < FROM_BYTES:
        return None
    sample = _sampled(stream, part, damage)
    reader, clock = fresh()
    variants = learn(sample, reader, clock)
    if not variants:
        return None
    reader, clock = fresh()
    every = max(1, size // _LINE // _QUIET_READ)
    return FastReader(tally, reader, clock, Assembler(reader, sink), variants, every, formats, damage)

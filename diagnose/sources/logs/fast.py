"""Large files: lines are counted in numpy; those that tell of trouble, and whatever is not understood, are read.

Counts per level and bucket and everything about warnings and errors are exact but for the fields and requests that
equal messages tell of, which are read in samples. Of quiet lines one in so many stands for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from diagnose.signals.events import IntArray
from diagnose.sources.logs import levels
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.digits import Bytes, Flags
from diagnose.sources.logs.learning import learn
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Variant
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.scan import BINS, PAD, STRANGE, Lines, Moment, scan
from diagnose.sources.logs.seek import Part
from diagnose.sources.logs.stamps import StampFinder
from diagnose.sources.logs.streams import Damage, chunks, read_into, split_block
from diagnose.sources.logs.tally import Tally
from diagnose.sources.logs.told import Told

FROM_BYTES = 1 << 24
_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_QUIET_READ = 60_000  # quiet lines that are told of one file
_LINE = 200  # bytes of a typical line
_NEW = 1_000  # quiet lines that were told and had to be read, after which fewer are told
_RARE_TOLD = 5_000  # quiet lines that are told because they are rare
_RARE = 100  # quiet lines of one bin that are all told


@dataclass(slots=True)
class FastReader:
    """Reads one part of one file."""

    tally: Tally
    assembler: Assembler
    variants: tuple[Variant, ...]
    moment: Moment
    told: Told
    every: int
    damage: Damage
    lines: int = 0
    _quiet: int = 0
    _new: int = 0
    _rare: int = 0
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
        found = scan(buffer, size, self.variants, self.moment)
        if len(found.starts) < 2:
            return 0
        self._count(buffer[:size].tobytes(), found, len(found.starts) - 1)
        return int(found.starts[-1])

    def _last(self, buffer: Bytes, filled: int) -> None:
        """The rest of the file, with or without a newline at its end."""
        if filled and buffer[filled - 1] != 10:
            buffer[filled] = 10
            filled += 1
        found = scan(buffer, filled, self.variants, self.moment)
        self._count(buffer[:filled].tobytes(), found, len(found.starts))
        self.assembler.flush()
        self.told.finish()

    def _cut(self, buffer: Bytes, filled: int) -> int:
        """A line that fills the whole block: its head is read, the rest is dropped up to the next newline."""
        self.damage.cut += 1
        for line in split_block(buffer[: 1 << 16].tobytes(), self.damage):
            self.assembler.feed(line)
        self.lines += 1
        return filled

    def _count(self, block: bytes, found: Lines, count: int) -> None:
        """Counts the first `count` lines of a block; the one behind them only tells whether it goes on with them."""
        if not count:
            return
        self.lines += count
        strange = found.level == STRANGE
        read = strange.copy()
        read[:-1] |= strange[1:]
        read = read[:count]
        level, time = found.level[:count], found.time[:count]
        if read.any():
            alone = ~read
            self.tally.count(level[alone], time[alone])
        else:
            self.tally.count(level, time)
        inside = ~read & (time >= self.tally.window.start) & (time < self.tally.window.end)
        loud = inside & (level >= levels.WARN) & (level <= levels.FATAL)
        self._loudly(block, found, np.flatnonzero(loud), np.flatnonzero(read))
        self._quietly(block, found, np.flatnonzero(inside & ~loud))

    def _quietly(self, block: bytes, found: Lines, quiet: IntArray) -> None:
        """Tells all rare lines and one in so many of the others."""
        rare = self._few(found.bin[quiet])
        self._tell(block, found, quiet[rare], weight=1)
        usual = quiet[~rare]
        every = self.every * (1 + self._new // _NEW)
        self._new += self._tell(block, found, usual[-self._quiet % every :: every], weight=every)
        self._quiet += len(usual)

    def _few(self, bins: IntArray) -> Flags:
        """Which quiet lines begin as few others do: starts, stops, new configurations; all of these are told."""
        rare = self._bins[bins] < _RARE
        self._bins += np.bincount(bins, minlength=BINS)
        self._rare += int(np.count_nonzero(rare))
        if self._rare > _RARE_TOLD:
            self._bins += _RARE  # too many are rare: the bytes behind the level hold identifiers
        return rare

    def _loudly(self, block: bytes, found: Lines, loud: IntArray, read: IntArray) -> None:
        """Tells warnings and errors, and reads the lines that may belong together, in the order of the file."""
        if not read.size:
            self._tell(block, found, loud, weight=1)
            return
        breaks = np.flatnonzero(np.diff(read) > 1)
        firsts, lasts = read[[0, *(breaks + 1)]], read[[*breaks, -1]]
        places = np.searchsorted(loud, firsts).tolist()
        before = 0
        for first, last, place in zip(firsts.tolist(), lasts.tolist(), places, strict=True):
            self._tell(block, found, loud[before:place], weight=1)
            self._together(block, found, first, last)
            before = place
        self._tell(block, found, loud[before:], weight=1)

    def _together(self, block: bytes, found: Lines, first: int, last: int) -> None:
        for line in split_block(block[found.starts[first] : found.ends[last]], self.damage):
            self.assembler.feed(line)
        if last + 1 < len(found.level) and found.level[last + 1] != STRANGE:
            self.assembler.flush()

    def _tell(self, block: bytes, found: Lines, chosen: IntArray, *, weight: int) -> int:
        starts, ends = found.starts[chosen].tolist(), found.ends[chosen].tolist()
        lines = [block[start:end] for start, end in zip(starts, ends, strict=True)]
        return self.told.tell(lines, found.time[chosen], weight=weight)


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


def _moments(clock: Clock) -> Moment:
    """Unix seconds of the text of a stamp in any notation, NaN when it is none."""
    finder = StampFinder(clock)

    def moment(text: bytes) -> float:
        stamp = finder.find(text.decode("utf-8", "replace"))
        return float("nan") if stamp is None or stamp.start else stamp.at

    return moment


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

    def read(line: bytes) -> Record | None:
        record = reader.read(line.decode("utf-8", "replace").removesuffix("\r"))
        if record is not None:
            formats[record.format] += 1
        return record

    told = Told(tally, read)
    return FastReader(tally, Assembler(reader, sink), variants, _moments(clock), told, every, damage)

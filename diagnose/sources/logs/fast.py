"""Large files: lines are counted in numpy; those that tell of trouble, and whatever is not understood, are read.

Counts per level and bucket and everything about warnings and errors are exact but for the fields and requests that
equal messages tell of, which are read in samples. Of quiet lines one in so many stands for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.signals.window import Window
from diagnose.sources.logs import levels
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.digits import Bytes, Flags
from diagnose.sources.logs.learning import learn
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import ASKED, Plan
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.scan import BINS, PAD, STRANGE, Codes, Lines
from diagnose.sources.logs.scanner import scanner
from diagnose.sources.logs.seek import Part
from diagnose.sources.logs.streams import Damage, chunks, read_into, split_block
from diagnose.sources.logs.talk import tells_hops
from diagnose.sources.logs.tally import ELSEWHERE, Tally
from diagnose.sources.logs.told import Told, Units

FROM_BYTES = 1 << 22
HOPS_FROM_BYTES = 1 << 24  # of a part whose lines tell who did what of a request: read one by one, all of it is known
_BLOCK = 3 << 19
_SAMPLE = 1 << 16  # bytes of each sample of a large part; of a small one as many as a thousandth of it
_SMALL_SAMPLE = 1 << 14
_SAMPLED = 500  # lines of each sample that are read
_NEARBY = 1 << 18  # bytes in which a record is looked for
_QUIET_READ = 30_000  # quiet lines that are told of one file
_LINE = 200  # bytes of a typical line
_LONGEST = 1 << 18  # bytes of a line and those that follow it; of more, each line is read on its own
_NEW = 1_000  # quiet lines that were told and had to be read, after which fewer are told
_RARE_TOLD = 5_000  # quiet lines that are told because they are rare
_EDGE_S = 60.0  # lines may be out of order by this much
_RARE = 100  # quiet lines of one bin that are all told


class _UnitReader:
    """Reads single units; `untimed` counts their records without a time of their own."""

    def __init__(self, reader: LineReader, damage: Damage) -> None:
        self._reader = reader
        self._damage = damage
        self.untimed = 0

    def read(self, text: bytes) -> list[Record]:
        """The records of a unit."""
        records: list[Record] = []
        assembler = Assembler(self._reader, records.append)
        for line in split_block(text, self._damage):
            assembler.feed(line)
        assembler.flush()
        self.untimed += assembler.untimed
        return records


class FastReader:
    """Reads one part of one file.

    Nothing that it holds refers back to it: what a job counted is freed before the next job begins.
    """

    def __init__(
        self, tally: Tally, reader: LineReader, clock: Clock, plan: Plan, formats: Counter[str], damage: Damage
    ) -> None:
        self._tally = tally
        self._plan = plan
        self._scan = scanner(plan, clock)
        self._damage = damage
        self._sink = counting(tally, formats)
        self._assembler = Assembler(reader, self._sink)
        self._units = _UnitReader(reader, damage)
        self._told = Told(tally, self._units.read, formats, plan)
        self._room = np.zeros(_BLOCK + PAD, dtype=np.uint8)
        self._bins = np.zeros(BINS, dtype=np.int64)
        self._quiet = self._new = self._rare = 0
        self.lines = 0
        for line in plan.samples:
            reader.read(line.decode("utf-8", "replace"))

    @property
    def untimed(self) -> int:
        """How many records had no time of their own."""
        return self._units.untimed + self._assembler.untimed

    def read(self, stream: BinaryIO, part: Part) -> None:
        """Counts all lines of the part."""
        stream.seek(part.start)
        buffer = np.zeros(_BLOCK + PAD, dtype=np.uint8)
        view = memoryview(buffer.data)
        left, kept, aligned = part.end - part.start, 0, not part.ragged
        while True:
            got = read_into(stream, view[kept : min(_BLOCK, kept + left)], self._damage)
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
        """Counts the whole units of a block but the last, which may go on in the next block; gives the bytes used."""
        found = self._scan(buffer, filled, self._room)
        if not found.ends.size:
            return 0
        heads = np.flatnonzero(found.level != STRANGE)
        used = int(found.starts[heads[-1]]) if heads.size else 0
        self._count(buffer[:used].tobytes(), found, heads[:-1])
        if filled - used <= _LONGEST:
            return used
        size = int(found.ends[-1]) + 1
        self._feed(buffer[used:size].tobytes())
        return size

    def _last(self, buffer: Bytes, filled: int) -> None:
        """The rest of the file, with or without a newline at its end."""
        if filled and buffer[filled - 1] != 10:
            buffer[filled] = 10
            filled += 1
        found = self._scan(buffer, filled, self._room)
        self._count(buffer[:filled].tobytes(), found, np.flatnonzero(found.level != STRANGE))
        self._assembler.flush()
        self._told.finish()

    def _cut(self, buffer: Bytes, filled: int) -> int:
        """A line that fills the whole block: its head is read, the rest is dropped up to the next newline."""
        self._damage.cut += 1
        self._feed(buffer[: 1 << 16].tobytes() + b"\n")
        return filled

    def _count(self, block: bytes, found: Lines, heads: IntArray) -> None:
        """Counts the units with these heads, which fill the block; lines before the first go on with a unit before."""
        if not heads.size:
            self._feed(block)
            return
        self._feed(block[: found.starts[heads[0]]])
        self._assembler.flush()
        until = int(np.searchsorted(found.ends, len(block)))
        self.lines += until - int(heads[0])
        lasts = np.append(heads[1:] - 1, until - 1)
        level, time = found.level[heads], found.time[heads]
        several, window = heads != lasts, self._tally.window
        apart = several | (level == ASKED)
        inside = (time >= window.start) & (time < window.end)
        self._tally.count(np.where(inside & apart, ELSEWHERE, level), time)
        loud = (level >= levels.WARN) & (level <= levels.FATAL) | apart
        units = _Heads(block, found.starts[heads], found.ends[lasts], level, time, apart)
        quiet = np.flatnonzero(inside & ~loud)
        sampled, every = self._sampled(quiet, found.bin[heads])
        told = np.concatenate([np.flatnonzero(inside & loud), sampled])
        weight = np.concatenate([np.ones(len(told) - len(sampled), dtype=np.int64), every])
        before, behind = _edges(time, several, window)
        self._at_edges(units.texts(before))
        self._new += self._told.tell(units.of(told, weight))
        self._at_edges(units.texts(behind))

    def _at_edges(self, texts: Sequence[bytes]) -> None:
        """Reads units whose first lines lie just outside of the window: lines that follow no plan may lie within."""
        for text in texts:
            for record in self._units.read(text):
                self._sink(record)

    def _feed(self, lines: bytes) -> None:
        """Reads lines one by one that go on with a unit before."""
        if not lines:
            return
        for line in split_block(lines[:-1], self._damage):
            self._assembler.feed(line)
            self.lines += 1

    def _sampled(self, quiet: IntArray, bins: IntArray) -> tuple[IntArray, IntArray]:
        """All rare ones of the quiet units and one in so many of the others, and how many each stands for."""
        rare = self._few(bins[quiet])
        few, usual = (quiet[rare], quiet[~rare]) if rare.any() else (quiet[:0], quiet)
        every = self._plan.every * (1 + self._new // _NEW)
        some = usual[-self._quiet % every :: every]
        self._quiet += len(usual)
        return np.concatenate([few, some]), np.repeat([1, every], [len(few), len(some)])

    def _few(self, bins: IntArray) -> Flags:
        """Which quiet lines begin as few others do: starts, stops, new configurations; all of these are told."""
        rare = self._bins[bins] < _RARE
        self._bins += np.bincount(bins, minlength=BINS)
        self._rare += int(np.count_nonzero(rare))
        if self._rare > _RARE_TOLD:
            self._bins += _RARE  # too many are rare: the bytes behind the level hold identifiers
        return rare


def counting(tally: Tally, formats: Counter[str]) -> Callable[[Record], None]:
    """Counts records that are read one by one."""

    def sink(record: Record) -> None:
        formats[record.format] += 1
        tally.add(record)

    return sink


@dataclass(frozen=True, slots=True)
class _Heads:
    """The units of a block: where they start and end, level and time of their first lines, which are counted apart."""

    block: bytes
    starts: IntArray
    ends: IntArray
    level: Codes
    time: FloatArray
    apart: Flags

    def of(self, chosen: IntArray, weight: IntArray) -> Units:
        """Some of the units, with their bytes; each stands for so many."""
        return Units(self.texts(chosen), self.time[chosen], self.level[chosen], self.apart[chosen], weight)

    def texts(self, chosen: IntArray) -> list[bytes]:
        """The bytes of some of the units."""
        starts, ends = self.starts[chosen].tolist(), self.ends[chosen].tolist()
        return [self.block[start:end] for start, end in zip(starts, ends, strict=True)]


def _edges(time: FloatArray, several: Flags, window: Window) -> tuple[IntArray, IntArray]:
    """Units of several lines that begin just before the window, or go on there, and those that begin just behind it."""
    before = several & (time < window.start)
    behind = several & (time >= window.end) & (time < window.end + _EDGE_S)
    if before.any():
        before &= np.append(time[1:], np.inf) > window.start - _EDGE_S
    return np.flatnonzero(before), np.flatnonzero(behind)


def _after_newline(buffer: Bytes, filled: int) -> tuple[int, bool]:
    """Drops the line that begins before the part: the bytes that are left, and whether a line starts there."""
    newline = int(np.argmax(buffer[:filled] == 10))
    if buffer[newline] != 10:
        return 0, False
    rest = buffer[newline + 1 : filled].copy()
    buffer[: len(rest)] = rest
    return len(rest), True


def _sampled(stream: BinaryIO, part: Part, damage: Damage) -> list[bytes]:
    """Lines from the beginning, the middle and the end of a part; of a packed stream from those of its first block."""
    size = part.end - part.start
    length = min(_SAMPLE, max(_SMALL_SAMPLE, size >> 10))
    return [line for piece in _pieces(stream, part, length, damage) for line in piece.split(b"\n")[1:-1][:_SAMPLED]]


def _pieces(stream: BinaryIO, part: Part, length: int, damage: Damage) -> Iterator[bytes]:
    if part.packed:
        block = next(chunks(stream, damage, _BLOCK), b"")
        yield from (block[start : start + length] for start in (0, len(block) // 2, max(0, len(block) - length)))
        return
    for offset in (part.start, (part.start + part.end) // 2, max(part.start, part.end - length)):
        stream.seek(offset)
        yield next(chunks(stream, damage, length), b"")


def plan_of(stream: BinaryIO, part: Part, clock: Callable[[], Clock], damage: Damage, *, several: bool) -> Plan | None:
    """The plan of a part of a file, None when the part is small or its lines follow no plan."""
    size = min(part.end - part.start, part.of)
    if size < FROM_BYTES:
        return None
    plan = learn(_sampled(stream, part, damage), LineReader(clock()), clock(), max(1, size // _LINE // _QUIET_READ))
    if plan is not None and size < HOPS_FROM_BYTES and tells_hops(plan.fields, several=several):
        return None
    return plan


def boundary(stream: BinaryIO, offset: int, plan: Plan, clock: Clock) -> int | None:
    """Where the first record behind an offset begins, None when there is none that follows the plan nearby."""
    stream.seek(offset)
    block = np.zeros(_NEARBY + PAD, dtype=np.uint8)
    filled = read_into(stream, memoryview(block.data)[:_NEARBY], Damage())
    found = scanner(plan, clock)(block, filled, np.zeros_like(block))
    heads = found.starts[1:][found.level[1:] != STRANGE]
    return offset + int(heads[0]) if heads.size else None

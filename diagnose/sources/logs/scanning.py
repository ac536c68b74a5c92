"""One job: the pieces of logs that it names to one partial result, in whichever process."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.sources.logs import remote
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.fast import FastReader, counting, plan_of
from diagnose.sources.logs.inputs import STDIN
from diagnose.sources.logs.jobs import UNPACKED, Job, Piece, changed, size_of
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.memory import keep_memory
from diagnose.sources.logs.partial import Partial, Reading
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.seek import Part, why_outside
from diagnose.sources.logs.streams import Damage, lines_of, open_source
from diagnose.sources.logs.tally import Tally


def scan_job(job: Job) -> Partial:
    """The counts of a job; a file that cannot be read is told of in its reading."""
    keep_memory()
    tally = Tally(job.window, job=job.number)
    tally.several = job.several
    return tally.partial([_reading(piece, job, tally) for piece in job.pieces])


def shown(name: str) -> str:
    """How a source is named in what is told of it."""
    return "standard input" if name == STDIN else remote.shown(name)


def _reading(piece: Piece, job: Job, tally: Tally) -> Reading:
    tally.source = shown(piece.name)
    in_window, overflow = tally.in_window, tally.overflow
    try:
        stream, packed = open_source(piece.path)
    except SourceError as error:
        return Reading(piece.file, {}, failed=str(error), remedy=error.remedy or "")
    try:
        if packed and (
            why := why_outside(stream, changed(piece.path), job.window, LineReader(clock := job.clock()), clock)
        ):
            return Reading(piece.file, {}, packed, outside=why)
        reading = _read(stream, _unpacked(piece) if packed else piece, job, tally)
    finally:
        if piece.name != STDIN:
            stream.close()
    counted = (tally.in_window - in_window, tally.overflow - overflow)
    return replace(reading, packed=packed, in_window=counted[0], overflow=counted[1])


def _unpacked(piece: Piece) -> Piece:
    """All of a compressed file, whose end is open."""
    held = size_of(piece.path) or 0
    return replace(piece, part=Part(0, sys.maxsize, held * UNPACKED, packed=True))


def _read(stream: BinaryIO, piece: Piece, job: Job, tally: Tally) -> Reading:
    """Reads by the fast way what follows a plan, and line by line what does not."""
    damage, part, plan = Damage(), piece.part, piece.plan
    if part is not None and part.packed:
        plan = plan_of(stream, part, job.clock, damage, several=job.several)
        stream.seek(0)
    formats: Counter[str] = Counter()
    reader = LineReader(job.clock())
    if part is not None and plan is not None:
        tally.talk.heard.whole = False  # only some of its lines are read: what follows what cannot be told
        fast = FastReader(tally, reader, job.clock(), plan, formats, damage)
        fast.read(stream, part)
        lines, untimed, every = fast.lines, fast.untimed, plan.every
    else:
        lines, untimed = _plainly(stream, part, reader, counting(tally, formats), damage)
        every = 1
    return Reading(
        piece.file,
        dict(formats),
        part=part,
        lines=lines,
        untimed=untimed,
        broken=reader.broken,
        cut=damage.cut,
        undecodable=damage.undecodable,
        ended=damage.ended,
        every=every,
    )


def _plainly(
    stream: BinaryIO, part: Part | None, reader: LineReader, sink: Callable[[Record], None], damage: Damage
) -> tuple[int, int]:
    """Reads line by line; gives the number of lines and of records without a time."""
    assembler, lines = Assembler(reader, sink), 0
    for batch in _batches(stream, damage, part):
        lines += len(batch)
        for line in batch:
            assembler.feed(line)
    assembler.flush()
    return lines, assembler.untimed


def _batches(stream: BinaryIO, damage: Damage, part: Part | None) -> Iterator[list[str]]:
    """The lines of a stream, or of a part of it: a line that begins before the part is left out."""
    if part is None or part.packed:
        yield from lines_of(stream, damage)
        return
    stream.seek(part.start)
    for number, batch in enumerate(lines_of(stream, damage, limit=part.end - part.start)):
        yield batch[1:] if number == 0 and part.start else batch

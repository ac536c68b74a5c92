"""How the reading of logs is cut into jobs; the cut depends on the logs alone, never on who does the jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.signals.window import Window
from diagnose.sources.logs import fast, remote
from diagnose.sources.logs.fast import boundary, plan_of
from diagnose.sources.logs.inputs import STDIN
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Plan
from diagnose.sources.logs.seek import SMALL, Part, part_of
from diagnose.sources.logs.streams import Damage, open_source

JOB = 1 << 29  # bytes that one job reads, about
UNPACKED = 8  # bytes of text behind a byte of a compressed file, about


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of a file that one job reads; `file` is its number among the sources.

    `size` is about how many bytes of text it holds. Without a part all of the file is read. A part with a plan begins
    with a record, and so does what comes after it.
    """

    file: int
    name: str
    path: str
    size: int
    part: Part | None = None
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Pieces that are read by one process, one after the other; jobs may be done in any order and place."""

    number: int
    pieces: tuple[Piece, ...]
    window: Window
    zone: tzinfo | None
    several: bool

    @property
    def size(self) -> int:
        """How many bytes are to be read, about."""
        return sum(piece.size for piece in self.pieces)

    @property
    def here(self) -> bool:
        """Whether only this process can do it: nobody else has its standard input."""
        return any(piece.name == STDIN for piece in self.pieces)

    def clock(self) -> Clock:
        """A clock for the stamps of one file."""
        return Clock(zone=self.zone, reference=(self.window.start + self.window.end) / 2)


def jobs_of(names: Sequence[str], window: Window, *, zone: tzinfo | None) -> list[Job]:
    """The jobs that together read all files."""
    empty = Job(0, (), window, zone, several=len(names) > 1)
    jobs: list[Job] = []
    for number, name in enumerate(names):
        for piece in _pieces(number, name, empty):
            last = jobs[-1] if jobs else empty
            if jobs and last.size + piece.size <= JOB:
                jobs[-1] = replace(last, pieces=(*last.pieces, piece))
            else:
                jobs.append(replace(empty, number=len(jobs), pieces=(piece,)))
    return jobs


def _pieces(number: int, name: str, job: Job) -> Iterator[Piece]:
    """The pieces of one file; one that cannot be opened is left to the job that tries to read it."""
    path = name if name == STDIN or remote.is_remote(name) else str(Path(name).absolute())
    whole = Piece(number, name, path, 0)
    try:
        size = None if name == STDIN else size_of(name)
        if size is None or size < min(SMALL, fast.FROM_BYTES):
            yield replace(whole, size=size or 0)
            return
        stream, packed = open_source(name)
    except (SourceError, OSError):
        yield whole
        return
    with stream:
        if packed:
            yield replace(whole, size=size * UNPACKED)
        else:
            yield from _cut(stream, replace(whole, size=size), job)


def _cut(stream: BinaryIO, whole: Piece, job: Job) -> Iterator[Piece]:
    """The part of a large file that holds the window, cut where records begin if its lines follow a plan."""
    part = part_of(stream, whole.size, job.window, lambda: LineReader(job.clock()))
    plan = plan_of(stream, part, job.clock, Damage(), several=job.several)
    if plan is None:
        yield replace(whole, size=part.end - part.start, part=part)
        return
    size = part.end - part.start
    step = JOB if size <= JOB else min(JOB, -(-size // 2))  # two halves, where that is all there is for two processes
    offsets = range(part.start + step, part.end - step // 2, step)
    places = (boundary(stream, offset, plan, job.clock()) for offset in offsets)
    starts = [part.start, *(place for place in places if place is not None)]
    for start, end in zip(starts, [*starts[1:], part.end], strict=True):
        yield replace(whole, size=end - start, part=replace(part, start=start, end=end), plan=plan)


def size_of(name: str) -> int | None:
    """Bytes of a file, None when that cannot be told before it is read; raises SourceError and OSError."""
    return remote.size_of(name) if remote.is_remote(name) else Path(name).stat().st_size


def changed(name: str) -> float:
    """When a file was changed last, in Unix seconds; now for one behind a URL."""
    return time.time() if remote.is_remote(name) else Path(name).stat().st_mtime

"""From the sources that a person names to one digest of the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.signals.events import LogDigest, LogSource
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.ends import span
from diagnose.sources.logs.fast import fast_reader
from diagnose.sources.logs.inputs import STDIN, resolve
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.seek import Part, packed_part, part_of, why_outside
from diagnose.sources.logs.streams import Damage, lines_of, open_source
from diagnose.sources.logs.tally import Tally

_TESTS = {"gzip": "gzip -t", "zstd": "zstd -t", "xz": "xz -t", "bz2": "bzip2 -t"}


def collect(
    sources: Sequence[str], window: Window, *, zone: tzinfo | None = None
) -> tuple[LogDigest | None, tuple[Gap, ...]]:
    """The digest of all logs in the window, and what is missing; None when nothing at all could be read.

    `sources` are files, globs, directories or `-`; `zone` is for time stamps that name none (UTC without it).
    """
    names, gaps = resolve(sources)
    tally = Tally(window)
    tally.several = len(names) > 1
    read: list[LogSource] = []
    for name in names:
        try:
            source, found = _read(name, tally, zone)
        except SourceError as error:
            gaps.append(Gap(Signal.LOG, str(error), error.remedy))
            continue
        read.append(source)
        gaps.extend(found)
    if not read:
        return None, tuple(gaps or [Gap(Signal.LOG, "no log was named", "diagnose incident --logs FILE")])
    digest = tally.digest(read)
    if digest.levels:
        return digest, tuple(gaps)
    return digest, (*gaps, *_silent(digest, sources))


@dataclass(slots=True)
class _Reading:
    """What is found out while one source is read."""

    name: str
    packed: str
    part: Part | None = None
    damage: Damage = field(default_factory=Damage)
    formats: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    untimed: int = 0
    broken: int = 0
    every: int = 1


def _read(name: str, tally: Tally, zone: tzinfo | None) -> tuple[LogSource, list[Gap]]:
    stream, packed = open_source(None if name == STDIN else Path(name))
    reading = _Reading("standard input" if name == STDIN else name, packed)
    tally.source = reading.name
    before = tally.in_window

    def fresh() -> tuple[LineReader, Clock]:
        clock = Clock(zone=zone, reference=(tally.window.start + tally.window.end) / 2)
        return LineReader(clock), clock

    def sink(record: Record) -> None:
        reading.formats[record.format] += 1
        tally.add(record)

    try:
        if packed:
            if why := why_outside(stream, Path(name), tally.window, *fresh()):
                return LogSource(reading.name, packed, 0, 0, 0, note=why), []
            reading.part = packed_part(Path(name))
        elif name != STDIN:
            reading.part = part_of(stream, Path(name), tally.window, lambda: fresh()[0])
        _run(stream, tally, reading, fresh, sink)
    finally:
        if name != STDIN:
            stream.close()
    source = LogSource(
        name=reading.name,
        format=_format(reading.formats, packed),
        lines=reading.lines,
        in_window=tally.in_window - before,
        unparsed_time=reading.untimed,
        unreadable=reading.damage.cut + reading.damage.undecodable + reading.broken,
        note=_note(reading, tally),
    )
    return source, _damaged(source, reading.damage, packed)


def _run(
    stream: BinaryIO,
    tally: Tally,
    reading: _Reading,
    fresh: Callable[[], tuple[LineReader, Clock]],
    sink: Callable[[Record], None],
) -> None:
    """Reads the source line by line, or, when it is large and its lines follow a plan, by the fast way."""
    if reading.part is not None:
        fast = fast_reader(
            stream, reading.part, tally, fresh=fresh, sink=sink, formats=reading.formats, damage=reading.damage
        )
        if fast is not None:
            tally.talk.whole = False  # only some of its lines are read: what follows what cannot be told
            fast.read(stream, reading.part)
            reading.lines, reading.every, reading.untimed = fast.lines, fast.every, fast.assembler.untimed
            return
        if reading.part.packed:
            stream.seek(0)
    reader, _ = fresh()
    assembler = Assembler(reader, sink)
    for batch in _batches(stream, reading.damage, reading.part):
        reading.lines += len(batch)
        for line in batch:
            assembler.feed(line)
    assembler.flush()
    reading.untimed, reading.broken = assembler.untimed, reader.broken


def _batches(stream: BinaryIO, damage: Damage, part: Part | None) -> Iterator[list[str]]:
    """The lines of a stream, or of a part of it: a line that begins before the part is left out."""
    if part is None or part.packed:
        yield from lines_of(stream, damage)
        return
    stream.seek(part.start)
    for number, batch in enumerate(lines_of(stream, damage, limit=part.end - part.start)):
        yield batch[1:] if number == 0 and part.start else batch


def _format(formats: Counter[str], packed: str) -> str:
    """The formats of the records, the most frequent first, and the compression."""
    kinds = "+".join(kind for kind, _ in sorted(formats.items(), key=lambda item: (-item[1], item[0]))[:3]) or "unknown"
    return f"{kinds}, {packed}" if packed else kinds


def _note(reading: _Reading, tally: Tally) -> str:
    notes = []
    part, damage = reading.part, reading.damage
    if reading.every > 1:
        notes.append(f"of lines below warning one in {reading.every} was read for patterns and requests")
    if part is not None and not part.whole:
        notes.append(f"only bytes {part.start} to {part.end} of {part.of} hold the window")
    if damage.ended:
        notes.append(f"ends early: {damage.ended}")
    if damage.cut:
        notes.append(f"{damage.cut} lines above 1 MiB were cut")
    if damage.undecodable:
        notes.append(f"{damage.undecodable} lines are not UTF-8")
    if tally.overflow:
        notes.append(f"{tally.overflow} distinct messages were counted together")
    return "; ".join(notes)


def _damaged(source: LogSource, damage: Damage, packed: str) -> list[Gap]:
    gaps = []
    if damage.ended:
        test = _TESTS.get(packed.partition(",")[0], "ls -l")
        gaps.append(Gap(Signal.LOG, f"{source.name} breaks off: {damage.ended}", f"{test} {source.name}"))
    if source.lines == 0 and not damage.ended:
        gaps.append(Gap(Signal.LOG, f"{source.name} is empty", f"ls -l {source.name}"))
    elif source.lines and source.unparsed_time >= source.lines:
        gaps.append(
            Gap(Signal.LOG, f"no line of {source.name} has a time stamp that is known", f"head -3 {source.name}")
        )
    return gaps


def _silent(digest: LogDigest, sources: Sequence[str]) -> list[Gap]:
    """Why a digest holds nothing: the log is of another time, or there was none."""
    held = span(sources) or ((digest.first, digest.last) if digest.first is not None else None)
    if held is None or held[0] is None or held[1] is None:
        return []
    start, end = rfc3339(digest.window.start), rfc3339(digest.window.end)
    first, last = rfc3339(held[0]), rfc3339(held[1])
    return [
        Gap(
            Signal.LOG,
            f"no line lies in the window {start} to {end}; the log holds {first} to {last}",
            f"diagnose incident --start {first} --end {last}",
        )
    ]

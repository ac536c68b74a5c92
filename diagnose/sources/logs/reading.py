"""From the sources that a person names to one digest of the window."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from diagnose.errors import SourceError
from diagnose.signals.events import LogDigest, LogSource
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs.assembly import Assembler
from diagnose.sources.logs.inputs import STDIN, resolve
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.seek import Part, part_of
from diagnose.sources.logs.streams import Damage, lines_of, open_source
from diagnose.sources.logs.tally import Tally


def collect(
    sources: Sequence[str], window: Window, *, zone: tzinfo | None = None
) -> tuple[LogDigest | None, tuple[Gap, ...]]:
    """The digest of all logs in the window, and what is missing; None when nothing at all could be read.

    `sources` are files, globs, directories or `-`; `zone` is for time stamps that name none (UTC without it).
    """
    names, gaps = resolve(sources)
    tally = Tally(window)
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
    return digest, (*gaps, *_silent(digest))


def _read(name: str, tally: Tally, zone: tzinfo | None) -> tuple[LogSource, list[Gap]]:
    stream, packed = open_source(None if name == STDIN else Path(name))
    shown = "standard input" if name == STDIN else name
    tally.source = shown
    damage = Damage()
    formats: Counter[str] = Counter()
    add = tally.add

    def sink(record: Record) -> None:
        formats[record.format] += 1
        add(record)

    def fresh() -> LineReader:
        return LineReader(Clock(zone=zone, reference=(tally.window.start + tally.window.end) / 2))

    reader = fresh()
    assembler = Assembler(reader, sink)
    before, lines = tally.in_window, 0
    part = None if packed or name == STDIN else part_of(stream, Path(name), tally.window, fresh)
    try:
        for batch in _batches(stream, damage, part):
            lines += len(batch)
            for line in batch:
                assembler.feed(line)
    finally:
        if name != STDIN:
            stream.close()
    assembler.flush()
    source = LogSource(
        name=shown,
        format=_format(formats, packed),
        lines=lines,
        in_window=tally.in_window - before,
        unparsed_time=assembler.untimed,
        unreadable=damage.cut + damage.undecodable + reader.broken,
        note=_note(damage, tally, part),
    )
    return source, _damaged(source, damage, packed)


def _batches(stream: BinaryIO, damage: Damage, part: Part | None) -> Iterator[list[str]]:
    """The lines of a stream, or of a part of it: a line that begins before the part is left out."""
    if part is None:
        yield from lines_of(stream, damage)
        return
    stream.seek(part.start)
    for number, batch in enumerate(lines_of(stream, damage, limit=part.end - part.start)):
        yield batch[1:] if number == 0 and part.start else batch


def _format(formats: Counter[str], packed: str) -> str:
    """The formats of the records, the most frequent first, and the compression."""
    kinds = "+".join(kind for kind, _ in sorted(formats.items(), key=lambda item: (-item[1], item[0]))[:3]) or "unknown"
    return f"{kinds}, {packed}" if packed else kinds


def _note(damage: Damage, tally: Tally, part: Part | None) -> str:
    notes = []
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
        test = {"gzip": "gzip -t", "zstd": "zstd -t", "xz": "xz -t", "bz2": "bzip2 -t"}.get(packed, "ls -l")
        gaps.append(Gap(Signal.LOG, f"{source.name} breaks off: {damage.ended}", f"{test} {source.name}"))
    if source.lines == 0 and not damage.ended:
        gaps.append(Gap(Signal.LOG, f"{source.name} is empty", f"ls -l {source.name}"))
    elif source.lines and source.unparsed_time >= source.lines:
        gaps.append(
            Gap(Signal.LOG, f"no line of {source.name} has a time stamp that is known", f"head -3 {source.name}")
        )
    return gaps


def _silent(digest: LogDigest) -> list[Gap]:
    """Why a digest holds nothing: the log is of another time, or there was none."""
    if digest.first is None or digest.last is None or math.isinf(digest.first):
        return []
    start, end = rfc3339(digest.window.start), rfc3339(digest.window.end)
    held = f"{rfc3339(digest.first)} to {rfc3339(digest.last)}"
    return [
        Gap(
            Signal.LOG,
            f"no line lies in the window {start} to {end}; the log holds {held}",
            f"diagnose incident --start {rfc3339(digest.first)} --end {rfc3339(digest.last)}",
        )
    ]

"""From the sources that a person names to one digest of the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo

from diagnose.signals.events import LogDigest, LogSource
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs.ends import span
from diagnose.sources.logs.inputs import resolve
from diagnose.sources.logs.jobs import jobs_of
from diagnose.sources.logs.partial import Reading
from diagnose.sources.logs.results import results
from diagnose.sources.logs.scanning import shown
from diagnose.sources.logs.total import Total

_TESTS = {"gzip": "gzip -t", "zstd": "zstd -t", "xz": "xz -t", "bz2": "bzip2 -t"}


def collect(
    sources: Sequence[str],
    window: Window,
    *,
    zone: tzinfo | None = None,
    workers: int | None = None,
    dask: str = "",
) -> tuple[LogDigest | None, tuple[Gap, ...]]:
    """The digest of all logs in the window, and what is missing; None when nothing at all could be read.

    `sources` are files, globs, directories, URLs or `-`; `zone` is for time stamps that name none (UTC without it);
    `workers` and `dask` say who reads them (see `results.results`). The answer is the same whoever does.
    """
    names, gaps = resolve(sources)
    total = Total(window)
    for partial in results(jobs_of(names, window, zone=zone), workers=workers, dask=dask):
        total.add(partial)
    read: list[LogSource] = []
    for number, name in enumerate(names):
        readings = [reading for reading in total.readings if reading.file == number]
        gaps += [Gap(Signal.LOG, each.failed, each.remedy) for each in readings if each.failed][:1]
        if held := [each for each in readings if not each.failed]:
            read.append(_source(shown(name), held))
            gaps += _damaged(read[-1], held)
    if not read:
        return None, tuple(gaps or [Gap(Signal.LOG, "no log was named", "diagnose incident --logs FILE")])
    digest = total.digest(read)
    if digest.levels:
        return digest, tuple(gaps)
    return digest, (*gaps, *_silent(digest, sources))


def _source(name: str, readings: Sequence[Reading]) -> LogSource:
    if outside := readings[0].outside:
        return LogSource(name, readings[0].packed, 0, 0, 0, note=outside)
    formats: Counter[str] = Counter()
    for reading in readings:
        formats.update(reading.formats)
    return LogSource(
        name=name,
        format=_format(formats, readings[0].packed),
        lines=sum(each.lines for each in readings),
        in_window=sum(each.in_window for each in readings),
        unparsed_time=sum(each.untimed for each in readings),
        unreadable=sum(each.cut + each.undecodable + each.broken for each in readings),
        note=_note(readings),
    )


def _format(formats: Counter[str], packed: str) -> str:
    """The formats of the records, the most frequent first, and the compression."""
    kinds = "+".join(kind for kind, _ in sorted(formats.items(), key=lambda item: (-item[1], item[0]))[:3]) or "unknown"
    return f"{kinds}, {packed}" if packed else kinds


def _note(readings: Sequence[Reading]) -> str:
    notes = []
    if (every := max(each.every for each in readings)) > 1:
        notes.append(f"of lines below warning one in {every} was read for patterns and requests")
    parts = [each.part for each in readings if each.part is not None and not each.part.packed]
    start, end = min((part.start for part in parts), default=0), max((part.end for part in parts), default=0)
    if parts and (start or end < parts[0].of):
        notes.append(f"only bytes {start} to {end} of {parts[0].of} hold the window")
    notes += [f"ends early: {each.ended}" for each in readings if each.ended]
    for count, what in (
        (sum(each.cut for each in readings), "lines above 1 MiB were cut"),
        (sum(each.undecodable for each in readings), "lines are not UTF-8"),
        (sum(each.overflow for each in readings), "distinct messages were counted together"),
    ):
        if count:
            notes.append(f"{count} {what}")
    return "; ".join(notes)


def _damaged(source: LogSource, readings: Sequence[Reading]) -> list[Gap]:
    if readings[0].outside:
        return []
    packed, ended = readings[0].packed, next((each.ended for each in readings if each.ended), "")
    gaps = []
    if ended:
        test = _TESTS.get(packed.partition(",")[0], "ls -l")
        gaps.append(Gap(Signal.LOG, f"{source.name} breaks off: {ended}", f"{test} {source.name}"))
    if source.lines == 0 and not ended:
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

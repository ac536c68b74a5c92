"""What `diagnose logs` finds and answers; the libraries of the command line are not imported here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diagnose.checks.logs.moves import PatternMove, moves
from diagnose.checks.logs.onset import candidates
from diagnose.checks.logs.signatures import classify
from diagnose.checks.onset import joint
from diagnose.cli.progress import progress
from diagnose.cli.tell import tell_gaps
from diagnose.errors import NothingCollectedError, UsageError
from diagnose.report.text import line
from diagnose.signals.events import LogDigest
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs import collect, span
from diagnose.sources.logs.inputs import resolve

if TYPE_CHECKING:
    from datetime import tzinfo

_MARKS = " ▁▂▃▄▅▆▇█"
_WIDTH = 60


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """A digest, when the trouble began (None: it did not), and how each pattern moved then."""

    digest: LogDigest
    onset: float | None
    moved: tuple[PatternMove, ...]


def found_in(
    sources: list[str], window: Window | None, *, zone: str = "", workers: int | None = None, dask: str = ""
) -> Found:
    """What logs hold of a window, without one of all their time; tells gaps. Raises NothingCollectedError."""
    with progress() as say, _spooled(sources, needed=window is None) as names:
        say("reading the logs")
        digest, gaps = collect(names, window or _all_of(names), zone=_zone(zone), workers=workers, dask=dask)
    tell_gaps(gaps)
    if digest is None:
        raise NothingCollectedError(gaps[0].why if gaps else "no log could be read")
    onset, _ = joint(candidates(digest))
    return Found(digest, onset, moves(digest, onset=onset))


@contextmanager
def _spooled(sources: list[str], *, needed: bool) -> Iterator[list[str]]:
    """Standard input on disk, since it has to be read twice to find its window."""
    if not needed or "-" not in sources:
        yield sources
        return
    import shutil
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="stdin-", suffix=".log") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield [file.name if source == "-" else source for source in sources]


def _all_of(sources: list[str]) -> Window:
    found = span(sources)
    if found is not None:
        return Window(found[0], found[1] + 1e-3)
    gaps = resolve(sources)[1]
    why = gaps[0].why if gaps else "no line has a time stamp that is known"
    raise NothingCollectedError(f"{', '.join(sources)}: {why}; look at the first lines, or name a window with --start")


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"no such time zone: {name!r}; write it like Europe/Berlin or UTC") from None


def of_logs(found: Found) -> dict[str, Any]:
    """What `diagnose logs --json` answers."""
    digest, moved = found.digest, found.moved
    return {
        "lines": sum(source.lines for source in digest.sources),
        "in_window": sum(source.in_window for source in digest.sources),
        "unparsed_time": sum(source.unparsed_time for source in digest.sources),
        "first": rfc3339(digest.first) if digest.first is not None else None,
        "last": rfc3339(digest.last) if digest.last is not None else None,
        "levels": {level.value: int(counts.sum()) for level, counts in digest.levels.items()},
        "buckets": _buckets(digest),
        "patterns": [_pattern(move) for move in sorted(moved, key=lambda m: (-m.pattern.count, m.pattern.id))],
        "sources": [
            {
                "name": source.name,
                "format": source.format,
                "lines": source.lines,
                "in_window": source.in_window,
                "unparsed_time": source.unparsed_time,
                "unreadable": source.unreadable,
                "note": source.note,
            }
            for source in digest.sources
        ],
        "masked": dict(digest.masked),
    }


def _buckets(digest: LogDigest) -> list[dict[str, Any]]:
    """Buckets that hold anything."""
    rows = []
    for index in range(digest.buckets):
        levels = {level.value: int(counts[index]) for level, counts in digest.levels.items() if counts[index]}
        if levels:
            rows.append({"at": rfc3339(digest.window.start + index * digest.bucket_s), "levels": levels})
    return rows


def _pattern(move: PatternMove) -> dict[str, Any]:
    pattern = move.pattern
    return {
        "id": pattern.id,
        "level": pattern.level.value,
        "count": pattern.count,
        "first": rfc3339(pattern.first),
        "last": rfc3339(pattern.last),
        "template": pattern.template,
        "examples": list(pattern.examples),
        "fields": {name: dict(values) for name, values in pattern.fields.items()},
        "stack": list(pattern.stack),
        "baseline_rate": float(f"{move.baseline_rate:.6g}"),
        "incident_rate": float(f"{move.incident_rate:.6g}"),
        "kind": move.kind,
        "strength": round(move.strength, 4),
        "at": rfc3339(move.at) if move.at is not None else None,
        "names": [signature.cause for signature in classify(pattern)],
    }


def table(found: Found, *, limit: int) -> str:
    """What `diagnose logs` shows, at most so many patterns."""
    digest, onset = found.digest, found.onset
    read = line(", ".join(f"{source.name} ({source.format})" for source in digest.sources[:4]))
    lines = [
        f"{sum(source.in_window for source in digest.sources)} records of "
        f"{sum(source.lines for source in digest.sources)} lines from {read}",
        f"window {rfc3339(digest.window.start)} to {rfc3339(digest.window.end)}, onset "
        f"{rfc3339(onset) if onset is not None else 'none found'}",
        "",
    ]
    for level, counts in sorted(digest.levels.items(), key=lambda item: -int(item[1].sum())):
        lines.append(f"{level.value:>8} {int(counts.sum()):>9}  {_bars(counts)}")
    lines.append("")
    for move in found.moved[: max(limit, 0)]:
        at = f" at {rfc3339(move.at)[11:19]}" if move.at is not None else ""
        rates = f"{move.baseline_rate:.3g} -> {move.incident_rate:.3g}/s"
        lines.append(
            f"{move.strength:4.2f} {move.kind + at:<21} {move.pattern.level.value:<7} {move.pattern.count:>7}  {rates}"
        )
        lines.append(f"     {line((move.pattern.examples or (move.pattern.template,))[0], 200)}")
    masked = ", ".join(f"{count} {kind}" for kind, count in digest.masked.items())
    return "\n".join([*lines, f"masked: {masked}"] if masked else lines)


def _bars(counts: Any) -> str:
    parts = np.array([part.sum() for part in np.array_split(counts, min(_WIDTH, len(counts)))])
    most = parts.max()
    return "".join(_MARKS[0 if not part else max(1, round(8 * part / most))] for part in parts)

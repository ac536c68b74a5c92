"""Log messages for the report: those that are evidence first, then the errors that were seen most."""

from __future__ import annotations

import heapq

import numpy as np

from diagnose.report import charts, pictures, units
from diagnose.report.book import Book
from diagnose.report.text import LINE, block, line
from diagnose.report.timeline import rates
from diagnose.signals.events import Level, LogDigest, Pattern

SHOWN = 20
_RANK = {Level.FATAL: 0, Level.ERROR: 0, Level.WARN: 1}


def patterns(book: Book) -> tuple[tuple[pictures.Pattern, ...], int]:
    """The patterns worth reading, and how many warnings and errors are not shown."""
    logs = book.evidence.logs
    if logs is None:
        return (), 0
    cited = {found.ref: (found.strength, line(found.id, 100)) for found in reversed(book.diagnosis.evidence)}
    grave = [found for found in logs.patterns if found.id in cited or found.level in _RANK]
    best = heapq.nsmallest(SHOWN, grave, key=lambda found: _order(found, cited))
    shown = tuple(_pattern(book, logs, found, cited.get(found.id, (0.0, ""))[1]) for found in best)
    return shown, len(grave) - len(shown)


def _order(pattern: Pattern, cited: dict[str, tuple[float, str]]) -> tuple[float, int, int, str]:
    return -cited.get(pattern.id, (0.0, ""))[0], _RANK.get(pattern.level, 2), -pattern.count, pattern.id


def _pattern(book: Book, logs: LogDigest, found: Pattern, evidence: str) -> pictures.Pattern:
    per_bucket = charts.spread(found.counts, logs.buckets)
    before, after = rates(book, logs, per_bucket)
    fields = ((line(name, 60), _common(values)) for name, values in sorted(found.fields.items())[:12] if values)
    return pictures.Pattern(
        id=line(found.id, 100),
        level=found.level.value,
        template=line(found.template, 300),
        count=f"{found.count:,}",
        before="" if np.isnan(before) else f"{units.plain(before * 60)}/min",
        after="" if np.isnan(after) else f"{units.plain(after * 60)}/min",
        kind=_kind(before, after),
        first=units.clock(found.first),
        last=units.clock(found.last),
        chart=charts.counts(per_bucket),
        examples=tuple(block(example, 800) for example in found.examples[:3]),
        stack=block("\n".join(text[:LINE] for text in found.stack[:60])),
        fields=tuple(fields),
        source=line(found.source, 200),
        evidence=evidence,
    )


def _kind(before: float, after: float) -> str:
    if np.isnan(before) or np.isnan(after):
        return ""
    if before == 0:
        return "new" if after else ""
    if after == 0:
        return "gone"
    return "more" if after >= 2 * before else "fewer" if after <= before / 2 else "steady"


def _common(values: object) -> str:
    counted = sorted(dict(values).items(), key=lambda item: (-item[1], item[0]))  # type: ignore[call-overload]
    text = ", ".join(f"{line(str(value), 60)} ({count:,})" for value, count in counted[:3])
    return text + (f", {len(counted) - 3} more" if len(counted) > 3 else "")

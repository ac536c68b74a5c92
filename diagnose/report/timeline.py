"""The one time line: what the log said, which metrics moved, what was changed, when profiles were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.checks.case import key
from diagnose.checks.nouns import noun
from diagnose.report import axis, charts, marks, model, pictures, units, wording
from diagnose.report.book import Book
from diagnose.report.text import line
from diagnose.signals.events import IntArray, Level, LogDigest
from diagnose.signals.series import FloatArray, Measure, Role

METRICS = 12
PATTERNS = 4
CONTEXT = ((Role.REQUESTS,), (Role.ERROR_RATIO, Role.ERRORS), (Role.LATENCY_TAIL, Role.LATENCY))


def timeline(book: Book, shown: Sequence[model.Exhibit]) -> pictures.Timeline:
    """All rows on one axis: changes, the log, metrics in the order in which they moved, profiles."""
    return pictures.Timeline(
        start=book.window.start,
        end=book.window.end,
        ticks=axis.ticks(book.window),
        rows=(
            *marks.changes(book),
            *_log(book),
            *_patterns(book, shown),
            *_moved(book, shown),
            *_steady(book),
            *marks.taken(book),
        ),
    )


def _log(book: Book) -> Iterator[pictures.Row]:
    logs = book.evidence.logs
    if logs is None:
        return
    for tone, label, levels in (
        ("error", "Log errors", (Level.ERROR, Level.FATAL)),
        ("warn", "Log warnings", (Level.WARN,)),
        ("steady", "Log lines", tuple(Level)),
    ):
        total = charts.total(logs, levels)
        if total.any():
            before, after = rates(book, logs, total)
            words = (_per_minute(before), _per_minute(after), units.change(before, after, "/s"))
            yield pictures.Row(tone, label, "", charts.counts(total), (), *words, "")


def rates(book: Book, logs: LogDigest, per_bucket: IntArray) -> tuple[float, float]:
    """Lines per second before and after the onset; NaN where there is no such time."""
    onset = book.diagnosis.onset
    cut = 0 if onset is None else int(min(max(round((onset - logs.window.start) / logs.bucket_s), 0), len(per_bucket)))
    parts = (per_bucket[:cut], per_bucket[cut:])
    before, after = (float(part.sum()) / (len(part) * logs.bucket_s) if len(part) else float("nan") for part in parts)
    return before, after


def _per_minute(rate: float) -> str:
    return "" if np.isnan(rate) else f"{units.plain(rate * 60)}/min"


def _patterns(book: Book, shown: Sequence[model.Exhibit]) -> Iterator[pictures.Row]:
    seen: set[str] = set()
    for found in sorted(shown, key=lambda exhibit: -exhibit.strength):
        pattern = book.patterns.get(found.pattern)
        if pattern and found.pattern not in seen and found.chart and len(seen) < PATTERNS:
            seen.add(found.pattern)
            tone = "error" if pattern.level in (Level.ERROR, Level.FATAL) else "warn"
            yield pictures.Row(
                tone, line(pattern.template, 90), "log message", found.chart, (), *_words(found), found.id
            )


def _moved(book: Book, shown: Sequence[model.Exhibit]) -> Iterator[pictures.Row]:
    """The strongest metrics, the first to move on top."""
    moved: dict[str, model.Exhibit] = {}
    exhibits = {found.id: found for found in shown}
    for found in sorted(book.diagnosis.evidence, key=lambda observation: -observation.strength):
        if found.ref in book.measures and len(moved) < METRICS and exhibits[line(found.id, 100)].chart:
            moved.setdefault(found.ref, exhibits[line(found.id, 100)])
    for ref, exhibit in sorted(moved.items(), key=lambda item: (item[1].at.x if item[1].at else axis.AXIS, item[0])):
        label, detail = named(book.measures[ref])
        yield pictures.Row("moved", label, detail, exhibit.chart, (), *_words(exhibit), exhibit.id)


def _words(exhibit: model.Exhibit) -> tuple[str, str, str]:
    return units.bare(exhibit.baseline_text, exhibit.observed_text), exhibit.observed_text, exhibit.change


def _steady(book: Book) -> Iterator[pictures.Row]:
    """Traffic, errors and latency of the service for context, where they are not evidence already."""
    used = {book.measures[found.ref].role for found in book.diagnosis.evidence if found.ref in book.measures}
    for roles in CONTEXT:
        measure = None if used & set(roles) else main(book, roles)
        chart = measure and charts.line(measure, book.window)
        if measure and chart:
            before, after = medians(measure, book)
            words = (
                units.bare(_known(before, measure), _known(after, measure)),
                _known(after, measure),
                units.change(before, after, measure.unit),
            )
            yield pictures.Row("steady", *named(measure), chart, (), *words, "")


def _known(value: float, measure: Measure) -> str:
    return units.quantity(value, measure.unit) if np.isfinite(value) else ""


def main(book: Book, roles: tuple[Role, ...]) -> Measure | None:
    """The measure that says most about the service: its own before others', whole before split, then the largest."""
    own = {book.diagnosis.service}
    found = [measure for measure in book.measures.values() if measure.role in roles and len(measure.values)]
    return min(found, key=lambda m: (m.entity not in own, bool(m.detail), -_size(m), key(m)), default=None)


def _size(measure: Measure) -> float:
    finite = measure.values[np.isfinite(measure.values)]
    return float(finite.mean()) if len(finite) else -1.0


def medians(measure: Measure, book: Book) -> tuple[float, float]:
    """The medians before the onset and since; NaN where there is no data."""
    onset = book.diagnosis.onset if book.diagnosis.onset is not None else book.window.start
    inside = (measure.times >= book.window.start) & (measure.times < book.window.end) & np.isfinite(measure.values)
    before, after = measure.values[inside & (measure.times < onset)], measure.values[inside & (measure.times >= onset)]
    return _median(before), _median(after)


def _median(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def named(measure: Measure) -> tuple[str, str]:
    """The name of a measure for people, and what it is split by."""
    label = wording.opening(noun(measure.role)) if measure.role is not Role.OTHER else measure.name
    detail = " · ".join(part for part in (line(measure.entity, 60), line(measure.detail, 60)) if part)
    return line(label, 80), detail

"""Metrics from a file: OpenMetrics or Prometheus text with time stamps, CSV, or a saved answer of the Prometheus API.

They are told apart by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Series
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.metrics import openmetrics, saved, table
from diagnose.sources.metrics.arrange import arranged
from diagnose.sources.metrics.lines import Lines
from diagnose.sources.metrics.reading import Reading


def collect(path: str, window: Window) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    """Every series of the file that has samples in the window; what could not be read is a gap with its count."""
    reading, gaps = _read(path)
    series = arranged(reading.samples, window, reading.types)
    if reading.unreadable:
        gaps.append(
            Gap(Signal.METRIC, f"{path}: {reading.unreadable} lines or cells could not be read", f"less {path}")
        )
    if reading.untimed:
        why = f"{path}: {reading.untimed} samples carry no time stamp, so they lie on no line of time"
        gaps.append(Gap(Signal.METRIC, why, "promtool tsdb dump-openmetrics DATA_DIR"))
    gaps.extend(Gap(Signal.METRIC, f"{path}: {note}", None) for note in reading.notes)
    if not series and not gaps:
        gaps.append(Gap(Signal.METRIC, f"{path}: {_emptiness(reading)}", f"less {path}"))
    return series, tuple(gaps)


def span(path: str) -> tuple[float, float] | None:
    """First and last time in the file (Unix seconds), None when it holds no timed sample or cannot be read."""
    return _read(path)[0].span()


def _read(path: str) -> tuple[Reading, list[Gap]]:
    lines = Lines(path)
    try:
        reading = _parser(lines.head())(iter(lines))
    except SourceError as error:
        return Reading(), [Gap(Signal.METRIC, f"{path}: {error}", f"file {path}")]
    except OSError as error:
        return Reading(), [Gap(Signal.METRIC, f"{path}: {error.strerror or 'cannot be read'}", f"ls -l {path}")]
    return reading, [Gap(Signal.METRIC, f"{path}: {lines.trouble}", f"file {path}")] if lines.trouble else []


def _parser(head: bytes) -> Callable[[Iterable[bytes]], Reading]:
    if openmetrics.looks_like(head):
        return openmetrics.parse
    return saved.parse if head.lstrip()[:1] in (b"{", b"[") else table.parse


def _emptiness(reading: Reading) -> str:
    span_of = reading.span()
    if span_of is None:
        return "holds no metrics that could be read"
    return f"holds no sample in the window; its samples lie between {rfc3339(span_of[0])} and {rfc3339(span_of[1])}"

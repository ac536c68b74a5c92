"""Metrics from a file: OpenMetrics or Prometheus text with time stamps, or CSV; told apart by content."""

from __future__ import annotations

from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Series
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.metrics import openmetrics, table
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
        parse = openmetrics.parse if openmetrics.looks_like(lines.head()) else table.parse
        reading = parse(iter(lines))
    except OSError as error:
        return Reading(), [Gap(Signal.METRIC, f"{path}: {error.strerror or 'cannot be read'}", f"ls -l {path}")]
    return reading, [Gap(Signal.METRIC, f"{path}: {lines.trouble}", f"file {path}")] if lines.trouble else []


def _emptiness(reading: Reading) -> str:
    span_of = reading.span()
    if span_of is None:
        return "holds no metrics that could be read"
    return f"holds no sample in the window; its samples lie between {rfc3339(span_of[0])} and {rfc3339(span_of[1])}"

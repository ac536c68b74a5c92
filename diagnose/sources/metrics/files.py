"""Metrics from a file: OpenMetrics or Prometheus text with time stamps, CSV, or what a metric store's API answered.

They are told apart by content.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Series
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.metrics import openmetrics, saved, table
from diagnose.sources.metrics.arrange import arranged
from diagnose.sources.metrics.lines import Lines
from diagnose.sources.metrics.reading import Reading


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A file that has been read; which window of it is wanted may be said afterwards."""

    path: str
    reading: Reading
    trouble: tuple[Gap, ...] = ()

    def span(self) -> tuple[float, float] | None:
        """First and last time in the file (Unix seconds), None when it holds no timed sample or cannot be read."""
        return self.reading.span()

    def collect(self, window: Window) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
        """Every series that has samples in the window; what could not be read is a gap with its count."""
        series = arranged(self.reading.samples, window, self.reading.types)
        gaps = (*self.trouble, *_gaps(self.path, self.reading))
        if not series and not gaps:
            gaps = (Gap(Signal.METRIC, f"{self.path}: {_emptiness(self.reading)}", f"less {self.path}"),)
        return series, gaps


def opened(path: str) -> Opened:
    """Read a file; one that cannot be read holds nothing, and says why when it is asked for a window."""
    if Path(path).is_dir():
        return Opened(path, Reading(), (_folder(path),))
    lines = Lines(path)
    try:
        reading = _parser(lines.head())(iter(lines))
    except SourceError as error:
        return Opened(path, Reading(), (Gap(Signal.METRIC, f"{path}: {error}", f"file {path}"),))
    except OSError as error:
        why = f"{path}: {error.strerror or 'cannot be read'}"
        return Opened(path, Reading(), (Gap(Signal.METRIC, why, f"ls -l {path}"),))
    if lines.trouble:
        return Opened(path, reading, (Gap(Signal.METRIC, f"{path}: {lines.trouble}", f"file {path}"),))
    return Opened(path, reading)


def _folder(path: str) -> Gap:
    """What to do with a folder: Prometheus can serve its own blocks."""
    if not any(any(Path(path).glob(pattern)) for pattern in ("*/meta.json", "meta.json", "wal")):
        return Gap(Signal.METRIC, f"{path}: is a folder, not a file", f"ls -l {path}")
    data = Path(path).parent if Path(path, "meta.json").is_file() else Path(path)
    serve = f"prometheus --storage.tsdb.path={shlex.quote(str(data))} --storage.tsdb.retention.time=100y"
    return Gap(
        Signal.METRIC,
        f"{path}: is a data directory of Prometheus; serve a copy of it and name its address with --prometheus",
        f"{serve} --config.file=/dev/null",
    )


def _gaps(path: str, reading: Reading) -> Iterator[Gap]:
    if reading.unreadable:
        yield Gap(Signal.METRIC, f"{path}: {reading.unreadable} lines or cells could not be read", f"less {path}")
    if reading.untimed:
        why = f"{path}: {reading.untimed} samples carry no time stamp, so they lie on no line of time"
        yield Gap(Signal.METRIC, why, "promtool tsdb dump-openmetrics DATA_DIR")
    for note in reading.notes:
        yield Gap(Signal.METRIC, f"{path}: {note}", None)


def _parser(head: bytes) -> Callable[[Iterable[bytes]], Reading]:
    if openmetrics.looks_like(head):
        return openmetrics.parse
    return saved.parse if head.lstrip()[:1] in (b"{", b"[") else table.parse


def _emptiness(reading: Reading) -> str:
    span_of = reading.span()
    if span_of is None:
        return "holds no metrics that could be read"
    return f"holds no sample in the window; its samples lie between {rfc3339(span_of[0])} and {rfc3339(span_of[1])}"

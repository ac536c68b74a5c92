"""Answers of metric stores that somebody saved: of the Prometheus API by curl or promtool, of VictoriaMetrics."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from diagnose.sources.metrics.decode import matrix
from diagnose.sources.metrics.reading import Reading, seconds

_EXPORTED = b'"timestamps":'


class _Exported(msgspec.Struct):
    metric: dict[str, str]
    values: list[float | None]
    timestamps: list[float]


def parse(lines: Iterable[bytes]) -> Reading:
    """The samples of a range query's answer, of the list in it, or of an export. Raises SourceError on odd bytes."""
    body = b"\n".join(lines).lstrip()
    if _EXPORTED in body.partition(b"\n")[0].replace(b" ", b""):
        return _exported(body.splitlines())
    if body.startswith(b"["):
        body = b'{"data":{"result":' + body + b"}}"
    rows, notes = matrix(body)
    return Reading(samples=rows, notes=list(notes))


def _exported(lines: Iterable[bytes]) -> Reading:
    """One series a line, as /api/v1/export gives them; a series may come in several lines."""
    reading = Reading()
    for line in lines:
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=_Exported, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            reading.unreadable += 1
            continue
        size = min(len(row.values), len(row.timestamps))
        times = seconds(np.array(row.timestamps[:size], dtype=np.float64))
        name = row.metric.pop("__name__", "")
        values = np.array(row.values[:size], dtype=np.float64)
        reading.samples.append((name, tuple(sorted(row.metric.items())), times, values))
    return reading

"""What a metric's name says of it: type, unit and family, by the conventions of Prometheus and OpenMetrics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from diagnose.signals.series import MetricType

_PARTS = ("_bucket", "_count", "_sum", "_total", "_info", "_created")
_DECLARED = {
    "counter": MetricType.COUNTER,
    "gauge": MetricType.GAUGE,
    "histogram": MetricType.HISTOGRAM,
    "gaugehistogram": MetricType.HISTOGRAM,
    "summary": MetricType.SUMMARY,
    "info": MetricType.INFO,
    "stateset": MetricType.GAUGE,
}
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"nanoseconds|nanos|nsecs?|ns", "s", 1e-9),
    (r"microseconds|micros|usecs?|us", "s", 1e-6),
    (r"milliseconds|millis|msecs?|ms|rq_time", "s", 1e-3),
    (r"seconds|secs?", "s", 1.0),
    (r"minutes", "s", 60.0),
    (r"bytes", "bytes", 1.0),
    (r"kilobytes|kb", "bytes", 1e3),
    (r"megabytes|mb", "bytes", 1e6),
    (r"gigabytes|gb", "bytes", 1e9),
    (r"kibibytes|kib", "bytes", 2.0**10),
    (r"mebibytes|mib", "bytes", 2.0**20),
    (r"gibibytes|gib", "bytes", 2.0**30),
    (r"millicores|millicpus?", "cores", 1e-3),
    (r"cores", "cores", 1.0),
    (r"percent|percentage|pct", "ratio", 0.01),
    (r"ratio|fraction|utili[sz]ation", "ratio", 1.0),
)
_UNIT_PATTERNS = tuple((re.compile(rf"(?:^|_)(?:{words})(?:_|$)"), unit, scale) for words, unit, scale in _UNITS)


def declared_type(text: str) -> MetricType:
    """The metric type of a `# TYPE` line or of Prometheus metadata; UNKNOWN for anything else."""
    return _DECLARED.get(text.strip().lower(), MetricType.UNKNOWN)


def family(name: str) -> str:
    """The name without the suffix that the exposition format adds (_total, _bucket, _sum, _count, _info)."""
    return next((name[: -len(part)] for part in _PARTS if name.endswith(part) and len(name) > len(part)), name)


def type_of(name: str, declared: Mapping[str, MetricType], names: Set[str], summaries: Set[str]) -> MetricType:
    """The type of a series: declared for its name or family, else read from the names that stand beside it.

    `names` are all names of the source, `summaries` those that come with a `quantile` label.
    """
    base = family(name)
    said = declared.get(name, MetricType.UNKNOWN)
    of_base = declared.get(base, MetricType.UNKNOWN)
    if said is not MetricType.UNKNOWN:
        return said
    if of_base in (MetricType.HISTOGRAM, MetricType.SUMMARY, MetricType.INFO):
        return of_base
    if name.endswith("_bucket") or (f"{base}_bucket" in names and name.endswith(("_sum", "_count"))):
        return MetricType.HISTOGRAM
    if name in summaries or (name.endswith(("_sum", "_count")) and {f"{base}_sum", f"{base}_count"} <= names):
        return MetricType.SUMMARY
    if name.endswith("_total"):
        return MetricType.COUNTER
    return MetricType.INFO if name.endswith("_info") else MetricType.UNKNOWN


def unit_of(name: str) -> tuple[str, float]:
    """Base unit that the name tells, and the factor that leads to it; ("", 1.0) when it tells none.

    The last word that is a unit counts: `cpu_seconds_per_request_bytes` would be bytes.
    """
    best: tuple[int, str, float] = (-1, "", 1.0)
    for pattern, unit, scale in _UNIT_PATTERNS:
        for match in pattern.finditer(name.lower()):
            if match.start() > best[0]:
                best = (match.start(), unit, scale)
    return best[1], best[2]

"""Metrics as plain data: raw series as a source gave them, and measures as an engineer thinks of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class MetricType(StrEnum):
    """The type that the exposition format declares, or UNKNOWN when the source does not say."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    INFO = "info"
    UNKNOWN = "unknown"


Labels = tuple[tuple[str, str], ...]
QUERY_LABEL = "__query__"
"""The label under which a source keeps the query that gave a series: an answer, not one of the service's metrics."""


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """One raw series: `times` in Unix seconds, strictly increasing; `values` of the same length, NaN kept."""

    name: str
    labels: Labels
    times: FloatArray
    values: FloatArray
    type: MetricType = MetricType.UNKNOWN

    def label(self, name: str) -> str | None:
        """The value of a label, or None."""
        return next((value for key, value in self.labels if key == name), None)

    @property
    def selector(self) -> str:
        """The PromQL selector that names exactly this series."""
        if not self.labels:
            return self.name
        return self.name + "{" + ",".join(f"{key}={_quoted(value)}" for key, value in self.labels) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Role(StrEnum):
    """What a measure tells, whatever the metric behind it is called."""

    UP = "up"
    START_TIME = "start-time"
    VERSION = "version"
    CPU = "cpu"  # cores in use
    CPU_LIMIT = "cpu-limit"
    CPU_THROTTLED = "cpu-throttled"  # share of periods
    MEMORY = "memory"  # resident or working set, bytes
    MEMORY_LIMIT = "memory-limit"
    HEAP = "heap"  # heap in use, bytes
    HEAP_LIMIT = "heap-limit"
    ALLOCATION = "allocation"  # bytes allocated per second
    GOROUTINES = "goroutines"
    THREADS = "threads"
    THREADS_BLOCKED = "threads-blocked"
    OPEN_FILES = "open-files"
    OPEN_FILES_LIMIT = "open-files-limit"
    SOCKETS = "sockets"
    GC_TIME = "gc-time"  # seconds of collection per second
    GC_RATE = "gc-rate"  # collections per second
    EVENT_LOOP_LAG = "event-loop-lag"
    REQUESTS = "requests"  # per second
    ERRORS = "errors"  # failed requests per second
    ERROR_RATIO = "error-ratio"
    LATENCY = "latency"  # seconds, mean
    LATENCY_TAIL = "latency-tail"  # seconds, a high quantile
    IN_FLIGHT = "in-flight"
    QUEUE = "queue"  # things waiting: queue depth, lag, backlog
    QUEUE_LIMIT = "queue-limit"
    POOL_IN_USE = "pool-in-use"
    POOL_MAX = "pool-max"
    POOL_WAITING = "pool-waiting"  # callers waiting, or waits per second
    POOL_WAIT_TIME = "pool-wait-time"  # seconds waited per second or per wait
    UPSTREAM_REQUESTS = "upstream-requests"
    UPSTREAM_LATENCY = "upstream-latency"
    UPSTREAM_ERRORS = "upstream-errors"
    CACHE_HITS = "cache-hits"  # ratio
    DISK_USED = "disk-used"  # ratio of the file system
    DISK_FREE = "disk-free"  # bytes
    RESTARTS = "restarts"  # restarts counted by an orchestrator
    OOM_KILLS = "oom-kills"
    LOCK_WAIT = "lock-wait"  # seconds waited for locks per second
    CERTIFICATE_EXPIRY = "certificate-expiry"  # Unix seconds
    OTHER = "other"


@dataclass(frozen=True, eq=False, slots=True)
class Measure:
    """A series made comparable: rates for counters, means and quantiles for histograms, base units.

    `entity` is the service, pod or instance it speaks of; `detail` what it is split by (handler, upstream, pool).
    `query` is PromQL that anyone can run to see the same numbers. NaN marks an interval without data.
    """

    role: Role
    name: str
    entity: str
    detail: str
    unit: str
    times: FloatArray
    values: FloatArray
    query: str
    labels: Labels = ()

    @property
    def part(self) -> str:
        """The detail alone, where a metric that is second to another has its name before it."""
        return self.detail.removeprefix(f"{self.name} ")

"""Metrics and log of the service, in the style that its seed asks for."""

from __future__ import annotations

import gc
import logging
import sys
import time

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics
from style import Style

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MILLIS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)

_REQUESTS = (
    ("http_requests", ["method", "route", "status"], "http_request_duration_seconds"),
    ("depot_responses", ["verb", "handler", "code"], "depot_latency_milliseconds"),
    ("flask_http_request", ["method", "path", "status"], "flask_http_request_duration_seconds"),
)
_POOL = (
    ("db_pool_size", "db_pool_in_use", "db_pool_waiting", "db_pool_wait_seconds"),
    ("sqlalchemy_pool_size", "sqlalchemy_pool_checked_out", "sqlalchemy_pool_waiters", "sqlalchemy_pool_wait_seconds"),
    ("depot_db_connections_max", "depot_db_connections_active", "depot_db_connections_pending",
     "depot_db_connection_acquire_seconds"),
)  # fmt: skip


class Telemetry:
    """The service's own metrics; three families of names for the same facts."""

    def __init__(self, style: Style, version: str) -> None:
        disable_created_metrics()
        self._millis = style.metrics == 1
        count, labels, latency = _REQUESTS[style.metrics]
        self._count = Counter(count, "Requests answered.", labels)
        self._time = Histogram(latency, "Latency.", [labels[1]], buckets=MILLIS if self._millis else SECONDS)
        size, in_use, waiting, wait = _POOL[style.metrics]
        self.pool_size = Gauge(size, "Largest number of connections.")
        self.pool_in_use = Gauge(in_use, "Connections taken.")
        self.pool_waiting = Gauge(waiting, "Callers waiting for a connection.")
        self.pool_wait = Histogram(wait, "Wait for a connection.", buckets=SECONDS)
        self.cache_entries = Gauge("depot_parcel_cache_entries", "Entries in the in-process cache.")
        self.upstream_time = Histogram("depot_routing_call_seconds", "Calls to routing.", ["outcome"], buckets=SECONDS)
        self.upstream_open = Gauge("depot_routing_connections_open", "Open connections to routing.")
        self.busy = Gauge("depot_workers_busy", "Requests being worked on.")
        self.queued = Gauge("depot_workers_queued", "Requests waiting for a worker.")
        self.disk_free = Gauge("depot_data_volume_free_bytes", "Free space where the service writes.")
        self.disk_size = Gauge("depot_data_volume_size_bytes", "Size of the volume where the service writes.")
        self.threads = Gauge("process_threads", "Threads of the process.")
        Info("depot_build", "Build of the running service.").info({"version": version})
        _time_gc(Counter("python_gc_pause_seconds", "Time spent in the cycle collector.", ["generation"]))

    def served(self, verb: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._count.labels(verb, route, str(status)).inc()
        self._time.labels(route).observe(seconds * 1000 if self._millis else seconds)


def _time_gc(pauses: Counter) -> None:
    started = [0.0]

    def on_gc(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            started[0] = time.perf_counter()
        else:
            pauses.labels(str(info["generation"])).inc(time.perf_counter() - started[0])

    gc.callbacks.append(on_gc)


def start_logging(style: Style) -> logging.Logger:
    """The service's logger: plain text on stderr, tracebacks as Python prints them, times in UTC."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=style.log_format)
    return logging.getLogger("depot")

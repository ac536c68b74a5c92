"""Metrics and log of the service, in the style that its seed asks for."""

from __future__ import annotations

import gc
import logging
import sys
import time

from names import Names
from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_MILLIS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


class Telemetry:
    """The service's own metrics; three families of names for the same facts."""

    def __init__(self, names: Names, version: str) -> None:
        disable_created_metrics()
        self._style = names.metric_style
        prefix = names.service
        self._requests(prefix)
        self._pool(prefix)
        self.cache_entries = Gauge(f"{prefix}_{names.thing}_cache_entries", "Entries in the in-process cache.")
        self.upstream_seconds = Histogram(
            f"{prefix}_{names.upstream}_call_seconds", "Calls to the upstream.", ["outcome"], buckets=_SECONDS)
        self.busy = Gauge(f"{prefix}_workers_busy", "Requests being worked on.")
        self.queued = Gauge(f"{prefix}_workers_queued", "Requests waiting for a worker.")
        self.disk_free = Gauge(f"{prefix}_data_volume_free_bytes", "Free space where the service writes.")
        self.disk_size = Gauge(f"{prefix}_data_volume_size_bytes", "Size of the volume where the service writes.")
        self.threads = Gauge("process_threads", "Threads of the process.")
        self.gc_seconds = Counter("python_gc_pause_seconds", "Time spent in the cycle collector.", ["generation"])
        Info(f"{prefix}_build", "Build of the running service.").info({"version": version})
        _time_gc(self.gc_seconds)

    def _requests(self, prefix: str) -> None:
        if self._style == 0:
            self._count = Counter("http_requests", "Requests served.", ["method", "route", "status"])
            self._time = Histogram("http_request_duration_seconds", "Latency.", ["route"], buckets=_SECONDS)
        elif self._style == 1:
            self._count = Counter(f"{prefix}_responses", "Responses by handler.", ["verb", "handler", "code"])
            self._time = Histogram(f"{prefix}_latency_milliseconds", "Latency.", ["handler"], buckets=_MILLIS)
        else:
            self._count = Counter("flask_http_request", "Requests.", ["method", "path", "status"])
            self._time = Histogram("flask_http_request_duration_seconds", "Latency.", ["path"], buckets=_SECONDS)

    def _pool(self, prefix: str) -> None:
        stems = (("db_pool_size", "db_pool_in_use", "db_pool_waiting", "db_pool_wait_seconds"),
                 ("sqlalchemy_pool_size", "sqlalchemy_pool_checked_out", "sqlalchemy_pool_waiters",
                  "sqlalchemy_pool_wait_seconds"),
                 (f"{prefix}_db_connections_max", f"{prefix}_db_connections_active", f"{prefix}_db_connections_pending",
                  f"{prefix}_db_connection_acquire_seconds"))[self._style]
        self.pool_size = Gauge(stems[0], "Largest number of connections.")
        self.pool_in_use = Gauge(stems[1], "Connections taken.")
        self.pool_waiting = Gauge(stems[2], "Callers waiting for a connection.")
        self.pool_wait = Histogram(stems[3], "Wait for a connection.", buckets=_SECONDS)

    def served(self, verb: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._count.labels(verb, route, str(status)).inc()
        self._time.labels(route).observe(seconds * 1000 if self._style == 1 else seconds)


def _time_gc(pauses: Counter) -> None:
    started = [0.0]

    def on_gc(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            started[0] = time.perf_counter()
        else:
            pauses.labels(str(info["generation"])).inc(time.perf_counter() - started[0])

    gc.callbacks.append(on_gc)


def start_logging(names: Names) -> logging.Logger:
    """The service's logger: plain text on stderr, tracebacks as Python prints them."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=names.log_format)
    logging.Formatter.converter = time.gmtime
    return logging.getLogger(names.service)

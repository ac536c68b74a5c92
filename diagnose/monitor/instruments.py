"""What the server tells of itself, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from diagnose.monitor.health import Checkup, worst
from diagnose.monitor.records import Record
from diagnose.report.listing import Told

_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200)


class Instruments:
    """Counters of one server; they stand in a registry of their own."""

    def __init__(self, *, waiting: Callable[[], float], running: Callable[[], float], places: int) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._runs = self._counter("runs", "Incidents that were diagnosed, by how the run ended.", ["state"])
        self._verdicts = self._counter("verdicts", "Reports, by verdict and cause.", ["status", "cause"])
        self._notified = self._counter(
            "notifications", "Notifications of Alertmanager, by what became of them.", ["taken"]
        )
        self._told = self._counter("told", "Messages to the webhook of the team, by whether they arrived.", ["arrived"])
        self._seconds = Histogram(
            "diagnose_run_seconds", "How long a run took.", buckets=_SECONDS, registry=self.registry
        )
        self._gauge("queue_length", "Incidents that wait.").set_function(waiting)
        self._gauge("queue_places", "How many may wait.").set(places)
        self._gauge("running", "Incidents that are being diagnosed.").set_function(running)
        self._status = self._gauge("status", "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, by the last check.", ["service"])
        self._checked = self._gauge("checked_timestamp_seconds", "When the services were last checked.")

    def ended(self, record: Record, told: Told | None) -> None:
        """A run has ended."""
        self._runs.labels(record.state.value).inc()
        if record.began is not None and record.ended is not None:
            self._seconds.observe(record.ended - record.began)
        if told is not None:
            self._verdicts.labels(told.status, told.cause).inc()

    def notified(self, taken: str) -> None:
        """A notification was answered."""
        self._notified.labels(taken).inc()

    def told(self, arrived: bool) -> None:
        """A message was sent."""
        self._told.labels(str(arrived).lower()).inc()

    def checked(self, services: Iterable[str], found: Checkup, at: float) -> None:
        """The services were checked."""
        for service in services:
            self._status.labels(service).set(worst(one.status for one in found.findings if one.service == service))
        self._checked.set(at)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, labels: Iterable[str]) -> Counter:
        return Counter(f"diagnose_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, labels: Iterable[str] = ()) -> Gauge:
        return Gauge(f"diagnose_{name}", what, labels, registry=self.registry)

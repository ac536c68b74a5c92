"""One pass of the checks over one service: what a cron job wants to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from diagnose.checks.catalog import Value, catalogue
from diagnose.checks.examine import align, run
from diagnose.checks.finding import Answer, Finding
from diagnose.errors import DiagnoseError
from diagnose.investigate import Request, collect
from diagnose.monitor.configuration import Service
from diagnose.signals.window import Window


class Health(IntEnum):
    """Exit codes of the monitoring-plugin convention."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_WORSE = (Health.OK, Health.UNKNOWN, Health.WARNING, Health.CRITICAL)

WATCHED: tuple[tuple[str, dict[str, Value], Health], ...] = (
    ("metrics.stopped", {}, Health.CRITICAL),
    ("restarts.repeated", {}, Health.CRITICAL),
    ("memory.killed", {}, Health.CRITICAL),
    ("requests.fail", {}, Health.CRITICAL),
    ("requests.slow", {}, Health.WARNING),
    ("pool.exhausted", {}, Health.CRITICAL),
    ("upstream.slow", {}, Health.WARNING),
    ("upstream.fails", {}, Health.WARNING),
    ("cpu.jumped", {}, Health.WARNING),
    ("resource.keeps_growing", {"what": "memory"}, Health.WARNING),
    ("resource.keeps_growing", {"what": "goroutines"}, Health.WARNING),
    ("resource.keeps_growing", {"what": "files"}, Health.WARNING),
    ("log.errors", {}, Health.WARNING),
)


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One line of a check's answer; `value` is in `unit`, `since` is Unix seconds."""

    service: str
    check: str
    status: Health
    message: str
    value: float | None = None
    unit: str = ""
    since: float | None = None
    full_in_s: float | None = None


def worst(findings: tuple[HealthFinding, ...]) -> Health:
    """The worst status; nothing at all is unknown."""
    return max((one.status for one in findings), key=_WORSE.index, default=Health.UNKNOWN)


def look(service: Service, *, now: float, progress: Callable[[str], None]) -> tuple[HealthFinding, ...]:
    """Examine one service over its last span; sources that fail and checks without data are said as unknown."""
    window = Window(now - service.since_s, now)
    sources = Request(
        window=window,
        prometheus=service.prometheus,
        metrics=service.metrics,
        select=service.select,
        logs=service.logs,
        profiles=service.profiles,
        changes=service.changes,
        repository=service.repo,
        dependencies=service.dependencies,
        cpu_seconds=0.0,
    )
    try:
        evidence = collect(sources, progress=progress)
    except DiagnoseError as error:
        return (HealthFinding(service.name, "sources", Health.UNKNOWN, str(error)),)
    case, checks = align(evidence), catalogue()
    asked = [(name, given, status, run(case, checks[name], given)) for name, given, status in WATCHED]
    bad = [
        _bad(service.name, name, given, status, found)
        for name, given, status, found in asked
        if found.answer is Answer.YES
    ]
    wanted = {
        "log": bool(service.logs),
        "metric": bool(service.prometheus or service.metrics),
        "profile": bool(service.profiles),
    }
    silent = [
        HealthFinding(service.name, f"{gap.signal}s", Health.UNKNOWN, gap.why)
        for gap in evidence.gaps
        if wanted.get(gap.signal.value)
    ]
    judged = [name for name, _, _, found in asked if found.answer is not Answer.UNKNOWN]
    if not bad and not silent:
        return (_quiet(service.name, judged, len(asked)),)
    return (*bad, *silent)


def _quiet(service: str, judged: list[str], asked: int) -> HealthFinding:
    """Nothing was found: fine when a check of the service itself could judge, not when only the scraping is known."""
    if not set(judged) - {"metrics.stopped"}:
        return HealthFinding(service, "all", Health.UNKNOWN, "no check had the data that it needs")
    return HealthFinding(service, "all", Health.OK, f"{len(judged)} of {asked} checks could judge, and found nothing")


def _bad(service: str, name: str, given: dict[str, Value], status: Health, found: Finding) -> HealthFinding:
    first = next(iter(found.evidence), None)
    soft = Health.WARNING if found.strength < 0.7 else status
    return HealthFinding(
        service=service,
        check=name + "".join(f"({value})" for value in given.values()),
        status=soft,
        message=found.because,
        value=first.observed if first else None,
        unit=first.unit if first else "",
        since=first.at if first else None,
    )

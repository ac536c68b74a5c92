"""One pass of the checks over one service: what a cron job wants to know."""

from __future__ import annotations

from collections.abc import Callable

from diagnose.checks.catalog import Value, catalogue
from diagnose.checks.examine import align, run
from diagnose.checks.finding import Answer, Finding
from diagnose.errors import DiagnoseError
from diagnose.investigate import Request, collect
from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Checkup, Health, HealthFinding
from diagnose.monitor.limits import joined, limits
from diagnose.signals.evidence import Evidence
from diagnose.signals.window import Window

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


def look(service: Service, *, now: float, progress: Callable[[str], None]) -> Checkup:
    """Examine one service over its last span; sources that fail and checks without data are said as unknown."""
    try:
        window = Window(now - service.since_s, now)
        return _examined(service, collect(request(service, window), progress=progress))
    except DiagnoseError as error:
        return Checkup((HealthFinding(service.name, "sources", Health.UNKNOWN, str(error)),))
    except Exception as error:  # noqa: BLE001 - a defect met in one service must neither hide the others nor be health
        why = f"internal error: {type(error).__name__}: {error}"
        return Checkup((HealthFinding(service.name, "all", Health.UNKNOWN, why),))


def request(service: Service, window: Window) -> Request:
    """What a check asks the sources of a service for; a live one is not made to sample its processor."""
    return Request(
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
        meanings=service.meanings,
    )


def _examined(service: Service, evidence: Evidence) -> Checkup:
    case, checks = align(evidence), catalogue()
    asked = [(name, given, status, run(case, checks[name], given)) for name, given, status in WATCHED]
    bad = [
        _bad(service.name, name, given, status, found)
        for name, given, status, found in asked
        if found.answer is Answer.YES
    ]
    ends = limits(service.name, case)
    silent = _silent(service, evidence)
    judged = [name for name, _, _, found in asked if found.answer is not Answer.UNKNOWN]
    judged += [level.name for level in ends.levels]
    told = (*joined(bad, ends.findings), *silent)
    return Checkup(told or (_quiet(service.name, judged, len(asked) + len(ends.levels)),), ends.levels)


def _silent(service: Service, evidence: Evidence) -> list[HealthFinding]:
    """The sources that were named and hold less than they should."""
    wanted = {
        "log": bool(service.logs),
        "metric": bool(service.prometheus or service.metrics),
        "profile": bool(service.profiles),
    }
    return [
        HealthFinding(service.name, f"{gap.signal}s", Health.UNKNOWN, gap.why)
        for gap in evidence.gaps
        if wanted.get(gap.signal.value)
    ]


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

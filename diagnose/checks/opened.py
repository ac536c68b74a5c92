"""Who opens connections and files, and whether ever more of them stay open."""

from __future__ import annotations

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.dependencies import dependency_of
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.observe import of_change, of_profile, profile_gap
from diagnose.checks.profiles.callers import Caller, callers_of_database, callers_of_http_client, openers_of_files
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

FAR = 10.0  # times the baseline: no burst of slow requests, but growth
LOOPS = (1.6, 2.4)  # net/http keeps a read and a write loop for each connection
HELD = (0.8, 3.0)  # goroutines for each connection of any protocol, where no request waits that would hold some too


def blamed_for(case: Case, kind: str, function: str, location: str) -> Culprit | None:
    """For stacks that hold only library code, the own function that calls the library."""
    callers: list[Caller] = []
    if kind == "connections":
        callers = callers_of_http_client(case.evidence.profiles)
    elif kind == "pool" and not function:
        callers = callers_of_database(case.evidence.profiles)
    if callers:
        caller, place, _ = callers[0]
        behind = f"; {function}" if function and function != caller else ""
        return Culprit("function", caller, f"{place}{behind}{_dependency(case)}")
    return Culprit("function", function, location) if function else None


def _dependency(case: Case) -> str:
    names = sorted({dependency_of(case, measure) for measure in case.of(Role.UPSTREAM_LATENCY, Role.UPSTREAM_REQUESTS)})
    return f"; to {', '.join(names)}" if 0 < len(names) <= 2 else ""


def connections(case: Case, *, at_least: float) -> Finding:
    """Whether sockets keep growing, or open files do while the growth is of connections rather than of files."""
    sockets = [c for c in case.changes if c.measure.role is Role.SOCKETS and c.kind == "trend" and c.direction > 0]
    best = max(sockets, key=lambda c: c.strength, default=None)
    if best is not None and best.strength >= at_least:
        return yes(
            f"sockets still climb: {best.baseline:.3g} → {best.observed:.3g}",
            strength=best.strength,
            weights={"connection-leak": 3.0},
            evidence=(of_change(case, best),),
            culprit=Culprit("dependency", dependency_of(case, best.measure), best.measure.name),
        )
    files, crowd = case.change(Role.OPEN_FILES, up=True), case.change(Role.GOROUTINES, up=True)
    climbing = [c for c in (files, crowd) if c is not None and (c.kind == "trend" or c.observed > FAR * c.baseline)]
    if (
        files is not None
        and crowd is not None
        and len(climbing) == 2
        and min(files.strength, crowd.strength) >= at_least
    ):
        each = (crowd.observed - crowd.baseline) / max(files.observed - files.baseline, 1.0)
        piled = case.change(Role.LATENCY, Role.LATENCY_TAIL, Role.IN_FLIGHT, Role.QUEUE, up=True)
        least, most = LOOPS if piled is not None else HELD
        if least <= each <= most:
            return yes(
                f"open files and goroutines climb together, {each:.1f} goroutines for each file: connections",
                strength=min(files.strength, crowd.strength),
                weights={"connection-leak": 3.5},
                evidence=(of_change(case, files), of_change(case, crowd)),
                culprit=Culprit("resource", files.measure.name, "connections"),
            )
    if not case.of(Role.SOCKETS):
        return unknown("no metric counts sockets", Gap(Signal.METRIC, "no metric counts sockets", "ss -s"))
    return no("sockets do not keep growing", weights={"connection-leak": -2.5})


def buffers(case: Case, *, at_least: float) -> Finding:
    """Whether the heap fills with buffers of connections while ever more files are open."""
    verdict = case.judged.heap
    if verdict is None:
        return unknown("no heap profile of the incident", profile_gap(case, ProfileKind.HEAP))
    files = case.change(Role.OPEN_FILES, Role.SOCKETS, up=True)
    if verdict.kind != "connections" or files is None or files.strength < at_least:
        return no("the heap does not fill with buffers of connections")
    numbers = (float(verdict.before) if verdict.before is not None else None, float(verdict.now), "bytes")
    seen = of_profile(case, ProfileKind.HEAP, title=verdict.because, numbers=numbers, strength=verdict.strength)
    named = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(
        verdict.because,
        strength=max(verdict.strength, files.strength),
        weights={"connection-leak": 4.0},
        evidence=(seen, of_change(case, files)),
        culprit=named or blamed_for(case, "connections", "", ""),
    )


def files(case: Case, *, at_least: float) -> Finding:
    """Whether an own function opens more and more files, by the profiles that hold such stacks."""
    openers = [one for one in openers_of_files(case.evidence.profiles) if one[2] >= at_least]
    if not case.evidence.profiles:
        return unknown("no profiles were given", profile_gap(case, ProfileKind.HEAP))
    if not openers:
        return no("no profile shows who opens files")
    function, location, weight = openers[0]
    return yes(
        f"files are opened in {function}",
        strength=weight,
        weights={"fd-leak": 0.5},
        culprit=Culprit("function", function, location),
    )


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which a finding counts")
_PROFILE = (Signal.PROFILE,)

CHECKS = (
    Check(
        CheckSpec("heap.connections", "Does the heap fill with connections?", {"at_least": _AT_LEAST}, _PROFILE),
        buffers,
    ),
    Check(
        CheckSpec(
            "connections.keep_growing", "Do connections keep growing?", {"at_least": _AT_LEAST}, (Signal.METRIC,)
        ),
        connections,
    ),
    Check(
        CheckSpec(
            "files.opened_by", "Who opens the files?", {"at_least": ParameterSpec(float, 0.2, "ratio")}, _PROFILE
        ),
        files,
    ),
)

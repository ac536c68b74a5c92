"""What the profiles say: who is stuck, what the heap holds, what became hot, which lock is held too long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.dependencies import dependency_of
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change, of_profile
from diagnose.checks.profiles.callers import Caller, callers_of_database, callers_of_http_client, openers_of_files
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

STOPPED = 0.12  # share of the processor that collection takes, measured by the runtime itself
FAR = 10.0  # times the baseline: no burst of slow requests, but growth
LOOPS = (1.6, 2.4)  # net/http keeps a read and a write loop for each connection
CAUSE_OF = {
    "leak": "goroutine-leak",
    "deadlock": "deadlock",
    "contention": "lock-contention",
    "pool": "db-pool-exhaustion",
    "upstream": "slow-dependency",
    "connections": "connection-leak",
}


def _gap(case: Case, kind: ProfileKind) -> Gap:
    path = "profile?seconds=10" if kind is ProfileKind.CPU else kind.value
    told = next((gap for gap in case.evidence.gaps if gap.signal is Signal.PROFILE), None)
    return told or Gap(
        Signal.PROFILE, f"no {kind} profile was given", f"curl -sS -O http://SERVICE:6060/debug/pprof/{path}"
    )


def stuck(case: Case, *, kind: str, at_least: float) -> Finding:
    """Whether the goroutine profile shows a crowd of this kind (the keys of CAUSE_OF)."""
    verdict = case.judged.goroutines
    if verdict is None:
        return unknown("no goroutine profile of the incident", _gap(case, ProfileKind.GOROUTINE))
    cause = CAUSE_OF[kind]
    if verdict.kind == "none":
        return no(f"no crowd in the goroutine profile ({verdict.because.split(';')[0]})", weights={cause: -1.5})
    if verdict.kind != kind or verdict.strength < at_least:
        return no(f"the crowd in the goroutine profile is of another kind ({verdict.kind})", weights={cause: -1.5})
    base, profile = case.pairs[ProfileKind.GOROUTINE]
    before = float(verdict.before) if verdict.before is not None else None
    seen = of_profile(
        case,
        profile,
        base,
        title=verdict.because,
        numbers=(before, float(verdict.total), "goroutines"),
        strength=verdict.strength,
    )
    return yes(
        verdict.because,
        strength=verdict.strength,
        weights={cause: 4.0},
        evidence=(seen,),
        culprit=_blamed(case, kind, verdict.function, verdict.location),
    )


def _blamed(case: Case, kind: str, function: str, location: str) -> Culprit | None:
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


def heap(case: Case, *, at_least: float) -> Finding:
    """Whether the heap in use grew, and where the application allocates what it keeps."""
    verdict = case.judged.heap
    if verdict is None:
        return unknown("no heap profile of the incident", _gap(case, ProfileKind.HEAP))
    if verdict.kind == "none" or verdict.strength < at_least:
        return no(verdict.because, weights={"memory-leak": -1.5})
    base, profile = case.pairs[ProfileKind.HEAP]
    before = float(verdict.before) if verdict.before is not None else None
    seen = of_profile(
        case,
        profile,
        base,
        title=verdict.because,
        numbers=(before, float(verdict.now), "bytes"),
        strength=verdict.strength,
    )
    weights: Mapping[str, float] = (
        {"connection-leak": 0.5} if verdict.kind == "connections" else {"memory-leak": 2.5, "oom-kill": 0.5}
    )
    culprit = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(verdict.because, strength=verdict.strength, weights=weights, evidence=(seen,), culprit=culprit)


def buffers(case: Case, *, at_least: float) -> Finding:
    """Whether the heap fills with buffers of connections while ever more files are open."""
    verdict = case.judged.heap
    if verdict is None:
        return unknown("no heap profile of the incident", _gap(case, ProfileKind.HEAP))
    files = case.change(Role.OPEN_FILES, Role.SOCKETS, up=True)
    if verdict.kind != "connections" or files is None or files.strength < at_least:
        return no("the heap does not fill with buffers of connections")
    base, profile = case.pairs[ProfileKind.HEAP]
    numbers = (float(verdict.before) if verdict.before is not None else None, float(verdict.now), "bytes")
    seen = of_profile(case, profile, base, title=verdict.because, numbers=numbers, strength=verdict.strength)
    named = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(
        verdict.because,
        strength=max(verdict.strength, files.strength),
        weights={"connection-leak": 4.0},
        evidence=(seen, of_change(case, files)),
        culprit=named or _blamed(case, "connections", "", ""),
    )


def hot(case: Case, *, at_least: float) -> Finding:
    """Whether the CPU profile shows an own function that became hot."""
    verdict = case.judged.cpu
    if verdict is None:
        return unknown("no CPU profile of the incident", _gap(case, ProfileKind.CPU))
    if verdict.kind == "none" or verdict.strength < at_least:
        return no(verdict.because, weights={"cpu-hotspot": -1.0})
    base, profile = case.pairs[ProfileKind.CPU]
    seen = of_profile(
        case,
        profile,
        base,
        title=verdict.because,
        numbers=(verdict.before, verdict.cores, "cores"),
        strength=verdict.strength,
    )
    culprit = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(
        verdict.because, strength=verdict.strength, weights={"cpu-hotspot": 2.0}, evidence=(seen,), culprit=culprit
    )


def garbage(case: Case, *, share: float) -> Finding:
    """Whether most processor time goes into collecting garbage, by the CPU profile or by the collector's own clock."""
    verdict = case.judged.cpu
    rose = case.change(Role.GC_TIME, up=True)
    cpu = case.level(Role.CPU)
    if verdict is not None:
        part = verdict.parts.get("gc", 0.0)
        if verdict.kind == "gc" or part >= share:
            return yes(
                f"{part:.0%} of processor time is garbage collection",
                strength=max(part, verdict.strength),
                weights={"gc-pressure": 4.0, "cpu-hotspot": -1.0},
                evidence=(of_change(case, rose),) if rose else (),
                culprit=_allocator(case),
            )
        return no(f"{part:.0%} of processor time is garbage collection", weights={"gc-pressure": -2.0})
    if rose is None and not case.of(Role.GC_TIME):
        return unknown("nothing tells how long garbage is collected", _gap(case, ProfileKind.CPU))
    if rose is not None and cpu is not None and _collects(rose, cpu, share):
        part = rose.observed / cpu[1]
        return yes(
            f"garbage is collected for {rose.observed:.3g} s of each second, {part:.0%} of the processor",
            strength=rose.strength,
            weights={"gc-pressure": 3.5, "cpu-hotspot": -0.5},
            evidence=(of_change(case, rose),),
            culprit=Culprit("resource", rose.measure.name, "garbage collection"),
        )
    return no("garbage collection takes a small part of the processor", weights={"gc-pressure": -1.0})


def _collects(rose: MetricChange, cpu: tuple[float, float], share: float) -> bool:
    """Whether the collector's own clock explains the processor.

    Go's clock counts only the pauses, so there a share proves nothing below `share`; JVM and Node count the collection,
    where 5 % is already an alert (awesome-prometheus-alerts).
    """
    least = share if rose.measure.name.startswith("go_") else STOPPED
    return rose.observed >= least * cpu[1] and rose.observed / cpu[1] >= 2 * rose.baseline / max(cpu[0], 1e-9)


def _allocator(case: Case) -> Culprit | None:
    verdict = case.judged.heap
    if verdict is not None and verdict.allocator is not None:
        return Culprit("function", verdict.allocator.function, verdict.allocator.location)
    return None


def contended(case: Case, *, at_least: float) -> Finding:
    """Whether callers wait for a lock, by the goroutine, mutex and block profiles or by a metric."""
    locks, crowd = case.judged.locks, case.judged.goroutines
    waited = case.change(Role.LOCK_WAIT, Role.THREADS_BLOCKED, up=True)
    told: list[_Told] = []
    if locks is not None and locks.kind == "contention" and locks.strength >= at_least:
        told.append(_Told(locks.because, locks.strength, locks.function, locks.location))
    if crowd is not None and crowd.kind == "contention" and crowd.strength >= at_least:
        told.append(_Told(crowd.because, crowd.strength, crowd.function, crowd.location))
    if waited is not None and waited.strength >= at_least:
        told.append(
            _Told(f"{waited.measure.role.replace('-', ' ')} rose to {waited.observed:.3g}", waited.strength, "", "")
        )
    if not told:
        if locks is None and crowd is None and not case.of(Role.LOCK_WAIT, Role.THREADS_BLOCKED):
            return unknown("no profile tells who waits for locks", _gap(case, ProfileKind.MUTEX))
        return no("nobody waits long for a lock", weights={"lock-contention": -2.5})
    named = next((one for one in told if one.function), told[0])
    evidence = [of_change(case, waited)] if waited is not None else []
    for kind in (ProfileKind.MUTEX, ProfileKind.BLOCK, ProfileKind.GOROUTINE):
        if kind in case.pairs:
            base, profile = case.pairs[kind]
            rate = locks.wait_per_s if locks is not None else None
            evidence.append(
                of_profile(
                    case, profile, base, title=named.because, numbers=(None, rate, "s/s"), strength=named.strength
                )
            )
            break
    culprit = Culprit("function", named.function, named.location) if named.function else None
    strength = max(one.strength for one in told)
    return yes(
        "; ".join(one.because for one in told),
        strength=strength,
        weights={"lock-contention": 4.0},
        evidence=tuple(evidence),
        culprit=culprit,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    because: str
    strength: float
    function: str
    location: str


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
        if LOOPS[0] <= each <= LOOPS[1]:
            return yes(
                f"open files and goroutines climb together, {each:.1f} goroutines for each file: connections",
                strength=min(files.strength, crowd.strength),
                weights={"connection-leak": 3.5},
                evidence=(of_change(case, files), of_change(case, crowd)),
                culprit=Culprit("resource", files.measure.name, "connections"),
            )
    if not case.of(Role.SOCKETS):
        return unknown("no metric counts sockets", Gap(Signal.METRIC, "no metric counts sockets", "ss -s"))
    return no("sockets do not keep growing", weights={"connection-leak": -1.0})


def files(case: Case, *, at_least: float) -> Finding:
    """Whether an own function opens more and more files, by the profiles that hold such stacks."""
    openers = [one for one in openers_of_files(case.evidence.profiles) if one[2] >= at_least]
    if not case.evidence.profiles:
        return unknown("no profiles were given", _gap(case, ProfileKind.HEAP))
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
        CheckSpec(
            "goroutines.stuck",
            "Does the goroutine profile show a crowd of this kind?",
            {"kind": ParameterSpec(str, title="kind of crowd", choices=tuple(CAUSE_OF)), "at_least": _AT_LEAST},
            _PROFILE,
        ),
        stuck,
    ),
    Check(
        CheckSpec(
            "heap.grew",
            "Did the heap in use grow at a place?",
            {"at_least": ParameterSpec(float, 0.25, "ratio", "strength from which growth counts")},
            _PROFILE,
        ),
        heap,
    ),
    Check(
        CheckSpec("heap.connections", "Does the heap fill with connections?", {"at_least": _AT_LEAST}, _PROFILE),
        buffers,
    ),
    Check(CheckSpec("cpu.hot", "Did an own function become hot?", {"at_least": _AT_LEAST}, _PROFILE), hot),
    Check(
        CheckSpec(
            "gc.dominates",
            "Does garbage collection take most of the processor?",
            {"share": ParameterSpec(float, 0.5, "ratio")},
            (Signal.PROFILE, Signal.METRIC),
        ),
        garbage,
    ),
    Check(
        CheckSpec(
            "locks.contended", "Do callers wait for a lock?", {"at_least": _AT_LEAST}, (Signal.PROFILE, Signal.METRIC)
        ),
        contended,
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

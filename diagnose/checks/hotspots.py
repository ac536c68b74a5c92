"""What the heap holds, what became hot, and what the collector takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diagnose.checks.case import Case, levelled
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change, of_profile, profile_gap
from diagnose.checks.profiles.cpu import CpuVerdict
from diagnose.checks.profiles.heap import HeapVerdict
from diagnose.checks.warmup import began_warm
from diagnose.signals.evidence import Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

COLLECTS = 0.2  # share of a CPU profile from which collection is more than Go's usual tenth
BUSIER = 0.6  # log-odds for a collector that works more often, for an unknown time
OFTEN = 3.0  # times as many collections
OUTSIDE, NOISE = 4.0, 32 << 20  # times the growth of the heap, and bytes that a collector may hold back
STOPPED = 0.12  # share of the processor that collection takes, measured by the runtime itself


def heap(case: Case, *, at_least: float) -> Finding:
    """Whether the heap in use grew, and where the application allocates what it keeps."""
    verdict = case.judged.heap
    if verdict is None:
        return unknown("no heap profile of the incident", profile_gap(case, ProfileKind.HEAP))
    if verdict.kind == "none" or verdict.strength < at_least:
        beyond = _beyond(case, verdict)
        return no(verdict.because + beyond, weights={} if beyond else {"memory-leak": -1.5})
    if levelled(case, Role.HEAP, Role.MEMORY):
        return no("the heap grew and levelled off, by the memory metrics", weights={"memory-leak": -1.5})
    if began_warm(case):
        return unknown("the heap grew from the start of the process, as a warm-up does")
    before = float(verdict.before) if verdict.before is not None else None
    seen = of_profile(
        case,
        ProfileKind.HEAP,
        title=verdict.because,
        numbers=(before, float(verdict.now), "bytes"),
        strength=verdict.strength,
    )
    weights: Mapping[str, float] = (
        {"connection-leak": 0.5} if verdict.kind == "connections" else {"memory-leak": 2.5, "oom-kill": 0.5}
    )
    culprit = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(verdict.because, strength=verdict.strength, weights=weights, evidence=(seen,), culprit=culprit)


def _beyond(case: Case, verdict: HeapVerdict) -> str:
    """What to say when the process grew and its heap did not: four times as much, and by more than a heap's noise."""
    rose = case.change(Role.MEMORY, up=True)
    if rose is None or verdict.before is None:
        return ""
    grown = rose.observed - rose.baseline
    if grown < max(OUTSIDE * verdict.growth, NOISE):
        return ""
    return f"; the process grew by {grown / 2**20:.0f} MiB, so outside the heap: native code, stacks or mapped files"


def hot(case: Case, *, at_least: float) -> Finding:
    """Whether the CPU profile shows an own function that became hot."""
    verdict = case.judged.cpu
    if verdict is None:
        return unknown("no CPU profile of the incident", profile_gap(case, ProfileKind.CPU))
    if verdict.kind == "none" or verdict.strength < at_least:
        return no(verdict.because, weights={"cpu-hotspot": -1.0})
    seen = of_profile(
        case,
        ProfileKind.CPU,
        title=verdict.because,
        numbers=(verdict.before, verdict.cores, "cores"),
        strength=verdict.strength,
    )
    culprit = Culprit("function", verdict.function, verdict.location) if verdict.function else None
    return yes(
        verdict.because,
        strength=verdict.strength,
        weights={"cpu-hotspot": 2.0},
        evidence=(seen,),
        culprit=culprit,
        alike=("bad-deploy", "traffic-surge"),
    )


def garbage(case: Case, *, share: float) -> Finding:
    """Whether most processor time goes into collecting garbage, by the CPU profile or by the collector's own clock."""
    rose = case.change(Role.GC_TIME, up=True)
    if case.judged.cpu is not None:
        return _sampled(case, case.judged.cpu, rose, share)
    cpu = case.level(Role.CPU)
    if rose is None and case.of(Role.GC_RATE) and case.change(Role.GC_RATE, up=True) is None:
        return no("garbage is collected as often as before", weights={"gc-pressure": -2.0})
    if rose is None and not case.of(Role.GC_TIME):
        return unknown("nothing tells how long garbage is collected", profile_gap(case, ProfileKind.CPU))
    if rose is not None and cpu is not None and _collects(rose, cpu, share):
        part = rose.observed / cpu[1]
        return yes(
            f"garbage is collected for {rose.observed:.3g} s of each second, {part:.0%} of the processor",
            strength=rose.strength,
            weights={"gc-pressure": 3.5, "cpu-hotspot": -0.5},
            evidence=(of_change(case, rose),),
            culprit=Culprit("resource", rose.measure.name, "garbage collection"),
        )
    often = case.change(Role.GC_RATE, up=True)
    if cpu is not None and often is not None and _only_pauses(case) and often.observed >= OFTEN * often.baseline:
        told = f"garbage is collected {often.observed:.3g} times a second instead of {often.baseline:.3g}"
        silent = unknown(f"{told}, and only its pauses are timed", profile_gap(case, ProfileKind.CPU))
        return replace(silent, weights={"gc-pressure": BUSIER})
    return no("garbage collection takes a small part of the processor", weights={"gc-pressure": -1.0})


def _sampled(case: Case, verdict: CpuVerdict, rose: MetricChange | None, share: float) -> Finding:
    """By the CPU profile: collection itself, or, where no own function is hot, collection and allocation together."""
    if verdict.cores is not None and verdict.before is not None and verdict.cores <= verdict.before:
        return no("the processor has no more to do than before", weights={"gc-pressure": -2.0})
    part, allocating = verdict.parts.get("gc", 0.0), verdict.parts.get("allocation", 0.0)
    memory = verdict.kind == "none" and part >= COLLECTS and part + allocating >= share
    if verdict.kind != "gc" and part < share and not memory:
        return no(f"{part:.0%} of processor time is garbage collection", weights={"gc-pressure": -2.0})
    return yes(
        f"{part:.0%} of processor time is garbage collection" + (f", {allocating:.0%} is allocation" if memory else ""),
        strength=max(part + (allocating if memory else 0.0), verdict.strength),
        weights={"gc-pressure": 4.0, "cpu-hotspot": -1.0},
        evidence=(of_change(case, rose),) if rose else (),
        culprit=_allocator(case),
    )


def _only_pauses(case: Case) -> bool:
    """Whether the collector's clock counts only the time in which it stops the program, as Go's does."""
    return all(measure.name == "go_gc_duration_seconds" for measure in case.of(Role.GC_TIME))


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


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which a finding counts")
_PROFILE = (Signal.PROFILE,)

CHECKS = (
    Check(
        CheckSpec(
            "heap.grew",
            "Did the heap in use grow at a place?",
            {"at_least": ParameterSpec(float, 0.25, "ratio", "strength from which growth counts")},
            _PROFILE,
        ),
        heap,
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
)

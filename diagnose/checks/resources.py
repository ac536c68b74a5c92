"""Which resource moved: processor, memory, goroutines, threads, files, collection."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.checks.alike import REQUESTS_FAIL, REQUESTS_WAIT
from diagnose.checks.case import Case, climbing, passed
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.metrics.change import MetricChange
from diagnose.checks.observe import of_change
from diagnose.checks.warmup import warming
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

RISEN = 3  # goroutines of one function: fewer come and go
GROWTH: dict[str, tuple[Role, ...]] = {
    "memory": (Role.MEMORY, Role.HEAP),
    "goroutines": (Role.GOROUTINES,),
    "threads": (Role.THREADS,),
    "files": (Role.OPEN_FILES, Role.SOCKETS),
}
SPEAKS: dict[str, Mapping[str, float]] = {
    "memory": {"memory-leak": 2.5, "oom-kill": 0.5},
    "goroutines": {"goroutine-leak": 1.5, "connection-leak": 0.3, "slow-dependency": 0.3, "deadlock": 0.3},
    "threads": {"deadlock": 0.5, "lock-contention": 0.3, "slow-dependency": 0.3},
    "files": {"fd-leak": 1.5, "connection-leak": 1.2},
}
DENIES: dict[str, Mapping[str, float]] = {
    "memory": {"memory-leak": -3.0},
    "goroutines": {"goroutine-leak": -2.5},
    "threads": {},
    "files": {"fd-leak": -2.5, "connection-leak": -2.5},
}


LEAKS = ("connection-leak", "fd-leak")


def alike(case: Case, what: str, growth: MetricChange) -> tuple[str, ...]:
    """The causes that make the same resource grow: others that are not given back, and requests that wait or fail."""
    waits = case.change(Role.LATENCY, Role.LATENCY_TAIL, Role.IN_FLIGHT, Role.QUEUE, up=True)
    fails = case.change(Role.ERRORS, Role.ERROR_RATIO, Role.UPSTREAM_ERRORS, up=True)
    found: tuple[str, ...] = LEAKS if what == "files" else LEAKS[:1]
    found += REQUESTS_WAIT if waits is not None else ()
    return found + (REQUESTS_FAIL if fails is not None and fails.strength > growth.strength else ())


WORDS: Mapping[Role, str] = {
    Role.CPU: "cpu",
    Role.MEMORY: "memory|rss",
    Role.OPEN_FILES: "open_fds|open_files",
    Role.SOCKETS: "sockets|connections",
    Role.GC_TIME: "gc_",
    Role.LATENCY: "duration|latency|seconds_sum",
    Role.LATENCY_TAIL: "quantile|_bucket",
    Role.ERRORS: "errors|failed|status|code=",
    Role.ERROR_RATIO: "errors|failed|status|code=",
    Role.POOL_IN_USE: "in_use|active|pool",
    Role.POOL_WAITING: "waiting|pending|wait_count",
    Role.POOL_WAIT_TIME: "wait_(seconds|duration)",
    Role.UPSTREAM_LATENCY: "client.*(seconds|duration)",
    Role.UPSTREAM_ERRORS: "client.*(errors|failed|status|code=)",
}
"""What the usual names of a role's metrics hold, for `grep -iE`; a role that is not here by its own name."""


def _speaks(case: Case, what: str) -> Mapping[str, float]:
    """What growth speaks for. A connection of a Go service costs goroutines too: files alone are no connections."""
    if what != "files":
        return SPEAKS[what]
    own = {"connection-leak": -2.0} if passed(case, Role.GOROUTINES) else {}
    return {**SPEAKS[what], **own}


def _looked_for(roles: tuple[Role, ...]) -> str:
    """The command that shows whether the service exports such metrics at all."""
    words = "|".join(dict.fromkeys(WORDS.get(role, role.replace("-", ".?")) for role in roles))
    return f"curl -sS -m 5 http://SERVICE/metrics | grep -iE '^[^#]*({words})'"


def no_metric(case: Case, roles: tuple[Role, ...]) -> Finding:
    """The finding for roles that no metric tells of."""
    what = " or ".join(role.replace("-", " ") for role in roles)
    gap = next((gap for gap in case.evidence.gaps if gap.signal is Signal.METRIC), None)
    return unknown(
        f"no metric tells {what}",
        gap or Gap(Signal.METRIC, f"no metric tells {what}", _looked_for(roles)),
    )


def grows(case: Case, *, what: str, at_least: float) -> Finding:
    """Whether a held resource rises and does not come back: a step that stays, or a trend."""
    roles = GROWTH.get(what, ())
    if not case.of(*roles):
        return no_metric(case, roles)
    change = case.change(*roles, up=True)
    if change is not None and warming(case, change):
        return unknown("memory grew from the start of the process, as a warm-up does")
    if change is None or change.strength < at_least:
        return no(
            f"{what} stayed in their usual range" if what != "memory" else "memory stayed in its usual range",
            weights=DENIES[what],
        )
    return yes(
        f"{what} went from {change.baseline:,.4g} to {change.observed:,.4g} {change.measure.unit}".rstrip(),
        strength=change.strength,
        weights=_speaks(case, what),
        evidence=(of_change(case, change),),
        alike=alike(case, what, change),
    )


def keeps_growing(case: Case, *, what: str, at_least: float) -> Finding:
    """Whether a held resource still climbs at the end of the window, as a leak does and a full queue does not."""
    roles = GROWTH.get(what, ())
    if not case.of(*roles):
        return no_metric(case, roles)
    trends = climbing(case, *roles)
    best = max(trends, key=lambda c: c.strength, default=None)
    if best is not None and warming(case, best):
        return unknown("memory grows since the process started, as a warm-up does")
    if best is None or best.strength < at_least:
        rose = case.change(*roles, up=True)
        stayed = rose is None or rose.strength < at_least
        return no(f"{what} do not keep growing", weights=DENIES[what] if stayed else {})
    return yes(
        f"{what} still climb at the end: {best.baseline:,.4g} → {best.observed:,.4g} {best.measure.unit}".rstrip(),
        strength=best.strength,
        weights=_speaks(case, what),
        evidence=(of_change(case, best),),
        culprit=_riser(case, what) or Culprit("resource", best.measure.name, what),
        alike=alike(case, what, best),
    )


def _riser(case: Case, what: str) -> Culprit | None:
    """The own function in which most of the goroutines wait that came since the baseline, be they too few to judge."""
    verdict = case.judged.goroutines
    rising = verdict.rising if verdict is not None and verdict.before is not None and what == "goroutines" else ()
    if not rising or rising[0].growth < max(RISEN, 0.5 * sum(group.growth for group in rising)):
        return None
    return Culprit("function", rising[0].function, rising[0].location)


def processor(case: Case, *, ratio: float, cores: float) -> Finding:
    """Whether the processor is used much more than before: at least so many times as much and so many cores more."""
    if not case.of(Role.CPU):
        return no_metric(case, (Role.CPU,))
    change = case.change(Role.CPU, up=True)
    weights = {"cpu-hotspot": -3.0, "gc-pressure": -1.5}
    if change is None:
        return no("processor use stayed in its usual range", weights=weights)
    more = change.observed - change.baseline
    if change.observed < ratio * change.baseline or more < cores:
        return no(f"processor use rose only from {change.baseline:.3g} to {change.observed:.3g} cores", weights=weights)
    return yes(
        f"processor use went from {change.baseline:.3g} to {change.observed:.3g} cores",
        strength=max(change.strength, 0.5),
        weights={"cpu-hotspot": 2.0, "gc-pressure": 1.0, "slow-dependency": -1.5, "lock-contention": -1.5},
        evidence=(of_change(case, change),),
        culprit=_slowed(case) or Culprit("resource", change.measure.name, "processor"),
        alike=("bad-deploy", "gc-pressure", "traffic-surge"),
    )


def _slowed(case: Case) -> Culprit | None:
    """The handler that became slowest: without a profile the nearest thing to the hot code."""
    split = [c for c in case.changes if c.measure.role is Role.LATENCY and c.measure.detail and c.direction > 0]
    worst = max(split, key=lambda c: (c.strength, c.observed - c.baseline), default=None)
    return Culprit("endpoint", worst.measure.part, worst.measure.name) if worst else None


def collection(case: Case, *, ratio: float) -> Finding:
    """Whether garbage is collected far more often or longer than before."""
    if not case.of(Role.GC_TIME, Role.GC_RATE):
        return no_metric(case, (Role.GC_TIME,))
    changes = [case.change(role, up=True) for role in (Role.GC_TIME, Role.GC_RATE)]
    rose = [c for c in changes if c is not None and c.observed >= ratio * max(c.baseline, 1e-9)]
    best = max(rose, key=lambda c: c.strength, default=None)
    if best is None:
        return no("garbage collection works as before", weights={"gc-pressure": -3.0})
    what = best.measure.role.replace("-", " ")
    return yes(
        f"garbage collection ({what}) went from {best.baseline:.3g} to {best.observed:.3g}",
        strength=best.strength,
        weights={"gc-pressure": 2.0},
        evidence=(of_change(case, best),),
    )


_WHAT = ParameterSpec(str, title="which resource", choices=tuple(GROWTH))
_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which a rise counts")
_METRIC = (Signal.METRIC,)

CHECKS = (
    Check(
        CheckSpec("resource.grows", "Is more of it held than before?", {"what": _WHAT, "at_least": _AT_LEAST}, _METRIC),
        grows,
    ),
    Check(
        CheckSpec("resource.keeps_growing", "Does it still climb?", {"what": _WHAT, "at_least": _AT_LEAST}, _METRIC),
        keeps_growing,
    ),
    Check(
        CheckSpec(
            "cpu.jumped",
            "Did processor use jump?",
            {
                "ratio": ParameterSpec(float, 1.5, title="times as much"),
                "cores": ParameterSpec(float, 0.05, "cores", "at least so much more"),
            },
            _METRIC,
        ),
        processor,
    ),
    Check(
        CheckSpec(
            "gc.busier", "Is garbage collected far more than before?", {"ratio": ParameterSpec(float, 2.0)}, _METRIC
        ),
        collection,
    ),
)

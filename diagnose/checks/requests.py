"""What users feel: errors, latency, and how many of them there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diagnose.checks.alike import REQUESTS_FAIL, REQUESTS_WAIT
from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change
from diagnose.checks.resources import no_metric
from diagnose.checks.words import alarming
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import Role

FAILING = (Role.ERRORS, Role.ERROR_RATIO)
SLOW = (Role.LATENCY, Role.LATENCY_TAIL)
STIRS = 0.2  # strength from which a move is too much for a suspect to be ruled out
_WHY = "stacks would tell what the requests wait for"
_HOW = "curl -sS 'http://SERVICE:6060/debug/pprof/goroutine?debug=2' || jcmd PID Thread.print || py-spy dump --pid PID"
NEWS = 2.5  # times as many or as few requests
ENOUGH = 5.0  # requests per second from which traffic is more than a trickle
STIRS = 0.2  # strength from which a move is too much for a suspect to be ruled out
PILES = 0.4  # strength from which requests pile up
STOOD = 0.02  # share of the requests that still end well when all stand still; a lock that is held long lets some by
PILED = (Role.IN_FLIGHT, Role.QUEUE, Role.THREADS, Role.GOROUTINES, Role.THREADS_BLOCKED)


def fail(case: Case, *, at_least: float) -> Finding:
    """Whether more requests fail than before."""
    if not case.of(Role.REQUESTS, *FAILING):
        return no_metric(case, FAILING)
    return _rise(
        case,
        FAILING,
        at_least=at_least,
        what="failed requests",
        weights={"healthy": -3.0, "application-error": 0.7},
        alike=REQUESTS_FAIL,
    )


def slow(case: Case, *, at_least: float) -> Finding:
    """Whether requests take longer than before."""
    if not case.of(*SLOW):
        return no_metric(case, SLOW)
    return _rise(case, SLOW, at_least=at_least, what="latency", weights={"healthy": -3.0})


def _rise(
    case: Case,
    roles: tuple[Role, ...],
    *,
    at_least: float,
    what: str,
    weights: Mapping[str, float],
    alike: tuple[str, ...] = (),
) -> Finding:
    change = case.change(*roles, up=True)
    if change is None or change.strength < at_least:
        return no(f"{what} stayed in the usual range")
    return yes(
        f"{what} went from {change.baseline:.3g} to {change.observed:.3g} {change.measure.unit}".rstrip(),
        strength=change.strength,
        weights=weights,
        evidence=(of_change(case, change),),
        culprit=endpoint(case, roles),
        alike=alike,
    )


def endpoint(case: Case, roles: tuple[Role, ...]) -> Culprit | None:
    """The handler that moved most, where the metric is split by handlers."""
    split = [c for c in case.changes if c.measure.role in roles and c.measure.detail and c.direction > 0]
    worst = max(split, key=lambda c: c.strength, default=None)
    return Culprit("endpoint", worst.measure.part, worst.measure.name) if worst else None


def unusual(traffic: MetricChange) -> bool:
    """Whether a change of traffic is news in itself: several times as much or little, and not of next to nothing."""
    most, least = max(traffic.baseline, traffic.observed), min(traffic.baseline, traffic.observed)
    return most >= NEWS * least and most >= ENOUGH


def surge(case: Case, *, ratio: float) -> Finding:
    """Whether far more requests arrive than before, each costing no more than it did.

    Up to NEWS times as many only count where somebody feels it: traffic has its waves.
    """
    if not case.of(Role.REQUESTS):
        return no_metric(case, (Role.REQUESTS,))
    change = case.total(Role.REQUESTS, up=True)
    if change is None or change.observed < ratio * max(change.baseline, 1e-9):
        return no("no more requests arrive than before", weights={"traffic-surge": -4.0})
    if not unusual(change) and not _felt(case):
        return no(f"requests went from {change.baseline:.3g} to {change.observed:.3g} per second, and nobody feels it")
    dearer = _dearer(case, change)
    if dearer > 2.0:
        return no(
            f"more requests arrive, but each costs {dearer:.1f} times the processor time",
            weights={"traffic-surge": -1.0},
        )
    return yes(
        f"requests went from {change.baseline:.3g} to {change.observed:.3g} per second, at the same cost each",
        strength=max(change.strength, 0.5),
        weights={"traffic-surge": 4.0},
        evidence=(of_change(case, change),),
        culprit=Culprit("resource", "requests", change.measure.name),
    )


def _felt(case: Case) -> bool:
    hurt = case.change(*FAILING, *SLOW, Role.QUEUE, up=True)
    return hurt is not None and hurt.strength >= 0.4


def _dearer(case: Case, traffic: MetricChange) -> float:
    cpu = case.level(Role.CPU)
    if cpu is None or cpu[0] <= 0 or traffic.baseline <= 0:
        return 1.0
    return (cpu[1] / cpu[0]) / (traffic.observed / traffic.baseline)


def drop(case: Case, *, ratio: float) -> Finding:
    """Whether far fewer requests arrive than before."""
    if not case.of(Role.REQUESTS):
        return no_metric(case, (Role.REQUESTS,))
    change = case.total(Role.REQUESTS, up=False)
    if change is not None and any(gap.start - 15 <= change.at <= gap.end for gap in case.scrape_gaps):
        return unknown("metrics are missing when the requests seem to end")
    if change is None or change.observed > ratio * change.baseline:
        return no("requests arrive as before", weights={"traffic-drop": -4.0})
    piled = case.change(Role.IN_FLIGHT, Role.QUEUE, up=True)
    if piled is not None and piled.strength >= PILES:
        return no("fewer requests end, but ever more wait: they do arrive", weights={"traffic-drop": -3.0})
    troubled = any(move.strength >= PILES for move in alarming(case))
    return yes(
        f"requests fell from {change.baseline:.3g} to {change.observed:.3g} per second",
        strength=max(change.strength, 0.5),
        weights={"traffic-drop": 1.0 if troubled else 3.0},
        evidence=(of_change(case, change),),
        culprit=Culprit("resource", "requests", change.measure.name),
        alike=("application-error", "crash-loop", "deadlock") if troubled else ("crash-loop", "deadlock"),
    )


def _dried_up(case: Case) -> MetricChange | None:
    """A handler whose requests have all but ceased to end."""
    split = [c for c in case.changes if c.measure.role is Role.REQUESTS and c.measure.detail and c.direction < 0]
    return next((c for c in split if c.observed <= 0.05 * c.baseline and c.strength >= 0.4), None)


def stalled(case: Case, *, left: float) -> Finding:
    """Whether work goes in and nothing comes out: requests end far more rarely, ever more wait, and nothing is busy.

    Those that are turned away because too many wait already are no work that comes out.
    """
    if not case.of(Role.REQUESTS):
        return no_metric(case, (Role.REQUESTS,))
    done = _done(case, left)
    piled = case.change(*PILED, Role.LOCK_WAIT, up=True)
    busy = case.change(Role.CPU, up=True)
    if done is None or piled is None:
        return no("requests come to an end as before", weights={"deadlock": -1.0})
    if busy is not None and busy.strength > 0.4:
        return no("requests pile up, but the processor is busy with them")
    still = done.after <= STOOD * done.before and piled.end >= piled.observed
    return yes(
        f"requests that end well fell from {done.before:.3g} to {done.after:.3g} per second while "
        f"{piled.measure.role.replace('-', ' ')} rose from {piled.baseline:.3g} to {piled.observed:.3g}",
        strength=min(done.change.strength, piled.strength),
        weights={"deadlock": 3.0, "lock-contention": -2.0} if still else {"deadlock": 3.0},
        evidence=(of_change(case, done.change), of_change(case, piled)),
        culprit=endpoint(case, (Role.REQUESTS,)),
        alike={"dependency-down", *REQUESTS_WAIT} - ({"lock-contention"} if still else set()),
    )


@dataclass(frozen=True, slots=True)
class _Done:
    """How many requests per second end well before and after, and the change that shows it."""

    change: MetricChange
    before: float
    after: float


def _done(case: Case, left: float) -> _Done | None:
    """Requests that end well, in all or at one handler, where at most a share of them is left."""
    fewer, failing = case.total(Role.REQUESTS, up=False), case.total(Role.ERRORS, up=True)
    levels = case.level(Role.REQUESTS), case.level(Role.ERRORS)
    if failing is not None and levels[0] and levels[1]:
        found = _Done(fewer or failing, levels[0][0] - levels[1][0], levels[0][1] - levels[1][1])
    elif fewer is not None:
        found = _Done(fewer, fewer.baseline, fewer.observed)
    else:
        found = None
    if found is not None and found.after <= left * found.before:
        return found
    dry = _dried_up(case)
    return _Done(dry, dry.baseline, dry.observed) if dry is not None else None


def wait_inside(case: Case, *, at_least: float, ratio: float) -> Finding:
    """By elimination: requests are slow, nothing is busy, and whoever is outside answers as fast as ever."""
    slower = case.change(*SLOW, up=True)
    if slower is None or slower.strength < at_least or slower.observed < ratio * slower.baseline:
        return no("requests do not wait", weights=_unhurried(case))
    if not case.of(Role.UPSTREAM_LATENCY) or not case.of(Role.CPU):
        silent = unknown("requests wait, and no metric tells for whom", Gap(Signal.PROFILE, _WHY, _HOW))
        return replace(silent, weights=dict.fromkeys((*REQUESTS_WAIT, "cpu-hotspot"), 0.5))
    busy = case.change(Role.CPU, Role.UPSTREAM_LATENCY, Role.POOL_WAITING, Role.POOL_WAIT_TIME, up=True)
    if busy is not None and busy.strength >= STIRS:
        return no(f"{busy.measure.role.replace('-', ' ')} rose as well, which explains the wait")
    return yes(
        f"requests take {slower.observed:.3g} s instead of {slower.baseline:.3g} s, and neither the processor nor a "
        "dependency nor a pool takes the time",
        strength=0.7 * slower.strength,
        weights={"lock-contention": 3.0},
        evidence=(of_change(case, slower),),
        culprit=endpoint(case, SLOW),
        alike=REQUESTS_WAIT,
    )


def _unhurried(case: Case) -> dict[str, float]:
    """What is ruled out where latency is measured and neither it nor what is in flight stirs: nobody waits for long.

    Nor may fewer requests be counted: one that hangs for ever is in no latency.
    """
    moves = (case.change(*SLOW, *PILED, up=True), case.total(Role.REQUESTS, up=False))
    if not case.of(Role.LATENCY) or any(move is not None and move.strength >= STIRS for move in moves):
        return {}
    return dict.fromkeys(("lock-contention", "slow-dependency", "deadlock"), -1.5)


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which a rise counts")

CHECKS = (
    Check(CheckSpec("requests.fail", "Do more requests fail?", {"at_least": _AT_LEAST}, (Signal.METRIC,)), fail),
    Check(CheckSpec("requests.slow", "Do requests take longer?", {"at_least": _AT_LEAST}, (Signal.METRIC,)), slow),
    Check(
        CheckSpec(
            "traffic.surged",
            "Do far more requests arrive, each at its usual cost?",
            {"ratio": ParameterSpec(float, 1.5, title="times as many")},
            (Signal.METRIC,),
        ),
        surge,
    ),
    Check(
        CheckSpec(
            "requests.wait_inside",
            "Are requests slow while nothing outside the process is?",
            {
                "at_least": ParameterSpec(float, 0.5, "ratio", "strength from which a move counts"),
                "ratio": ParameterSpec(float, 2.0, title="times as slow"),
            },
            (Signal.METRIC,),
        ),
        wait_inside,
    ),
    Check(
        CheckSpec(
            "requests.stalled",
            "Does work go in and nothing come out?",
            {"left": ParameterSpec(float, 0.3, "ratio", "share of the requests that still end")},
            (Signal.METRIC,),
        ),
        stalled,
    ),
    Check(
        CheckSpec(
            "traffic.dropped", "Do far fewer requests arrive?", {"ratio": ParameterSpec(float, 0.5)}, (Signal.METRIC,)
        ),
        drop,
    ),
)

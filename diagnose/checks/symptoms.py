"""Whether there is anything to judge, and whether anything is wrong at all."""

from __future__ import annotations

from diagnose.checks.case import Case, heard, levelled, passed
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Finding, Observation, no, unknown, yes
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change, of_pattern, of_profile
from diagnose.checks.profiles.locks import LockVerdict
from diagnose.checks.requests import FAILING, unusual
from diagnose.checks.stacks import UNITS
from diagnose.checks.warmup import began_warm, still_warming, warming
from diagnose.checks.words import alarming
from diagnose.checks.world import alarms, restarted
from diagnose.signals.events import Level
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

SLOW = (Role.LATENCY, Role.LATENCY_TAIL, Role.IN_FLIGHT, Role.QUEUE, Role.EVENT_LOOP_LAG)
HELD = (Role.MEMORY, Role.HEAP, Role.GOROUTINES, Role.THREADS, Role.OPEN_FILES, Role.SOCKETS)
SPENT = (Role.CPU, Role.GC_TIME, Role.POOL_WAITING, Role.LOCK_WAIT, Role.UPSTREAM_LATENCY, Role.UPSTREAM_ERRORS)
RESOURCES = (Role.CPU, Role.MEMORY, Role.HEAP)
SHORT_S = 60.0
OVERLONG_S = 90.0
FAILING_SHARE = 0.1  # of requests: no service is well that fails one in ten
SLOW_S = 2.0  # mean latency that people do not wait for
LOUD_SHARE = 0.2  # of log lines
_EARLIER = Gap(Signal.METRIC, "no quiet time before the trouble", "diagnose incident --start EARLIER ...")
_LATER = Gap(
    Signal.METRIC, "a window that begins later, when the process is warm", "diagnose incident --start LATER ..."
)
LOST = 0.25  # share of the window without metrics from which they cannot speak for health
_HOW = "diagnose incident --prometheus URL --select 'job=\"NAME\"' ..."
HELD_LONG = 0.8  # the same for a lock
HOT = 0.5  # the same for a CPU profile
MANY = 3
STUCK = 0.4  # strength from which a profile's verdict is a symptom
ALONE = 0.8  # strength from which a move counts that no other signal dates with it
WEAR = (Role.DISK_USED, Role.OOM_KILLS, Role.RESTARTS, Role.CPU_THROTTLED, Role.THREADS_BLOCKED, Role.POOL_IN_USE)


def present(case: Case, *, min_signals: int) -> Finding:
    """Whether at least so many kinds of signal hold data."""
    kinds = [name for name, there in _signals(case).items() if there]
    if len(kinds) >= min_signals:
        return yes(f"data from {', '.join(kinds)}", strength=1.0)
    gap = case.evidence.gaps[0] if case.evidence.gaps else None
    return unknown("no source held data for the window", gap)


def _signals(case: Case) -> dict[str, bool]:
    evidence = case.evidence
    return {
        "logs": heard(case),
        "metrics": bool(evidence.series),
        "profiles": bool(evidence.profiles),
        "probes": bool(evidence.probes),
    }


def wrong(case: Case, *, at_least: float) -> Finding:
    """Whether any symptom of a strength is there: errors, latency, resources held or spent, log errors, restarts."""
    found = _symptoms(case, at_least)
    if found:
        strongest = max(one.strength for one in found)
        told = "; ".join(one.title for one in found[:3])
        return yes(told, strength=strongest, weights={"healthy": -5.0}, evidence=tuple(found[:6]))
    return _unmoved(case)


def _unmoved(case: Case) -> Finding:
    """Health, where enough is measured to speak of it; otherwise what is missing."""
    signals = _signals(case)
    if case.evidence.window.duration < SHORT_S:
        return unknown("the window is too short to compare with anything")
    if _lost(case):
        return unknown("metrics are missing for much of the window, and what is missing is not health")
    if still_warming(case):
        return unknown("memory has grown since the process started, and only later shows whether it stops", _LATER)
    if steady := bad_throughout(case):
        return unknown(f"{steady} all through the window, with no quiet time to compare with", _EARLIER)
    if calm := _calm(case):
        return calm
    missing = [signal.value for signal in (Signal.METRIC, Signal.LOG) if not signals[signal.value + "s"]]
    return unknown(
        f"nothing is wrong in what was given; without {' and '.join(missing) or 'process metrics'} that is no health",
        Gap(Signal.METRIC, "requests and resources of the process were not given", _HOW),
    )


def _calm(case: Case) -> Finding | None:
    """Health as far as it was measured, None where that is not far enough."""
    if not case.served:
        return None
    measured, requests = bool(case.of(*RESOURCES)), _judges_requests(case)
    if measured and requests:
        trust = 5.0 if heard(case) else 3.0  # a log that was not given may tell of what no metric counts
        return no("nothing moved beyond its usual range", weights={"healthy": trust - _stir(case)})
    if measured and heard(case):
        told = "nothing moved beyond its usual range, and the log is as quiet as before"
        return no(told, weights={"healthy": 2.5 - 0.5 * _stir(case)})
    if requests and _profiles_quiet(case):
        return no("neither the requests in the log nor the profiles moved", weights={"healthy": 1.0})
    return None


def _profiles_quiet(case: Case) -> bool:
    """Whether late profiles of processor, memory and goroutines show nothing that those before did not."""
    judged = (case.judged.cpu, case.judged.heap, case.judged.goroutines, case.judged.locks)
    kinds = (ProfileKind.CPU, ProfileKind.HEAP, ProfileKind.GOROUTINE)
    taken = [(case.pairs[kind][0], case.pairs[kind][1].taken_at or 0.0) for kind in kinds if kind in case.pairs]
    since = case.evidence.window.end - case.evidence.window.duration / 3
    compared = len(taken) == len(kinds) and all(base is not None and at >= since for base, at in taken)
    return compared and case.onset is None and all(one is None or one.kind == "none" for one in judged)


def _symptoms(case: Case, at_least: float) -> list[Observation]:
    roles = (*FAILING, *SLOW, *HELD, *SPENT, *WEAR)
    rising = [case.change(role, up=True) for role in roles]
    falling = [case.change(role, up=False) for role in (Role.UP, Role.CACHE_HITS, Role.DISK_FREE)]
    traffic = [case.total(Role.REQUESTS, up=up) for up in (True, False)]
    least = max(at_least, ALONE) if case.onset is None and at_least else at_least
    changes = [c for c in (*rising, *falling) if c is not None and c.strength >= least and _telling(case, c)]
    changes += [c for c in traffic if c is not None and c.strength >= least and unusual(c)]
    found = [of_change(case, change) for change in changes]
    found += [of_pattern(case, move) for move in alarming(case) if move.strength >= least]
    found += _restarts(case)
    found += _profiled(case)
    found += alarms(case)
    return sorted(found, key=lambda one: (-one.strength, one.id))


def _profiled(case: Case) -> list[Observation]:
    """Crowds of stuck goroutines, and a heap that grew at one place while the memory metric rose or none was given."""
    crowd, heap = case.judged.goroutines, case.judged.heap
    alone = heap is not None and heap.strength >= ALONE
    backed = not levelled(case, Role.HEAP, Role.MEMORY) if case.of(Role.HEAP, Role.MEMORY) else alone
    told: list[tuple[ProfileKind, str, float, float | None, float | None, str]] = []
    hot, locks = case.judged.cpu, case.judged.locks
    if locks is not None and (kind := _held_up(case, locks)) is not None and kind in case.pairs:
        told.append((kind, locks.because, locks.strength, None, locks.wait_per_s, "s/s"))
    if hot is not None and hot.strength >= HOT and (hot.cores or 0.0) >= 3 * (hot.before or hot.cores or 1.0):
        told.append((ProfileKind.CPU, hot.because, hot.strength, hot.before, hot.cores, "cores"))
    if crowd is not None and crowd.kind != "none" and crowd.strength >= STUCK and not passed(case, Role.GOROUTINES):
        told.append((crowd.profile, crowd.because, crowd.strength, crowd.before, crowd.total, UNITS[crowd.profile]))
    if heap is not None and heap.kind == "growth" and heap.strength >= STUCK and backed and not began_warm(case):
        told.append((ProfileKind.HEAP, heap.because, heap.strength, heap.before, heap.now, "bytes"))
    return [
        of_profile(case, kind, title=because, numbers=(before, now, unit), strength=strength)
        for kind, because, strength, before, now, unit in told
    ]


def _held_up(case: Case, locks: LockVerdict) -> ProfileKind | None:
    """The profile by which callers wait long for a lock, or work for something else where no latency would tell it."""
    if locks.kind == "contention" and locks.strength >= HELD_LONG:
        return ProfileKind.MUTEX
    unseen = locks.kind == "waiting" and locks.strength >= STUCK and not case.of(Role.LATENCY, Role.LATENCY_TAIL)
    return ProfileKind.BLOCK if unseen else None


def _restarts(case: Case) -> list[Observation]:
    told = restarted(case)
    if len(told) < MANY:  # one or two may be deploys
        return []
    return [
        Observation(
            id="change:restarts",
            signal=Signal.CHANGE,
            title=f"{len(told)} restarts",
            at=told[0].at,
            window=case.incident,
            baseline=0.0,
            observed=float(len(told)),
            unit="",
            strength=min(1.0, 0.3 * len(told)),
            reproduce="changes(process_start_time_seconds[10m])",
        )
    ]


def _telling(case: Case, change: MetricChange) -> bool:
    """Without an onset that signals agree on, a tail or a runtime's own clock says nothing; nor does a warm-up ever."""
    if warming(case, change):
        return False
    fickle = change.measure.role in {Role.LATENCY_TAIL, Role.GC_TIME} or change.measure.detail.endswith("p95")
    return case.onset is not None or not fickle


def bad_throughout(case: Case) -> str:
    """What is bad in itself although nothing changed, empty when nothing is: a window inside the trouble looks calm."""
    ratio, latency = case.steady(Role.ERROR_RATIO), case.steady(Role.LATENCY)
    if ratio is not None and ratio >= FAILING_SHARE:
        return f"{ratio:.0%} of the requests fail"
    if latency is not None and latency >= SLOW_S:
        return f"requests take {latency:.2g} s"
    logs = case.evidence.logs
    if logs is None or ratio is not None:
        return ""
    lines = {level: int(counts.sum()) for level, counts in logs.levels.items()}
    loud, told = lines.get(Level.ERROR, 0) + lines.get(Level.FATAL, 0), sum(lines.values())
    if loud >= 20 and loud >= LOUD_SHARE * told:
        return f"{loud / told:.0%} of the log lines are errors"
    return ""


def _stir(case: Case) -> float:
    """What is taken off the trust in health for moves that are just too weak to be symptoms."""
    known = [one.strength for one in _symptoms(case, 0.0)]
    return 4.0 * max(known, default=0.0)


def _lost(case: Case) -> bool:
    # A window that was set a minute too long ends in nothing; that is no gap.
    holes = [gap.end - gap.start for gap in case.scrape_gaps if not (gap.to_end and gap.end - gap.start <= OVERLONG_S)]
    lost = sum(holes)
    return lost >= LOST * case.evidence.window.duration


def _judges_requests(case: Case) -> bool:
    return bool(case.of(Role.REQUESTS, Role.ERRORS, Role.ERROR_RATIO, Role.LATENCY, Role.LATENCY_TAIL))


CHECKS = (
    Check(
        CheckSpec(
            "evidence.present",
            "Is there anything to judge?",
            {"min_signals": ParameterSpec(int, 1, title="how many kinds of signal must hold data")},
        ),
        present,
    ),
    Check(
        CheckSpec(
            "symptom.present",
            "Is anything wrong at all?",
            {"at_least": ParameterSpec(float, 0.5, "ratio", "strength from which a move is a symptom")},
            (Signal.METRIC, Signal.LOG),
        ),
        wrong,
    ),
)

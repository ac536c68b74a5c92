"""Every symptom that says that something is wrong, whatever its cause."""

from __future__ import annotations

from diagnose.checks.case import Case, levelled, passed
from diagnose.checks.finding import Observation
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change, of_pattern, of_profile
from diagnose.checks.profiles.locks import LockVerdict
from diagnose.checks.requests import FAILING, unusual
from diagnose.checks.stacks import UNITS
from diagnose.checks.warmup import HELD as MEMORY
from diagnose.checks.warmup import began_warm, warming
from diagnose.checks.words import alarming
from diagnose.checks.world import alarms, restarted
from diagnose.signals.evidence import Signal
from diagnose.signals.profile import ProfileKind
from diagnose.signals.series import Role

SLOW = (Role.LATENCY, Role.LATENCY_TAIL, Role.IN_FLIGHT, Role.QUEUE, Role.EVENT_LOOP_LAG)
HELD = (*MEMORY, Role.GOROUTINES, Role.THREADS, Role.OPEN_FILES, Role.SOCKETS)
SPENT = (Role.CPU, Role.GC_TIME, Role.POOL_WAITING, Role.LOCK_WAIT, Role.UPSTREAM_LATENCY, Role.UPSTREAM_ERRORS)
WEAR = (Role.DISK_USED, Role.OOM_KILLS, Role.RESTARTS, Role.CPU_THROTTLED, Role.THREADS_BLOCKED, Role.POOL_IN_USE)
ALONE = 0.8  # strength from which a move counts that no other signal dates with it
STUCK = 0.4  # strength from which a profile's verdict is a symptom
HELD_LONG = 0.8  # the same for a lock
HOT = 0.5  # the same for a CPU profile
MANY = 3  # restarts: one or two may be deploys


def symptoms(case: Case, at_least: float) -> list[Observation]:
    """Errors, latency, resources held or spent, log errors, restarts and profiles of a strength, strongest first."""
    roles = (*FAILING, *SLOW, *HELD, *SPENT, *WEAR)
    rising = [case.change(role, up=True) for role in roles]
    falling = [case.change(role, up=False) for role in (Role.UP, Role.CACHE_HITS, Role.DISK_FREE)]
    traffic = [case.total(Role.REQUESTS, up=up) for up in (True, False)]
    least = max(at_least, ALONE) if case.onset is None and at_least else at_least
    changes = [c for c in (*rising, *falling) if c is not None and c.strength >= least and telling(case, c)]
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
    if len(told) < MANY:
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


def telling(case: Case, change: MetricChange) -> bool:
    """Without an onset that signals agree on, a tail or a runtime's own clock says nothing; nor does a warm-up ever."""
    if warming(case, change):
        return False
    fickle = change.measure.role in {Role.LATENCY_TAIL, Role.GC_TIME} or change.measure.detail.endswith("p95")
    return case.onset is not None or not fickle

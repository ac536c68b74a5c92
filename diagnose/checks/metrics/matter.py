"""How much of a change an engineer would notice: the scale floors, by role and unit."""

from __future__ import annotations

import re

import numpy as np

from diagnose.signals.series import FloatArray, Measure, Role

_MIB = float(1 << 20)
_NOTICEABLE: dict[Role, float] = {
    Role.CPU: 0.05,
    Role.CPU_THROTTLED: 0.05,
    Role.MEMORY: 8 * _MIB,
    Role.HEAP: 4 * _MIB,
    Role.ALLOCATION: 0.5 * _MIB,
    Role.GOROUTINES: 10.0,
    Role.THREADS: 5.0,
    Role.THREADS_BLOCKED: 1.0,
    Role.OPEN_FILES: 8.0,
    Role.SOCKETS: 5.0,
    Role.GC_TIME: 0.005,
    Role.GC_RATE: 0.5,
    Role.EVENT_LOOP_LAG: 0.02,
    Role.REQUESTS: 0.5,
    Role.ERRORS: 0.05,
    Role.ERROR_RATIO: 0.01,
    Role.LATENCY: 0.02,
    Role.LATENCY_TAIL: 0.05,
    Role.IN_FLIGHT: 2.0,
    Role.QUEUE: 3.0,
    Role.POOL_IN_USE: 1.5,
    Role.POOL_WAITING: 0.2,
    Role.POOL_WAIT_TIME: 0.02,
    Role.UPSTREAM_REQUESTS: 0.5,
    Role.UPSTREAM_LATENCY: 0.02,
    Role.UPSTREAM_ERRORS: 0.02,
    Role.CACHE_HITS: 0.05,
    Role.DISK_USED: 0.02,
    Role.LOCK_WAIT: 0.02,
    Role.RESTARTS: 0.3,
    Role.OOM_KILLS: 0.3,
    Role.UP: 0.3,
}
_BY_UNIT = {"ratio": 0.02, "s": 0.005, "bytes": 4 * _MIB, "bytes/s": 1 * _MIB, "1/s": 0.2, "s/s": 0.005, "cores": 0.05}
_FEW = 4.0
"""Of things that are counted and of which nothing else is known, fewer make no difference."""
_GLANCE = 16
_DATE = re.compile(r"timestamp|last_\w*time")
_STEADY = frozenset({Role.START_TIME, Role.VERSION, Role.CERTIFICATE_EXPIRY})


def noticeable(measure: Measure) -> float:
    """The smallest difference that matters, in the measure's unit; 0 where nothing is known of it.

    Differences far below it are no change whatever the statistics say: a service with 17 goroutines may have 22.
    """
    if measure.unit == "ratio" and measure.role in (Role.CPU, Role.MEMORY):
        return 0.03
    if measure.role is Role.DISK_FREE:
        return 0.05 * float(np.nanmax(measure.values, initial=0.0))
    if measure.role is Role.OTHER and not measure.unit:
        return _FEW if _counts(measure) else 0.0
    return _NOTICEABLE.get(measure.role, _BY_UNIT.get(measure.unit, 0.0))


def _counts(measure: Measure) -> bool:
    """Whether the measure counts things: whole numbers throughout."""
    if not _whole(measure.values[:_GLANCE]):
        return False
    return _whole(measure.values)


def _whole(values: FloatArray) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite == np.round(finite)).all())


def judged(measure: Measure) -> bool:
    """Whether levels of the measure can be compared over time (a start time or a version cannot)."""
    return measure.role not in _STEADY and _DATE.search(measure.name) is None

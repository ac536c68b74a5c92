"""Memory that a young process takes: what fills right after the start may be a cache or a leak, and only time tells."""

from __future__ import annotations

import numpy as np

from diagnose.checks.case import Case, climbing
from diagnose.checks.metrics.change import MetricChange
from diagnose.signals.series import Role

HELD = (Role.MEMORY, Role.HEAP)
EARLY_S = 120.0  # growth that begins so soon after the start is the start's
MORE = 1.2  # times what the process before held: no cache needs more than its predecessor
SURE = 0.5  # strength from which a climb would be a symptom
YOUNG_S = 900.0  # age from which a process is warm; detectors are held back after a deploy for as long (Coroot #893)


def warming(case: Case, change: MetricChange) -> bool:
    """Whether a growth of memory began with a young process, and not beyond what the process before it held."""
    began = _started(case, change.at)
    if began is None or change.measure.role not in HELD or change.direction < 0:
        return False
    young = case.evidence.window.end - began <= YOUNG_S and change.at - began <= EARLY_S
    before = change.measure.values[change.measure.times < began]
    held = float(np.nanmax(before)) if np.isfinite(before).any() else np.inf
    return young and change.end <= MORE * held


def still_warming(case: Case) -> bool:
    """Whether memory of a young process grew from its start and still climbs, so that nobody can tell yet."""
    return any(warming(case, change) and change.strength >= SURE for change in climbing(case, *HELD))


def began_warm(case: Case) -> bool:
    """Whether all growth of memory began with a young process."""
    rising = [c for c in case.changes if c.measure.role in HELD and c.direction > 0]
    return bool(rising) and all(warming(case, change) for change in rising)


def _started(case: Case, before: float) -> float | None:
    """The last start of the process before a moment, by its own metric; None where it tells of none."""
    told = [m.values[np.isfinite(m.values)] for m in case.of(Role.START_TIME)]
    starts = [float(value) for values in told for value in values if value <= before]
    return max(starts, default=None)

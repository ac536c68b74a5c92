"""Measures that reach the limit that another measure states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.signals.series import Measure, Role

LIMITS = {
    Role.POOL_IN_USE: Role.POOL_MAX,
    Role.OPEN_FILES: Role.OPEN_FILES_LIMIT,
    Role.HEAP: Role.HEAP_LIMIT,
    Role.MEMORY: Role.MEMORY_LIMIT,
    Role.CPU: Role.CPU_LIMIT,
    Role.QUEUE: Role.QUEUE_LIMIT,
}
_EMPTY = 0.02
_FULL = 0.9
"""Share of a limit that counts as reached; 80 to 90 % is what published alert rules use for pools and files."""


def saturations(measures: Sequence[Measure]) -> Iterator[MetricChange]:
    """A change for each measure that came to lie at its limit and stays there; always full is a change from the start.

    `ratio` is the share of the limit; `baseline` and `observed` are in the measure's unit.
    """
    limits = {(each.role, each.entity, each.detail): level(each) for each in measures if each.role in LIMITS.values()}
    for measure in measures:
        if measure.role is Role.DISK_USED and (change := _saturated(measure, 1.0)):
            yield change
        if measure.role is Role.DISK_FREE and (change := _emptied(measure)):
            yield change
        limit_role = LIMITS.get(measure.role)
        limit = limits.get((limit_role, measure.entity, measure.detail)) if limit_role else None
        if limit is None:
            continue
        if 0 < limit < 1e15 and (change := _saturated(measure, limit)):
            yield change


def level(measure: Measure) -> float:
    """The median of a measure, zero where it has no data."""
    finite = measure.values[np.isfinite(measure.values)]
    return float(np.median(finite)) if finite.size else 0.0


def _emptied(measure: Measure) -> MetricChange | None:
    """Room that has come to an end: less than a fiftieth of the most there was in the window."""
    most = float(np.nanmax(measure.values, initial=0.0))
    full = _saturated(replace(measure, values=most - measure.values), most / _FULL * (1 - _EMPTY)) if most > 0 else None
    if full is None:
        return None
    left = most - full.observed
    return replace(
        full,
        measure=measure,
        direction=-1,
        baseline=most - full.baseline,
        observed=left,
        ratio=left / most,
        end=most - full.end,
    )


def _saturated(measure: Measure, limit: float) -> MetricChange | None:
    good = np.isfinite(measure.values)
    times, values = measure.times[good], measure.values[good]
    full = values >= _FULL * limit
    if values.size < 4 or not full.any():
        return None
    first = int(full.argmax())
    lasting = float(full[first:].mean())
    late = float(full[-max(3, values.size // 8) :].mean())
    before = float(np.median(values[:first])) if first else float(values[0])
    observed = float(np.median(values[first:]))
    strength = min(1.0, lasting * (0.4 + 0.6 * late)) * min(1.0, full.sum() / 4)
    return MetricChange(
        measure,
        ChangeKind.SATURATION,
        1,
        float(times[first]),
        before,
        observed,
        observed / limit,
        strength,
        0.0,
        float(values[-1]),
    )

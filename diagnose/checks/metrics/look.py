"""Which shape each of many rows has: one that lasts, one that passes, or none that is sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnose.checks.metrics.band import BoolArray
from diagnose.checks.metrics.shapes import IndexArray, bump, episode, ramp, step
from diagnose.signals.series import FloatArray

_SURE = 18.0
"""Likelihood ratio beyond which chance is ruled out: 1 in 1000 for the largest of some hundred moments."""
_SURE_BUMP = 5.5
"""The same for the height of the highest bump, in standard errors of a mean of its width."""
_BETTER = 1.3
"""How much surer an episode must be than the shapes that last: it has one degree of freedom more."""


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """What was found in each row: whether a shape that lasts or one that passes is sure, where, and of which kind."""

    lasts: BoolArray
    passes: BoolArray
    steep: BoolArray
    index: IndexArray
    slope: FloatArray
    peak: IndexArray
    start: IndexArray
    stop: IndexArray


def look(values: FloatArray, times: FloatArray, least: FloatArray) -> Shapes:
    """All shapes of many rows at once; `least` is the smallest difference that matters in each row."""
    ramped, stepped, multiplied = ramp(values, times), step(values), step(_logarithm(values, least))
    bumped, (between, stop) = bump(values), episode(values)
    level = np.maximum(stepped.ratio, multiplied.ratio)
    lasting = np.maximum(ramped.ratio, level)
    ends = (stop < values.shape[1] - 2) & (between.index > 2) & (between.ratio > _BETTER * lasting)
    return Shapes(
        lasts=(lasting >= _SURE) & ~(ends & (between.ratio >= _SURE)),
        passes=(bumped.ratio >= _SURE_BUMP) | (ends & (between.ratio >= _SURE)),
        steep=ramped.ratio > level,
        index=np.where(
            ramped.ratio > level, ramped.index, np.where(multiplied.ratio >= _SURE, multiplied.index, stepped.index)
        ),
        slope=ramped.size,
        peak=bumped.index,
        start=between.index,
        stop=stop,
    )


def _logarithm(values: FloatArray, least: FloatArray) -> FloatArray:
    """A logarithm that bears zero.

    Latencies and queues multiply: in plain numbers the peaks of a trouble that comes and goes hide where it began.
    """
    usual = 0.05 * np.abs(np.sort(values, axis=1)[:, values.shape[1] // 2])
    unit = np.maximum(np.maximum(least, usual), 1e-9)
    return np.arcsinh(values / unit[:, None])

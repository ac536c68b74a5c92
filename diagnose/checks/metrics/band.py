"""What is usual for a measure, and how much a departure from it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.metrics.order import quantiles
from diagnose.signals.series import FloatArray, Measure

BoolArray = NDArray[np.bool_]

_RELATIVE_FLOOR = 0.05
_ENOUGH_BEFORE = 8


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """Where a measure lay before: its level, its scale with the floors applied, and the range it kept to.

    `least` is the smallest difference that a person would notice (0: not known); `samples` is how many it rests on.
    """

    level: float
    scale: float
    low: float
    high: float
    least: float
    samples: int

    def margin(self, height: float) -> float:
        """How far outside counts, for a change of a height: three scales, a tenth of it, and at most half of it."""
        return min(max(3 * self.scale, 0.1 * abs(height)), 0.5 * abs(height))

    def out(self, values: FloatArray, direction: int, *, height: float | None = None) -> BoolArray:
        """Which values lie outside by three scales, or by the margin that suits a change of a height."""
        margin = 3 * self.scale if height is None else self.margin(height)
        return values > self.level + margin if direction > 0 else values < self.level - margin


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """One measure as it is judged.

    `x` is without holes and outliers, `least` the smallest difference that matters, `quiet` how many of the first
    samples are known to lie before the onset (all of them when it is not known).
    """

    measure: Measure
    times: FloatArray
    x: FloatArray
    least: float
    quiet: int


def band(before: FloatArray, least: float) -> Band:
    """What is usual, from samples of a quiet time: median and interquartile range, never mean and deviation."""
    low, first, level, third, high = quantiles(before, (0.02, 0.25, 0.5, 0.75, 0.98))
    scale = max((third - first) / 1.349, _RELATIVE_FLOOR * abs(level), 0.25 * least, 1e-12)
    return Band(level, scale, low, high, least, before.size)


def strength(usual: Band, observed: float, persistence: float, *, coming: float = 0.0) -> float:
    """0..1: how sure (distance in scales), how much a person would notice (ratio), how lasting (0..1).

    6 scales count half; a doubling counts three quarters; what stays inside the usual range counts a third.
    `coming` is what a trend adds soon, in the measure's unit: one notices where it leads.
    """
    distance = min(abs(observed - usual.level) / usual.scale, 1e6)
    certain = distance**2 / (distance**2 + 36.0)
    floor = usual.least if usual.least > 0 else max(usual.scale, 1e-12)
    there = max(observed + coming, 0.0) if min(usual.level, observed) >= 0 else observed + coming
    lowest = min(usual.level, there, 0.0)
    change = abs(np.log((there - lowest + floor) / (usual.level - lowest + floor)))
    matters = 1.0 - np.exp(-change / 0.5)
    outside = 1.0 if observed > usual.high or observed < usual.low else 0.3
    known = min(1.0, usual.samples / _ENOUGH_BEFORE)
    return float(certain * matters * persistence * outside * known)


def ratio(observed: float, baseline: float) -> float:
    """Observed over baseline; infinite from zero, 1 for zero from zero."""
    if baseline == 0:
        return 1.0 if observed == 0 else float("inf")
    return observed / baseline


def share(flags: BoolArray) -> float:
    """The share of flags that are set, some times faster than their mean; they must not be empty."""
    return int(np.count_nonzero(flags)) / flags.size


def stays(out: BoolArray, index: int) -> int:
    """The first sample from an index on that is out, with most of the next ones; the last one when there is none."""
    while index < out.size - 1 and not (out[index] and share(out[index : index + 5]) >= 0.6):
        index += 1
    return index


def back(out: BoolArray, index: int, *, reach: int) -> int:
    """The first of the samples that are out without a break up to an index."""
    start = index
    while start > max(0, index - reach) and out[start - 1]:
        start -= 1
    return start

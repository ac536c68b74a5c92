"""From the fitted shapes of one measure to a change with a strength, or to none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.matter import noticeable
from diagnose.checks.metrics.shapes import Fit
from diagnose.signals.series import FloatArray, Measure

BoolArray = NDArray[np.bool_]

_SURE = 18.0
"""Likelihood ratio beyond which chance is ruled out: 1 in 1000 for the largest of some hundred moments."""
_WORTH = 0.05
_RELATIVE_FLOOR = 0.05
_REACH = 30
_LAG = 5
"""Samples before a change that may already carry it (rates look back over four)."""


@dataclass(frozen=True, eq=False, slots=True)
class Levels:
    """Measures on one clock: values as measured (holes filled), without outliers, and the shapes found in them."""

    times: FloatArray
    raw: FloatArray
    values: FloatArray
    step: Fit
    ramp: Fit


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """Where a measure lay before: its level, its scale with the floors applied, and the range it kept to."""

    level: float
    scale: float
    low: float
    high: float
    least: float

    def beyond(self, value: float) -> float:
        """How many scales a value lies outside the range, signed; 0 inside."""
        return (max(value - self.high, 0.0) + min(value - self.low, 0.0)) / self.scale

    def out(self, values: FloatArray) -> FloatArray:
        """+1 above the level by more than three scales, -1 below, else 0."""
        return np.where(
            values > self.level + 3 * self.scale, 1.0, np.where(values < self.level - 3 * self.scale, -1.0, 0.0)
        )


def judge(measure: Measure, levels: Levels, row: int, onset: float | None) -> MetricChange | None:
    """The change of one measure, or None: the better of step and ramp where either is sure, else a spike."""
    x = levels.values[row]
    steep = levels.ramp.ratio[row] > levels.step.ratio[row]
    fit = levels.ramp if steep else levels.step
    index = int(fit.index[row])
    if onset is not None:
        index = int(np.clip(np.searchsorted(levels.times, onset), 3, x.size - 3))
    change = None
    if fit.ratio[row] >= _SURE:
        change = _lasting(measure, levels, row, index, float(fit.size[row]) if steep else None)
    if change is None or change.strength < 0.3:
        passing = _passing(measure, levels, row)
        if passing and (change is None or passing.strength > change.strength):
            change = passing
    return change if change is not None and change.strength >= _WORTH else None


def band(measure: Measure, before: FloatArray) -> Band:
    """What is usual, from the samples before a change: median and interquartile range, never mean and deviation."""
    low, first, level, third, high = np.percentile(before, [2, 25, 50, 75, 98])
    least = noticeable(measure)
    scale = max((third - first) / 1.349, _RELATIVE_FLOOR * abs(level), 0.25 * least, 1e-9 * abs(level), 1e-12)
    return Band(float(level), float(scale), float(low), float(high), least)


def strength(usual: Band, observed: float, persistence: float) -> float:
    """0..1: how far beyond the usual (in scales), how much of it a person would notice, how lasting."""
    distance = abs(observed - usual.level) / usual.scale
    certain = distance**2 / (distance**2 + 36.0)
    floor = usual.least if usual.least > 0 else max(usual.scale, 1e-12)
    lowest = min(usual.level, observed, 0.0)
    change = abs(np.log((observed - lowest + floor) / (usual.level - lowest + floor)))
    matters = 1.0 - np.exp(-change / 0.5)
    outside = 1.0 if usual.beyond(observed) != 0 else 0.3
    return float(certain * matters * persistence * outside)


def _lasting(measure: Measure, levels: Levels, row: int, index: int, slope: float | None) -> MetricChange | None:
    x, times = levels.values[row], levels.times
    before = x[: max(index - _LAG, 3)] if index > 3 else x[:3]
    usual = band(measure, before)
    after = x[index:]
    end = float(np.median(after[-max(3, after.size // 4) :]))
    observed = end if slope is not None else float(np.median(after))
    direction = 1 if observed >= usual.level else -1
    out = usual.out(after) == direction
    late = out[-max(3, out.size // 4) :].mean()
    persistence = float(min(late, 1.0) * (0.5 + 0.5 * out[out.argmax() :].mean())) if out.any() else 0.0
    power = strength(usual, observed, persistence)
    power *= min(1.0, before.size / 8)
    if slope is not None:
        lead = 3 * usual.scale / max(abs(slope), 1e-300)
        at, kind = _kink(times, index, _stays(usual.out(x) == direction, index), lead), ChangeKind.TREND
    else:
        at, kind = float(times[_first(usual.out(levels.raw[row]) == direction, index)]), ChangeKind.SHIFT
    return MetricChange(
        measure, kind, direction, at, usual.level, observed, _ratio(observed, usual.level), power, slope or 0.0, end
    )


def _first(out: BoolArray, index: int) -> int:
    """The first sample that is out and stays so, around where a step was found."""
    start = index
    while start > max(0, index - _REACH) and out[start - 1]:
        start -= 1
    return _stays(out, start)


def _stays(out: BoolArray, index: int) -> int:
    """The first sample from an index on that is out, with most of the next ones."""
    while index < out.size - 1 and not (out[index] and out[index : index + 5].mean() >= 0.6):
        index += 1
    return index


def _kink(times: FloatArray, index: int, first: int, lead: float) -> float:
    """When a ramp began: as fitted, but within reach of the first sample that is out, given how steep the ramp is.

    A ramp that bends (a queue that fills, a tail that grows) is fitted too early by one straight line.
    """
    earliest = float(times[first]) - lead - float(times[min(1, times.size - 1)] - times[0])
    return max(float(times[index]), min(earliest, float(times[first])))


def _passing(measure: Measure, levels: Levels, row: int) -> MetricChange | None:
    x, times = levels.values[row], levels.times
    usual = band(measure, x)
    width = max(3, x.size // 60)
    smooth = np.convolve(x, np.ones(width) / width, mode="valid")
    peak = int(np.argmax(np.abs(smooth - usual.level)))
    height = float(smooth[peak])
    direction = 1 if height >= usual.level else -1
    out = usual.out(x) == direction
    if not out[peak : peak + width].any():
        return None
    start = peak + int(out[peak : peak + width].argmax())
    while start > 0 and out[start - 1]:
        start -= 1
    stop = start
    while stop < x.size and out[stop]:
        stop += 1
    power = 0.5 * strength(usual, height, min(1.0, (stop - start) / max(6.0, x.size / 20)))
    kind = ChangeKind.SPIKE if direction > 0 else ChangeKind.DIP
    end = float(np.median(x[-max(3, x.size // 10) :]))
    return MetricChange(
        measure, kind, direction, float(times[start]), usual.level, height, _ratio(height, usual.level), power, 0.0, end
    )


def _ratio(observed: float, baseline: float) -> float:
    if baseline == 0:
        return 1.0 if observed == 0 else float("inf")
    return observed / baseline

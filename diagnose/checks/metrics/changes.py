"""Which measures changed, how, when and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.lasting import shift, trend
from diagnose.checks.metrics.lives import lives
from diagnose.checks.metrics.matter import judged, noticeable
from diagnose.checks.metrics.passing import passing
from diagnose.checks.metrics.saturation import saturations
from diagnose.checks.metrics.shapes import bump, despiked, ramp, step
from diagnose.signals.series import FloatArray, Measure

__all__ = ["ChangeKind", "MetricChange", "changes"]

_MIN_SAMPLES = 8
_MIN_COVERAGE = 0.2
_BATCH = 512
_SURE = 18.0
"""Likelihood ratio beyond which chance is ruled out: 1 in 1000 for the largest of some hundred moments."""
_SURE_BUMP = 5.5
"""The same for the height of the highest bump, in standard errors of a mean of its width."""
_WORTH = 0.05
_CLEAR = 0.3


def changes(measures: Sequence[Measure], *, onset: float | None = None) -> tuple[MetricChange, ...]:
    """The changes of all measures, strongest first; at most one a measure, and one more where it hits a limit.

    With an `onset` (Unix seconds) the baseline is what came before it. Constant measures and those with fewer
    than 8 samples give none. What a restart empties is looked at up to the restart too: a leak ends with it.
    """
    found = {id(change.measure): change for change in _found(measures, onset)}
    cut = lives(measures)
    for change in _found(list(cut), onset):
        whole = cut[change.measure]
        if (known := found.get(id(whole))) is None or known.strength < change.strength:
            found[id(whole)] = replace(change, measure=whole)
    return tuple(sorted([*found.values(), *saturations(measures)], key=_order))


def _found(measures: Sequence[Measure], onset: float | None) -> Iterator[MetricChange]:
    groups: dict[tuple[int, float, float], list[Measure]] = defaultdict(list)
    for measure in measures:
        if judged(measure) and _moves(measure):
            groups[measure.times.size, float(measure.times[0]), float(measure.times[-1])].append(measure)
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            yield from _batch(group[start : start + _BATCH], onset)


def _order(change: MetricChange) -> tuple[float, float, str, str, str, str, str]:
    each = change.measure
    return (-change.strength, change.at, each.entity, each.role, each.name, each.detail, change.kind)


def _moves(measure: Measure) -> bool:
    finite = measure.values[np.isfinite(measure.values)]
    if finite.size < max(_MIN_SAMPLES, _MIN_COVERAGE * measure.values.size):
        return False
    return bool(finite.max() - finite.min() > max(0.5 * noticeable(measure), 1e-9 * abs(float(finite.max()))))


def _batch(batch: list[Measure], onset: float | None) -> Iterator[MetricChange]:
    times = batch[0].times
    values = despiked(np.stack([_filled(measure.values) for measure in batch]))
    ramped, stepped, multiplied = ramp(values, times), step(values), step(_logarithm(values, batch))
    bumped = bump(values)
    steep = ramped.ratio > np.maximum(stepped.ratio, multiplied.ratio)
    sure = np.maximum(ramped.ratio, np.maximum(stepped.ratio, multiplied.ratio)) >= _SURE
    index = np.where(steep, ramped.index, np.where(multiplied.ratio >= _SURE, multiplied.index, stepped.index))
    if onset is not None:
        index[:] = _known(times, onset)
    for row in np.flatnonzero(sure | (bumped.ratio >= _SURE_BUMP)):
        measure, x, at = batch[row], values[row], int(index[row])
        change = None
        if sure[row] and steep[row]:
            change = trend(measure, times, x, at, float(ramped.size[row]))
        elif sure[row]:
            change = shift(measure, times, x, at)
        if change is None or change.strength < _CLEAR:
            other = passing(measure, times, x, int(bumped.index[row]))
            change = max((each for each in (change, other) if each), key=lambda each: each.strength, default=None)
        if change is not None and change.strength >= _WORTH:
            yield change


def _logarithm(values: FloatArray, batch: list[Measure]) -> FloatArray:
    """A logarithm that bears zero.

    Latencies and queues multiply: in plain numbers the peaks of a trouble that comes and goes hide where it began.
    """
    usual = 0.05 * np.abs(np.median(values, axis=1))
    least = np.maximum(np.maximum([noticeable(measure) for measure in batch], usual), 1e-9)
    return np.arcsinh(values / least[:, None])


def _known(times: FloatArray, onset: float) -> int:
    return int(np.clip(np.searchsorted(times, onset), 3, times.size - 3))


def _filled(values: FloatArray) -> FloatArray:
    good = np.isfinite(values)
    if good.all():
        return values
    index = np.arange(values.size)
    return np.interp(index, index[good], values[good])

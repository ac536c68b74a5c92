"""Which measures changed, how, when and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.lasting import shift, trend
from diagnose.checks.metrics.matter import judged, noticeable
from diagnose.checks.metrics.passing import passing
from diagnose.checks.metrics.saturation import saturations
from diagnose.checks.metrics.shapes import Fit, bump, despiked, ramp, step
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
_RAMP = 0


def changes(measures: Sequence[Measure], *, onset: float | None = None) -> tuple[MetricChange, ...]:
    """The changes of all measures, strongest first; at most one a measure, and one more where it hits a limit.

    With an `onset` (Unix seconds) the baseline is what came before it. Constant measures and those with fewer
    than 8 samples give none.
    """
    groups: dict[tuple[int, float, float], list[Measure]] = defaultdict(list)
    for measure in measures:
        if judged(measure) and _moves(measure):
            groups[measure.times.size, float(measure.times[0]), float(measure.times[-1])].append(measure)
    found = list(saturations(measures))
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            found.extend(_batch(group[start : start + _BATCH], onset))
    return tuple(sorted(found, key=_order))


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
    shapes, bumped = _shapes(values, times, batch), bump(values)
    best = np.argmax([fit.ratio for fit in shapes], axis=0)
    sure = np.max([fit.ratio for fit in shapes], axis=0) >= _SURE
    for row in np.flatnonzero(sure | (bumped.ratio >= _SURE_BUMP)):
        measure, x, fit = batch[row], values[row], shapes[best[row]]
        index = int(fit.index[row]) if onset is None else _known(times, onset)
        change = None
        if sure[row] and best[row] == _RAMP:
            change = trend(measure, times, x, index, float(fit.size[row]))
        elif sure[row]:
            change = shift(measure, times, x, index)
        if change is None or change.strength < _CLEAR:
            other = passing(measure, times, x, int(bumped.index[row]))
            change = max((each for each in (change, other) if each), key=lambda each: each.strength, default=None)
        if change is not None and change.strength >= _WORTH:
            yield change


def _shapes(values: FloatArray, times: FloatArray, batch: list[Measure]) -> tuple[Fit, Fit, Fit]:
    """A ramp, a step, and a step of the logarithm: latencies and queues multiply, and then the peaks of a trouble
    that comes and goes would hide where it began."""
    usual = np.abs(np.median(values, axis=1))
    least = np.maximum(np.maximum([noticeable(measure) for measure in batch], 0.05 * usual), 1e-9)
    return ramp(values, times), step(values), step(np.arcsinh(values / least[:, None]))


def _known(times: FloatArray, onset: float) -> int:
    return int(np.clip(np.searchsorted(times, onset), 3, times.size - 3))


def _filled(values: FloatArray) -> FloatArray:
    good = np.isfinite(values)
    if good.all():
        return values
    index = np.arange(values.size)
    return np.interp(index, index[good], values[good])

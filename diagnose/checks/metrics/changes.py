"""Which measures changed, how, when and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnose.checks.metrics.band import BoolArray
from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.lasting import shift, trend
from diagnose.checks.metrics.lives import lives
from diagnose.checks.metrics.matter import judged, noticeable
from diagnose.checks.metrics.passing import passing
from diagnose.checks.metrics.saturation import saturations
from diagnose.checks.metrics.shapes import IndexArray, bump, despiked, episode, ramp, step
from diagnose.signals.changes import Change
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
_BETTER = 1.3
"""How much surer an episode must be than the shapes that last: it has one degree of freedom more."""


def changes(
    measures: Sequence[Measure], *, onset: float | None = None, restarts: Sequence[Change] = ()
) -> tuple[MetricChange, ...]:
    """The changes of all measures, strongest first; at most one a measure, and one more where it hits a limit.

    With an `onset` (Unix seconds) the baseline is what came before it. Constant measures and those with fewer
    than 8 samples give none. What a restart empties is looked at up to the restart too: a leak ends with it.
    Restarts are those given and those that start times among the measures tell.
    """
    found = {id(change.measure): change for change in _found(measures, onset)}
    cut = lives(measures, restarts)
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
    found = _look(values, times, batch)
    if onset is not None:
        found.index[:] = int(np.clip(np.searchsorted(times, onset), 3, times.size - 3))
    for row in np.flatnonzero(found.lasts | found.passes):
        change = _judged(batch[row], times, values[row], found, int(row))
        if change is not None and change.strength >= _WORTH:
            yield change


@dataclass(frozen=True, eq=False, slots=True)
class _Shapes:
    """What was found in each row: whether a shape that lasts or one that passes is sure, where, and of which kind."""

    lasts: BoolArray
    passes: BoolArray
    steep: BoolArray
    index: IndexArray
    slope: FloatArray
    peak: IndexArray
    start: IndexArray
    stop: IndexArray


def _look(values: FloatArray, times: FloatArray, batch: list[Measure]) -> _Shapes:
    ramped, stepped, multiplied = ramp(values, times), step(values), step(_logarithm(values, batch))
    bumped, (between, stop) = bump(values), episode(values)
    level = np.maximum(stepped.ratio, multiplied.ratio)
    lasting = np.maximum(ramped.ratio, level)
    ends = (stop < values.shape[1] - 2) & (between.index > 2) & (between.ratio > _BETTER * lasting)
    return _Shapes(
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


def _judged(measure: Measure, times: FloatArray, x: FloatArray, found: _Shapes, row: int) -> MetricChange | None:
    """The stronger of what lasts and what passes; a change that lasts clearly needs no second look."""
    at = int(found.index[row])
    change = None
    if found.lasts[row]:
        change = (
            trend(measure, times, x, at, float(found.slope[row])) if found.steep[row] else shift(measure, times, x, at)
        )
    if change is not None and change.strength >= _CLEAR:
        return change
    bounds = (int(found.start[row]), int(found.stop[row]))
    other = passing(measure, times, x, peak=int(found.peak[row]), bounds=bounds if min(bounds) > 2 else None)
    return max((each for each in (change, other) if each), key=lambda each: each.strength, default=None)


def _logarithm(values: FloatArray, batch: list[Measure]) -> FloatArray:
    """A logarithm that bears zero.

    Latencies and queues multiply: in plain numbers the peaks of a trouble that comes and goes hide where it began.
    """
    usual = 0.05 * np.abs(np.median(values, axis=1))
    least = np.maximum(np.maximum([noticeable(measure) for measure in batch], usual), 1e-9)
    return np.arcsinh(values / least[:, None])


def _filled(values: FloatArray) -> FloatArray:
    good = np.isfinite(values)
    if good.all():
        return values
    index = np.arange(values.size)
    return np.interp(index, index[good], values[good])

"""Which measures changed, how, when and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from diagnose.checks.metrics.band import BoolArray, Row
from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.lasting import shift, trend
from diagnose.checks.metrics.lives import lives
from diagnose.checks.metrics.look import Shapes, look
from diagnose.checks.metrics.matter import judged, noticeable
from diagnose.checks.metrics.passing import passing
from diagnose.checks.metrics.saturation import saturations
from diagnose.checks.metrics.shapes import despiked
from diagnose.checks.metrics.still import stills
from diagnose.checks.metrics.waves import calmed
from diagnose.signals.changes import Change
from diagnose.signals.series import FloatArray, Measure

__all__ = ["ChangeKind", "MetricChange", "changes"]

_MIN_SAMPLES = 8
_MIN_COVERAGE = 0.2
_BATCH = 256
_LARGEST = 1e150
_WORTH = 0.05
_CLEAR = 0.3


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
        if change.kind is ChangeKind.TREND and change.at <= change.measure.times[0]:
            continue  # what fills a whole life that is cut out may be its warm-up
        whole = cut[change.measure]
        if (known := found.get(id(whole))) is None or known.strength < change.strength:
            found[id(whole)] = replace(change, measure=whole)
    for change in stills(measures):
        if (known := found.get(id(change.measure))) is None or known.strength < min(_CLEAR, change.strength):
            found[id(change.measure)] = change
    return tuple(sorted([*found.values(), *saturations(measures)], key=_order))


def _found(measures: Sequence[Measure], onset: float | None) -> Iterator[MetricChange]:
    groups: dict[tuple[int, float, float], list[Measure]] = defaultdict(list)
    for measure in measures:
        if measure.times.size >= _MIN_SAMPLES and judged(measure):
            groups[measure.times.size, float(measure.times[0]), float(measure.times[-1])].append(measure)
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            yield from _batch(group[start : start + _BATCH], onset)


def _order(change: MetricChange) -> tuple[float, float, str, str, str, str, str]:
    each = change.measure
    return (-change.strength, change.at, each.entity, each.role, each.name, each.detail, change.kind)


def _batch(batch: list[Measure], onset: float | None) -> Iterator[MetricChange]:
    raw = np.stack([measure.values for measure in batch])
    good, least = _usable(raw), np.array([noticeable(measure) for measure in batch])
    moving = np.flatnonzero(_moving(raw, good, least))
    if not moving.size:
        return
    times, least = batch[0].times, least[moving]
    values = calmed(despiked(_filled(raw[moving], good[moving])))
    found = look(values, times, least)
    quiet = times.size if onset is None else int(np.clip(np.searchsorted(times, onset), 3, times.size - 3))
    if onset is not None:
        # What began after the onset keeps its own moment; what seemed to begin before is measured against it.
        np.maximum(found.index, quiet, out=found.index)
    for number in np.flatnonzero(found.lasts | found.passes):
        row = Row(batch[moving[number]], times, values[number], float(least[number]), quiet)
        change = _judged(row, found, int(number))
        if change is not None and change.strength >= _WORTH:
            yield change


def _judged(row: Row, found: Shapes, number: int) -> MetricChange | None:
    """The stronger of what lasts and what passes, where both are sure."""
    at = int(found.index[number])
    change = None
    if found.lasts[number]:
        change = trend(row, at, float(found.slope[number])) if found.steep[number] else shift(row, at)
    if change is not None and (change.strength >= _CLEAR or not found.passes[number]):
        return change
    bounds = (int(found.start[number]), int(found.stop[number]))
    other = passing(row, peak=int(found.peak[number]), bounds=bounds if bounds[0] > 2 else None)
    return max((each for each in (change, other) if each), key=lambda each: each.strength, default=None)


def _usable(values: FloatArray) -> BoolArray:
    """Finite, and of a size whose square is: what is beyond measures nothing."""
    with np.errstate(invalid="ignore"):
        usable: BoolArray = np.abs(values) < _LARGEST
    return usable


def _moving(values: FloatArray, good: BoolArray, least: FloatArray) -> BoolArray:
    """Which rows have enough samples, and move by more than half of what matters."""
    enough = good.sum(axis=1) >= max(_MIN_SAMPLES, _MIN_COVERAGE * values.shape[1])
    top = np.max(values, axis=1, where=good, initial=-_LARGEST)
    low = np.min(values, axis=1, where=good, initial=_LARGEST)
    moving: BoolArray = enough & (top - low > np.maximum(0.5 * least, 1e-9 * np.abs(top)))
    return moving


def _filled(values: FloatArray, good: BoolArray) -> FloatArray:
    index = np.arange(values.shape[1])
    for row, known in zip(values, good, strict=True):
        if not known.all():
            row[~known] = np.interp(index[~known], index[known], row[known])
    return values

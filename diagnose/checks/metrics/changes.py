"""Which measures changed, how, when and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.judge import Levels, judge
from diagnose.checks.metrics.matter import judged, noticeable
from diagnose.checks.metrics.saturation import saturations
from diagnose.checks.metrics.shapes import despiked, ramp, step
from diagnose.signals.series import FloatArray, Measure

__all__ = ["ChangeKind", "MetricChange", "changes"]

_MIN_SAMPLES = 8
_MIN_COVERAGE = 0.2
_BATCH = 512


def changes(measures: Sequence[Measure], *, onset: float | None = None) -> tuple[MetricChange, ...]:
    """The changes of all measures, strongest first; at most one a measure, and one more where it hits a limit.

    With an `onset` (Unix seconds) the baseline is what came before it. Constant measures and those with fewer
    than 8 samples give none.
    """
    groups: dict[tuple[int, float, float], list[Measure]] = defaultdict(list)
    for measure in measures:
        if judged(measure) and measure.times.size >= _MIN_SAMPLES:
            groups[measure.times.size, float(measure.times[0]), float(measure.times[-1])].append(measure)
    found = [change for group in groups.values() for change in _group(group, onset)]
    found.extend(saturations(measures))
    return tuple(
        sorted(
            found,
            key=lambda each: (
                -each.strength,
                each.at,
                each.measure.entity,
                each.measure.role,
                each.measure.name,
                each.measure.detail,
                each.kind,
            ),
        )
    )


def _group(group: list[Measure], onset: float | None) -> Iterator[MetricChange]:
    moving = [measure for measure in group if _moves(measure)]
    for start in range(0, len(moving), _BATCH):
        batch = moving[start : start + _BATCH]
        yield from _batch(batch, onset)


def _moves(measure: Measure) -> bool:
    finite = measure.values[np.isfinite(measure.values)]
    if finite.size < max(_MIN_SAMPLES, _MIN_COVERAGE * measure.values.size):
        return False
    return float(finite.max() - finite.min()) > 0.5 * noticeable(measure)


def _batch(batch: list[Measure], onset: float | None) -> Iterator[MetricChange]:
    times = batch[0].times
    raw = np.stack([_filled(measure.values) for measure in batch])
    values = despiked(raw)
    stepped, ramped = step(values), ramp(values, times)
    levels = Levels(times, raw, values, stepped, ramped)
    for row, measure in enumerate(batch):
        change = judge(measure, levels, row, onset)
        if change is not None:
            yield change


def _filled(values: FloatArray) -> FloatArray:
    good = np.isfinite(values)
    if good.all():
        return values
    index = np.arange(values.size)
    return np.interp(index, index[good], values[good])

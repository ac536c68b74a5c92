"""Measures that stand still although they used to vary: an exporter that is frozen, or a process that is stuck."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.matter import judged
from diagnose.signals.series import FloatArray, Measure

_SHORTEST = 8
_SHORTEST_SHARE = 0.05
_CHANCE = -20.0
"""Logarithm of the chance that a run of equal samples comes about by itself; one in 500 million."""
_LONGER = 3.0
_BOTH_WAYS = 0.2
_TOGETHER = 3
_STRENGTH = 0.6
_BATCH = 256

_Run = tuple[Measure, int]
"""A measure, and the index of the first of its last samples, which are all the same."""


def stills(measures: Sequence[Measure]) -> Iterator[MetricChange]:
    """A change for each measure whose last samples are all the same while others go on.

    The run must be far longer than chance and than any before it, and at a value that is no rest: at zero and at the
    lowest stand things that are idle, at the highest those that are full. Where nothing goes on at all, three measures
    of one entity must have stopped at the same sample: what falls idle does so one after another.
    """
    runs = [run for group in _groups(measures) for run in _runs(group)]
    moving = bool(runs) and any(judged(each) and _varies_late(each) for each in measures)
    together = Counter((each.entity, _moment(each, index)) for each, index in runs)
    for measure, index in runs:
        if moving or together[measure.entity, _moment(measure, index)] >= _TOGETHER:
            yield _change(measure, index)


def _groups(measures: Sequence[Measure]) -> Iterator[Sequence[Measure]]:
    groups: dict[int, list[Measure]] = defaultdict(list)
    for measure in measures:
        # Quickly: nearly all that move differ between their last two samples.
        if measure.values.size > 2 * _SHORTEST and measure.values[-1] == measure.values[-_SHORTEST] and judged(measure):
            groups[measure.values.size].append(measure)
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            yield group[start : start + _BATCH]


def _runs(group: Sequence[Measure]) -> Iterator[_Run]:
    values = np.stack([measure.values for measure in group])
    with np.errstate(invalid="ignore"):
        moved = values[:, 1:] != values[:, :-1]
    count = values.shape[1]
    last = count - 1 - np.argmax(moved[:, ::-1], axis=1)
    ran = count - last
    for number in np.flatnonzero(moved.any(axis=1) & (ran >= max(_SHORTEST, _SHORTEST_SHARE * count))):
        if _stopped(values[number], int(last[number])):
            yield group[int(number)], int(last[number])


def _stopped(row: FloatArray, index: int) -> bool:
    """Whether a row that varied before an index would hardly stand still from there on by itself."""
    before = row[:index]
    if (
        before.size < _SHORTEST
        or not np.isfinite(before).all()
        or row[-1] == 0
        or not before.min() < row[-1] < before.max()
    ):
        return False
    steps = np.diff(before)
    moved, ran = np.flatnonzero(steps), row.size - index
    if min((steps > 0).sum(), (steps < 0).sum()) < _BOTH_WAYS * moved.size:
        return False  # what only ever grows, or starts anew and grows, has come to its height
    stayed = 1.0 - (moved.size + 1.0) / (before.size + 2.0)
    longest = int(np.diff(np.concatenate([[-1], moved, [index - 1]])).max())
    return bool(ran * np.log(max(stayed, 1e-3)) < _CHANCE and ran >= _LONGER * longest)


def _varies_late(measure: Measure) -> bool:
    late = measure.values[-_SHORTEST:]
    late = late[np.isfinite(late)]
    return bool(late.size > 1 and (late != late[0]).any())


def _moment(measure: Measure, index: int) -> float:
    return float(measure.times[index])


def _change(measure: Measure, index: int) -> MetricChange:
    level = float(np.median(measure.values[:index]))
    still = float(measure.values[-1])
    return MetricChange(
        measure=measure,
        kind=ChangeKind.FLAT,
        direction=0,
        at=_moment(measure, index),
        baseline=level,
        observed=still,
        ratio=still / level if level else float("inf"),
        strength=_STRENGTH * min(1.0, (measure.values.size - index) / (4 * _SHORTEST)),
        end=still,
    )

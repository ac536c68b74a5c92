"""Series sorted by whom they speak of, each group on one clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.signals.meanings import PLUMBING
from diagnose.signals.series import QUERY_LABEL, FloatArray, Labels, Series

_TELLING = ("pod", "instance", "service", "service_name", "container", "job", "app", "application", "host", "node")
_NAMING = ("job", "service", "service_name", "app", "application", "pod", "instance", "container", "host", "node")
IDENTITY = frozenset(
    {*_TELLING, "namespace", "cluster", "uid", "id", "image", "endpoint_slice", "prometheus", "replica"}
)
"""Labels that say who speaks, not what is split by."""


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """All series that one source writes of one entity: `times` is the clock they share (Unix seconds)."""

    entity: str
    series: tuple[Series, ...]
    times: FloatArray

    @property
    def step(self) -> float:
        """Median seconds between samples; 1 when there are fewer than two."""
        return float(np.median(np.diff(self.times))) if self.times.size > 1 else 1.0

    def column(self, series: Series) -> FloatArray:
        """The values of a series on the target's clock, NaN where it has no sample."""
        if series.times.size == self.times.size:
            return series.values
        values = np.full(self.times.size, np.nan)
        values[np.searchsorted(self.times, series.times + self.step * 1e-6, side="right") - 1] = series.values
        return values


def targets(series: Sequence[Series]) -> tuple[Target, ...]:
    """The series of each entity and source, sorted by entity; what measures the measuring and answers are left out.

    The entity is named by the label that tells entities apart (pod, instance, service ...), or, when there is
    only one, by its most readable name (job, service ...).
    """
    wanted = [each for each in series if not PLUMBING.fullmatch(each.name) and each.label(QUERY_LABEL) is None]
    order = _entity_labels(wanted)
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for each in wanted:
        labels = dict(each.labels)
        entity = next((labels[key] for key in order if labels.get(key)), "")
        groups[entity, f"{labels.get('job', '')} {labels.get('instance', '')}"].append(each)
    return tuple(Target(entity, *_clocked(group)) for (entity, _), group in sorted(groups.items()))


def _entity_labels(series: Sequence[Series]) -> tuple[str, ...]:
    values: dict[str, Counter[str]] = {key: Counter() for key in _TELLING}
    for each in series:
        for key, value in each.labels:
            if key in values and value:
                values[key][value] += 1
    # A label on a few series only (a `service` that is called, a `host` of an upstream) names no entity.
    telling = [key for key in _TELLING if len(values[key]) > 1 and values[key].total() >= 0.5 * len(series)]
    return (*telling, *_NAMING)


def _clocked(group: list[Series]) -> tuple[tuple[Series, ...], FloatArray]:
    clocks = {id(each.times): each.times for each in group}
    longest = max(clocks.values(), key=len)
    if len(clocks) == 1:
        return tuple(group), longest
    union = np.unique(np.concatenate(list(clocks.values())))
    if union.size <= 1.5 * longest.size:
        return tuple(group), union
    step = float(np.median(np.diff(longest))) if longest.size > 1 else 1.0
    regular = {key: np.unique(np.floor(times / step)) * step for key, times in clocks.items()}
    return tuple(_regular(each, regular[id(each.times)], step) for each in group), np.unique(
        np.concatenate(list(regular.values()))
    )


def _regular(series: Series, clock: FloatArray, step: float) -> Series:
    last = np.searchsorted(series.times, clock + step, side="left") - 1
    return Series(series.name, series.labels, clock, series.values[last], series.type)


def common(labels: Sequence[Labels]) -> Labels:
    """The labels that all have in common."""
    if not labels:
        return ()
    shared = set(labels[0]).intersection(*map(set, labels[1:]))
    return tuple(sorted(shared))

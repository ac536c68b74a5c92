"""One metric family of one target, as rows on one clock with the labels that split it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.signals.naming import family
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.targets import IDENTITY, Target

_TIMED = (MetricType.HISTOGRAM, MetricType.SUMMARY)


@dataclass(frozen=True, eq=False, slots=True)
class Family:
    """Series of one name and type (of one base name for histograms and summaries) and their values, rows x times."""

    target: Target
    name: str
    type: MetricType
    series: tuple[Series, ...]
    values: FloatArray

    def part(self, suffix: str) -> Family:
        """The rows of a histogram's `_sum`, `_count` or `_bucket`; '' gives a summary's quantiles."""
        return self.rows([i for i, each in enumerate(self.series) if each.name == self.name + suffix])

    def rows(self, chosen: Sequence[int]) -> Family:
        """A part of the family."""
        return Family(
            self.target, self.name, self.type, tuple(self.series[i] for i in chosen), self.values[list(chosen)]
        )

    def split(self, label: str | None) -> dict[str, list[int]]:
        """Row numbers by the value of a label; one group '' without one."""
        groups: dict[str, list[int]] = defaultdict(list)
        for index, each in enumerate(self.series):
            groups[(each.label(label) or "") if label else ""].append(index)
        return dict(sorted(groups.items()))

    @property
    def splitting(self) -> tuple[str, ...]:
        """Labels that differ between rows and say what is split by, not who speaks; `le` and `quantile` are none."""
        seen: dict[str, set[str | None]] = {}
        for key in {key for each in self.series for key, _ in each.labels}:
            seen[key] = {each.label(key) for each in self.series}
        skip = IDENTITY | {"le", "quantile"}
        return tuple(sorted(key for key, values in seen.items() if len(values) > 1 and key not in skip))


def families(target: Target) -> tuple[Family, ...]:
    """The families of a target, sorted by name."""
    groups: dict[tuple[str, MetricType], list[Series]] = defaultdict(list)
    for each in target.series:
        groups[family(each.name) if each.type in _TIMED else each.name, each.type].append(each)
    return tuple(_family(target, name, type_, _undoubled(group)) for (name, type_), group in sorted(groups.items()))


def _family(target: Target, name: str, type_: MetricType, group: list[Series]) -> Family:
    return Family(target, name, type_, tuple(group), np.stack([target.column(each) for each in group]))


def _undoubled(group: list[Series]) -> list[Series]:
    """Without the sums over containers that cAdvisor exports beside the containers themselves."""
    inside = [each for each in group if each.label("container") not in (None, "POD")]
    return inside if inside and len(inside) < len(group) else group

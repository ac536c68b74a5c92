"""Series sorted by whom they speak of, each group on one clock."""

from __future__ import annotations

import re
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
_EXPORTED = re.compile(
    r"(?:node|windows|probe|ssl|pg|postgres|pgbouncer|mysql|redis|memcached|mongodb|elasticsearch|kafka|zookeeper"
    r"|rabbitmq|nginx|apache|haproxy|aws|azure|stackdriver)_\w+"
)
"""What exporters call the metrics of what they watch: machines, probes, stores, brokers, proxies and clouds."""
_ITSELF = re.compile(r"(?:go|process|python)_\w+")
_NOBODYS = re.compile(r"up|(?:go|process|python|promhttp|scrape|erlang|jvm)_\w+|\w+_build_info")
_MOSTLY = 0.8  # share of its names from which a target is an exporter; a service has metrics of its own


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """All series that one source writes of one entity: `times` is the clock they share (Unix seconds).

    An `exporter` speaks of something that is no service: a machine, a database, a probe.
    """

    entity: str
    series: tuple[Series, ...]
    times: FloatArray
    exporter: bool = False

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
    return tuple(_target(entity, group) for (entity, _), group in sorted(groups.items()))


def surroundings(series: Sequence[Series]) -> frozenset[str]:
    """The entities that are no services, because exporters alone speak of them."""
    speakers: dict[str, list[bool]] = defaultdict(list)
    for target in targets(series):
        speakers[target.entity].append(target.exporter)
    return frozenset(entity for entity, told in speakers.items() if all(told))


def _target(entity: str, group: list[Series]) -> Target:
    """A target; what an exporter tells of its own process is left out, for it says nothing of what it watches."""
    names = {each.name for each in group if not _NOBODYS.fullmatch(each.name)}
    exporter = bool(names) and sum(_EXPORTED.fullmatch(name) is not None for name in names) >= _MOSTLY * len(names)
    told = [each for each in group if not (exporter and _ITSELF.fullmatch(each.name))]
    return Target(entity, *_clocked(told), exporter)


def _entity_labels(series: Sequence[Series]) -> tuple[str, ...]:
    values: dict[str, Counter[str]] = {key: Counter() for key in _TELLING}
    for each in series:
        for key, value in each.labels:
            if key in values and value:
                values[key][value] += 1
    # A label on a few series only (a `service` that is called, a `host` of an upstream) names no entity. Exporters
    # have many series and no pods of those that they stand beside.
    served = sum(_EXPORTED.fullmatch(each.name) is None for each in series) or len(series)
    telling = [key for key in _TELLING if len(values[key]) > 1 and values[key].total() >= 0.5 * served]
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

"""Which service or instance is most likely where the trouble sits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.signals.series import Measure, Role

Suspect = tuple[str, float, float, tuple[Measure, ...]]
"""Entity, score 0..1, first moment it moved (Unix seconds), the measures that speak against it, strongest first."""

OWN = {
    Role.CPU: 1.0,
    Role.MEMORY: 1.0,
    Role.HEAP: 1.0,
    Role.GOROUTINES: 1.0,
    Role.OPEN_FILES: 1.0,
    Role.POOL_IN_USE: 1.0,
    Role.GC_TIME: 0.8,
    Role.DISK_USED: 1.0,
    Role.RESTARTS: 1.0,
    Role.OOM_KILLS: 1.0,
    Role.UP: 1.0,
    Role.THREADS: 0.9,
    Role.EVENT_LOOP_LAG: 1.0,
    Role.LOCK_WAIT: 1.0,
    Role.ERRORS: 0.7,
    Role.ERROR_RATIO: 0.7,
    Role.LATENCY: 0.7,
    Role.LATENCY_TAIL: 0.6,
    Role.UPSTREAM_LATENCY: 0.4,
    Role.UPSTREAM_ERRORS: 0.4,
    Role.REQUESTS: 0.4,
    Role.UPSTREAM_REQUESTS: 0.3,
    Role.IN_FLIGHT: 0.6,
    Role.OTHER: 0.5,
}
"""How much a measure speaks of the entity itself: its own resources more than what it feels of others."""
_STORE = frozenset({Role.MEMORY, Role.HEAP})
_SHOWN = 8


def suspects(measures: Sequence[Measure], changes: Sequence[MetricChange], onset: float | None) -> tuple[Suspect, ...]:
    """Entities ranked: who moved most and first, and in its own resources rather than as a victim of another."""
    groups: dict[str, list[MetricChange]] = defaultdict(list)
    for change in changes:
        groups[change.measure.entity].append(change)
    entities = {measure.entity for measure in measures}
    raw = {entity: _score(group, onset) for entity, group in groups.items() if entity in entities}
    found = []
    for entity, score in raw.items():
        mine = sorted(groups[entity], key=lambda each: (-_power(each, onset) * _follows(each, groups[entity]), each.at))
        lasting = [each.at for each in mine if each.strength >= 0.3] or [each.at for each in mine]
        measured = tuple(dict.fromkeys(each.measure for each in mine))[:_SHOWN]
        found.append((entity, 1.0 - float(np.exp(-score)), min(lasting), measured))
    return tuple(sorted(found, key=lambda each: (-each[1], each[2], each[0])))


def _score(group: Sequence[MetricChange], onset: float | None) -> float:
    powers = sorted((_power(change, onset) for change in group), reverse=True)
    return float(sum(power * 0.5**rank for rank, power in enumerate(powers[:6])))


def _follows(change: MetricChange, group: Sequence[MetricChange]) -> float:
    """Less for CPU beside growing memory: filling memory takes CPU, burning CPU takes no memory."""
    if change.measure.role is not Role.CPU:
        return 1.0
    grown = any(each.measure.role in _STORE and each.direction > 0 and each.strength >= 0.4 for each in group)
    return 0.4 if grown else 1.0


def _power(change: MetricChange, onset: float | None) -> float:
    power = change.strength * OWN.get(change.measure.role, 0.7)
    if change.kind in (ChangeKind.SPIKE, ChangeKind.DIP):
        power *= 0.7
    if onset is None:
        return power
    return float(power * np.exp(-(abs(change.at - onset) / 300.0)))

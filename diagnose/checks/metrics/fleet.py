"""How usual a change is among the siblings of the one that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnose.checks.metrics.change import MetricChange
from diagnose.checks.metrics.matter import noticeable
from diagnose.signals.series import FloatArray

_TOGETHER_S = 90.0  # what siblings do within this time may be one incident
_ALIKE = 0.8  # share of an effect from which another one is as large


def unusual(changes: Sequence[MetricChange]) -> tuple[MetricChange, ...]:
    """The changes with their strength divided by how many siblings show as large a one of that metric, and when else.

    Where one service in ten shows the same spike at some other time of the window, a spike tells little of an incident.
    Siblings that move at the same time take nothing away.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, change in enumerate(changes):
        groups[change.measure.name, change.measure.detail].append(number)
    strengths = np.array([change.strength for change in changes])
    for members in groups.values():
        if len(members) > 1:
            strengths[members] /= 1.0 + _elsewhen([changes[number] for number in members])
    return tuple(replace(change, strength=float(power)) for change, power in zip(changes, strengths, strict=True))


def _elsewhen(group: Sequence[MetricChange]) -> FloatArray:
    """For each change, how many of other entities are at least as large, in its direction, at another time."""
    at = np.array([change.at for change in group])
    size = np.array([_effect(change) for change in group])
    entity = np.unique([change.measure.entity for change in group], return_inverse=True)[1]
    apart = np.abs(at[:, None] - at[None, :]) > _TOGETHER_S
    as_large = (size[None, :] * np.sign(size)[:, None]) >= _ALIKE * np.abs(size)[:, None]
    return np.asarray((apart & as_large & (entity[:, None] != entity[None, :])).sum(axis=1), dtype=np.float64)


def _effect(change: MetricChange) -> float:
    """The change on a logarithmic scale that bears zero, positive upwards."""
    unit = max(noticeable(change.measure), 1e-9)
    return float(np.arcsinh(change.observed / unit) - np.arcsinh(change.baseline / unit))

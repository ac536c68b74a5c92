"""What a parser got out of a metrics file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from diagnose.signals.series import FloatArray, MetricType
from diagnose.sources.metrics.decode import Samples


@dataclass(eq=False, slots=True)
class Reading:
    """Samples, declared types, and what could not be used: `untimed` samples have no time stamp."""

    samples: list[Samples] = field(default_factory=list)
    types: dict[str, MetricType] = field(default_factory=dict)
    unreadable: int = 0
    untimed: int = 0
    notes: list[str] = field(default_factory=list)

    def span(self) -> tuple[float, float] | None:
        """First and last time of all samples, None when there is none."""
        ends = [(np.nanmin(times), np.nanmax(times)) for _, _, times, _ in self.samples if np.isfinite(times).any()]
        return (float(min(first for first, _ in ends)), float(max(last for _, last in ends))) if ends else None


def seconds(times: FloatArray) -> FloatArray:
    """Unix seconds of time stamps in seconds, milliseconds, microseconds or nanoseconds, told by their size."""
    size = np.nanmax(np.abs(times)) if np.isfinite(times).any() else 0.0
    factor = next((factor for limit, factor in ((1e11, 1.0), (1e14, 1e-3), (1e17, 1e-6)) if size < limit), 1e-9)
    return times * factor

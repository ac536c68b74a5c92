"""What a series did over the whole window, beside its one strongest change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnose.checks.metrics.outstanding import outstanding
from diagnose.checks.metrics.segments import segments
from diagnose.signals.series import Measure

_LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class History:
    """Moments (Unix seconds): `turns` to another level or slope, and `outstanding` ones beyond all that is usual."""

    turns: tuple[float, ...]
    outstanding: tuple[float, ...]


def history(measure: Measure) -> History:
    """The history of a measure; many turns mean that its last one is a habit."""
    with np.errstate(invalid="ignore"):
        known = np.abs(measure.values) < _LARGEST
    times, values = measure.times[known], measure.values[known]
    return History(
        tuple(float(times[index]) for index in segments(values)),
        tuple(float(times[index]) for index in outstanding(values)),
    )

"""What a change of a measure is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diagnose.signals.series import Measure


class ChangeKind(StrEnum):
    """The shape of a change."""

    SHIFT = "shift"  # a new level that lasts
    TREND = "trend"  # growth or decline that goes on
    SPIKE = "spike"  # up and back
    DIP = "dip"  # down and back
    FLAT = "flat"  # what used to move stands still
    SATURATION = "saturation"  # a limit is reached


@dataclass(frozen=True, eq=False, slots=True)
class MetricChange:
    """A change of one measure: `at` is its first moment (Unix seconds), `direction` +1 up, -1 down, 0 still.

    `baseline` and `observed` are the levels before and after in the measure's unit, `ratio` observed / baseline
    (inf from zero), `strength` 0..1 of effect and persistence together, `slope` units per second of a trend,
    `end` the level at the end of the window.
    """

    measure: Measure
    kind: ChangeKind
    direction: int
    at: float
    baseline: float
    observed: float
    ratio: float
    strength: float
    slope: float = 0.0
    end: float = 0.0

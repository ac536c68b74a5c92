"""Measures made by hand: level, noise and one event, drawn from a seeded generator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnose.signals.series import FloatArray, Measure, Role

STEP_S = 5.0
COUNT = 120
ONSET = 300.0
TIMES: FloatArray = np.arange(COUNT) * STEP_S


def measure(
    values: FloatArray, role: Role = Role.OTHER, *, entity: str = "a", detail: str = "", unit: str = ""
) -> Measure:
    """A gauge on the clock of TIMES (cut to the values)."""
    return Measure(role, f"{role.value}_metric", entity, detail, unit, TIMES[: values.size], values, "x", ())


def noise(seed: int = 0, *, level: float = 100.0, share: float = 0.05, phi: float = 0.0) -> FloatArray:
    """White or AR(1) noise around a level; `share` of the level is its deviation."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(COUNT)
    for index in range(1, COUNT):
        drawn[index] += phi * drawn[index - 1]
    return np.asarray(level * (1 + share * drawn * np.sqrt(1 - phi**2)))


def after(start: float = ONSET, stop: float = np.inf) -> FloatArray:
    """1 between two moments, 0 elsewhere."""
    return ((start <= TIMES) & (stop > TIMES)).astype(float)


def as_rate(made: Measure) -> Measure:
    """The same told as a rate."""
    return replace(made, query="rate(x[20s])")

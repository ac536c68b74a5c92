"""Load that repeats itself, and what begins on top of it."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.change import ChangeKind
from diagnose.checks.metrics.changes import changes
from diagnose.checks.metrics.waves import calmed
from diagnose.signals.series import FloatArray, Role
from tests.checks.metrics.made import COUNT, ONSET, STEP_S, TIMES, after, measure, noise

PERIODS = (8.0, 17.3, 31.0, 39.5)


def wave(shape: str, period: float, seed: int = 1) -> FloatArray:
    """Requests a second around 100 that swing by 50 and repeat themselves after a number of samples."""
    phase = (np.arange(COUNT) / period + 0.3) % 1
    shapes = {
        "sine": np.sin(2 * np.pi * phase),
        "saw": 2 * phase - 1,
        "cron": np.where(phase < 0.2, 2.0, -0.3),
        "square": np.where(phase < 0.5, 1.0, -1.0),
    }
    return noise(seed, share=0.04) + 50 * shapes[shape]


@pytest.mark.parametrize("shape", ["sine", "saw", "cron", "square"])
@pytest.mark.parametrize("period", PERIODS)
def test_a_wave_is_no_change(shape: str, period: float) -> None:
    assert not [c for c in changes([measure(wave(shape, period), Role.REQUESTS)]) if c.strength >= 0.3]


@pytest.mark.parametrize("shape", ["sine", "saw"])
@pytest.mark.parametrize("period", PERIODS)
def test_a_new_level_on_a_wave_is_found_and_dated(shape: str, period: float) -> None:
    (change,) = changes([measure(wave(shape, period) + 100 * after(), Role.REQUESTS)])
    assert change.kind is ChangeKind.SHIFT
    assert change.at == pytest.approx(ONSET, abs=5 * STEP_S)
    assert change.strength > 0.3


@pytest.mark.parametrize("period", PERIODS)
def test_growth_on_a_wave_is_a_trend(period: float) -> None:
    (change,) = changes([measure(wave("sine", period) + np.maximum(TIMES - ONSET, 0), Role.GOROUTINES)])
    assert change.kind is ChangeKind.TREND


def test_a_wave_that_begins_with_the_trouble_is_the_trouble() -> None:
    swinging = np.where(TIMES >= ONSET, 4 * wave("saw", 10.0), noise(share=0.04))
    (change,) = changes([measure(swinging, Role.LATENCY)])
    assert change.at == pytest.approx(ONSET, abs=10 * STEP_S)


def test_noise_holds_no_wave() -> None:
    rows = np.stack([noise(seed, phi=0.7 * (seed % 2)) for seed in range(200)])
    assert (calmed(rows) == rows).all(axis=1).mean() > 0.97

"""What a series did over the whole window: turns, and moments beyond all that is usual."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.history import history
from diagnose.checks.metrics.outstanding import outstanding
from diagnose.checks.metrics.segments import segments
from diagnose.signals.series import FloatArray
from tests.checks.metrics.made import ONSET, TIMES, measure

COUNT = 800
RANDOM = np.random.default_rng(3)
NOISE = RANDOM.normal(0.0, 1.0, COUNT)
INDEX = np.arange(COUNT)
DAILY = 10 * np.sin(INDEX / COUNT * 2 * np.pi * 20)


def coloured(seed: int, phi: float) -> FloatArray:
    values = np.random.default_rng(seed).normal(size=COUNT)
    for index in range(1, COUNT):
        values[index] += phi * values[index - 1]
    return values


def test_each_level_is_a_segment() -> None:
    levels = np.where(INDEX < 200, 0.0, np.where(INDEX < 500, 20.0, 8.0))
    assert segments(levels + NOISE) == pytest.approx((200, 500), abs=2)


def test_steady_growth_is_one_segment_and_its_kink_two() -> None:
    assert segments(0.1 * INDEX + NOISE) == ()
    assert segments(0.1 * np.maximum(INDEX - 400, 0) + NOISE) == pytest.approx((400,), abs=25)


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 50, [1e300] * 9, [1.0, 2.0, 3.0]])
def test_nothing_turns_where_nothing_moves(values: list[float]) -> None:
    assert segments(np.array(values)) == outstanding(np.array(values)) == ()


def test_a_long_series_is_thinned() -> None:
    found = segments(np.repeat([0.0, 5.0], 15_000) + np.tile(NOISE[:300], 100))
    assert found == pytest.approx((15_000,), abs=60)


@pytest.mark.parametrize(
    ("made", "at"),
    [
        (DAILY + NOISE + 30 * (INDEX == 333), 333),
        (DAILY + NOISE - 30 * (np.abs(INDEX - 400) < 4), 400),
        (np.where(np.abs(INDEX - 500) < 20, 6.0, 1.0) * NOISE, 500),
        (np.where(np.abs(INDEX - 600) < 30, 0.0, 1.0) * NOISE, 600),
    ],
    ids=["higher", "lower", "restless", "calm"],
)
def test_what_is_never_so_stands_out(made: FloatArray, at: int) -> None:
    found = outstanding(made)
    assert found
    assert all(abs(index - at) <= 40 for index in found)


def test_what_is_so_every_day_does_not() -> None:
    assert outstanding(DAILY + NOISE) == ()


def test_noise_seldom_stands_out() -> None:
    for phi in (0.0, 0.7):
        assert np.mean([bool(outstanding(coloured(seed, phi))) for seed in range(200)]) <= 0.01


def test_a_history_is_told_in_moments_and_bears_what_is_no_number() -> None:
    values = np.where(TIMES < ONSET, 0.0, 50.0) + NOISE[: TIMES.size]
    values[10:14] = np.nan, np.inf, -np.inf, 1e300
    told = history(measure(values))
    assert told.turns == pytest.approx((ONSET,), abs=10.0)
    assert told.outstanding == ()

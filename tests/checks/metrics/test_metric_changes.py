"""What is a change, of which kind, when, and what is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.changes import changes
from diagnose.signals.series import FloatArray, Measure, Role
from tests.checks.metrics.made import COUNT, ONSET, STEP_S, TIMES, after, measure, noise

STRONG = 0.45


def only(values: FloatArray, role: Role = Role.OTHER, unit: str = "") -> MetricChange:
    (change,) = changes([measure(values, role, unit=unit)])
    return change


def strongest(made: Measure) -> float:
    return max((change.strength for change in changes([made])), default=0.0)


@pytest.mark.parametrize(("factor", "direction"), [(3.0, 1), (0.2, -1)])
def test_a_new_level_is_a_shift_dated_to_the_sample(factor: float, direction: int) -> None:
    change = only(noise() * (1 + (factor - 1) * after()))
    assert (change.kind, change.direction) == (ChangeKind.SHIFT, direction)
    assert change.at == pytest.approx(ONSET, abs=STEP_S)
    assert change.ratio == pytest.approx(factor, rel=0.1)
    assert change.strength > 0.6


def test_growth_that_goes_on_is_a_trend_with_slope_and_end() -> None:
    ramp = 2.0 * np.maximum(TIMES - ONSET, 0.0)
    change = only(noise(share=0.02) + ramp, Role.GOROUTINES)
    assert change.kind is ChangeKind.TREND
    assert change.at == pytest.approx(ONSET, abs=15)
    assert change.slope == pytest.approx(2.0, rel=0.1)
    assert change.end > 600


def test_a_leak_is_seen_through_the_saw_teeth_of_collections() -> None:
    saw = 10e6 * ((TIMES / STEP_S) % 6) / 6
    change = only(30e6 + saw + 0.3e6 * np.maximum(TIMES - ONSET, 0.0), Role.HEAP, "bytes")
    assert change.kind is ChangeKind.TREND
    assert change.strength > STRONG


def test_growth_that_came_to_rest_is_no_trend() -> None:
    filled = noise(share=0.01) + 400 * np.clip((TIMES - ONSET) / 60, 0.0, 1.0)
    assert only(filled, Role.GOROUTINES).kind is ChangeKind.SHIFT


@pytest.mark.parametrize(("factor", "kind"), [(5.0, ChangeKind.SPIKE), (0.05, ChangeKind.DIP)])
def test_what_returns_is_a_spike_or_dip_and_weak(factor: float, kind: ChangeKind) -> None:
    change = only(noise() * (1 + (factor - 1) * after(ONSET, ONSET + 50)), Role.CPU)
    assert change.kind is kind
    assert change.at == pytest.approx(ONSET, abs=2 * STEP_S)
    assert change.strength <= 0.5


def test_failures_that_lasted_minutes_and_ended_stay_strong() -> None:
    change = only(0.4 * after(ONSET, ONSET + 200), Role.ERROR_RATIO, "ratio")
    assert change.kind is ChangeKind.SPIKE
    assert change.at == pytest.approx(ONSET, abs=STEP_S)
    assert change.strength > 0.7


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (measure(17 + 5 * after(), Role.GOROUTINES), "five goroutines more"),
        (measure(noise(level=2e7, share=0.02) + 2e6 * after(), Role.MEMORY, unit="bytes"), "two megabytes more"),
        (measure(0.003 + 0.002 * after(), Role.LATENCY, unit="s"), "two milliseconds more"),
        (measure(0.0 + 0.002 * after(), Role.ERROR_RATIO, unit="ratio"), "two failures in a thousand"),
        (measure(np.full(COUNT, 1e12)), "a constant"),
        (measure(1.8e9 + TIMES * after(), Role.START_TIME, unit="s"), "a start time"),
        (measure(noise(phi=0.7), Role.CPU), "autocorrelated noise"),
        (measure(20 + 8 * np.sin(TIMES / 25), Role.REQUESTS, unit="1/s"), "a wave of traffic"),
        (measure(np.where(np.arange(COUNT) % 12 == 0, 300.0, 20.0), Role.LATENCY), "a habit"),
        (measure(noise() * (1 + 2 * after(TIMES[-3]))), "three samples at the end"),
        (
            measure(np.repeat([0, 5.5e6, 1.35e7, 1.79e7, 2.12e7], [6, 9, 11, 11, 5]), Role.HEAP, unit="bytes"),
            "an old generation after a few collections",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_no_strong_change(made: Measure, why: str) -> None:
    assert strongest(made) < STRONG, why


def test_noise_hardly_ever_looks_like_a_change() -> None:
    found = changes([measure(noise(seed, phi=0.7 * (seed % 2)), entity=str(seed)) for seed in range(400)])
    assert len(found) <= 4


def test_a_known_onset_splits_the_window() -> None:
    change = changes([measure(noise() * (1 + 2 * after()))], onset=ONSET)[0]
    assert change.baseline == pytest.approx(100, rel=0.05)
    assert change.observed == pytest.approx(300, rel=0.05)


def test_a_restart_ends_a_leak_but_does_not_hide_it() -> None:
    # GIVEN memory that grows from the onset on and begins anew with the process near the end
    grown = 5e7 + 1e6 * np.maximum(TIMES - ONSET, 0.0)
    restarted = TIMES >= 550
    memory = measure(np.where(restarted, 5e7, grown), Role.MEMORY, unit="bytes")
    started = measure(np.where(restarted, 549.0, -1000.0), Role.START_TIME, unit="s")
    # WHEN its changes are sought
    change = changes([memory, started])[0]
    # THEN the growth of the first life is what is told, on the whole measure
    assert change.kind is ChangeKind.TREND
    assert change.measure is memory
    assert change.at == pytest.approx(ONSET, abs=15)


def test_a_pool_at_its_limit_is_saturated_from_the_moment_it_is_full() -> None:
    used = measure(np.clip((TIMES - ONSET) / 10, 0, 20), Role.POOL_IN_USE)
    limit = measure(np.full(COUNT, 20.0), Role.POOL_MAX)
    full = next(change for change in changes([used, limit]) if change.kind is ChangeKind.SATURATION)
    assert full.at == pytest.approx(ONSET + 180, abs=STEP_S)
    assert full.ratio == pytest.approx(1.0)
    assert full.strength > 0.8


def test_a_disk_without_room_is_saturated() -> None:
    free = measure(np.clip(5e9 * (1 - (TIMES - ONSET) / 100), 0, 5e9), Role.DISK_FREE, unit="bytes")
    full = next(change for change in changes([free]) if change.kind is ChangeKind.SATURATION)
    assert (full.direction, full.end) == (-1, 0.0)


def test_the_order_is_that_of_strength_and_the_same_every_time() -> None:
    made = [measure(noise(seed) * (1 + seed * after()), entity=str(seed)) for seed in range(6)]
    found = changes(made)
    assert [c.strength for c in found] == sorted((c.strength for c in found), reverse=True)
    assert [(c.measure.entity, c.at, c.strength) for c in changes(made[::-1])] == [
        (c.measure.entity, c.at, c.strength) for c in found
    ]


ANY = st.floats(width=64, allow_nan=True, allow_infinity=True)


@settings(max_examples=150, deadline=None)
@given(arrays.arrays(np.float64, st.integers(0, COUNT), elements=ANY), st.sampled_from(list(Role)))
def test_no_values_make_it_crash(values: FloatArray, role: Role) -> None:
    with np.errstate(all="ignore"):
        for change in changes([measure(values, role)]):
            assert 0.0 <= change.strength <= 1.0

"""What used to vary and stands still."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.changes import changes
from diagnose.signals.series import FloatArray, Measure
from tests.checks.metrics.made import COUNT, ONSET, STEP_S, TIMES, measure, noise


def stuck(made: FloatArray, *, at: float = ONSET) -> FloatArray:
    """The same, standing still from a moment on."""
    return np.where(at <= TIMES, made[at > TIMES][-1], made)


def flats(*made: Measure) -> list[MetricChange]:
    return [change for change in changes(made) if change.kind is ChangeKind.FLAT]


def test_what_stands_still_while_others_go_on_is_flat_from_its_last_move_on() -> None:
    (found,) = flats(measure(stuck(noise())), measure(noise(2), entity="b"))
    assert found.measure.entity == "a"
    assert found.at == pytest.approx(ONSET - STEP_S, abs=STEP_S)
    assert found.strength > 0.3
    assert found.direction == 0


def test_a_frozen_exporter_stops_all_of_its_measures_at_once() -> None:
    assert len(flats(*(measure(stuck(noise(seed)), detail=str(seed)) for seed in range(4)))) == 4


def counted(seed: int = 0, size: int = COUNT) -> FloatArray:
    return np.random.default_rng(seed).integers(1, 9, size).astype(float)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.where(TIMES >= ONSET, 0.0, noise()), "it fell to zero: a new level"),
        (np.where(TIMES >= ONSET, counted().min(), counted()), "it is idle at its lowest"),
        (np.minimum(TIMES, ONSET), "it filled up"),
        (np.where(np.arange(COUNT) % 40 < 35, 5.0, counted()), "it rests now and then"),
        (stuck(counted(), at=TIMES[-5]), "five samples are no rest"),
        (np.full(COUNT, 7.0), "it never moved"),
        (np.where(TIMES >= ONSET, np.nan, noise()), "it is gone"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_may_stand_still_is_not_flat(values: FloatArray, why: str) -> None:
    assert not flats(measure(values), measure(noise(2), entity="b")), why

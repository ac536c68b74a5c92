"""One moment from many changes."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.changes import changes
from diagnose.checks.metrics.onset import candidates
from diagnose.checks.onset import Candidate, joint
from diagnose.signals.changes import Change
from diagnose.signals.series import Role
from tests.checks.metrics.made import COUNT, ONSET, after, measure, noise


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([(10.0, 0.4, "weak")], None),
        ([(10.0, 0.5, "weak"), (900.0, 1.0, "a"), (901.0, 0.9, "b"), (905.0, 1.0, "c")], 900.0),
        ([(100.0, 0.95, "files"), (200.0, 1.0, "errors"), (201.0, 1.0, "latency"), (203.0, 0.9, "x")], 100.0),
        ([(100.0, 0.95, "a"), (102.0, 0.6, "b"), (118.0, 1.0, "c")], 100.0),
    ],
)
def test_the_earliest_strong_cluster_is_the_onset(found: list[Candidate], expected: float | None) -> None:
    onset, uncertainty = joint(found)
    assert onset == expected
    assert uncertainty >= 0


def test_the_order_of_candidates_does_not_matter() -> None:
    found = [(100.0, 0.9, "a"), (103.0, 0.7, "b"), (400.0, 1.0, "c")]
    assert joint(found) == joint(found[::-1])


def test_cause_before_effect_from_measures() -> None:
    files = measure(20 + 3 * np.maximum(np.arange(COUNT) * 5.0 - ONSET, 0), Role.OPEN_FILES)
    errors = measure(0.5 * after(ONSET + 150), Role.ERROR_RATIO, unit="ratio")
    onset, _ = joint(candidates(changes([files, errors])))
    assert onset == pytest.approx(ONSET, abs=10)


def test_a_quiet_service_has_no_onset() -> None:
    quiet = [
        measure(noise(seed), role) for seed, role in enumerate((Role.CPU, Role.MEMORY, Role.REQUESTS, Role.LATENCY))
    ]
    assert joint(candidates(changes(quiet))) == (None, 0.0)


def test_what_became_better_dates_no_onset() -> None:
    better = measure(1.0 - 0.9 * after(), Role.LATENCY, unit="s")
    assert joint(candidates(changes([better])))[0] is None


def test_many_parts_of_one_role_are_one_witness() -> None:
    parts = [measure(0.05 + 0.2 * after(), Role.LATENCY_TAIL, detail=str(n), unit="s") for n in range(9)]
    assert len(candidates(changes(parts))) == 1


@pytest.mark.parametrize(("count", "strong"), [(1, False), (3, True)])
def test_one_restart_may_be_a_deploy_but_several_are_trouble(count: int, strong: bool) -> None:
    restarts = [Change(100.0 + 20 * n, "restart", "a", "restarted") for n in range(count)]
    assert (joint(candidates((), restarts=restarts))[0] is not None) is strong

"""Who is suspected, and what more load explains."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.changes import changes
from diagnose.checks.metrics.suspects import suspects
from diagnose.checks.metrics.traffic import explained, per_request, requests_of
from diagnose.signals.series import Role
from tests.checks.metrics.made import COUNT, ONSET, after, measure, noise


def test_the_one_whose_own_resources_moved_comes_before_those_who_feel_it() -> None:
    made = [
        measure(0.1 + 2 * after(), Role.CPU, entity="sick"),
        measure(0.01 + 1.0 * after(), Role.LATENCY, entity="sick", unit="s"),
        measure(0.01 + 1.0 * after(ONSET + 10), Role.UPSTREAM_LATENCY, entity="victim", unit="s"),
        measure(noise(), Role.REQUESTS, entity="quiet"),
    ]
    ranked = suspects(made, changes(made), ONSET)
    assert [entity for entity, *_ in ranked][:2] == ["sick", "victim"]
    assert ranked[0][1] > ranked[1][1]
    assert ranked[0][3][0].role is Role.CPU
    assert "quiet" not in [entity for entity, score, *_ in ranked if score > 0.1]


def test_memory_explains_cpu_and_not_the_other_way_round() -> None:
    made = [
        measure(0.01 + 0.9 * after(), Role.CPU, unit="cores"),
        measure(2e8 + 6e8 * after(), Role.MEMORY, unit="bytes"),
    ]
    assert suspects(made, changes(made), ONSET)[0][3][0].role is Role.MEMORY


def test_nobody_is_suspected_of_nothing() -> None:
    assert suspects([], (), None) == ()


def test_cost_per_request_stays_when_only_the_load_grows() -> None:
    load = measure(50 + 100 * after(), Role.REQUESTS, unit="1/s")
    cpu = measure(0.5 + 1.0 * after(), Role.CPU, unit="cores")
    cost = per_request(cpu, load).values
    assert np.nanmax(cost) == pytest.approx(np.nanmin(cost))
    assert explained(cpu, load, at=ONSET) == pytest.approx(1.0)


def test_a_regression_is_not_explained_by_steady_traffic() -> None:
    load = measure(np.full(COUNT, 50.0), Role.REQUESTS, unit="1/s")
    cpu = measure(0.5 + 1.0 * after(), Role.CPU, unit="cores")
    assert explained(cpu, load, at=ONSET) == 0.0


def test_nothing_is_said_per_request_when_there_are_none() -> None:
    load = measure(50 * (1 - after()), Role.REQUESTS, unit="1/s")
    assert np.isnan(per_request(measure(np.ones(COUNT), Role.CPU), load).values[-1])
    assert requests_of([load], "a") is load
    assert requests_of([load], "b") is None

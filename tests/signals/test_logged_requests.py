"""Requests that only the log tells of, as measures."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.requests import drop, slow
from diagnose.signals.events import Level, LogDigest, LoggedRequests, LogSource
from diagnose.signals.evidence import Evidence
from diagnose.signals.logged import COMMAND, logged
from diagnose.signals.series import FloatArray, Measure, Role
from diagnose.signals.window import Window

WINDOW = Window(1_790_000_000.0, 1_790_000_600.0)
ONSET = 300


def digest(*, rate: FloatArray, latency: FloatArray, last: float = 600.0) -> LogDigest:
    requests = LoggedRequests(rate.astype(np.int64), np.zeros(600, dtype=np.int64), latency)
    source = LogSource("app.log", "text", int(rate.sum()), int(rate.sum()), 0)
    levels = {Level.INFO: requests.requests}
    return LogDigest(WINDOW, 1.0, (source,), levels, (), (requests,), {}, WINDOW.start, WINDOW.start + last)


def known(role: Role, entity: str = "shop") -> Measure:
    return Measure(role, "m", entity, "", "", np.arange(2.0), np.arange(2.0), "m")


STEADY = digest(rate=np.full(600, 10.0), latency=np.full(600, 0.05))


def test_rate_failures_and_latency_are_told_with_the_command_that_shows_them() -> None:
    found = {measure.role: measure for measure in logged(STEADY, ())}
    assert set(found) == {Role.REQUESTS, Role.ERRORS, Role.ERROR_RATIO, Role.LATENCY}
    assert np.allclose(found[Role.REQUESTS].values, 10.0)
    assert np.allclose(found[Role.LATENCY].values, 0.05)
    assert found[Role.LATENCY].query == f"{COMMAND} app.log --json"


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([known(Role.CPU)], {Role.REQUESTS, Role.ERRORS, Role.ERROR_RATIO, Role.LATENCY}),
        ([known(Role.REQUESTS)], {Role.LATENCY}),
        ([known(Role.LATENCY), known(Role.ERRORS)], set()),
        ([known(Role.CPU), known(Role.CPU, "cart")], set()),
    ],
)
def test_metrics_are_believed_before_the_log(others: list[Measure], left: set[Role]) -> None:
    assert {measure.role for measure in logged(STEADY, others)} == left


def test_nothing_is_told_after_the_last_line() -> None:
    ended = digest(rate=np.full(600, 10.0), latency=np.full(600, 0.05), last=400.0)
    assert all(measure.times[-1] <= WINDOW.start + 400.0 for measure in logged(ended, ()))


@pytest.mark.parametrize(
    ("rate", "latency", "fewer", "slower"),
    [(10.0, 0.05, Answer.NO, Answer.NO), (2.0, 0.05, Answer.YES, Answer.NO), (10.0, 2.0, Answer.NO, Answer.YES)],
)
def test_questions_about_requests_are_answered_by_the_log(
    rate: float, latency: float, fewer: Answer, slower: Answer
) -> None:
    late = np.arange(600) >= ONSET
    told = digest(rate=np.where(late, rate, 10.0), latency=np.where(late, latency, 0.05))
    case = align(Evidence(window=WINDOW, service="shop", logs=told))
    assert drop(case, ratio=0.5).answer is fewer
    assert slow(case, at_least=0.4).answer is slower

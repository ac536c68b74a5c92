"""A window in which nothing moves is not yet health."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.symptoms import wrong
from diagnose.checks.watching import unwatched
from diagnose.signals.events import Level, LogDigest, LogSource
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import MetricType, Series
from diagnose.signals.window import Window

WINDOW = Window(1_000.0, 1_400.0)
TIMES = np.arange(1_000.0, 1_400.0, 5.0)
STEPS = np.arange(TIMES.size, dtype=np.float64)


def counter(name: str, per_step: float, kind: MetricType = MetricType.COUNTER, **labels: str) -> Series:
    return Series(name, tuple(sorted(labels.items())), TIMES, per_step * STEPS, kind)


def evidence(*, failing: float, seconds: float) -> Evidence:
    good = 100.0 * (1 - failing)
    series = [
        counter("http_requests_total", good, code="200", job="a"),
        counter("http_requests_total", 100.0 * failing, code="500", job="a"),
        counter("http_request_duration_seconds_sum", 100.0 * seconds, MetricType.SUMMARY, job="a"),
        counter("http_request_duration_seconds_count", 100.0, MetricType.SUMMARY, job="a"),
        counter("process_cpu_seconds_total", 0.5, job="a"),
    ]
    return Evidence(window=WINDOW, service="a", series=tuple(series))


@pytest.mark.parametrize(
    ("failing", "seconds", "answer"),
    [
        (0.0, 0.01, Answer.NO),
        (0.01, 0.01, Answer.NO),
        (0.4, 0.01, Answer.UNKNOWN),
        (0.0, 6.0, Answer.UNKNOWN),
    ],
)
def test_steady_trouble_is_not_called_health(failing: float, seconds: float, answer: Answer) -> None:
    found = wrong(align(evidence(failing=failing, seconds=seconds)), at_least=0.5)
    assert found.answer is answer, found.because


def test_no_data_is_not_called_health() -> None:
    assert wrong(align(Evidence(window=WINDOW)), at_least=0.5).answer is Answer.UNKNOWN


def test_a_window_that_outlasts_the_recording_is_no_gap_of_the_monitoring() -> None:
    ends = WINDOW.start + 280.0
    cut = [
        replace(one, times=one.times[one.times < ends], values=one.values[one.times < ends])
        for one in evidence(failing=0.0, seconds=0.01).series
    ]
    counts = np.where(np.arange(400) < 279, 5, 0)
    source = LogSource("app.log", "text", 1395, 1395, 0)
    digest = LogDigest(WINDOW, 1.0, (source,), {Level.INFO: counts}, (), (), {}, WINDOW.start, ends - 1.0)
    case = align(Evidence(window=WINDOW, service="a", series=tuple(cut), logs=digest))
    assert unwatched(case, share=0.25).answer is Answer.NO

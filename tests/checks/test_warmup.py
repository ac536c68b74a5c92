"""Memory that grows with a young process may be a warm-up; it is neither a leak nor health until it stops."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.health import wrong
from diagnose.checks.resources import keeps_growing
from diagnose.signals.events import Level, LogDigest, LogSource
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window

WINDOW = Window(1_790_000_000.0, 1_790_000_600.0)
TIMES = np.arange(WINDOW.start, WINDOW.end, 5.0)
AGE = TIMES - WINDOW.start
NOISE = 1 + 0.01 * np.sin(np.arange(TIMES.size) * 2.4)


def series(name: str, values: FloatArray, kind: MetricType = MetricType.GAUGE) -> Series:
    return Series(name, (("job", "a"),), TIMES, values, kind)


def evidence(memory: FloatArray, started: float) -> Evidence:
    told = [
        series("process_start_time_seconds", np.full(TIMES.size, started)),
        series("process_resident_memory_bytes", memory * NOISE),
        series("process_cpu_seconds_total", 0.1 * AGE, MetricType.COUNTER),
        series("http_requests_total", 20.0 * AGE, MetricType.COUNTER),
    ]
    counts = np.full(int(WINDOW.duration), 5)
    source = LogSource("app.log", "text", int(counts.sum()), int(counts.sum()), 0)
    log = LogDigest(WINDOW, 1.0, (source,), {Level.INFO: counts}, (), (), {}, WINDOW.start, WINDOW.end - 1.0)
    return Evidence(window=WINDOW, service="a", series=tuple(told), logs=log)


def climbing(after: float) -> FloatArray:
    return np.asarray(5e7 + 5e5 * np.maximum(AGE - after, 0.0))


@pytest.mark.parametrize(
    ("memory", "age", "grows", "ill"),
    [
        (climbing(60.0), 10.0, Answer.UNKNOWN, Answer.UNKNOWN),  # since the start, and still climbing
        (np.minimum(climbing(60.0), 1.5e8), 10.0, Answer.NO, Answer.NO),  # since the start, and full
        (climbing(250.0), 10.0, Answer.YES, Answer.YES),  # long after the start
        (climbing(60.0), 86400.0, Answer.YES, Answer.YES),  # of a process that runs since yesterday
    ],
)
def test_growth_is_judged_by_the_age_of_its_process(memory: FloatArray, age: float, grows: Answer, ill: Answer) -> None:
    case = align(evidence(memory, WINDOW.start - age))
    assert keeps_growing(case, what="memory", at_least=0.4).answer is grows
    assert wrong(case, at_least=0.5).answer is ill

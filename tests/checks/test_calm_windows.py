"""A window in which nothing moves is not yet health."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.health import wrong
from diagnose.checks.watching import unwatched
from diagnose.signals.events import Level, LogDigest, LogSource, Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window

WINDOW = Window(1_000.0, 1_400.0)
TIMES = np.arange(1_000.0, 1_400.0, 5.0)
STEPS = np.arange(TIMES.size, dtype=np.float64)


def counter(name: str, per_step: float, kind: MetricType = MetricType.COUNTER, **labels: str) -> Series:
    return Series(name, tuple(sorted(labels.items())), TIMES, per_step * STEPS, kind)


def quiet_log(level: Level = Level.INFO) -> LogDigest:
    counts = np.full(int(WINDOW.duration), 5)
    source = LogSource("app.log", "text", int(counts.sum()), int(counts.sum()), 0)
    return LogDigest(WINDOW, 1.0, (source,), {level: counts}, (), (), {}, WINDOW.start, WINDOW.end - 1.0)


def evidence(*, failing: float, seconds: float) -> Evidence:
    good = 100.0 * (1 - failing)
    series = [
        counter("http_requests_total", good, code="200", job="a"),
        counter("http_requests_total", 100.0 * failing, code="500", job="a"),
        counter("http_request_duration_seconds_sum", 100.0 * seconds, MetricType.SUMMARY, job="a"),
        counter("http_request_duration_seconds_count", 100.0, MetricType.SUMMARY, job="a"),
        counter("process_cpu_seconds_total", 0.5, job="a"),
    ]
    return Evidence(window=WINDOW, service="a", series=tuple(series), logs=quiet_log())


@pytest.mark.parametrize(
    ("failing", "seconds", "answer"),
    [
        (0.0, 0.01, Answer.NO),
        (0.01, 0.01, Answer.NO),
        (0.06, 0.01, Answer.UNKNOWN),
        (0.4, 0.01, Answer.UNKNOWN),
        (0.0, 6.0, Answer.UNKNOWN),
    ],
)
def test_steady_trouble_is_not_called_health(failing: float, seconds: float, answer: Answer) -> None:
    found = wrong(align(evidence(failing=failing, seconds=seconds)), at_least=0.5)
    assert found.answer is answer, found.because


def held(name: str, values: FloatArray) -> Series:
    return Series(name, (("job", "a"),), TIMES, values, MetricType.GAUGE)


def with_series(*more: Series) -> Evidence:
    calm = evidence(failing=0.0, seconds=0.01)
    return replace(calm, series=(*calm.series, *more))


@pytest.mark.parametrize("signal", ["logs", "series"])
def test_calm_in_a_part_of_the_signals_says_what_was_not_seen(signal: str) -> None:
    nothing: dict[str, object] = {"logs": None, "series": ()}
    found = wrong(align(replace(evidence(failing=0.0, seconds=0.01), **{signal: nothing[signal]})), at_least=0.5)
    assert found.answer is Answer.UNKNOWN
    assert "nothing is wrong as far as" in found.because
    assert ("a log" if signal == "logs" else "metrics of the process") in found.because.partition("without")[2]
    assert found.gap is not None


@pytest.mark.parametrize(
    ("every", "until", "words"),
    [
        (8, 400.0, "10 samples"),  # scraped every 40 s
        (1, 150.0, "holds 150 s"),
    ],
)
def test_too_little_data_is_not_called_health(every: int, until: float, words: str) -> None:
    calm = evidence(failing=0.0, seconds=0.01)
    kept = np.flatnonzero(WINDOW.start + until > TIMES)[::every]
    thin = tuple(replace(one, times=one.times[kept], values=one.values[kept]) for one in calm.series)
    found = wrong(align(replace(calm, series=thin)), at_least=0.5)
    assert found.answer is Answer.UNKNOWN
    assert words in found.because


@pytest.mark.parametrize(
    ("name", "ratio", "answer"),
    [
        ("process_resident_memory_bytes", 3.0, Answer.YES),
        ("go_goroutines", 8.0, Answer.YES),
        ("go_goroutines", 1.9, Answer.UNKNOWN),  # what holds them, only a profile tells
        ("go_goroutines", 1.02, Answer.NO),
    ],
)
def test_a_climb_all_through_the_window_needs_no_quiet_time_before(name: str, ratio: float, answer: Answer) -> None:
    noise = 1 + 0.01 * np.sin(np.arange(TIMES.size) * 2.4)
    climb = (1 + (ratio - 1) * STEPS / STEPS[-1]) * noise * (2e8 if "bytes" in name else 100.0)
    found = wrong(align(with_series(held(name, climb))), at_least=0.5)
    assert found.answer is answer, found.because


def test_more_goroutines_for_more_requests_are_health() -> None:
    more = np.where(STEPS.size / 2 > STEPS, 1.0, 2.0) * (1 + 0.01 * np.sin(STEPS * 2.4))
    calm = with_series(held("go_goroutines", 50 * more))
    rate = Series("http_requests_total", (("code", "200"), ("job", "a")), TIMES, np.cumsum(100 * more))
    series = tuple(replace(rate, type=MetricType.COUNTER) if one.name == rate.name else one for one in calm.series)
    found = wrong(align(replace(calm, series=series)), at_least=0.5)
    assert found.answer is Answer.NO, found.because


@pytest.mark.parametrize(("before", "kinds"), [(None, {"new"}), (Level.INFO, {"steady"})])
def test_a_log_that_is_kept_for_errors_was_calm_before_its_first_line(before: Level | None, kinds: set[str]) -> None:
    """One that also holds other lines may only have been kept since then."""
    first = int(WINDOW.duration / 2)
    counts = np.where(np.arange(int(WINDOW.duration)) < first, 0, 3)
    said = dict.fromkeys(range(first, counts.size), 3)
    since = WINDOW.start + first
    failed = Pattern("p", Level.ERROR, "request failed", 600, since, WINDOW.end, said, ("request failed",), {})
    levels = {Level.ERROR: counts} | ({before: counts} if before else {})
    source = LogSource("app.log", "text", 600, 600, 0)
    digest = LogDigest(WINDOW, 1.0, (source,), levels, (failed,), first=since, last=WINDOW.end - 1)
    case = align(replace(evidence(failing=0.0, seconds=0.01), logs=digest))
    assert {move.kind for move in case.moves} == kinds


def test_a_gap_of_the_scrape_beside_a_log_without_lines_is_open() -> None:
    empty = replace(quiet_log(), levels={}, sources=(LogSource("app.log", "text", 0, 0, 0),), first=None, last=None)
    cut = tuple(
        replace(one, times=one.times[:40], values=one.values[:40]) for one in evidence(failing=0, seconds=0.01).series
    )
    case = align(Evidence(window=WINDOW, service="a", series=cut, logs=empty))
    assert unwatched(case, share=0.25).answer is Answer.UNKNOWN


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

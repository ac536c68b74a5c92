"""Questions of an author's own: a query, a log pattern, a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from diagnose.checks import own
from diagnose.checks.case import Case
from diagnose.checks.catalog import Value, catalogue
from diagnose.checks.examine import align, run
from diagnose.checks.finding import Answer, Finding
from diagnose.signals.events import Level, LogDigest, LogSource, Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.signals.series import Series
from diagnose.signals.window import Window

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
WINDOW, ONSET = Window(1000.0, 2000.0), 1500.0
QUERY = 'max(queue_waiting{app="x"})'


def case(*, series: tuple[Series, ...] = (), logs: LogDigest | None = None, taken: tuple[Profile, ...] = ()) -> Case:
    made = align(Evidence(WINDOW, series=series, logs=logs, profiles=taken))
    pairs: Mapping[ProfileKind, tuple[Profile | None, Profile]] = {one.kind: (None, one) for one in taken}
    return replace(made, onset=ONSET, baseline=Window(1000.0, ONSET), incident=Window(ONSET, 2000.0), pairs=pairs)


def ask(at: Case, check: str, **parameters: Value) -> Finding:
    return run(at, catalogue()[check], parameters)


def waiting(*values: float, labels: tuple[tuple[str, str], ...] = ((own.QUERY_LABEL, QUERY),)) -> Series:
    times = np.array([1400.0, 1520.0, 1580.0, 1640.0, 1700.0])
    return Series("queue_waiting", labels, times, np.array(values))


@pytest.mark.parametrize(
    ("values", "parameters", "answer"),
    [
        ((0, 0, 9, 9, 0), {"above": 3.0}, YES),
        ((0, 0, 9, 9, 0), {"above": 3.0, "lasting": 60.0}, YES),
        ((0, 0, 9, 9, 0), {"above": 3.0, "lasting": 61.0}, NO),
        ((0, 9, 0, 9, 0), {"above": 3.0, "lasting": 60.0}, NO),
        ((0, 0, 3, 3, 0), {"above": 3.0}, NO),
        ((9, 0, 0, 0, 0), {"above": 3.0}, NO),  # before the onset
        ((5, 5, 5, 1, 5), {"below": 2.0}, YES),
        ((5, 5, 5, 2, 5), {"below": 2.0}, NO),
        ((9, np.nan, np.nan, np.nan, np.nan), {"above": 3.0}, UNKNOWN),
        ((0, np.nan, 9, np.nan, 9), {"above": 3.0, "lasting": 120.0}, YES),
    ],
)
def test_a_query_is_held_against_its_bound(
    values: tuple[float, ...], parameters: dict[str, float], answer: Answer
) -> None:
    found = ask(case(series=(waiting(*values),)), "own.query", promql=QUERY, **parameters)
    assert found.answer is answer
    assert QUERY in found.because
    assert [one.reproduce for one in found.evidence] == ([QUERY] if answer is YES else [])


def test_a_query_nobody_answered_is_unknown_with_a_way_to_ask() -> None:
    found = ask(case(), "own.query", promql=QUERY, above=1.0)
    assert (found.answer, found.gap and found.gap.command) == (UNKNOWN, QUERY)


@pytest.mark.parametrize("promql", ["queue_waiting", 'queue_waiting{app="x"}'])
def test_a_plain_selector_needs_no_server(promql: str) -> None:
    series = waiting(0, 0, 9, 9, 0, labels=(("app", "x"),))
    assert ask(case(series=(series,)), "own.query", promql=promql, above=3.0).answer is YES


def digest() -> LogDigest:
    source = LogSource("app.log", "json", 50, 50, 0)
    levels = {Level.ERROR: np.zeros(100, dtype=np.int64)}
    late = Pattern(
        "p1", Level.ERROR, "ledger <num> is stale", 12, 1510.0, 1990.0, {51: 7, 90: 5}, ("ledger 7 is stale",), {}
    )
    early = Pattern("p2", Level.INFO, "hello", 5, 1010.0, 1100.0, {1: 5}, ("hello",), {})
    return LogDigest(WINDOW, 10.0, (source,), levels, (late, early))


@pytest.mark.parametrize(
    ("pattern", "at_least", "answer"),
    [
        ("ledger .* stale", 1, YES),
        (r"ledger \d+", 12, YES),
        ("ledger", 13, NO),
        ("hello", 1, NO),  # before the onset
        ("nothing like it", 0, NO),
    ],
)
def test_a_log_pattern_is_counted_since_the_onset(pattern: str, at_least: int, answer: Answer) -> None:
    found = ask(case(logs=digest()), "own.log", pattern=pattern, at_least=at_least)
    assert found.answer is answer
    assert [one.ref for one in found.evidence] == (["p1"] if answer is YES else [])


def test_without_a_log_a_pattern_is_unknown() -> None:
    assert ask(case(), "own.log", pattern="x").answer is UNKNOWN


def cpu() -> Profile:
    """30 of 100 through app.Encode (10 of them twice on the stack), 70 elsewhere."""
    return Profile(
        kind=ProfileKind.CPU,
        sample_types=(SampleType("samples", "count"), SampleType("cpu", "nanoseconds")),
        default_type=1,
        frames=(Frame("app.Encode"), Frame("main.main"), Frame("app.Decode")),
        stack_offsets=np.array([0, 2, 5, 7]),
        stack_frames=np.array([0, 1, 0, 0, 1, 2, 1]),
        values=np.array([[1, 20], [1, 10], [1, 70]]),
    )


@pytest.mark.parametrize(
    ("function", "above", "answer", "name"),
    [
        ("Encode", 0.2, YES, "app.Encode"),
        ("Encode", 0.3, NO, None),
        ("app.", 0.99, YES, "app.Decode"),
        ("nothing", 0.0, NO, None),
    ],
)
def test_a_function_is_held_against_its_share(function: str, above: float, answer: Answer, name: str | None) -> None:
    found = ask(case(taken=(cpu(),)), "own.profile", function=function, above=above)
    assert found.answer is answer
    assert (found.culprit.name if found.culprit else None) == name


def test_without_a_profile_a_function_is_unknown() -> None:
    found = ask(case(taken=(cpu(),)), "own.profile", function="x", kind="heap")
    assert found.answer is UNKNOWN
    assert found.gap is not None
    assert "heap" in str(found.gap.command)

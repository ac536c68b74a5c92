"""How a window is asked for."""

from __future__ import annotations

import itertools

from diagnose.signals.window import Window
from diagnose.sources.metrics.plan import MAX_POINTS, plan
from diagnose.sources.metrics.summing import summed

DAY = 86400.0


def test_a_short_window_is_one_question_for_raw_samples() -> None:
    todo = plan({"up": 1, "hits_total": 200}, Window(0, 480), 2.0)
    assert {question.step for question in todo.questions} == {None}
    assert [question.matcher for question in todo.questions] == [""]


def test_a_long_window_is_sampled_under_the_limit_of_points() -> None:
    todo = plan({"up": 1}, Window(0, 14 * DAY), 15.0)
    (question,) = todo.questions
    assert question.step is not None
    assert 14 * DAY / question.step < MAX_POINTS


def test_many_series_are_asked_for_in_parts_that_hold_every_metric_once() -> None:
    sizes = {f"m{i}_total": 50 for i in range(300)}
    todo = plan(sizes, Window(0, 3600), 5.0)
    asked = [name for question in todo.questions for name in question.names]
    assert len(todo.questions) > 1
    assert sorted(asked) == sorted(sizes)


def test_beyond_the_most_that_is_affordable_the_known_metrics_stay_and_the_rest_is_counted() -> None:
    todo = plan({"noise": 100_000, "process_cpu_seconds_total": 500, "go_goroutines": 500}, Window(0, 600), 15.0)
    assert {name for question in todo.questions for name in question.names} == {
        "process_cpu_seconds_total",
        "go_goroutines",
    }
    assert todo.left_out == {"noise": 100_000}


def test_names_are_quoted_in_the_matcher() -> None:
    todo = plan({"a.b": 300, "c": 300}, Window(0, 36_000), 5.0)
    assert any(r"a\\.b" in question.matcher for question in todo.questions)


def test_a_large_metric_is_asked_for_in_parts_of_the_time_that_lie_on_one_grid() -> None:
    window = Window(0, 14 * DAY)
    todo = plan({"big": 10_000}, window, 15.0)
    assert len(todo.questions) > 3
    assert (todo.questions[0].window.start, todo.questions[-1].window.end) == (window.start, window.end)
    for one, next_ in itertools.pairwise(todo.questions):
        assert one.window.end == next_.window.start
        assert one.step is not None
        assert next_.window.start % one.step == 0


def test_what_is_too_large_to_fetch_is_summed_where_a_sum_means_something() -> None:
    left = {"lat_bucket": 30_000, "level": 30_000}
    found = [
        {"__name__": "lat_bucket", "job": "a", "instance": f"h:{n % 7}", "le": str(n % 11), "user": f"u{n}"}
        for n in range(5_000)
    ]
    (question,) = summed(left, found, Window(0, 3600))
    assert question.names == ("lat_bucket",)
    assert question.by == ("instance", "job", "le")
    assert question.series == 77
    assert question.step is not None

"""Thinning a curve keeps its peaks and its gaps; counts keep their sum."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.report import charts, markup, svg
from diagnose.report.axis import AXIS, Moment
from diagnose.report.marks import labelled
from diagnose.report.pictures import Mark
from diagnose.signals.series import Role
from tests.report.scenes import WINDOW, measure


def test_a_single_peak_among_many_points_survives() -> None:
    values = np.ones(20_000)
    values[12_345] = 99.0
    chart = charts.line(measure(Role.CPU, "cores", values), WINDOW)
    assert chart
    assert max(y for y in chart.y if y is not None) == 99.0
    assert len(chart.x) <= 2 * charts.POINTS


def test_a_gap_breaks_the_curve() -> None:
    values = np.ones(2000)
    values[500:900] = np.nan
    chart = charts.line(measure(Role.CPU, "cores", values), WINDOW)
    assert chart
    assert None in chart.y
    assert svg.path(chart).count("M") == 2


def test_a_series_without_a_number_has_no_chart() -> None:
    assert charts.line(measure(Role.CPU, "cores", np.full(10, np.nan)), WINDOW) is None
    assert charts.line(measure(Role.CPU, "cores", np.zeros(0)), WINDOW) is None


def test_joined_buckets_keep_the_sum() -> None:
    per_bucket = np.arange(1001, dtype=np.int64)
    chart = charts.counts(per_bucket)
    assert sum(y or 0 for y in chart.y) == per_bucket.sum()
    assert len(chart.x) <= charts.BARS
    assert max(chart.x) < AXIS


def test_a_curve_stays_inside_its_box() -> None:
    for values in (np.full(50, -3.0), np.full(50, 7.0), np.linspace(-5, 5, 50), np.array([900.0, 1000.0] * 25)):
        chart = charts.line(measure(Role.CPU, "cores", values), WINDOW)
        assert chart
        assert chart.low <= values.min()
        assert values.max() <= chart.high


def test_a_sparkline_shows_the_rise_and_the_gap() -> None:
    values = np.concatenate([np.zeros(100), np.full(100, np.nan), np.full(100, 8.0)])
    line = markup.sparkline(charts.line(measure(Role.CPU, "cores", values), WINDOW))
    assert line.startswith("▁")
    assert "·" in line
    assert line.endswith("█")
    assert len(line) == 24


def mark(x: int, title: str) -> Mark:
    return Mark(Moment("", "", "", x, 0.0), "version", title)


@pytest.mark.parametrize(
    ("places", "drawn"),
    [
        ([(100, "a")], [("a", "after")]),
        ([(1950, "a long title")], [("a long title", "before")]),
        ([(100, "one"), (110, "two")], [("one, two", "after")]),
        ([(100, "a title that has no room"), (300, "b")], [("a title that has no room", ""), ("b", "after")]),
        ([(900, "ten letter"), (1000, "b"), (1900, "ten letter")],
         [("ten letter", "before"), ("b", "after"), ("ten letter", "before")]),
        ([(100, "four"), (240, "ten letter"), (300, "b")], [("four", "after"), ("ten letter", ""), ("b", "after")]),
    ],
)  # fmt: skip
def test_titles_beside_marks_never_lie_on_one_another(
    places: list[tuple[int, str]], drawn: list[tuple[str, str]]
) -> None:
    assert [(one.title, side) for one, side in labelled([mark(*place) for place in places])] == drawn

"""Restarts, versions, reloads and holes from raw series."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.metrics.restarts import restarts, scrape_gaps
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window

TIMES = np.arange(0.0, 300.0, 10.0)
WINDOW = Window(0.0, 300.0)


def series(
    name: str, values: FloatArray, times: FloatArray = TIMES, type_: MetricType = MetricType.GAUGE, **labels: str
) -> Series:
    return Series(name, tuple(sorted({"job": "a", **labels}.items())), times, values, type_)


def test_a_new_start_time_is_a_restart_at_that_time() -> None:
    started = series("process_start_time_seconds", np.where(TIMES < 150, -500.0, 144.0))
    assert [(c.at, c.kind, c.entity) for c in restarts([started])] == [(144.0, "restart", "a")]


@pytest.mark.parametrize("drift", [0.0, 0.01, 1.5])
def test_a_start_time_that_drifts_is_no_restart(drift: float) -> None:
    assert restarts([series("process_start_time_seconds", np.where(TIMES < 150, -500.0, -500.0 + drift))]) == ()


def test_counters_that_fall_together_are_a_restart_where_no_start_time_is_exported() -> None:
    values = np.where(TIMES < 150, TIMES + 100, TIMES - 150)
    counters = [series(f"c{n}_total", values, type_=MetricType.COUNTER) for n in range(4)]
    assert [c.at for c in restarts(counters)] == [150.0]
    steady = [series(f"s{n}_total", TIMES, type_=MetricType.COUNTER) for n in range(9)]
    assert restarts([*counters[:1], *steady]) == ()


def test_a_new_label_of_an_info_metric_is_a_version_change() -> None:
    old = series("app_build_info", np.ones(15), TIMES[:15], MetricType.INFO, version="1.0")
    new = series("app_build_info", np.ones(15), TIMES[15:], MetricType.INFO, version="1.1")
    (change,) = restarts([old, new])
    assert (change.at, change.kind) == (150.0, "version")
    assert "1.0 -> 1.1" in change.title


def test_two_versions_side_by_side_are_no_change() -> None:
    both = [series("app_build_info", np.ones(30), type_=MetricType.INFO, version=v) for v in ("1.0", "1.1")]
    assert restarts(both) == ()


def test_a_reload_of_the_configuration() -> None:
    stamp = series("app_config_last_reload_timestamp_seconds", np.where(TIMES < 150, -100.0, 143.0))
    assert [(c.at, c.kind) for c in restarts([stamp])] == [(143.0, "config")]


def test_holes_downtime_and_an_early_end_are_told_apart() -> None:
    kept = (TIMES < 100) | (TIMES > 180)
    hole = series("x", np.ones(kept.sum()), TIMES[kept], instance="a:1")
    down = series("up", np.where((TIMES >= 50) & (TIMES < 80), 0.0, 1.0), instance="a:2")
    ended = series("x", np.ones(10), TIMES[:10], instance="a:3")
    found = {(gap.entity, gap.why, gap.start, gap.end, gap.to_end) for gap in scrape_gaps([hole, down, ended], WINDOW)}
    assert found == {
        ("a:1", "no samples", 90.0, 190.0, False),
        ("a:2", "up is 0", 50.0, 80.0, False),
        ("a:3", "no samples", 90.0, 300.0, True),
    }


def test_an_exporter_that_repeats_itself_is_a_gap_and_an_idle_service_is_none() -> None:
    living = [series(f"m{n}", np.sin(TIMES + n)) for n in range(4)]
    frozen = [series(each.name, np.where(TIMES >= 150, each.values[15], each.values)) for each in living]
    found = [(gap.why, gap.start, gap.end, gap.to_end) for gap in scrape_gaps(frozen, WINDOW)]
    assert found == [("values stand still", 150.0, 290.0, True)]
    assert scrape_gaps([*frozen, series("scrapes_total", TIMES)], WINDOW) == ()
    assert scrape_gaps(living, WINDOW) == ()


def test_nothing_from_nothing() -> None:
    assert restarts([]) == ()
    assert scrape_gaps([], WINDOW) == ()

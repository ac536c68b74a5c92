"""What a real Prometheus gives: raw samples, parts of the time, steps under its limit, refusals, sums."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from diagnose.signals.series import MetricType
from diagnose.signals.window import Window
from diagnose.sources.metrics import plan, prometheus, summing

START, STEP, COUNT, INSTANCES = 1_700_000_000, 15, 960, 6
WINDOW = Window(float(START), float(START + STEP * COUNT))


@pytest.fixture(scope="module")
def url(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: Callable[[Iterable[Path]], Path],
    serve: Callable[[Path], str],
) -> str:
    """A Prometheus with four hours of counters by instance and user, and of a gauge."""
    text = tmp_path_factory.mktemp("made") / "made.om.gz"
    lines = ["# TYPE hits counter"]
    for instance in range(INSTANCES):
        for user in range(3):
            labels = f'instance="h:{instance}",job="shop",user="u{user}"'
            lines += [f"hits_total{{{labels}}} {i * (user + 1)} {START + STEP * i}" for i in range(COUNT)]
    lines.append("# TYPE level gauge")
    lines += [f'level{{instance="h:0",job="shop"}} {i % 7} {START + STEP * i}' for i in range(COUNT)]
    text.write_bytes(gzip.compress("\n".join([*lines, "# EOF\n"]).encode()))
    return serve(blocks([text]))


def test_raw_samples_are_exactly_those_that_were_scraped(url: str) -> None:
    series, gaps = prometheus.collect(url, WINDOW, select='job="shop"')
    assert gaps == ()
    assert len(series) == 3 * INSTANCES + 1
    for each in series:
        assert each.times.tolist() == [START + STEP * i for i in range(COUNT)]
    assert series[0].values.tolist() == [float(i) for i in range(COUNT)]


def test_parts_of_the_time_give_the_same_as_the_whole(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = prometheus.collect(url, WINDOW, select='job="shop"')
    monkeypatch.setattr(plan, "_PART_SAMPLES", 1_500)
    parts, gaps = prometheus.collect(url, WINDOW, select='job="shop"')
    assert gaps == ()
    assert [(each.name, each.labels) for each in parts] == [(each.name, each.labels) for each in whole]
    for one, other in zip(parts, whole, strict=True):
        assert np.array_equal(one.times, other.times)
        assert np.array_equal(one.values, other.values)


@pytest.mark.parametrize("part", [1_000_000, 900])
def test_a_long_window_comes_on_one_grid_of_steps(url: str, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(plan, "_RAW_SAMPLES", 1_000)
    monkeypatch.setattr(plan, "_PART_SAMPLES", part)
    series, gaps = prometheus.collect(url, Window(WINDOW.start, WINDOW.end + 30 * 86_400), select='__name__="level"')
    assert gaps == ()
    (level,) = series
    assert len(set(np.diff(level.times))) == 1


def test_counters_that_are_too_many_are_added_up_by_instance(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_MAX_SERIES", 10)
    monkeypatch.setattr(summing, "_FEW", 10)
    series, gaps = prometheus.collect(url, WINDOW, select='job="shop"')
    sums = [each for each in series if each.name == "hits_total"]
    assert [(each.label("instance"), each.label("user")) for each in sums] == [
        (f"h:{n}", None) for n in range(INSTANCES)
    ]
    assert sums[0].values[-1] == pytest.approx((1 + 2 + 3) * (COUNT - 1), rel=0.01)
    assert sums[0].type is MetricType.COUNTER
    assert any("added up by the server" in gap.why for gap in gaps)

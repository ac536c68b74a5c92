"""An exporter that repeats its last answer for ever, while the service goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from diagnose.investigate import Request, collect, diagnose, library_of
from diagnose.signals.series import Series
from diagnose.signals.window import Window, parse_moment
from tests.e2e.conftest import recording


def frozen(series: Series, at: float) -> Series:
    """The series with its value of a moment from then on; whether it answers is the server's to say."""
    if series.name == "up" or series.name.startswith("scrape_"):
        return series
    index = min(int(np.searchsorted(series.times, at)), series.values.size - 1)
    return replace(series, values=np.where(series.times >= at, series.values[index], series.values))


@pytest.mark.parametrize("case", ["jvm-healthy-plain", "meter-healthy-plain", "node-healthy-plain", "py-calm-quiet"])
def test_it_is_the_monitoring_that_fails_and_not_the_traffic(root: Path, case: str) -> None:
    # GIVEN a healthy service whose metrics stand still from the middle of the window on
    one = recording(root, case)
    window = Window(*(parse_moment(one.truth["window"][end], now=0.0) for end in ("start", "end")))
    request = Request(window, metrics=str(one.metrics), logs=tuple(one.logs[1:]))
    evidence = collect(request, progress=lambda _: None)
    still = tuple(frozen(each, window.start + 0.55 * window.duration) for each in evidence.series)
    # WHEN it is diagnosed THEN rates that fell to zero are no drop of traffic
    found, _ = diagnose(replace(evidence, series=still), library_of("triage"))
    assert found.verdict.cause == "monitoring-gap"

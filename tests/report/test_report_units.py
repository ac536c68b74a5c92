"""Numbers and times as people read them."""

from __future__ import annotations

import math

import pytest

from diagnose.report import units, wording


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "bytes", "–"),
        (math.nan, "s", "–"),
        (math.inf, "", "–"),
        (0, "bytes", "0 B"),
        (1023, "bytes", "1023 B"),
        (1536, "bytes", "1.5 KiB"),
        (96e6, "bytes", "91.6 MiB"),
        (-2048, "bytes", "−2 KiB"),
        (1048575.9, "bytes", "1 MiB"),
        (5e6, "bytes/s", "4.77 MiB/s"),
        (0, "seconds", "0 s"),
        (0.00023, "s", "230 µs"),
        (0.9996, "seconds", "1 s"),
        (0.25, "seconds", "250 ms"),
        (99.96, "seconds", "1 min 40 s"),
        (3599.9, "seconds", "1 h"),
        (7500, "seconds", "2 h 5 min"),
        (90000, "seconds", "1 d 1 h"),
        (5e9, "nanoseconds", "5 s"),
        (0.021, "seconds/s", "21 ms per second"),
        (3.96e-5, "seconds/s", "39.6 µs per second"),
        (2.5, "seconds/s", "2.5 s per second"),
        (0.125, "ratio", "12.5%"),
        (12.5, "percent", "12.5%"),
        (1240, "goroutines", "1,240 goroutines"),
        (1234567, "", "1.23 M"),
        (999999, "count", "999,999"),
        (12.3456, "per-second", "12.3/s"),
        (0.61, "/s", "0.61/s"),
        (42, "requests/s", "42 requests/s"),
        (1795000000, "unix", "18 Nov 2026 11:06:40 UTC"),
        (1e-9, "", "1.00e-09"),
    ],
)
def test_quantity(value: float | None, unit: str, text: str) -> None:
    assert units.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("baseline", "observed", "text"),
    [
        (38, 1240, "×32.6"),
        (100, 123, "+23%"),
        (100, 40, "−60%"),
        (100, 100.2, "unchanged"),
        (0, 3, "from zero"),
        (3, 0, "to zero"),
        (0, 0, "unchanged"),
        (-1, 2, "sign changed"),
        (None, 2, ""),
        (math.nan, 2, ""),
    ],
)
def test_change(baseline: float | None, observed: float, text: str) -> None:
    assert units.change(baseline, observed, "") == text


@pytest.mark.parametrize(
    ("confidence", "percent", "tenths"),
    [(0.0, "0%", 0), (0.93, "93%", 9), (0.97, "97%", 9), (0.999, "99%", 9), (1, "100%", 10)],
)
def test_nothing_is_rounded_up_to_certainty(confidence: float, percent: str, tenths: int) -> None:
    assert units.percent(confidence) == percent
    assert wording.tenths(confidence) == tenths


def test_a_unit_is_not_said_twice() -> None:
    assert units.bare("38 goroutines", "1,240 goroutines") == "38"
    assert units.bare("20 MiB", "1 GiB") == "20 MiB"
    assert units.bare("20", "30") == "20"

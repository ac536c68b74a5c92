"""When a resource is full: the pace where there is one, and silence where nobody can tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diagnose.checks.metrics.filling import Filling, fillings
from diagnose.signals.measures import measures
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window

STEP, COUNT = 15.0, 240
TIMES = 1.77e9 + STEP * np.arange(COUNT)
AGE = TIMES - TIMES[0]
SPAN = float(AGE[-1])
END = float(TIMES[-1]) + 1.0
NOISE = np.random.default_rng(7).normal(size=COUNT)


def gauge(name: str, values: FloatArray | float, **labels: str) -> Series:
    rows = np.full(COUNT, values) if isinstance(values, float) else values
    return Series(name, (("job", "shop"), *sorted(labels.items())), TIMES, rows.astype(float), MetricType.GAUGE)


def told(*series: Series, begun: float = -math.inf) -> list[Filling]:
    found = measures(series, Window(float(TIMES[0]), END))
    return list(fillings(found, end=END, begun={one.entity: begun for one in found}))


def full_in(*series: Series, begun: float = -math.inf) -> float | None:
    (one,) = told(*series, begun=begun)
    return one.full_in_s


def disk(used: FloatArray) -> tuple[Series, ...]:
    return (gauge("app_disk_usage_percent", used, mountpoint="/var"),)


def files(held: FloatArray) -> tuple[Series, ...]:
    return gauge("process_open_fds", held), gauge("process_max_fds", 1000.0)


LINE = 50.0 + 20.0 * AGE / SPAN


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (disk(LINE), 1.5 * SPAN),
        (disk(LINE + 0.5 * NOISE), 1.5 * SPAN),
        (disk(np.where(np.arange(COUNT) % 9 == 4, 0.0, LINE)), 1.5 * SPAN),
        (disk(np.where(np.arange(COUNT) % 9 == 4, np.nan, LINE)), 1.5 * SPAN),
        (files(100 + 300 * AGE / SPAN), 2.0 * SPAN),
        ((gauge("node_filesystem_avail_bytes", 4e9 - 2e9 * AGE / SPAN, mountpoint="/var"),), SPAN),
        ((gauge("jobs_queue_length", 200 * AGE / SPAN), gauge("jobs_queue_capacity", 1000.0)), 4.0 * SPAN),
        ((gauge("db_pool_in_use", 4 + 4 * AGE / SPAN), gauge("db_pool_max", 12.0)), SPAN),
    ],
    ids=["even", "noisy", "with outliers", "with holes", "files", "free bytes", "queue", "pool"],
)
def test_what_fills_evenly_is_full_when_the_line_says(series: tuple[Series, ...], expected: float) -> None:
    found = [one.full_in_s for one in told(*series) if one.full_in_s is not None]
    assert found == [pytest.approx(expected, rel=0.1)] * len(found)
    assert found


@pytest.mark.parametrize(
    "series",
    [
        disk(np.full(COUNT, 60.0)),
        disk(60 + NOISE),
        disk(80.0 - 20.0 * AGE / SPAN),
        disk(50.0 + 30.0 * (1 - np.exp(-4 * AGE / SPAN))),
        disk(50.0 + (AGE % (SPAN / 6)) / 30),
        disk(np.where(AGE > SPAN / 2, 70.0, 50.0)),
        disk(50.0 + 0.5 * AGE / SPAN),
        disk(np.full(COUNT, 100.0)),
        disk(np.where(AGE < 120, 50 + AGE, np.nan)),
        disk(np.where(AGE < SPAN / 2, LINE, np.nan)),
        files(np.cumsum(NOISE) * 3 + 300),
    ],
    ids=[
        "flat",
        "noise",
        "emptied",
        "a warm-up",
        "emptied again and again",
        "a step",
        "in days",
        "full already",
        "too few samples",
        "stopped telling",
        "a random walk",
    ],
)
def test_where_nobody_can_tell_there_is_no_number(series: tuple[Series, ...]) -> None:
    assert [one.full_in_s for one in told(*series) if one.full_in_s is not None] == []


@pytest.mark.parametrize("begins", [0.2, 0.4, 0.6, 0.8])
def test_a_leak_that_has_just_begun_has_its_own_pace(begins: float) -> None:
    held = 100 + np.maximum(AGE - begins * SPAN, 0) * 400 / SPAN + NOISE
    assert full_in(*files(held)) == pytest.approx((1000 - held[-1]) * SPAN / 400, rel=0.35)


def heap(floor: FloatArray, turn: float) -> tuple[Series, ...]:
    return (
        gauge("jvm_memory_used_bytes", 1e8 * floor + 3e8 * (AGE % turn) / turn, area="heap"),
        gauge("jvm_memory_max_bytes", 1e9, area="heap"),
    )


def test_a_heap_is_judged_by_what_collections_leave() -> None:
    assert full_in(*heap(np.ones(COUNT), SPAN / 12)) is None
    assert full_in(*heap(1 + 3 * AGE / SPAN, SPAN / 12)) == pytest.approx(2 * SPAN, rel=0.15)
    assert full_in(*heap(np.ones(COUNT), 2 * SPAN)) is None


def memory(values: FloatArray) -> tuple[Series, ...]:
    return gauge("process_resident_memory_bytes", values), gauge("container_spec_memory_limit_bytes", 1e9)


def test_memory_of_a_young_process_and_of_the_one_before_tells_nothing() -> None:
    rising = memory(3e8 + 2e8 * AGE / SPAN)
    assert full_in(*rising) == pytest.approx(2.5 * SPAN, rel=0.1)
    assert full_in(*rising, begun=END - 600) is None
    fallen = memory(np.where(AGE < SPAN / 2, 8e8, 2e8 + 2e8 * AGE / SPAN))
    assert full_in(*fallen, begun=float(TIMES[COUNT // 2])) == pytest.approx(3 * SPAN, rel=0.1)


def test_how_full_it_is_is_told_without_a_pace_too() -> None:
    (one,) = told(*files(np.full(COUNT, 850.0)))
    assert (one.what, one.used, one.full_in_s) == ("files", pytest.approx(0.85), None)


def test_without_a_limit_nothing_is_told() -> None:
    assert told(gauge("process_open_fds", LINE), gauge("go_goroutines", LINE)) == []
    assert told(gauge("process_open_fds", LINE), gauge("process_max_fds", 0.0)) == []

"""From raw series to measures: rates, resets, gaps, quantiles, entities, and which of several metrics speaks."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.signals.measures import measures
from diagnose.signals.rates import clock, increments, over, quantile
from diagnose.signals.series import FloatArray, Measure, MetricType, Role, Series
from diagnose.signals.window import Window

T = MetricType
TIMES = np.arange(0.0, 600.0, 10.0)
WINDOW = Window(0.0, 600.0)
NAN = float("nan")


def one(found: tuple[Measure, ...], role: Role, detail: str = "", entity: str | None = None) -> Measure:
    return next(m for m in found if m.role is role and m.detail == detail and entity in (None, m.entity))


def counter(name: str, values: FloatArray, times: FloatArray = TIMES, **labels: str) -> Series:
    return Series(name, tuple(sorted(labels.items())), times, values, T.COUNTER)


def gauge(name: str, values: FloatArray, times: FloatArray = TIMES, **labels: str) -> Series:
    return Series(name, tuple(sorted(labels.items())), times, values, T.GAUGE)


@pytest.mark.parametrize(
    ("values", "growth"),
    [
        ([5, 7, 7, 10], [0, 2, 0, 3]),
        ([5, 7, 2, 3], [0, 2, 2, 1]),  # a reset counts from zero
        ([5, NAN, 9, NAN], [0, 0, 4, 0]),  # a missing sample postpones
        ([NAN, NAN, 3, 4], [0, 0, 3, 1]),  # a late counter began at zero
        ([NAN, NAN, NAN, NAN], [0, 0, 0, 0]),
    ],
)
def test_increments(values: list[float], growth: list[float]) -> None:
    assert increments(np.array([values]))[0].tolist() == growth


def test_a_rate_never_looks_back_across_a_hole() -> None:
    times = np.array([0.0, 10, 20, 30, 40, 50, 500, 510, 520])
    window = clock(times)
    grown = over(np.ones((1, 9)), window)[0] / window.span
    assert np.isnan(grown[0])
    assert np.isnan(grown[6])
    assert grown[7] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("cumulative", "expected"),
    [([0, 50, 100, 100], 0.19), ([0, 0, 0, 0], NAN), ([0, 0, 0, 10], 0.5), ([100, 100, 100, 100], 0.0475)],
)
def test_quantile_interpolates_as_promql_does(cumulative: list[float], expected: float) -> None:
    edges = np.array([0.05, 0.1, 0.2, np.inf]) if expected != 0.5 else np.array([0.1, 0.2, 0.5, np.inf])
    counts = np.array(cumulative, dtype=float)[:, None]
    assert quantile(counts, edges, 0.95)[0] == pytest.approx(expected, nan_ok=True)


def test_errors_that_appear_late_count_from_zero_and_the_ratio_was_zero_before() -> None:
    ok = counter("http_requests_total", 10.0 * np.arange(60), code="200", job="j")
    late = counter("http_requests_total", 10.0 * np.arange(1, 31), TIMES[30:], code="500", job="j")
    found = measures([ok, late], WINDOW)
    ratio = one(found, Role.ERROR_RATIO).values
    assert np.nanmax(ratio[:30]) == 0
    assert ratio[40] == pytest.approx(0.5)
    assert one(found, Role.REQUESTS).values[40] == pytest.approx(2.0)


def test_a_restart_makes_no_negative_and_no_huge_rate() -> None:
    values = np.concatenate([1000 + 5.0 * np.arange(30), 5.0 * np.arange(30)])
    rate = one(measures([counter("process_cpu_seconds_total", values, job="j")], WINDOW), Role.CPU).values
    assert np.nanmin(rate) >= 0
    assert np.nanmax(rate) == pytest.approx(0.5)


def test_handlers_sum_up_and_stay_apart() -> None:
    series = [
        counter("http_requests_total", rate * 10 * np.arange(60), job="j", code="200", handler=handler)
        for handler, rate in (("/a", 1.0), ("/b", 3.0))
    ]
    found = measures(series, WINDOW)
    assert one(found, Role.REQUESTS).values[30] == pytest.approx(4.0)
    assert one(found, Role.REQUESTS, "/b").values[30] == pytest.approx(3.0)
    assert (
        one(found, Role.REQUESTS, "/b").query == 'sum(rate(http_requests_total{code="200",handler="/b",job="j"}[40s]))'
    )


def test_the_counter_that_tells_failures_speaks_for_the_traffic_not_the_histogram_beside_it() -> None:
    events = 10.0 * np.arange(60)
    series = [
        counter("http_requests_total", events, code="200", job="j"),
        Series("http_request_duration_seconds_count", (("job", "j"),), TIMES, events, T.HISTOGRAM),
        Series("http_request_duration_seconds_sum", (("job", "j"),), TIMES, events * 0.3, T.HISTOGRAM),
    ]
    found = measures(series, WINDOW)
    assert [m.name for m in found if m.role is Role.REQUESTS] == ["http_requests_total"]
    assert one(found, Role.LATENCY).values[30] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("labels", "entities"),
    [
        ([{"job": "a", "instance": "h:1"}, {"job": "a", "instance": "h:2"}], ["h:1", "h:2"]),
        ([{"job": "a", "instance": "h:1"}], ["a"]),
        ([{"pod": "p1", "instance": "n:1"}, {"pod": "p2", "instance": "n:1"}], ["p1", "p2"]),
        ([{"service": "x"}, {"service": "y"}], ["x", "y"]),
        ([{}], [""]),
    ],
)
def test_the_label_that_tells_entities_apart_names_them(labels: list[dict[str, str]], entities: list[str]) -> None:
    series = [gauge("go_goroutines", np.full(60, 9.0), **each) for each in labels]
    assert [m.entity for m in measures(series, WINDOW)] == entities


def test_a_service_that_is_called_is_no_entity() -> None:
    series = [gauge(name, np.ones(60), job="a") for name in ("go_goroutines", "go_threads", "process_open_fds")]
    series += [gauge("peer_up", np.ones(60), job="a", service=name) for name in ("x", "y")]
    assert {m.entity for m in measures(series, WINDOW)} == {"a"}


def test_two_pools_are_told_apart_and_meet_their_own_limits() -> None:
    names = ("app_db_connections_active", "app_db_connections_max", "app_workers_busy", "app_workers_max")
    found = measures([gauge(name, np.full(60, float(i)), job="a") for i, name in enumerate(names)], WINDOW)
    told = {(m.role, m.detail): m.values[0] for m in found}
    assert told == {
        (Role.POOL_IN_USE, "app_db"): 0.0,
        (Role.POOL_MAX, "app_db"): 1.0,
        (Role.POOL_IN_USE, "app_workers"): 2.0,
        (Role.POOL_MAX, "app_workers"): 3.0,
    }


def test_open_less_idle_is_in_use() -> None:
    series = [gauge("db_conns", np.full(60, n), job="a", state=state) for state, n in (("open", 8.0), ("idle", 3.0))]
    assert one(measures(series, WINDOW), Role.POOL_IN_USE).values[0] == 5.0


def test_cache_hits_and_misses_make_a_ratio() -> None:
    named = [
        counter(f"cache_{what}_total", n * np.arange(60), job="a") for what, n in (("hits", 90.0), ("misses", 10.0))
    ]
    labelled = [
        counter("lookups_total", n * np.arange(60), job="a", result=what) for what, n in (("hit", 90.0), ("miss", 10.0))
    ]
    for series in (named, labelled):
        assert one(measures(series, WINDOW), Role.CACHE_HITS).values[30] == pytest.approx(0.9)


def test_free_and_size_make_disk_usage_of_the_fullest() -> None:
    series = [
        gauge(f"node_filesystem_{what}_bytes", np.full(60, n), job="a", mountpoint=mount)
        for mount, free in (("/", 50.0), ("/data", 5.0))
        for what, n in (("avail", free), ("size", 100.0))
    ]
    assert one(measures(series, WINDOW), Role.DISK_USED).values[0] == pytest.approx(0.95)


def test_a_success_ratio_is_read_as_failures_and_a_time_left_as_a_date() -> None:
    series = [gauge("success_percent", np.full(60, 97.0)), gauge("cert_days_left_until_expiry", np.full(60, 2.0))]
    found = measures(series, WINDOW)
    assert one(found, Role.ERROR_RATIO).values[0] == pytest.approx(0.03)
    assert one(found, Role.CERTIFICATE_EXPIRY).values[3] == pytest.approx(30 + 2 * 86400)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_hardly_any_samples_make_no_crash(size: int) -> None:
    series = [
        counter("x_total", np.arange(float(size)), TIMES[:size]),
        gauge("y", np.arange(float(size)), TIMES[:size]),
    ]
    assert all(m.times.size == size for m in measures(series, WINDOW))


def test_ragged_clocks_and_infinities_make_no_crash() -> None:
    rng = np.random.default_rng(1)
    series = [
        gauge(f"g{i}", np.where(rng.random(60) < 0.2, np.inf, rng.random(60)), np.sort(rng.random(60) * 600), job="a")
        for i in range(5)
    ]
    assert len(measures(series, WINDOW)) == 5

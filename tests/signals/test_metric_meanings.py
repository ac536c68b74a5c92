"""The catalogue on the metrics of many runtimes: a table that grows with it."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.signals.catalogue import Join, Meaning
from diagnose.signals.meanings import weight
from diagnose.signals.measures import measures
from diagnose.signals.series import MetricType, Role, Series
from diagnose.signals.window import Window

T = MetricType
TIMES = np.arange(0.0, 600.0, 15.0)
WINDOW = Window(0.0, 600.0)


def grown(name: str, type_: MetricType, **labels: str) -> Series:
    values = np.cumsum(np.ones(TIMES.size)) if type_ is T.COUNTER else np.full(TIMES.size, 3.0)
    return Series(name, tuple(sorted(labels.items())), TIMES, values, type_)


def timed(name: str, type_: MetricType, **labels: str) -> list[Series]:
    count = np.cumsum(np.full(TIMES.size, 10.0))
    parts = [
        Series(f"{name}_count", tuple(labels.items()), TIMES, count, type_),
        Series(f"{name}_sum", tuple(labels.items()), TIMES, count * 0.2, type_),
    ]
    if type_ is T.HISTOGRAM:
        for le, share in (("0.1", 0.0), ("0.5", 1.0), ("+Inf", 1.0)):
            parts.append(Series(f"{name}_bucket", (*labels.items(), ("le", le)), TIMES, count * share, type_))
    return parts


LEVELS = [
    ("process_cpu_seconds_total", T.COUNTER, {}, Role.CPU, "cores"),
    ("container_cpu_usage_seconds_total", T.COUNTER, {"cpu": "total"}, Role.CPU, "cores"),
    ("cpu_usage_percent", T.UNKNOWN, {}, Role.CPU, "ratio"),
    ("cpu_usage_millicores", T.UNKNOWN, {}, Role.CPU, "cores"),
    ("process_resident_memory_bytes", T.GAUGE, {}, Role.MEMORY, "bytes"),
    ("container_memory_working_set_bytes", T.GAUGE, {}, Role.MEMORY, "bytes"),
    ("memory_usage_mebibytes", T.UNKNOWN, {}, Role.MEMORY, "bytes"),
    ("container_spec_memory_limit_bytes", T.GAUGE, {}, Role.MEMORY_LIMIT, "bytes"),
    ("go_memstats_heap_inuse_bytes", T.GAUGE, {}, Role.HEAP, "bytes"),
    ("jvm_memory_used_bytes", T.GAUGE, {"area": "heap", "id": "old"}, Role.HEAP, "bytes"),
    ("jvm_memory_used_bytes", T.GAUGE, {"area": "nonheap", "id": "meta"}, Role.OTHER, "bytes"),
    ("jvm_memory_max_bytes", T.GAUGE, {"area": "heap"}, Role.HEAP_LIMIT, "bytes"),
    ("nodejs_heap_size_used_bytes", T.GAUGE, {}, Role.HEAP, "bytes"),
    ("dotnet_total_memory_bytes", T.GAUGE, {}, Role.HEAP, "bytes"),
    ("go_memstats_alloc_bytes_total", T.COUNTER, {}, Role.ALLOCATION, "bytes/s"),
    ("go_goroutines", T.GAUGE, {}, Role.GOROUTINES, ""),
    ("jvm_threads_live_threads", T.GAUGE, {}, Role.THREADS, ""),
    ("jvm_threads_states_threads", T.GAUGE, {"state": "blocked"}, Role.THREADS_BLOCKED, ""),
    ("process_open_fds", T.GAUGE, {}, Role.OPEN_FILES, ""),
    ("process_files_max_files", T.GAUGE, {}, Role.OPEN_FILES_LIMIT, ""),
    ("python_gc_collections_total", T.COUNTER, {"generation": "0"}, Role.GC_RATE, "1/s"),
    ("nodejs_eventloop_lag_seconds", T.GAUGE, {}, Role.EVENT_LOOP_LAG, "s"),
    ("node_filesystem_avail_bytes", T.GAUGE, {"mountpoint": "/"}, Role.DISK_FREE, "bytes"),
    ("disk_used_percent", T.UNKNOWN, {}, Role.DISK_USED, "ratio"),
    ("go_sql_in_use_connections", T.GAUGE, {"db_name": "x"}, Role.POOL_IN_USE, ""),
    ("go_sql_max_open_connections", T.GAUGE, {"db_name": "x"}, Role.POOL_MAX, ""),
    ("go_sql_wait_count_total", T.COUNTER, {"db_name": "x"}, Role.POOL_WAITING, "1/s"),
    ("go_sql_wait_duration_seconds_total", T.COUNTER, {"db_name": "x"}, Role.POOL_WAIT_TIME, "s/s"),
    ("hikaricp_connections_active", T.GAUGE, {"pool": "main"}, Role.POOL_IN_USE, ""),
    ("hikaricp_connections_pending", T.GAUGE, {"pool": "main"}, Role.POOL_WAITING, ""),
    ("hikaricp_connections_max", T.GAUGE, {"pool": "main"}, Role.POOL_MAX, ""),
    ("tomcat_threads_busy_threads", T.GAUGE, {}, Role.POOL_IN_USE, ""),
    ("db_client_connections_usage", T.GAUGE, {"state": "used"}, Role.POOL_IN_USE, ""),
    ("pgbouncer_pools_client_waiting_connections", T.GAUGE, {}, Role.POOL_WAITING, ""),
    ("http_requests_in_flight", T.GAUGE, {}, Role.IN_FLIGHT, ""),
    ("flask_inprogress_requests", T.GAUGE, {}, Role.IN_FLIGHT, ""),
    ("rabbitmq_queue_messages_ready", T.GAUGE, {}, Role.QUEUE, ""),
    ("kafka_consumergroup_lag", T.GAUGE, {}, Role.QUEUE, ""),
    ("http_5xx_ratio", T.UNKNOWN, {}, Role.ERROR_RATIO, "ratio"),
    ("charge_error_rate_pct", T.UNKNOWN, {}, Role.ERROR_RATIO, "ratio"),
    ("success_percent", T.UNKNOWN, {}, Role.ERROR_RATIO, "ratio"),
    ("latency_p99_seconds", T.UNKNOWN, {}, Role.LATENCY_TAIL, "s"),
    ("server_latency_p95_seconds", T.UNKNOWN, {}, Role.LATENCY_TAIL, "s"),
    ("client_latency_p95_seconds", T.UNKNOWN, {}, Role.UPSTREAM_LATENCY, "s"),
    ("http_server_duration_p99_ms", T.UNKNOWN, {}, Role.LATENCY_TAIL, "s"),
    ("requests_per_minute", T.UNKNOWN, {}, Role.REQUESTS, "1/s"),
    ("app_failures_total", T.COUNTER, {}, Role.ERRORS, "1/s"),
    ("upstream_errors_total", T.COUNTER, {}, Role.UPSTREAM_ERRORS, "1/s"),
    ("kube_pod_container_status_restarts_total", T.COUNTER, {"pod": "a"}, Role.RESTARTS, ""),
    ("kube_pod_container_status_last_terminated_reason", T.GAUGE, {"reason": "OOMKilled"}, Role.OOM_KILLS, ""),
    ("probe_ssl_earliest_cert_expiry", T.GAUGE, {}, Role.CERTIFICATE_EXPIRY, "s"),
    ("tls_cert_seconds_until_expiry", T.GAUGE, {}, Role.CERTIFICATE_EXPIRY, "s"),
    ("weather_index", T.GAUGE, {}, Role.OTHER, ""),
]


@pytest.mark.parametrize(("name", "type_", "labels", "role", "unit"), LEVELS)
def test_a_metric_means(name: str, type_: MetricType, labels: dict[str, str], role: Role, unit: str) -> None:
    found = measures([grown(name, type_, instance="a:1", job="j", **labels)], WINDOW)
    assert [(each.role, each.unit) for each in found] == [(role, unit)]


TIMED = [
    ("http_request_duration_seconds", T.HISTOGRAM, {Role.REQUESTS, Role.LATENCY, Role.LATENCY_TAIL}),
    ("http_server_requests_seconds", T.SUMMARY, {Role.REQUESTS, Role.LATENCY}),
    ("grpc_server_handling_seconds", T.HISTOGRAM, {Role.REQUESTS, Role.LATENCY, Role.LATENCY_TAIL}),
    ("upstream_request_duration_seconds", T.HISTOGRAM, {Role.UPSTREAM_REQUESTS, Role.UPSTREAM_LATENCY}),
    ("redis_command_duration_seconds", T.HISTOGRAM, {Role.UPSTREAM_REQUESTS, Role.UPSTREAM_LATENCY}),
    ("jvm_gc_pause_seconds", T.SUMMARY, {Role.GC_TIME, Role.GC_RATE}),
    ("go_gc_duration_seconds", T.SUMMARY, {Role.GC_TIME, Role.GC_RATE}),
    ("nightly_job_duration_seconds", T.HISTOGRAM, {Role.OTHER}),
    ("http_server_response_body_size_bytes", T.HISTOGRAM, {Role.OTHER}),
    ("nginx_ingress_controller_response_size", T.HISTOGRAM, {Role.OTHER}),
    ("rpc_server_requests_per_rpc", T.HISTOGRAM, {Role.OTHER}),
]


@pytest.mark.parametrize(("name", "type_", "roles"), TIMED)
def test_a_histogram_or_summary_means(name: str, type_: MetricType, roles: set[Role]) -> None:
    found = measures(timed(name, type_, job="j"), WINDOW)
    assert {each.role for each in found} == roles


@pytest.mark.parametrize(
    ("label", "bad", "good"),
    [
        ("code", "500", "200"),
        ("status", "5xx", "2xx"),
        ("grpc_code", "Unavailable", "OK"),
        ("outcome", "SERVER_ERROR", "SUCCESS"),
        ("result", "failure", "ok"),
        ("error", "timeout", ""),
        ("success", "false", "true"),
    ],
)
def test_failures_are_told_by_the_status_label_in_any_dialect(label: str, bad: str, good: str) -> None:
    series = [grown("http_requests_total", T.COUNTER, job="j", **{label: value}) for value in (bad, good)]
    ratio = next(each for each in measures(series, WINDOW) if each.role is Role.ERROR_RATIO)
    assert np.nanmedian(ratio.values) == pytest.approx(0.5)


def test_client_mistakes_are_no_failures_but_those_turned_away_are_in_sight() -> None:
    series = [grown("http_requests_total", T.COUNTER, job="j", code=code) for code in ("200", "404", "429")]
    found = {(each.role, each.detail): each for each in measures(series, WINDOW)}
    assert np.nanmax(found[Role.ERROR_RATIO, ""].values) == 0
    assert np.nanmedian(found[Role.OTHER, "code=429"].values) > 0


def test_what_is_worth_fetching_first() -> None:
    names = [
        "process_cpu_seconds_total",
        "http_request_duration_seconds_bucket",
        "weather_index",
        "scrape_duration_seconds",
    ]
    assert [weight(name) for name in names] == [2, 1, 0, 0]


def test_what_a_team_teaches_goes_before_the_catalogue_and_is_meant_as_it_stands() -> None:
    taught = (
        Meaning(Role.LATENCY, "db_gateway_rt", unit="ms", join=Join.MAX, taught=True),
        Meaning(Role.OTHER, "render_queue", "kind=idle", taught=True),
        Meaning(Role.REQUESTS, "db_gateway_calls", unit="", taught=True),
    )
    series = [
        grown("db_gateway_rt", T.GAUGE, job="j"),
        grown("render_queue", T.GAUGE, job="j", kind="idle"),
        grown("render_queue", T.GAUGE, job="j", kind="busy"),
        grown("db_gateway_calls", T.COUNTER, job="j"),
    ]
    found = {(each.name, each.role): each for each in measures(series, WINDOW, taught)}
    assert set(found) == {
        ("db_gateway_rt", Role.LATENCY),
        ("render_queue", Role.OTHER),
        ("render_queue", Role.QUEUE),
        ("db_gateway_calls", Role.REQUESTS),
    }
    assert np.nanmax(found["db_gateway_rt", Role.LATENCY].values) == pytest.approx(0.003)


def test_a_histogram_of_a_unit_that_its_name_does_not_tell() -> None:
    taught = (Meaning(Role.LATENCY, "page", unit="ms", taught=True),)
    found = {each.role: each for each in measures(timed("page", T.HISTOGRAM, job="j"), WINDOW, taught)}
    assert np.nanmedian(found[Role.LATENCY].values) == pytest.approx(0.0002)
    assert found[Role.LATENCY].unit == "s"

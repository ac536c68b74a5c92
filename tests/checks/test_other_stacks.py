"""Faults as the metrics and logs of many runtimes, servers and exporters tell of them, by the names that they use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from diagnose.investigate import diagnose, library_of
from diagnose.playbook.diagnosis import Verdict
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window
from diagnose.sources.logs import collect as read_logs

WINDOW = Window(1_790_000_100.0, 1_790_001_900.0)
STEP = 15.0
TIMES = np.arange(WINDOW.start, WINDOW.end, STEP)
ONSET = 1_790_001_300.0
SINCE = np.maximum(TIMES - ONSET, 0.0)
LATE = ONSET <= TIMES
WAVER = 1 + 0.05 * np.sin(np.arange(TIMES.size) * 2.4)
EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
GAUGE, COUNTER, HISTOGRAM = MetricType.GAUGE, MetricType.COUNTER, MetricType.HISTOGRAM


def level(before: float, after: float) -> FloatArray:
    return np.asarray(np.where(LATE, after, before) * WAVER)


def climb(start: float, per_second: float, most: float = np.inf) -> FloatArray:
    return np.asarray(np.minimum(start * WAVER + per_second * SINCE, most))


def one(name: str, values: FloatArray | float, kind: MetricType = GAUGE, /, **labels: str) -> Series:
    told = {**labels, "job": "app", "instance": "a:1"}
    return Series(name, tuple(sorted(told.items())), TIMES, np.broadcast_to(values, TIMES.shape) * 1.0, kind)


def rate(name: str, before: float, after: float, /, **labels: str) -> Series:
    return one(name, np.cumsum(level(before, after)) * STEP, COUNTER, **labels)


def timed(name: str, before: tuple[float, float], after: tuple[float, float], /, **labels: str) -> list[Series]:
    """A histogram; (requests per second, mean seconds) before and after."""
    count, mean = level(before[0], after[0]) * STEP, level(before[1], after[1])
    totals = [("_count", count), ("_sum", count * mean)]
    buckets = [(str(edge), count * (1 - np.exp(-edge / mean))) for edge in EDGES] + [("+Inf", count)]
    return [one(name + part, np.cumsum(growth), HISTOGRAM, **labels) for part, growth in totals] + [
        one(f"{name}_bucket", np.cumsum(growth), HISTOGRAM, **labels, le=edge) for edge, growth in buckets
    ]


def process(*, cpu: tuple[float, float] = (0.1, 0.1)) -> list[Series]:
    return [
        rate("process_cpu_seconds_total", *cpu),
        one("process_resident_memory_bytes", 2e8 * WAVER),
        one("process_open_fds", 40.0),
        one("process_max_fds", 1024.0),
        one("process_start_time_seconds", WINDOW.start - 1e5),
        one("up", 1.0),
    ]


@dataclass(frozen=True, slots=True)
class Scene:
    """The causes that are right (inconclusive where nothing tells), the series, and what the log says then."""

    right: str
    series: list[Series]
    says: str = ""


PAY = {"client_name": "pay.example"}
POD = {"container": "app", "pod": "app-1"}
ENVOY = {"envoy_cluster_name": "cart"}
SCENES = {
    ".NET locks": Scene(
        "lock-contention",
        [
            *process(),
            *timed("http_server_request_duration_seconds", (20, 0.03), (12, 3), http_route="/a"),
            one("dotnet_thread_pool_thread_count", level(12, 30)),
            rate("dotnet_monitor_lock_contentions_total", 0.2, 150),
        ],
    ),
    ".NET thread pool starves": Scene(
        "inconclusive|lock-contention|slow-dependency",
        [
            *process(),
            *timed("http_server_request_duration_seconds", (20, 0.03), (6, 8), http_route="/a"),
            one("dotnet_thread_pool_thread_count", climb(12, 0.2)),
            one("dotnet_thread_pool_queue_length", climb(0.5, 3)),
        ],
    ),
    ".NET collects garbage": Scene(
        "gc-pressure",
        [
            rate("process_cpu_seconds_total", 0.2, 1.4),
            rate("dotnet_gc_pause_time_seconds_total", 0.004, 0.6),
            rate("dotnet_gc_heap_total_allocated_bytes_total", 5e6, 4e8),
            *timed("http_server_request_duration_seconds", (20, 0.03), (14, 0.6), http_route="/a"),
        ],
    ),
    "Node's event loop is busy": Scene(
        "cpu-hotspot",
        [
            *process(cpu=(0.15, 0.98)),
            *timed("http_request_duration_seconds", (20, 0.02), (12, 1.5), route="/x", status_code="200"),
            one("nodejs_eventloop_lag_mean_seconds", level(0.011, 0.5)),
            *timed("nodejs_gc_duration_seconds", (0.5, 0.002), (0.5, 0.002), kind="minor"),
        ],
    ),
    "Rust stands still": Scene(
        "deadlock|inconclusive",
        [
            *process(),
            rate("http_requests_total", 20, 0, status="200", path="/a"),
            one("http_requests_in_flight", climb(1, 18)),
        ],
    ),
    "a JVM finds its deadlock": Scene(
        "deadlock",
        [
            one("process_cpu_usage", level(0.1, 0.02)),
            one("jvm_threads_deadlocked", np.where(LATE, 2.0, 0.0)),
            one("jvm_threads_states_threads", climb(0, 0.5), state="blocked"),
            *timed("http_server_requests_seconds", (20, 0.02), (1, 0.02), uri="/o", status="200"),
        ],
    ),
    "Hikari's pool leaks": Scene(
        "db-pool-exhaustion",
        [
            one("hikaricp_connections_active", np.round(climb(0.5, 0.06, 10)), pool="main"),
            one("hikaricp_connections_max", 10.0, pool="main"),
            one("hikaricp_connections_pending", np.where(SINCE > 180, 25.0, 0.0), pool="main"),
            one("process_cpu_usage", 0.05 * WAVER),
            *timed("http_server_requests_seconds", (20, 0.02), (8, 12), uri="/o", status="200"),
        ],
    ),
    "PostgreSQL lets nobody in": Scene(
        "db-pool-exhaustion",
        [
            one("pg_stat_activity_count", level(20, 97), state="active", datname="app"),
            one("pg_settings_max_connections", 100.0),
            one("pg_up", 1.0),
        ],
    ),
    "Redis lets nobody in": Scene(
        "db-pool-exhaustion",
        [one("redis_connected_clients", climb(200, 30, 10000)), one("redis_config_maxclients", 10000.0)],
    ),
    "PostgreSQL breaks deadlocks": Scene(
        "deadlock",
        [one("pg_stat_database_deadlocks", 0.3 * SINCE, COUNTER), rate("pg_stat_database_xact_rollback", 0.1, 3)],
        "ERROR:  deadlock detected",
    ),
    "nginx reaches nobody": Scene(
        "dependency-down",
        [rate("nginx_http_requests_total", 50, 50), one("nginx_connections_active", level(20, 22))],
        "[error] 31#31: *9 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, "
        'upstream: "http://10.0.1.4:8080/api/v1/cart"',
    ),
    "Envoy reaches nobody": Scene(
        "dependency-down",
        [
            rate("envoy_cluster_upstream_rq", 40, 2, **ENVOY, envoy_response_code="200"),
            rate("envoy_cluster_upstream_rq", 0, 38, **ENVOY, envoy_response_code="503"),
            rate("envoy_http_downstream_rq_xx", 40, 2, envoy_response_code_class="2"),
            rate("envoy_http_downstream_rq_xx", 0, 38, envoy_response_code_class="5"),
        ],
    ),
    "PHP is refused by MySQL": Scene(
        "auth-failure",
        [*process(), rate("http_requests_total", 20, 2, code="200"), rate("http_requests_total", 0, 18, code="500")],
        "app.ERROR: SQLSTATE[HY000] [1045] Access denied for user 'app'@'10.1.2.3' (using password: YES)",
    ),
    "Elixir waits for its pool": Scene(
        "db-pool-exhaustion",
        timed("phoenix_endpoint_stop_duration_seconds", (20, 0.02), (8, 5)),
        "[error] ** (DBConnection.ConnectionError) connection not available and request was dropped from queue "
        "after 2999ms",
    ),
    "Micrometer counts 401": Scene(
        "auth-failure",
        [
            one("process_cpu_usage", 0.1 * WAVER),
            *timed("http_client_requests_seconds", (5, 0.02), (0.1, 0.02), **PAY, status="200"),
            *timed("http_client_requests_seconds", (0, 0.02), (5, 0.02), **PAY, status="401"),
            *timed("http_server_requests_seconds", (20, 0.02), (15, 0.02), uri="/o", status="200"),
            *timed("http_server_requests_seconds", (0, 0.02), (5, 0.02), uri="/o", status="500"),
        ],
    ),
    "Kubernetes kills for memory": Scene(
        "oom-kill",
        [
            one("container_memory_working_set_bytes", np.where(LATE, 1e8 + (SINCE % 180) * 5e6, 1.5e8), **POD),
            one("kube_pod_container_resource_limits", 1e9, resource="memory", **POD),
            one("kube_pod_container_status_restarts_total", np.floor(SINCE / 180), COUNTER, **POD),
            one("kube_pod_container_status_last_terminated_reason", SINCE > 180, reason="OOMKilled", **POD),
        ],
    ),
    "a limit of the processor is lowered": Scene(
        "bad-config",
        [
            rate("container_cpu_usage_seconds_total", 0.8, 0.2, **POD),
            one("kube_pod_container_resource_limits", np.where(LATE, 0.2, 1.0), resource="cpu", **POD),
            *timed("http_server_requests_seconds", (20, 0.03), (14, 1.5), uri="/a", status="200"),
        ],
    ),
    "node_exporter sees the disk fill": Scene(
        "disk-full",
        [
            *process(),
            one("node_filesystem_avail_bytes", 5e10 * np.clip((ONSET - TIMES) / 600, 0, 1), mountpoint="/var"),
            one("node_filesystem_size_bytes", 1e11, mountpoint="/var"),
            rate("http_requests_total", 20, 12, code="200"),
            rate("http_requests_total", 0, 8, code="500"),
        ],
    ),
    "blackbox sees a certificate end": Scene(
        "tls-certificate",
        [one("probe_ssl_earliest_cert_expiry", ONSET - 5), one("probe_success", np.where(LATE, 0.0, 1.0))],
    ),
    "a consumer falls behind": Scene(
        "inconclusive",
        [*process(), one("kafka_consumergroup_lag", climb(10, 40), consumergroup="orders", topic="orders")],
    ),
    "the clock drifts": Scene(
        "inconclusive|healthy", [*process(), one("node_timex_offset_seconds", climb(0.001, 0.02))]
    ),
    "Spring is well": Scene(
        "healthy",
        [
            one("process_cpu_usage", 0.1 * WAVER),
            *timed("http_server_requests_seconds", (20, 0.02), (20, 0.02), uri="/o", status="200"),
            one("jvm_memory_used_bytes", 3e8 * WAVER, area="heap"),
            one("hikaricp_connections_active", 2 * WAVER, pool="m"),
            one("hikaricp_connections_max", 10.0, pool="m"),
        ],
        says="INFO handled",
    ),
}


def lines(said: str) -> str:
    told = [(at, "INFO handled") for at in np.arange(WINDOW.start, WINDOW.end, 2.0)]
    told += [(at, said) for at in np.arange(ONSET, WINDOW.end, 0.9)]
    return "\n".join(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.%fZ} {text}" for at, text in sorted(told))


def verdict(scene: Scene, folder: Path) -> Verdict:
    logs = None
    if scene.says:
        (folder / "app.log").write_text(lines(scene.says))
        logs, _ = read_logs((str(folder / "app.log"),), WINDOW)
    collected = Evidence(window=WINDOW, service="app", series=tuple(scene.series), logs=logs)
    found, _ = diagnose(collected, library_of("triage"))
    return found.verdict


@pytest.mark.parametrize("name", SCENES)
def test_the_fault_is_told_by_the_names_that_this_stack_uses(name: str, tmp_path: Path) -> None:
    found = verdict(SCENES[name], tmp_path)
    assert found.cause in SCENES[name].right.split("|"), found

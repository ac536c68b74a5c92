"""The same faults under the names that OpenTelemetry, Micrometer, JMX and the runtimes' own clients give them."""

from __future__ import annotations

import pytest

from tests.exporters.staged import SHOP, flat, judged, of, ramp, rate, step, turn

HTTP = 'http_server_request_duration_seconds_{}{{http_response_status_code="200",http_route="/o"}}'
SPRING = 'http_server_requests_seconds_{}{{status="200",uri="/o"}}'
PLAIN = "http_request_duration_seconds_{}"
POOL = 'db_client_connection_pool_name="main"'


def served(name: str, *, took: str = rate(3)) -> dict[str, str]:
    return {name.format("sum"): took, name.format("count"): rate(150)}


OTEL_POOL = {
    f'db_client_connection_count{{state="used",{POOL}}}': step(3, 10),
    f'db_client_connection_count{{state="idle",{POOL}}}': step(7, 0),
    f"db_client_connection_max{{{POOL}}}": flat(10),
    f"db_client_connection_pending_requests{{{POOL}}}": step(0, 25),
}
COLLECTS = {
    "Micrometer": {
        'jvm_gc_pause_seconds_sum{action="end of major GC"}': turn(0.02, 9),
        'jvm_gc_pause_seconds_count{action="end of major GC"}': turn(1, 20),
        "process_cpu_usage": step(0.1, 0.9),
    },
    "JMX exporter": {
        'jvm_gc_collection_seconds_sum{gc="G1 Old Generation"}': turn(0.02, 9),
        'jvm_gc_collection_seconds_count{gc="G1 Old Generation"}': turn(1, 20),
        "process_cpu_seconds_total": turn(1.5, 13),
    },
    "OpenTelemetry for Java": {
        'jvm_gc_duration_seconds_sum{jvm_gc_action="end of major GC"}': turn(0.02, 9),
        'jvm_gc_duration_seconds_count{jvm_gc_action="end of major GC"}': turn(1, 20),
        "jvm_cpu_recent_utilization_ratio": step(0.1, 0.9),
    },
    ".NET 9": {
        "dotnet_gc_pause_time_seconds_total": turn(0.02, 7),
        'dotnet_gc_collections_total{gc_heap_generation="gen2"}': turn(0.2, 20),
        'dotnet_process_cpu_time_seconds_total{cpu_mode="user"}': turn(1.5, 13),
    },
}


@pytest.mark.parametrize("dialect", sorted(COLLECTS))
def test_garbage_collection_is_known_in_every_dialect(dialect: str) -> None:
    found = judged(of(SHOP, served(SPRING, took=turn(3, 45)) | COLLECTS[dialect]))
    assert found.verdict.cause == "gc-pressure"


@pytest.mark.parametrize(
    "grows",
    [
        {'jvm_memory_used_bytes{area="heap",id="G1 Old Gen"}': ramp(2e8, 1.5e7)},
        {'jvm_memory_used_bytes{jvm_memory_type="heap",jvm_memory_pool_name="G1 Old Gen"}': ramp(2e8, 1.5e7)},
        {'process_runtime_jvm_memory_usage_bytes{type="heap",pool="G1 Old Gen"}': ramp(2e8, 1.5e7)},
        {'process_runtime_dotnet_gc_heap_size_bytes{generation="gen2"}': ramp(1e8, 1e7)},
        {"nodejs_heap_size_used_bytes": ramp(5e7, 4e6), "nodejs_active_handles_total": flat(20)},
        {"v8js_memory_heap_used_bytes": ramp(5e7, 4e6)},
        {"ruby_rss": ramp(1.5e8, 4e6)},
        {'erlang_vm_memory_bytes_total{kind="processes"}': ramp(1e8, 4e6)},
    ],
    ids=lambda grows: next(iter(grows)).partition("{")[0],
)
def test_growing_memory_is_named_first(grows: dict[str, str]) -> None:
    assert judged(of(SHOP, served(PLAIN) | grows)).causes[0].cause == "memory-leak"


@pytest.mark.parametrize("name", ["go_goroutines", "process_runtime_go_goroutines", "go_goroutine_count"])
def test_growing_goroutines_are_named_first(name: str) -> None:
    assert judged(of(SHOP, served(HTTP) | {name: ramp(40, 25)})).causes[0].cause == "goroutine-leak"


CALLS = 'http_client_request_duration_seconds_{}{{server_address="bank"}}'


@pytest.mark.parametrize(
    ("metrics", "cause"),
    [
        pytest.param(served(HTTP, took=turn(3, 150)) | OTEL_POOL, "db-pool-exhaustion", id="pool, OpenTelemetry"),
        pytest.param(
            served(HTTP, took=turn(3, 150)) | served(CALLS, took=turn(2, 148)),
            "slow-dependency",
            id="slow bank, OpenTelemetry",
        ),
        pytest.param(
            served("http_server_duration_milliseconds_{}", took=turn(3e3, 1.5e5))
            | served("http_client_duration_milliseconds_{}", took=turn(2e3, 1.48e5)),
            "slow-dependency",
            id="slow bank, in milliseconds",
        ),
        pytest.param(
            served(PLAIN, took=turn(3, 150))
            | {"dotnet_threadpool_queue_length": "0x39 10+10x39", "process_cpu_seconds_total": rate(1.5)},
            "inconclusive",
            id="thread pool of .NET starves for whatever reason",
        ),
        pytest.param(
            served(PLAIN, took=turn(3, 150))
            | {"puma_backlog": "0x39 2+3x39", "puma_busy_threads": step(1, 5), "puma_max_threads": flat(5)},
            "inconclusive",
            id="Puma's threads are busy with whatever",
        ),
        pytest.param(
            {"phpfpm_active_processes": step(3, 20), "phpfpm_total_processes": flat(20),
             "phpfpm_listen_queue": "0x39 5+3x39", "phpfpm_up": flat(1)},
            "inconclusive",
            id="PHP-FPM's processes are busy with whatever",
        ),
        pytest.param(
            served(HTTP)
            | {'process_runtime_jvm_memory_usage_bytes{type="heap",pool="old"}': flat(3e8),
               'db_client_connection_count{state="used"}': flat(3),
               "process_cpu_utilization_ratio": flat(0.1), "process_memory_usage_bytes": flat(4e8)},
            "healthy",
            id="all is well, OpenTelemetry",
        ),
        pytest.param(
            served(SPRING)
            | {'jvm_memory_used_bytes{area="heap"}': "1e8+3e7x9 " * 8, "process_cpu_usage": flat(0.1)},
            "healthy",
            id="all is well, and a heap goes up and down",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_known_in_the_names_of_its_runtime(metrics: dict[str, str], cause: str) -> None:
    assert judged(of(SHOP, metrics)).verdict.cause == cause

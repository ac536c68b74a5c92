"""What the metrics of common libraries are taken for, in the names that these libraries give them."""

from __future__ import annotations

import re

import pytest

from diagnose.signals.meanings import candidates
from diagnose.signals.series import MetricType, Role

TYPES = {"gauge": MetricType.GAUGE, "counter": MetricType.COUNTER, "histogram": MetricType.HISTOGRAM}
NAMES = """
# OpenTelemetry
http_server_request_body_size_bytes histogram other
rpc_server_requests_per_rpc histogram other
db_client_connection_count{db_client_connection_state=used} gauge pool-in-use
db_client_connection_count{db_client_connection_state=idle} gauge other
db_client_connection_max gauge pool-max
db_client_connection_use_time_seconds histogram other
go_goroutine_count gauge goroutines
go_memory_used_bytes{go_memory_type=other} gauge heap
go_memory_used_bytes{go_memory_type=stack} gauge other
go_memory_allocated_bytes_total counter allocation
go_processor_limit gauge cpu-limit
process_runtime_jvm_memory_usage_bytes{type=heap} gauge heap
process_runtime_jvm_memory_limit_bytes{type=heap} gauge heap-limit
process_runtime_cpython_memory_bytes{type=rss} gauge memory
process_runtime_cpython_memory_bytes{type=vms} gauge other
jvm_memory_used_bytes{jvm_memory_type=heap} gauge heap
jvm_memory_limit_bytes{jvm_memory_type=heap} gauge heap-limit
jvm_thread_count{jvm_thread_state=blocked} gauge threads-blocked
process_open_file_descriptor_count gauge open-files
kestrel_active_connections gauge sockets
kestrel_connection_duration_seconds histogram other
# Micrometer
process_cpu_time_ns_total counter cpu
http_server_requests_active_seconds_max gauge other
tomcat_connections_config_max_connections gauge other
tomcat_connections_current_connections gauge sockets
tomcat_global_request_max_seconds gauge other
tomcat_threads_busy_threads gauge pool-in-use
executor_queue_remaining_tasks gauge other
jetty_threads_config_max gauge pool-max
agroal_awaiting_count gauge pool-waiting
# Go
pgxpool_acquired_conns gauge pool-in-use
pgxpool_max_conns gauge pool-max
pgxpool_empty_acquire counter pool-waiting
pgxpool_acquire_count counter other
go_sql_stats_connections_in_use gauge pool-in-use
go_sql_stats_connections_waited_for_total counter pool-waiting
go_gc_pauses_seconds histogram gc-time
# Rust
axum_http_requests_pending gauge in-flight
sqlx_pool_max_connections gauge pool-max
sqlx_pool_idle_connections gauge other
tokio_total_busy_duration gauge other
# Ruby
ruby_rss gauge memory
ruby_major_gc_ops_total counter gc-rate
puma_thread_pool_capacity gauge other
puma_pool_capacity gauge other
puma_busy_threads gauge pool-in-use
active_record_connection_pool_connections gauge other
active_record_connection_pool_busy gauge pool-in-use
rails_db_runtime_seconds histogram latency
http_request_queue_duration_seconds histogram other
# PHP, Elixir, Python, Node, proxies
phpfpm_active_processes gauge pool-in-use
phpfpm_max_children_reached counter pool-waiting
phpfpm_slow_requests counter other
my_app_prom_ex_ecto_repo_query_queue_time_milliseconds histogram pool-wait-time
my_app_prom_ex_ecto_repo_query_execution_time_milliseconds histogram other
erlang_vm_statistics_run_queues_length gauge queue
django_http_requests_total_by_method_total counter requests
prisma_client_queries_wait_histogram_ms histogram pool-wait-time
nginx_connections_waiting gauge other
nginx_connections_active gauge sockets
container_network_receive_errors_total counter other
"""
ROWS = [line.split() for line in NAMES.strip().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("metric", "type_", "role"), ROWS)
def test_a_library_s_metric_means(metric: str, type_: str, role: str) -> None:
    name, *_ = metric.split("{")
    labels = tuple(re.findall(r"(\w+)=(\w+)", metric))
    line = next((each for each in candidates(name, TYPES[type_]) if each.fits(labels)), None)
    assert (line.role if line else Role.OTHER) == role

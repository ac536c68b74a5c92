"""The catalogue: which metric means what. To teach the tool a metric, add one line.

The first line that fits a series wins, so the particular stands before the general. Names are regular expressions on
the whole name in lower case; what a line can say is told in `catalogue.Meaning`.
"""

from __future__ import annotations

import functools
import re

from diagnose.signals.catalogue import Join, Kind, Meaning, plain_name
from diagnose.signals.libraries import LIBRARIES
from diagnose.signals.naming import family
from diagnose.signals.series import MetricType, Role

M, R, K, J = Meaning, Role, Kind, Join
_HEAP = "(area|type|jvm_memory_type)=heap"

_LIFE = (
    M(R.UP, "up", join=J.MIN),
    M(R.START_TIME, "(process|container)_start_time(_seconds)?", join=J.MAX),
    M(R.RESTARTS, r"kube_pod_container_status_restarts_total|\w*container_restarts?(_total|_count)?"),
    M(R.OOM_KILLS, "kube_pod_container_status_last_terminated_reason", "reason=OOMKilled"),
    M(R.OOM_KILLS, r"container_oom_events_total|node_vmstat_oom_kill|\w*oom_kills?(_total)?"),
    M(R.CERTIFICATE_EXPIRY, r"\w*(cert|ssl|tls)\w*(not_?after|expir|days_left|seconds_left)\w*", join=J.MIN),
)
_CPU = (
    M(R.CPU_LIMIT, "kube_pod_container_resource_limits", "resource=cpu"),
    M(R.CPU_LIMIT, r"kube_pod_container_resource_limits_cpu_cores|\w*cpu_limit(_cores)?"),
    M(R.CPU_LIMIT, "go_sched_gomaxprocs_threads|system_cpu_count|machine_cpu_cores", rank=1),
    M(R.CPU_THROTTLED, "container_cpu_cfs_throttled_seconds_total"),
    M(R.CPU, "process_cpu_seconds_total|(dotnet_)?process_cpu_time_seconds_total|jvm_cpu_time_seconds_total"),
    M(R.CPU, r"jvm_cpu_recent_utili[sz]ation(_ratio)?|process_runtime_jvm_cpu_utili[sz]ation(_ratio)?", rank=2),
    M(R.CPU, "container_cpu_usage_seconds_total", rank=1),
    M(R.CPU, "process_cpu_((user|system)_seconds|seconds_(user|system))_total", rank=9),
    M(R.CPU, r"(process|container|pod)_cpu_(usage|utili[sz]ation|percent|cores)(_\w+)?", rank=2),
    M(R.CPU, "cpu_usage_(milli)?cores", rank=2),
    M(R.OTHER, "node_cpu_seconds_total", "mode=idle|iowait|steal"),
    M(R.CPU, r"node_cpu\w*|system_cpu_usage", rank=8),
    M(R.CPU, r"(\w+_)?cpu(_usage|_utili[sz]ation|_load|_used)?(_percent|_ratio|_pct)?", rank=3),
)
_MEMORY = (
    M(R.MEMORY_LIMIT, r"container_spec_memory_limit_bytes|\w*memory_limit(_bytes)?"),
    M(R.MEMORY_LIMIT, "kube_pod_container_resource_limits", "resource=memory"),
    M(R.MEMORY, r"process_resident_memory_bytes|(dotnet_)?process_(memory_)?working_set(_bytes)?"),
    M(R.MEMORY, "container_memory_working_set_bytes", rank=1),
    M(R.MEMORY, "container_memory_(rss|usage_bytes)", rank=2),
    M(R.HEAP, "(process_runtime_)?jvm_memory_(used_bytes|bytes_used|usage_bytes)", _HEAP),
    M(R.HEAP_LIMIT, "(process_runtime_)?jvm_memory_(max_bytes|bytes_max)", _HEAP),
    M(R.OTHER, r"(process_runtime_)?(jvm|node)_(\w+_)?memory\w*"),
    M(R.MEMORY, "erlang_vm_memory_bytes_total|ruby_rss|puma_rss", "", K.GAUGE),
    M(R.OTHER, r"redis_memory_\w+|mysql_global_status_\w*memory\w*|rabbitmq_\w*resident_memory\w*"),
    M(R.MEMORY, r"(\w+_)?(memory|mem)_(usage|used|rss|resident|working_set)(_(bytes|\w+bytes|[mg]i?b))?", rank=3),
    M(R.MEMORY, r"(\w+_)?(memory|mem)(_usage|_used|_utili[sz]ation)?_(percent|ratio|pct)", join=J.MAX, rank=4),
    M(R.HEAP, "go_memstats_heap_inuse_bytes"),
    M(R.HEAP, "go_memstats_heap_alloc_bytes", rank=1),
    M(R.HEAP, "go_memstats_alloc_bytes", rank=2),
    M(R.HEAP, "nodejs_heap_size_used_bytes|v8js_memory_heap_used_bytes"),
    M(R.HEAP, "process_runtime_go_mem_heap_inuse_bytes", rank=1),
    M(R.HEAP_LIMIT, "nodejs_heap(_size)?_limit_bytes|go_gc_gomemlimit_bytes"),
    M(R.HEAP, r"(process_runtime_)?dotnet_(total_memory_bytes|gc_heap_size\w*|gc_last_collection_heap_size_bytes)"),
    M(R.HEAP, r"\w*heap_(used|in_?use|alloc|live)(_\w*bytes)?", rank=3),
    M(R.ALLOCATION, "go_memstats_alloc_bytes_total|jvm_gc_memory_allocated_bytes_total"),
    M(R.ALLOCATION, "dotnet_gc_(heap_total_)?allocated_bytes_total", rank=1),
)
_RUNTIME = (
    M(R.GOROUTINES, "go_goroutines|go_sched_goroutines_goroutines|go_goroutine_count|process_runtime_go_goroutines"),
    M(R.THREADS_BLOCKED, "jvm_threads_states?(_threads)?|jvm_thread_count", "(jvm_thread_)?state=blocked"),
    M(R.THREADS_BLOCKED, "jvm_threads_deadlocked(_monitor)?", rank=1),
    M(R.OTHER, "jvm_threads_(states?(_threads)?|peak|daemon|started)\\w*"),
    M(R.THREADS, "go_threads|process_(num_)?threads|jvm_threads_(live_threads|live|current)|container_threads"),
    M(R.QUEUE, r"\w*thread_?pool_queue(_length|_size)?(_total)?"),
    M(R.THREADS, r"\w*dotnet_thread_?pool_threads?(_count)?(_total)?", "", K.GAUGE, rank=1),
    M(R.THREADS, r"python_threads|\w*threads?_count", rank=1),
    M(R.GC_TIME, "go_gc_duration_seconds|jvm_gc_(pause|collection)_seconds|nodejs_gc_duration_seconds"),
    M(R.OTHER, r"\w*last_\w*time\w*"),
    M(R.GC_TIME, r"\w*gc_(pause|time|duration)(_time)?(_(seconds|ms|milliseconds))?(_total)?"),
    M(R.GC_RATE, r"python_gc_collections_total|dotnet_collection_count_total|\w*gc_collections?_total"),
    M(R.EVENT_LOOP_LAG, "nodejs_eventloop_lag_seconds", join=J.MAX),
    M(R.EVENT_LOOP_LAG, "nodejs_eventloop_(lag|delay)_(mean|p50)_seconds", join=J.MAX, rank=1),
    M(R.EVENT_LOOP_LAG, r"nodejs_eventloop_(lag|delay)_(p9\d|max)_seconds", join=J.MAX, rank=2),
    M(R.OTHER, r"nodejs_eventloop_\w+"),
    M(R.EVENT_LOOP_LAG, r"\w*(event_?loop|asyncio)\w*_(lag|delay|latency)\w*", join=J.MAX, rank=3),
    M(R.LOCK_WAIT, r"go_sync_mutex_wait_total_seconds_total|\w*(mutex|lock)_wait\w*|\w*lock_contention\w*"),
)
_FILES = (
    M(R.OPEN_FILES_LIMIT, r"process_max_fds|process_files_max_files|\w*max_(open_)?(fds|files|file_descriptors)"),
    M(R.OPEN_FILES, "process_open_fds|process_files_open_files|container_file_descriptors"),
    M(R.OPEN_FILES, r"process_open_handles|(\w+_)?open_(fds|files|file_descriptors)", rank=1),
    M(R.SOCKETS, "nodejs_active_handles", "type=(Socket|TCP\\w*)"),
    M(R.OTHER, r"nodejs_active_\w+"),
    M(R.SOCKETS, r"node_sockstat_tcp_inuse|\w*open_sockets|\w*_sockets(_open)?|\w*tcp_connections\w*"),
    M(R.OTHER, r"node_filesystem_\w+", "fstype=(squashfs|iso9660|udf|erofs|cramfs)"),
    M(R.OTHER, r"\w*(disk|storage)\w*_(limit|watermark|threshold)(_bytes)?|node_filesystem_free_bytes"),
    M(R.DISK_FREE, "(node_filesystem_avail|kubelet_volume_stats_available|disk_free)_bytes", join=J.MIN),
    M(R.DISK_FREE, "node_filesystem_files_free|(kubelet_volume_stats|container_fs)_inodes_free", join=J.MIN),
    M(R.DISK_FREE, r"\w*free_(storage|disk)_space(_\w+)?", join=J.MIN, rank=1),
    M(R.DISK_FREE, r"\w*(disk|filesystem|volume|spool|storage)\w*_(free|avail\w*)(_\w*bytes)?", join=J.MIN, rank=1),
    M(
        R.DISK_USED,
        r"\w*(disk|filesystem|volume|storage)\w*(used|usage|utili[sz]ation)\w*_(percent|ratio|pct)",
        join=J.MAX,
    ),
)
_SERVERS = "pg|postgres|mysql|redis|mongodb|rabbitmq|kafka|nginx|haproxy|memcached|elasticsearch|clickhouse"
_POOLED = r"\w*(pool|connections?|conns?)\w*"
_STATE = "(state|status|type|kind)"
_POOLS = (
    M(R.POOL_WAITING, r"(db|http)_client_connections?_pending_requests|redis_rejected_connections_total"),
    M(R.UPSTREAM_ERRORS, r"envoy_cluster_upstream_cx_connect_(fail|timeout)(_total)?", "", K.COUNTED),
    M(R.POOL_WAITING, r"envoy_cluster_upstream_(rq_pending|cx)_overflow(_total)?", "", K.COUNTED, rank=1),
    M(R.POOL_WAITING, r"mysql_global_status_connection_errors_total", "error=max_connections", rank=1),
    M(R.POOL_WAIT_TIME, r"db_client_connections?_wait_time(_\w+)?"),
    M(R.POOL_WAITING, r"db_client_connections?_timeouts(_total)?", rank=1),
    M(R.POOL_MAX, r"db_client_connections?_max|phpfpm_total_processes"),
    M(R.OTHER, r"db_client_connections?_\w+"),
    M(R.POOL_WAITING, "envoy_cluster_upstream_rq_pending_active", "", K.LEVEL, rank=1),
    M(R.POOL_IN_USE, "phpfpm_active_processes"),
    M(R.OTHER, r"phpfpm_(idle_processes|max_\w+|listen_queue_length|start_\w+)"),
    M(R.POOL_MAX, "go_sql_max_open_connections|(hikaricp|jdbc)_connections_max|pg_settings_max_connections"),
    M(R.POOL_MAX, "mysql_global_variables_max_connections|redis_config_maxclients|puma_max_threads"),
    M(R.POOL_IN_USE, "mysql_global_status_threads_connected|redis_connected_clients|puma_busy_threads"),
    M(R.POOL_MAX, "tomcat_threads_config_max_threads|executor_pool_max_threads"),
    M(R.POOL_IN_USE, "go_sql_in_use_connections|(hikaricp|jdbc)_connections_active|pg_stat_activity_count"),
    M(R.POOL_IN_USE, "tomcat_threads_busy_threads|executor_active_threads|pgbouncer_pools_server_active_connections"),
    M(R.POOL_WAITING, "go_sql_wait_count_total|hikaricp_connections_pending|executor_queued_tasks"),
    M(R.POOL_WAITING, "pgbouncer_pools_client_waiting_connections|hikaricp_connections_timeout_total", rank=1),
    M(R.POOL_WAIT_TIME, "go_sql_wait_duration_seconds_total|hikaricp_connections_acquire_seconds"),
    M(R.OTHER, r"go_sql_\w+|hikaricp_connections(_(idle|min|usage\w*|creation\w*))?"),
    M(
        R.POOL_WAIT_TIME,
        rf"{_POOLED}_(wait|acquire|acquisition|checkout|borrow)\w*(_|^)(seconds|duration|time|ms)\w*",
        join=J.MAX,
    ),
    M(R.POOL_WAIT_TIME, r"\w*(acquire|checkout|borrow)_(wait_)?(seconds|duration|time|ms)\w*", join=J.MAX, rank=1),
    M(R.POOL_WAITING, rf"{_POOLED}_(wait\w*|pending|queued?|blocked|timeouts?)(_\w+)?"),
    M(
        R.POOL_MAX,
        rf"{_POOLED}_(max|limit|capacity)(_\w+)?|\w*max_(open_)?(connections|conns)|\w*(max_)?pool_(max_|total_)?size",
    ),
    M(R.OTHER, rf"{_POOLED}_(idle|free|available|overflow)(_\w+)?"),
    M(R.OTHER, _POOLED, f"{_STATE}=(idle|free|available|closed)"),
    M(R.POOL_MAX, _POOLED, f"{_STATE}=(max|limit|capacity|size)", K.LEVEL),
    M(R.POOL_WAITING, _POOLED, rf"{_STATE}=(wait\w*|pending|queued?)", K.LEVEL),
    M(R.POOL_IN_USE, _POOLED, rf"{_STATE}=(in_?use|used|active|busy|checked_?out|acquired|leased)", K.LEVEL),
    M(
        R.POOL_IN_USE,
        rf"{_POOLED}_(in_?use|active|used|busy|checked_?out|acquired|borrowed|leased)(_\w+)?",
        "",
        K.LEVEL,
        rank=1,
    ),
    M(R.POOL_IN_USE, r"\w*(in_?use|active|busy|checked_?out|acquired)_(\w+_)?(connections|conns)", "", K.LEVEL, rank=2),
    M(R.POOL_IN_USE, r"\w*(connections?|conns?|pool)_usage", "", K.LEVEL, rank=3),
    M(R.POOL_IN_USE, r"\w*(workers?|threads?)_(busy|active|in_use)", "", K.LEVEL, rank=3),
    M(R.POOL_MAX, r"\w*(workers?|threads?)_(max|limit|total)", "", K.LEVEL, rank=3),
    M(
        R.SOCKETS,
        r"\w*(open|current|established)_connections|\w*connections_(open|current|established)",
        "",
        K.LEVEL,
        rank=1,
    ),
    M(R.SOCKETS, "node_nf_conntrack_entries", rank=2),
)
_CALL = (
    "request|rpc|http|grpc|handl|quer(y|ies)|call|operation|command|round_?trip|rtt|latency|response|lettuce|mongodb"
)
_OUT = "upstream|outbound|dependency|remote|egress|external|peer|backend|client"
_DURATION = "latency|duration|response_time|request_time|elapsed"
_SIZE = "(size|length|len|depth|messages|tasks|items|entries|bytes|capacity)"
_JOBS = (
    "jobs?|tasks?|cron|batch|migration|startup|backup|compaction|render|build|sync|bgsave|rdb|aof|rewrite|snapshot|dump"
    "|checkpoint|vacuum|maintenance|flush|merge"
)
_FAILURE = "errors?|failures?|failed|exceptions?|panics?|aborted|5xx"
_REQUESTS = (
    M(R.UPSTREAM_ERRORS, rf"({_SERVERS})_up", "", K.LEVEL, J.MIN),
    M(R.UPSTREAM_ERRORS, "haproxy_(backend|server)_up|traefik_service_server_up", "", K.LEVEL, J.MIN),
    M(R.UPSTREAM_ERRORS, "haproxy_backend_status", "state=DOWN", K.LEVEL, J.MAX),
    M(R.OTHER, r"haproxy_\w+_(status|agg_\w+)|haproxy_(process|exporter|listener)_\w+"),
    M(R.ERROR_RATIO, "probe_success", "", K.LEVEL, J.MIN),
    M(R.REQUESTS, r"envoy_(cluster_upstream|http_downstream)_rq(_xx|_completed)?(_total)?", "", K.COUNTED),
    M(R.LATENCY, r"envoy_(cluster_upstream|http_downstream)_rq_time", "", K.TIMED),
    M(R.CACHE_HITS, r"\w*hit_?(ratio|rate|percent|pct)\w*", "", K.LEVEL, J.MEAN),
    M(R.IN_FLIGHT, r"\w*(in_?flight|in_?progress|active_requests|requests_active|concurrent_requests)\w*", "", K.LEVEL),
    M(
        R.QUEUE_LIMIT,
        rf"\w*(queue|backlog|mailbox)\w*_(capacity|limit|max(_{_SIZE})?)|\w*max_queue_{_SIZE}",
        "",
        K.LEVEL,
    ),
    M(R.OTHER, r"\w*queue\w*_(remaining|free|available)(_\w+)?", "", K.LEVEL),
    M(
        R.QUEUE,
        r"\w*(queue|backlog|mailbox)\w*|\w*_queued(_\w+)?|\w*lag(_\w+)?|\w*messages_(ready|unacked\w*|visible\w*)"
        r"|\w*pending\w*",
        "",
        K.LEVEL,
    ),
    M(R.ERROR_RATIO, r"\w*(success|availability)_(percent|ratio|rate|pct)", "", K.LEVEL, J.MIN),
    M(
        R.ERROR_RATIO,
        r"\w*(errors?|5xx|fail\w*)_(percent|ratio|rate|pct)(_\w+)?|\w*(errors?|5xx)_ratio\w*",
        "",
        K.LEVEL,
        J.MAX,
    ),
    M(
        R.LATENCY_TAIL,
        rf"\w*({_DURATION})\w*(p9\d*|p100|max|tail)\w*|\w*p9\d*_?\w*({_DURATION})\w*",
        "",
        K.LEVEL,
        J.MAX,
    ),
    M(R.LATENCY_TAIL, rf"\w*({_CALL})\w*_(seconds|ms|milliseconds)_max", "", K.LEVEL, J.MAX, rank=5),
    M(R.OTHER, r"\w*(^|_)(last|scrape|collector|tx|txn)_\w*", "", K.LEVEL),
    M(R.OTHER, rf"\w*(^|_)({_JOBS})_\w*", "", K.LEVEL),
    M(R.OTHER, rf"\w*(^|_)({_JOBS})_\w*", "", K.TIMED),
    M(R.LATENCY, rf"\w*({_DURATION})\w*", "", K.LEVEL, J.MAX),
    M(R.OTHER, r"\w*(bytes|_size|_length|_rows|_per_rpc)\w*", "", K.TIMED),
    M(R.LATENCY, rf"\w*({_CALL}|{_DURATION}|{_OUT})\w*", "", K.TIMED),
    M(R.ERRORS, r"aws_\w*(5_?xx|error)\w*_count(_sum)?|aws_\w+_errors_sum", "", K.LEVEL),
    M(R.REQUESTS, r"aws_\w+_(request_count|invocations)_sum", "", K.LEVEL),
    M(R.REQUESTS, r"\w*(^|_)(rps|qps)|load_requests|\w*request_(rate|count)", "", K.LEVEL),
    M(R.OTHER, r"\w*bytes_per_\w+"),
    M(R.REQUESTS, r"\w*(requests?|rq|calls|queries|rpcs?|operations)_per_(sec|second|min|minute)", "", K.LEVEL),
    M(R.REQUESTS, r"\w+_per_(sec|second|min|minute)", "", K.LEVEL, rank=5),
    M(R.ERRORS, rf"\w*({_FAILURE})(_\w+)?_total|\w*({_FAILURE})_count", "", K.COUNTED),
    M(R.ERRORS, rf"\w*({_FAILURE})(_total)?", "", K.LEVEL, rank=1),
    M(R.OTHER, r"\w*(retries|retry|cache|bytes|gc|jobs?|lookups)\w*_total", "", K.COUNTED),
    M(
        R.REQUESTS,
        r"grpc_server_handled_total|\w*requests?(_(handled|processed|completed|received))?(_total|_count)?",
        "",
        K.COUNTED,
    ),
    M(R.REQUESTS, r"\w*_(rq|responses|calls|rpcs|queries|handled)_total", "", K.COUNTED),
)
CATALOGUE: tuple[Meaning, ...] = (*LIBRARIES, *_LIFE, *_CPU, *_MEMORY, *_RUNTIME, *_FILES, *_POOLS, *_REQUESTS)
_SHAPES = {Kind.GAUGE: MetricType.GAUGE, Kind.COUNTED: MetricType.COUNTER, Kind.LEVEL: MetricType.UNKNOWN}
PLUMBING = re.compile(r"promhttp_\w+|scrape_\w+|\w+_created|prometheus_(?:tsdb|sd|engine|rule|notifications|remote)\w*")
"""Metrics of the measuring itself, which say nothing of the service."""


@functools.lru_cache(maxsize=8192)  # every instance exports the same metrics
def candidates(name: str, type_: MetricType) -> tuple[Meaning, ...]:
    """The lines of the catalogue that are about a metric (its name without histogram suffixes), in order."""
    spelled = plain_name(name)
    return tuple(line for line in CATALOGUE if line.knows(spelled, type_))


@functools.lru_cache(maxsize=8192)
def shape(name: str) -> MetricType:
    """What the catalogue knows of a metric whose type nobody declares, or whose name misleads; UNKNOWN for most."""
    spelled = plain_name(name)
    told = (line.kind for line in CATALOGUE if line.kind in _SHAPES and re.fullmatch(line.name, spelled))
    return _SHAPES.get(next(told, Kind.ANY), MetricType.UNKNOWN)


def weight(name: str) -> int:
    """How much a metric is worth fetching when not all can be: 0 unknown, 1 buckets, 2 what the catalogue knows."""
    if PLUMBING.fullmatch(name):
        return 0
    names = {plain_name(name), plain_name(family(name))}
    known = any(line.role is not Role.OTHER and re.fullmatch(line.name, each) for line in CATALOGUE for each in names)
    if not known:
        return 0
    return 1 if name.endswith("_bucket") else 2

"""The catalogue: which metric means what. To teach the tool a metric, add one line to CATALOGUE.

A line is a role, a pattern that the whole metric name must match (without _bucket, _sum, _count), the labels that
must match, how series are joined into one, and a rank: of two metrics with one role, the lower rank is preferred.
The first line that fits a series wins, so the particular stands before the general.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from diagnose.signals.naming import family
from diagnose.signals.series import Labels, MetricType, Role


class Join(StrEnum):
    """How the series of one metric become one measure."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    MEAN = "avg"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line of the catalogue. `invert` turns a success ratio into an error ratio (1 - x)."""

    role: Role
    name: re.Pattern[str]
    labels: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = ()
    join: Join = Join.SUM
    rank: int = 0
    invert: bool = False
    types: frozenset[MetricType] = frozenset()


_TIMED = frozenset({MetricType.HISTOGRAM, MetricType.SUMMARY})
_COUNTED = frozenset({MetricType.COUNTER})
_LEVEL = frozenset({MetricType.GAUGE, MetricType.UNKNOWN})


def _line(role: Role, name: str, labels: str = "", join: Join = Join.SUM, rank: int = 0, **more: object) -> Meaning:
    wanted = tuple(
        (re.compile(key), re.compile(value, re.IGNORECASE))
        for key, _, value in (part.partition("=") for part in labels.split("&") if part)
    )
    types: frozenset[MetricType] = more.get("types", frozenset())  # type: ignore[assignment]
    return Meaning(role, re.compile(name), wanted, join, rank, bool(more.get("invert")), types)


R = Role
CATALOGUE: tuple[Meaning, ...] = (
    # life of the process
    _line(R.UP, r"up", join=Join.MIN),
    _line(R.START_TIME, r"(process|container)_start_time(_seconds)?", join=Join.MAX),
    _line(R.RESTARTS, r"kube_pod_container_status_restarts_total|.*container_restarts?(_total|_count)?"),
    _line(R.OOM_KILLS, r"kube_pod_container_status_last_terminated_reason", "reason=OOMKilled"),
    _line(R.OOM_KILLS, r"container_oom_events_total|node_vmstat_oom_kill|.*oom_kills?(_total)?"),
    _line(R.CERTIFICATE_EXPIRY, r".*(cert|ssl|tls).*(not_?after|expir\w*)(_\w+)?", join=Join.MIN),
    # CPU
    _line(R.CPU_THROTTLED, r"container_cpu_cfs_throttled_seconds_total"),
    _line(R.CPU_LIMIT, r"kube_pod_container_resource_limits", "resource=cpu"),
    _line(R.CPU_LIMIT, r"kube_pod_container_resource_limits_cpu_cores|cpu_limit(_cores)?"),
    _line(R.CPU_LIMIT, r"go_sched_gomaxprocs_threads|system_cpu_count|machine_cpu_cores", rank=1),
    _line(R.CPU, r"process_cpu_seconds_total|(dotnet_)?process_cpu_time_seconds_total"),
    _line(R.CPU, r"container_cpu_usage_seconds_total", rank=1),
    _line(R.CPU, r"process_cpu_(user|system)_seconds_total", rank=9),
    _line(R.CPU, r"(process|container)_cpu_(usage|utilization|percent)(_\w+)?", rank=2),
    _line(R.CPU, r"cpu_usage_(milli)?cores", rank=2),
    _line(R.CPU, r"(process_|container_|pod_)?cpu(_usage|_utilization|_load)?(_percent|_ratio|_pct)?", rank=3),
    _line(R.OTHER, r"node_cpu_seconds_total", "mode=idle|iowait|steal"),
    _line(R.CPU, r"node_cpu_seconds_total", rank=8),
    # memory
    _line(R.MEMORY_LIMIT, r"container_spec_memory_limit_bytes|memory_limit(_bytes)?"),
    _line(R.MEMORY_LIMIT, r"kube_pod_container_resource_limits", "resource=memory"),
    _line(R.MEMORY, r"process_resident_memory_bytes|(dotnet_)?process_(memory_)?working_set(_bytes)?"),
    _line(R.MEMORY, r"container_memory_working_set_bytes", rank=1),
    _line(R.MEMORY, r"container_memory_(rss|usage_bytes)", rank=2),
    _line(
        R.MEMORY,
        r"(process_|container_|pod_)?(memory|mem)_(usage|used|rss|resident|working_set)(_(bytes|\w+bytes|mb|gb))?",
        rank=3,
    ),
    _line(
        R.MEMORY,
        r"(process_|container_|pod_)?(memory|mem)(_usage|_used|_utilization)?_(percent|ratio|pct)",
        rank=4,
        join=Join.MAX,
    ),
    _line(R.HEAP, r"go_memstats_heap_inuse_bytes"),
    _line(R.HEAP, r"go_memstats_heap_alloc_bytes", rank=1),
    _line(R.HEAP, r"go_memstats_alloc_bytes", rank=2),
    _line(R.HEAP, r"jvm_memory_used_bytes|jvm_memory_bytes_used", "area=heap"),
    _line(R.HEAP_LIMIT, r"jvm_memory_max_bytes|jvm_memory_bytes_max", "area=heap"),
    _line(R.HEAP, r"nodejs_heap_size_used_bytes"),
    _line(R.HEAP_LIMIT, r"nodejs_heap_size_limit_bytes|nodejs_heap_limit_bytes|go_gc_gomemlimit_bytes"),
    _line(R.HEAP, r"dotnet_(total_memory_bytes|gc_heap_size\w*|gc_last_collection_heap_size_bytes)"),
    _line(R.HEAP, r"\w*heap_(used|in_?use|alloc|live)(_\w*bytes)?", rank=3),
    _line(R.ALLOCATION, r"go_memstats_alloc_bytes_total|jvm_gc_memory_allocated_bytes_total"),
    _line(R.ALLOCATION, r"dotnet_gc_(heap_total_)?allocated_bytes_total", rank=1),
    # runtime
    _line(R.GOROUTINES, r"go_goroutines|go_sched_goroutines_goroutines"),
    _line(R.THREADS_BLOCKED, r"jvm_threads_states?(_threads)?", "state=blocked"),
    _line(R.THREADS_BLOCKED, r"jvm_threads_deadlocked(_monitor)?", rank=1),
    _line(R.OTHER, r"jvm_threads_states?(_threads)?"),
    _line(R.THREADS, r"go_threads|process_(num_)?threads|jvm_threads_(live_threads|current)|container_threads"),
    _line(R.THREADS, r"dotnet_thread_?pool_threads?(_count)?|python_threads|\w*thread_count", rank=1),
    _line(R.GC_TIME, r"go_gc_duration_seconds|jvm_gc_(pause|collection)_seconds|nodejs_gc_duration_seconds"),
    _line(
        R.GC_TIME,
        r"dotnet_gc_pause_time_seconds_total|\w*gc_(pause|time|duration)(_(seconds|ms|milliseconds))?(_total)?",
    ),
    _line(R.GC_RATE, r"python_gc_collections_total|dotnet_(gc_)?collections?(_count)?_total|\w*gc_collections?_total"),
    _line(R.EVENT_LOOP_LAG, r"nodejs_eventloop_lag_seconds", join=Join.MAX),
    _line(R.EVENT_LOOP_LAG, r"nodejs_eventloop_lag_(mean|p50)_seconds", join=Join.MAX, rank=1),
    _line(R.EVENT_LOOP_LAG, r"nodejs_eventloop_lag_(p9\d|max)_seconds", join=Join.MAX, rank=2),
    _line(R.OTHER, r"nodejs_eventloop_\w+"),
    _line(R.EVENT_LOOP_LAG, r"\w*(event_?loop|asyncio_loop|loop)_(lag|delay|latency)\w*", join=Join.MAX, rank=3),
    _line(R.LOCK_WAIT, r"go_sync_mutex_wait_total_seconds_total|\w*(mutex|lock)_wait\w*|\w*lock_contention\w*"),
    # files and sockets
    _line(R.OPEN_FILES_LIMIT, r"process_max_fds|process_files_max_files|(\w+_)?max_(open_)?f(ile_)?d(escriptor)?s"),
    _line(R.OPEN_FILES, r"process_open_fds|process_files_open_files|container_file_descriptors"),
    _line(R.OPEN_FILES, r"process_open_handles|(\w+_)?open_(fds|files|file_descriptors)", rank=1),
    _line(R.SOCKETS, r"nodejs_active_handles", "type=Socket"),
    _line(R.OTHER, r"nodejs_active_\w+"),
    _line(R.SOCKETS, r"container_sockets|node_sockstat_TCP_inuse|\w*open_sockets|\w*tcp_connections\w*"),
    # disk
    _line(
        R.DISK_FREE, r"node_filesystem_avail_bytes|kubelet_volume_stats_available_bytes|disk_free_bytes", join=Join.MIN
    ),
    _line(R.DISK_FREE, r"\w*(disk|filesystem|volume)\w*_(free|avail\w*)(_\w*bytes)?", join=Join.MIN, rank=1),
    _line(
        R.DISK_USED, r"\w*(disk|filesystem|volume)\w*_?(used|usage|utilization)\w*_(percent|ratio|pct)", join=Join.MAX
    ),
    # pools, before connections and queues in general
    _line(R.POOL_MAX, r"go_sql_max_open_connections|hikaricp_connections_max|jdbc_connections_max"),
    _line(R.POOL_MAX, r"tomcat_threads_config_max_threads|executor_pool_max_threads|pg_settings_max_connections"),
    _line(R.POOL_IN_USE, r"go_sql_in_use_connections|hikaricp_connections_active|jdbc_connections_active"),
    _line(R.POOL_IN_USE, r"tomcat_threads_busy_threads|executor_active_threads|pg_stat_activity_count"),
    _line(R.POOL_WAITING, r"go_sql_wait_count_total|hikaricp_connections_pending|executor_queued_tasks"),
    _line(R.POOL_WAITING, r"pgbouncer_pools_client_waiting_connections|hikaricp_connections_timeout_total", rank=1),
    _line(R.POOL_IN_USE, r"pgbouncer_pools_server_active_connections"),
    _line(R.POOL_WAIT_TIME, r"go_sql_wait_duration_seconds_total|hikaricp_connections_acquire_seconds"),
    _line(R.OTHER, r"go_sql_\w+|hikaricp_connections(_(idle|min|usage\w*|creation\w*))?"),
    _line(
        R.POOL_WAIT_TIME,
        r"\w*(pool|connections?|conns?|checkout)\w*_(wait|acquire|acquisition|checkout|borrow)\w*_(seconds|duration|time|ms|milliseconds)\w*",
        join=Join.MAX,
    ),
    _line(
        R.POOL_WAIT_TIME, r"\w*(acquire|checkout|borrow)_(wait_)?(seconds|duration|time|ms)\w*", join=Join.MAX, rank=1
    ),
    _line(R.POOL_WAITING, r"\w*(pool|connections?|conns?)\w*_(wait\w*|pending|queued?|blocked|timeouts?)(_\w+)?"),
    _line(
        R.POOL_MAX,
        r"\w*(pool|connections?|conns?)\w*_?(max|limit|capacity|max_size|total_size)(_\w+)?|\w*max_(connections|conns|pool_size)|\w*pool_size",
    ),
    _line(R.OTHER, r"\w*pool\w*_(idle|free|available|overflow)(_\w+)?"),
    _line(R.OTHER, r"\w*(pool|connections?|conns?)\w*", "(state|status|type|kind)=(idle|free|available|closed)"),
    _line(
        R.POOL_MAX,
        r"\w*(pool|connections?|conns?)\w*",
        "(state|status|type|kind)=(max|limit|capacity|size)",
        types=_LEVEL,
    ),
    _line(
        R.POOL_WAITING,
        r"\w*(pool|connections?|conns?)\w*",
        "(state|status|type|kind)=(wait\\w*|pending|queued?)",
        types=_LEVEL,
    ),
    _line(
        R.POOL_IN_USE,
        r"\w*(pool|connections?|conns?)\w*",
        "(state|status|type|kind)=(in_?use|used|active|busy|checked_?out|acquired|open)",
        types=_LEVEL,
    ),
    _line(
        R.POOL_IN_USE,
        r"\w*(pool|connections?|conns?)\w*_(in_?use|active|used|busy|checked_?out|acquired|borrowed|leased)(_\w+)?|\w*pool_(size_)?used\w*",
        rank=1,
        types=_LEVEL,
    ),
    _line(
        R.POOL_IN_USE,
        r"\w*(in_?use|active|busy|checked_?out|acquired)_(connections|conns|db_connections)",
        rank=2,
        types=_LEVEL,
    ),
    _line(
        R.SOCKETS, r"\w*(open|current|established|server)_?connections\w*|redis_connected_clients", rank=1, types=_LEVEL
    ),
    # caches
    _line(R.CACHE_HITS, r"\w*(cache\w*_)?hit_?(ratio|rate|percent|pct)\w*", join=Join.MEAN, types=_LEVEL),
    # requests: what is waiting, what fails, how long it takes
    _line(
        R.IN_FLIGHT,
        r"\w*(in_?flight|in_?progress|active_requests|requests_active|concurrent_requests|pending_requests)\w*",
        types=_LEVEL,
    ),
    _line(
        R.QUEUE,
        r"\w*(queue|backlog|mailbox)\w*_?(size|length|depth|items|messages|count|jobs|waiting)?(_\w+)?|\w*(consumer|replication)\w*_lag\w*|\w*messages_(ready|unacked\w*)|\w*_pending(_\w+)?",
        types=_LEVEL,
    ),
    _line(
        R.ERROR_RATIO,
        r"\w*(success|availability|ok)_(percent|ratio|rate|pct)",
        join=Join.MIN,
        types=_LEVEL,
        invert=True,
    ),
    _line(
        R.ERROR_RATIO,
        r"\w*(errors?|5xx|fail\w*)_(percent|ratio|rate|pct|rate_(pct|percent))",
        join=Join.MAX,
        types=_LEVEL,
    ),
    _line(
        R.LATENCY_TAIL,
        r"\w*(latency|duration|response_time)\w*(p9\d*|p100|max|tail|9\d(th)?)\w*|\w*p9\d*_?\w*(latency|duration|response_time)\w*",
        join=Join.MAX,
        types=_LEVEL,
    ),
    _line(R.LATENCY, r"\w*(latency|response_time|request_duration|request_time)\w*", join=Join.MAX, types=_LEVEL),
    _line(
        R.LATENCY,
        r"\w*(request|rpc|http|grpc|handler|handling|query|call|operation|command|round_?trip|rtt|latency|response|lettuce|mongodb)\w*",
        types=_TIMED,
    ),
    _line(
        R.OTHER, r"\w*(^|_)(jobs?|tasks?|cron|batch|migration|startup|backup|compaction|render|build)_\w*", types=_TIMED
    ),
    _line(R.LATENCY, r"\w*(duration|elapsed|upstream|outbound|dependency|remote|egress|external)\w*", types=_TIMED),
    _line(
        R.REQUESTS,
        r"\w*(requests?|rq|calls|queries|rpcs?|operations|commands)(_per_(second|minute|sec|min))|\w*(^|_)(rps|qps)|load_requests|\w*request_(rate|count)",
        types=_LEVEL,
    ),
    _line(
        R.ERRORS,
        r"\w*(errors?|failures?|failed|exceptions?|5xx|panics?|aborted)(_\w+)?_total|\w*(errors?|failures?|exceptions?)_count",
        types=_COUNTED,
    ),
    _line(R.ERRORS, r"\w*(errors?|failures?|failed|exceptions?)(_total)?", types=_LEVEL, rank=1),
    _line(
        R.REQUESTS,
        r"grpc_server_handled_total|\w*requests?(_total|_handled_total|_processed_total|_completed_total|_received_total|_count)?|\w*(_rq_total|_responses_total|_calls_total|_rpcs_total|_queries_total|_handled_total)",
        types=_COUNTED,
    ),
)
PLUMBING = re.compile(r"promhttp_\w+|scrape_\w+|\w+_created|prometheus_(?:tsdb|sd|engine|rule|notifications|remote)\w*")
"""Metrics of the measuring itself, which say nothing of the service."""


def meaning(name: str, type_: MetricType, labels: Labels) -> Meaning | None:
    """The first line of the catalogue that fits the series, or None. `name` is without histogram suffixes."""
    return next((line for line in candidates(name, type_) if fits(line, labels)), None)


def candidates(name: str, type_: MetricType) -> tuple[Meaning, ...]:
    """The lines of the catalogue that fit a metric's name and type, whatever its labels are."""
    plain = name.replace(":", "_").replace(".", "_").replace("-", "_").lower() if not name.islower() else name
    return tuple(
        line
        for line in CATALOGUE
        if (not line.types or type_ in line.types) and (line.name.fullmatch(name) or line.name.fullmatch(plain))
    )


def fits(line: Meaning, labels: Labels) -> bool:
    """Whether a series has the labels that the line wants."""
    return all(any(key.fullmatch(k) and value.fullmatch(v) for k, v in labels) for key, value in line.labels)


def weight(name: str) -> int:
    """How much a metric is worth fetching when not all can be: 0 unknown, 1 buckets, 2 and 3 what the catalogue knows."""
    if PLUMBING.fullmatch(name):
        return 0
    known = any(
        line.name.fullmatch(each) and line.role is not Role.OTHER for each in {name, family(name)} for line in CATALOGUE
    )
    if not known:
        return 0
    return 1 if name.endswith("_bucket") else 2

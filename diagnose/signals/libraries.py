"""What libraries call their metrics, where the general lines of the catalogue would take the name for something else.

They stand before those lines. The names are those of OpenTelemetry's conventions (stable and older), Micrometer's
binders, the exporters of pools, and the runtimes' own exporters.
"""

from __future__ import annotations

from diagnose.signals.catalogue import Join, Kind, Meaning
from diagnose.signals.series import Role

M, R, K, J = Meaning, Role, Kind, Join

_KEPT = "(id|jvm_memory_pool_name|pool)=.*(old|tenured).*"  # what outlives the young generation's collections
_YOUNG = "(id|jvm_memory_pool_name|pool)=.*(eden|survivor|nursery|young).*"

_RUNTIMES = (
    M(R.HEAP, "jvm_memory_used_bytes", f"(area|jvm_memory_type)=heap&{_KEPT}"),
    M(R.OTHER, "jvm_memory_used_bytes", _YOUNG),
    M(R.HEAP_LIMIT, "jvm_memory_(max|limit)_bytes", f"(area|jvm_memory_type)=heap&{_KEPT}"),
    M(R.OTHER, "jvm_memory_(max|limit)_bytes", _YOUNG),
    M(R.HEAP_LIMIT, "(process_runtime_)?jvm_memory_limit_bytes", "(type|jvm_memory_type)=heap"),
    M(R.OTHER, "(process_runtime_)?jvm_memory_(limit|committed|init)_bytes|system_memory_limit_bytes"),
    M(R.HEAP, "go_memory_used_bytes", "go_memory_type=other", rank=1),
    M(R.OTHER, "go_memory_used_bytes"),
    M(R.HEAP_LIMIT, "go_memory_limit_bytes|v8js_memory_heap_limit_bytes|v8js_heap_size_limit_bytes"),
    M(R.ALLOCATION, "go_memory_allocated_bytes_total|go_gc_heap_allocs_bytes_total", rank=1),
    M(R.HEAP, "go_memory_classes_heap_objects_bytes|jemalloc_(stats_)?allocated_bytes", rank=2),
    M(R.HEAP, "go_gc_heap_live_bytes", rank=9),
    M(R.CPU_LIMIT, "go_processor_limit|jvm_cpu_count", rank=1),
    M(R.CPU, "process_cpu_time_(ns|ms|nanoseconds|milliseconds)_total"),
    M(R.CPU, "process_runtime_cpython_cpu_time_seconds_total", rank=1),
    M(R.MEMORY, "process_runtime_cpython_memory_bytes", "type=rss", rank=1),
    M(R.OTHER, r"process_runtime_cpython_memory_bytes|process_memory_virtual\w*"),
    M(R.MEMORY, r"rss(_bytes)?|\w+_resident_memory(_bytes)?", rank=1),
    M(R.MEMORY, "vm_memory_total(_bytes)?", "", K.GAUGE, rank=1),
    M(R.THREADS, "ruby_threads(_count)?", rank=1),
    M(R.OPEN_FILES, "process_open_file_descriptors?(_count)?", rank=1),
    M(R.GC_TIME, "go_gc_pauses_seconds|process_runtime_go_gc_pause_ns", rank=1),
    M(R.GC_TIME, "go_cpu_classes_gc_total_cpu_seconds_total", rank=2),
    M(R.GC_RATE, "process_runtime_cpython_gc_count_total|ruby_major_gc_(ops|count)_total"),
    M(R.GC_RATE, "erlang_vm_statistics_garbage_collection_number_of_gcs", "", K.COUNTED),
    M(R.OTHER, r"erlang_vm_statistics_(?!run_queue)\w+|tokio_\w+_duration\w*|dotnet_exceptions_total"),
)
_SERVERS = (
    M(R.OTHER, r"\w+_active_seconds(_max|_gcount|_gsum|_active_count|_duration_sum)?"),  # Micrometer's running timers
    M(R.OTHER, "tomcat_(global|servlet)_request_max_seconds"),  # the longest since the start: it never falls
    M(R.OTHER, r"tomcat_connections_(config_max|keepalive_current)_connections|executor_queue_remaining_tasks"),
    M(R.POOL_MAX, "jetty_threads_config_max"),
    M(R.QUEUE, "jetty_threads_jobs"),
    M(R.SOCKETS, "kestrel_active_connections|nginx_connections_active|haproxy_frontend_current_sessions"),
    M(R.OTHER, r"nginx_connections_\w+"),  # those that wait are kept alive and idle
    M(R.OTHER, r"\w+_connection_(duration|use_time|create_time)\w*", "", K.TIMED),
    M(R.IN_FLIGHT, r"\w*requests_pending", "", K.LEVEL),
    M(R.OTHER, "puma_(thread_)?pool_capacity|puma_running\\w*"),  # the threads that are free
    M(R.REQUESTS, "phpfpm_accepted_connections", "", K.COUNTED),
    M(R.POOL_WAITING, "phpfpm_max_children_reached", "", K.COUNTED, rank=1),
    M(R.OTHER, "phpfpm_slow_requests"),
    M(R.REQUESTS, r"django_http_(requests|responses)_total_by_\w+_total", "", K.COUNTED, rank=1),
    M(R.OTHER, r"\w*request_queue_(time|duration)\w*", "", K.TIMED),
    M(R.QUEUE, r"\w*jobs_waiting(_count)?", "", K.LEVEL),
    M(R.OTHER, r"container_network_\w+|node_network_\w+|probe_http_duration_seconds"),
)
_POOLS = (
    M(R.OTHER, r"active_?record_connection_pool_(connections|dead|idle)"),
    M(R.POOL_WAITING, r"pgxpool_(empty|canceled)_acquire(_count)?(_total)?", "", K.COUNTED),
    M(R.POOL_WAIT_TIME, r"pgxpool_(empty_)?acquire_(duration|wait)\w*", "", K.COUNTED, J.MAX),
    M(R.OTHER, r"pgxpool_(acquire|new_conns|max_\w+_destroy)_count(_total)?"),
    M(R.POOL_IN_USE, "db_client_connections?_(count|usage)", "(db_client_connection_)?state=used"),
    M(R.POOL_IN_USE, "go_sql_stats_connections_in_use|gorm_dbstats_in_use|agroal_active_count"),
    M(R.POOL_MAX, "go_sql_stats_connections_max_open"),
    M(R.POOL_WAITING, "go_sql_stats_connections_waited_for_total", "", K.COUNTED),
    M(R.POOL_WAITING, "agroal_awaiting_count|vertx_(sql|pool)_queue_pending", "", K.LEVEL),
    M(R.POOL_WAIT_TIME, "go_sql_stats_connections_blocked_seconds_total", "", K.COUNTED),
    M(R.OTHER, r"gorm_dbstats_wait_\w+|agroal_\w+|go_sql_stats_\w+|prisma_pool_connections_open"),
    M(R.POOL_WAITING, "prisma_client_queries_wait", "", K.LEVEL),
    M(R.POOL_WAIT_TIME, r"prisma_client_queries_wait_\w+|\w*_query_queue_time_\w+", "", K.TIMED, J.MAX),
    M(R.OTHER, r"\w*_query_(execution|decode|idle)_time_\w+", "", K.TIMED),
    M(R.LATENCY, r"\w*(db|sql)_runtime_(seconds|milliseconds|ms)", "", K.TIMED),
)
LIBRARIES: tuple[Meaning, ...] = (*_RUNTIMES, *_SERVERS, *_POOLS)

"""The faults of this service, with the words of which any names the culprit."""

from __future__ import annotations

from dials import Fault

_MEMORY = ("/parcel/item", "find_parcel", "process_resident_memory")
_CPU = ("score_mass", "/parcel", "list_parcel", "process_cpu")
_POOL = ("pool", "connection", "submit_parcel", "list_parcel")
_BUG = ("format_owner", "find_parcel", "/parcel/item")

FAULTS = (
    Fault("grow_map", "memory-leak", ("remember_parcel", *_MEMORY), "growth by a map"),
    Fault("grow_memo", "memory-leak", ("remember_parcel", *_MEMORY), "memoised calls without bound"),
    Fault("grow_listeners", "memory-leak", ("remember_listener", *_MEMORY), "listeners never removed"),
    Fault("grow_batch", "oom-kill", ("run_manifest", "SIGKILL", "process_resident_memory"), "a batch kept in memory"),
    Fault("files_open", "fd-leak", ("read_template", "Too many open files", "process_open_fds"), "files never closed"),
    Fault("sockets_unread", "connection-leak", ("routing",), "answers never read"),
    Fault("client_per_call", "connection-leak", ("routing",), "a client per call"),
    Fault("cpu_regex", "cpu-hotspot", _CPU, "patterns compiled per request"),
    Fault("cpu_quadratic", "cpu-hotspot", _CPU, "quadratic work"),
    Fault("cpu_hash", "cpu-hotspot", _CPU, "key derivation per request"),
    Fault("gc_each", "gc-pressure", ("python_gc", "list_parcel", "/parcel"), "collections forced on a large heap"),
    Fault("lock_wide", "lock-contention", ("update_totals", "lock", "/parcel"), "a lock held over slow work"),
    Fault("lock_order", "deadlock", ("reserve_stock", "release_stock", "lock"), "two locks in opposite order"),
    Fault("pool_leak", "db-pool-exhaustion", _POOL, "connections never given back"),
    Fault("pool_slow", "db-pool-exhaustion", _POOL, "connections held too long"),
    Fault("bug_none", "application-error", (*_BUG, "AttributeError", "NoneType"), "attribute of None"),
    Fault("bug_key", "application-error", (*_BUG, "KeyError"), "missing key"),
    Fault("bug_value", "application-error", (*_BUG, "ValueError"), "malformed value"),
    Fault("crash", "crash-loop", ("run_manifest", "TypeError"), "exception in the main thread"),
    Fault("metrics_broken", "monitoring-gap", ("/metrics", "scrape"), "exporter fails"),
    Fault("metrics_hang", "monitoring-gap", ("/metrics", "scrape"), "exporter hangs"),
    Fault("trickle", "healthy", (), "a few errors all the time"),
)

"""Which part of a structured record a key names, across logging libraries."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache


class Role(IntEnum):
    """What the value of a key is."""

    FIELD = 0
    TIME = 1
    LEVEL = 2
    MESSAGE = 3
    ERROR = 4
    STACK = 5
    NOISE = 6


# In each list, an earlier key wins over a later one of the same record.
_KEYS = {
    Role.TIME: (
        "@timestamp time ts timestamp @t t datetime date asctime __realtime_timestamp timeunixnano time_unix_nano "
        "instant eventtime event_time log.time written_at logged_at _source_realtime_timestamp observedtimeunixnano "
        "observedtimestamp @fields.ts event.created"
    ),
    Role.LEVEL: (
        "level lvl log.level severitytext severity_text severity levelname level_name loglevel log_level @l s "
        "@fields.lvl @fields.level severitynumber severity_number priority"
    ),
    Role.MESSAGE: (
        "msg message @mt messagetemplate @m renderedmessage rendermessage short_message @fields.msg @fields.message "
        "body body.stringvalue log event text full_message @message textpayload line"
    ),
    Role.ERROR: (
        "err.message error.message exception.message err.msg err error @fields.err exception error_message "
        "errormessage errmsg err_msg panic @x exc_info thrown.message error.msg error.reason cause reason detail "
        "details failure exception.type error.type err.name"
    ),
    Role.STACK: (
        "stack stacktrace stack_trace error.stack_trace err.stack error.stack exception.stacktrace exception.stack "
        "exception.stacktrace errorverbose err.verbose traceback backtrace thrown.extendedstacktrace trace.stack"
    ),
    Role.NOISE: "__cursor __monotonic_timestamp _boot_id _machine_id _cap_effective _selinux_context _transport "
    "_systemd_cgroup _systemd_invocation_id _cmdline _exe _gid _uid flags",
}
ROLES = {key: (role, rank) for role, keys in _KEYS.items() for rank, key in enumerate(keys.split())}
_LATE = 1000
# What log stores and collectors put records into; a key within says what it says outside, but comes after those.
_ENVELOPES = ("jsonpayload", "_source", "record", "payload", "meta", "metadata", "data", "fields", "properties", "json")
_WITHIN = frozenset({Role.TIME, Role.LEVEL, Role.MESSAGE, Role.ERROR, Role.STACK})
_VAGUE = frozenset({"cause", "reason", "detail", "details", "failure"})  # within an envelope as often no error at all


@lru_cache(maxsize=4096)
def role_of(key: str) -> tuple[Role, int]:
    """The role of a key and its rank among keys of that role; unknown keys that speak of time come last there."""
    lowered = key.lower()
    known = ROLES.get(lowered)
    if known is not None:
        return known
    envelope, _, inner = lowered.partition(".")
    if (
        envelope in _ENVELOPES
        and (within := ROLES.get(inner)) is not None
        and within[0] in _WITHIN
        and inner not in _VAGUE
    ):
        return within[0], _LATE + within[1]
    if "timestamp" in lowered or lowered.endswith(("_time", "datetime", ".time")):
        return (Role.TIME, _LATE + len(lowered))
    return (Role.FIELD, 0)

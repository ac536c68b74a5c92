"""What people call the roles of measures, in lower case, as a title begins or goes on with them."""

from __future__ import annotations

from diagnose.signals.series import Role

PLURAL = {
    Role.GOROUTINES,
    Role.THREADS,
    Role.OPEN_FILES,
    Role.SOCKETS,
    Role.REQUESTS,
    Role.ERRORS,
    Role.RESTARTS,
    Role.IN_FLIGHT,
    Role.POOL_IN_USE,
    Role.POOL_WAITING,
    Role.UPSTREAM_REQUESTS,
    Role.UPSTREAM_ERRORS,
}
_NOUNS = {
    Role.CPU: "cpu use",
    Role.GC_TIME: "garbage collection time",
    Role.GC_RATE: "rate of garbage collections",
    Role.LATENCY_TAIL: "tail latency",
    Role.IN_FLIGHT: "requests in flight",
    Role.POOL_IN_USE: "connections in use",
    Role.POOL_MAX: "connections allowed",
    Role.POOL_WAITING: "waits for a connection",
    Role.POOL_WAIT_TIME: "time waited for a connection",
    Role.UPSTREAM_REQUESTS: "calls to dependencies",
    Role.UPSTREAM_LATENCY: "latency of dependencies",
    Role.UPSTREAM_ERRORS: "failed calls to dependencies",
    Role.LOCK_WAIT: "time waited for locks",
}


def noun(role: Role) -> str:
    """A role in plain words, such as `connections in use`."""
    return _NOUNS.get(role) or role.replace("-", " ")

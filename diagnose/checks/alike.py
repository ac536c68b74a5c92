"""Causes that look the same from outside: what one symptom alone cannot tell apart.

A finding that rests on such a symptom names them as its `alike`; only other findings can set them apart.
"""

from __future__ import annotations

CALLS_FAIL = (
    "auth-failure",
    "bad-config",
    "dependency-down",
    "dns-failure",
    "rate-limited",
    "tls-certificate",
)
"""Calls to somebody else fail, and nothing says why."""

REQUESTS_FAIL = (*CALLS_FAIL, "bad-deploy", "db-pool-exhaustion", "disk-full", "fd-leak")
"""Requests fail, and nothing says why."""

REQUESTS_WAIT = ("db-pool-exhaustion", "deadlock", "lock-contention", "slow-dependency")
"""Requests wait, and nothing says for whom; those that wait hold goroutines, threads, files and memory."""

NOBODY_ANSWERS = ("auth-failure", "dependency-down")
"""A pool is empty because whoever is behind it lets nobody in."""

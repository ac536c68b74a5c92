"""The causes that the tool knows by itself; a playbook may add its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "goroutine-leak": "Goroutines wait for something that never comes",
        "memory-leak": "Memory is kept that nobody needs any more",
        "connection-leak": "Connections are opened and never closed or reused",
        "fd-leak": "Files or sockets are opened and never closed",
        "cpu-hotspot": "A piece of code burns the processor",
        "gc-pressure": "The garbage collector takes the time that requests need",
        "lock-contention": "Many wait for one lock",
        "deadlock": "Locks wait for one another in a circle",
        "db-pool-exhaustion": "The database connection pool is used up",
        "slow-dependency": "Something that the service calls has become slow",
        "dependency-down": "Something that the service calls cannot be reached",
        "auth-failure": "Credentials are refused",
        "rate-limited": "Something that the service calls limits its requests",
        "tls-certificate": "A certificate is expired or not trusted",
        "dns-failure": "Names cannot be resolved",
        "disk-full": "A file system has no space left",
        "oom-kill": "The process was killed because it used too much memory",
        "crash-loop": "The process dies and is started again and again",
        "application-error": "The application's own code fails",
        "bad-deploy": "A new version brought the trouble",
        "bad-config": "A changed or missing setting brought the trouble",
        "traffic-surge": "More requests arrive than the service can carry",
        "traffic-drop": "Requests no longer arrive",
        "monitoring-gap": "The monitoring itself is broken",
        "healthy": "Nothing is wrong",
        "inconclusive": "The evidence does not single out a cause",
    }
)
"""Cause ids with a title each."""

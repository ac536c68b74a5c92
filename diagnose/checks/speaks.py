"""What a yes of each check would say of causes, before anybody has asked it.

A finding brings its own weights, and an answer that is unknown has none: this tells which question is worth asking.
"""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.checks.catalog import Value
from diagnose.checks.resources import SPEAKS
from diagnose.checks.stacks import CAUSE_OF

_SURE: Mapping[str, Mapping[str, float]] = {
    "config.changed": {"bad-config": 3.0},
    "connections.keep_growing": {"connection-leak": 3.5},
    "cpu.hot": {"cpu-hotspot": 2.0},
    "cpu.jumped": {"cpu-hotspot": 2.0, "gc-pressure": 1.0, "slow-dependency": -1.5, "lock-contention": -1.5},
    "files.opened_by": {"fd-leak": 0.5},
    "gc.busier": {"gc-pressure": 2.0},
    "gc.dominates": {"gc-pressure": 4.0, "cpu-hotspot": -1.0},
    "heap.connections": {"connection-leak": 4.0},
    "heap.grew": {"memory-leak": 2.5, "oom-kill": 0.5},
    "locks.contended": {"lock-contention": 4.0},
    "log.errors": {"application-error": 2.5},
    "memory.exhausted": {"memory-leak": 4.0},
    "memory.killed": {"oom-kill": 5.0},
    "metrics.stopped": {"monitoring-gap": 6.0, "healthy": -1.0},
    "pool.exhausted": {"db-pool-exhaustion": 4.0},
    "requests.stalled": {"deadlock": 3.0},
    "requests.wait_inside": {"lock-contention": 3.0},
    "restarts.repeated": {"crash-loop": 4.0, "oom-kill": 1.0},
    "symptom.present": {"healthy": -5.0},
    "traffic.dropped": {"traffic-drop": 3.0},
    "traffic.surged": {"traffic-surge": 4.0},
    "upstream.fails": {"dependency-down": 3.5},
    "upstream.slow": {"slow-dependency": 4.0},
    "version.changed": {"bad-deploy": 2.5},
}
_PROBED = {
    "runs": {"dependency-down": 3.0},
    "name": {"dns-failure": 3.0},
    "port": {"dependency-down": 3.0},
    "mapping": {"bad-config": 3.0},
    "tls": {"tls-certificate": 3.0},
    "login": {"auth-failure": 3.0},
}
"""Less than a yes then weighs: a probe speaks of now, and what was said and counted in the window comes first."""


def speaks(check: str, parameters: Mapping[str, Value]) -> Mapping[str, float]:
    """Log-odds by cause of a yes at full strength; empty where a check names no cause or is a package's."""
    match check:
        case "log.says":
            return {str(parameters.get("cause", "")): 4.0}
        case "goroutines.stuck":
            return {CAUSE_OF[kind]: 4.0} if (kind := str(parameters.get("kind", ""))) in CAUSE_OF else {}
        case "resource.grows" | "resource.keeps_growing":
            return SPEAKS.get(str(parameters.get("what", "")), {})
        case "probe.fails":
            return _PROBED.get(str(parameters.get("step", "")), {})
        case _:
            return _SURE.get(check, {})

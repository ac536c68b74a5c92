"""How sure the verdict is: findings speak for and against causes in log-odds, and the sums are compared.

A naive Bayes classifier in log space: every finding adds its weights, the leaf that the walk reached adds LEAF,
unknown answers on the way take UNKNOWN off, and a softmax of temperature TEMPERATURE turns sums into shares.
The constants are fitted on recorded incidents (see docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.diagnosis import RankedCause
from diagnose.playbook.walk import Walk

LEAF = 4.0
UNKNOWN = 0.1
TEMPERATURE = 1.5
CEILING = 0.97
FLOOR = 0.35

CAUSES = (
    "goroutine-leak",
    "memory-leak",
    "connection-leak",
    "fd-leak",
    "cpu-hotspot",
    "gc-pressure",
    "lock-contention",
    "deadlock",
    "db-pool-exhaustion",
    "slow-dependency",
    "dependency-down",
    "auth-failure",
    "rate-limited",
    "tls-certificate",
    "dns-failure",
    "disk-full",
    "oom-kill",
    "crash-loop",
    "application-error",
    "bad-deploy",
    "bad-config",
    "traffic-surge",
    "traffic-drop",
    "monitoring-gap",
    "healthy",
)


def rank(walk: Walk, findings: Mapping[str, Finding]) -> tuple[RankedCause, ...]:
    """All causes that anything speaks for, the walk's first; shares add up to at most one."""
    sums = dict.fromkeys(CAUSES, 0.0) | {walk.leaf.cause: 0.0}
    for finding in findings.values():
        for cause, weight in finding.weights.items():
            sums[cause] = sums.get(cause, 0.0) + weight
    doubts = sum(1 for step in walk.steps if step.answer is Answer.UNKNOWN)
    if walk.leaf.cause != "inconclusive":
        sums[walk.leaf.cause] += LEAF - UNKNOWN * doubts
    shares = _softmax({cause: total for cause, total in sums.items() if cause != "inconclusive"})
    ranked = [_ranked(cause, min(share, CEILING), findings) for cause, share in shares.items()]
    first = walk.leaf.cause
    told = [one for one in ranked if one.confidence >= 0.01 or one.cause == first]
    return tuple(sorted(told, key=lambda one: (one.cause != first, -one.confidence, one.cause)))


def _softmax(sums: Mapping[str, float]) -> dict[str, float]:
    top = max(sums.values())
    powers = {cause: math.exp((total - top) / TEMPERATURE) for cause, total in sums.items()}
    whole = sum(powers.values())
    return {cause: power / whole for cause, power in powers.items()}


def _ranked(cause: str, share: float, findings: Mapping[str, Finding]) -> RankedCause:
    speaking = [(finding.weights.get(cause, 0.0), finding) for _, finding in sorted(findings.items())]
    pro = dict.fromkeys(one.id for weight, finding in speaking if weight > 0 for one in finding.evidence)
    contra = dict.fromkeys(one.id for weight, finding in speaking if weight < 0 for one in finding.evidence)
    return RankedCause(cause, round(share, 4), tuple(pro), tuple(one for one in contra if one not in pro))

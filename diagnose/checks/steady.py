"""What is bad in itself although nothing changed: a window that lies inside the trouble looks calm."""

from __future__ import annotations

from diagnose.checks.case import Case
from diagnose.signals.events import Level
from diagnose.signals.series import Role

FAILING_SHARE = 0.05  # of requests: what alerts on failing requests commonly take
SLOW_S = 1.0  # mean latency: the least that Grafana Sift calls a slow request
LOUD_SHARE = 0.2  # of log lines


def bad_throughout(case: Case) -> str:
    """What is bad in itself all through the window, in words; empty when nothing is."""
    ratio, latency = case.steady(Role.ERROR_RATIO), case.steady(Role.LATENCY)
    if ratio is not None and ratio >= FAILING_SHARE:
        return f"{ratio:.0%} of the requests fail"
    if latency is not None and latency >= SLOW_S:
        return f"requests take {latency:.2g} s"
    return "" if ratio is not None else _loud(case)


def _loud(case: Case) -> str:
    logs = case.evidence.logs
    if logs is None:
        return ""
    lines = {level: int(counts.sum()) for level, counts in logs.levels.items()}
    loud, told = lines.get(Level.ERROR, 0) + lines.get(Level.FATAL, 0), sum(lines.values())
    if loud >= 20 and loud >= LOUD_SHARE * told:
        return f"{loud / told:.0%} of the log lines are errors"
    return ""

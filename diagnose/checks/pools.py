"""Whether callers wait for a pool of connections, and who may lie behind it."""

from __future__ import annotations

import re
from itertools import takewhile

import numpy as np

from diagnose.checks.alike import NOBODY_ANSWERS
from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, yes
from diagnose.checks.observe import of_change, of_pattern
from diagnose.checks.resources import no_metric
from diagnose.checks.words import named
from diagnose.signals.evidence import Signal
from diagnose.signals.series import Measure, Role

_SERVERS = ("pg_stat_activity", "mysql_global_status", "redis_connected")  # their limits are settings of other names
_WORKERS = re.compile(r"worker|thread|executor|process", re.IGNORECASE)  # they work; connections are borrowed
LOCKED = "lock-contention"
OUTRIGHT = 0.8  # strength from which words leave no doubt
ANSWERS = 0.2  # share of failing requests up to which whoever is behind the pool does answer
CLIMB_S = 10.0  # for so long connections are taken one after the other before a pool that leaks is empty
POOL = (Role.POOL_IN_USE, Role.POOL_WAITING, Role.POOL_WAIT_TIME)


def exhausted(case: Case, *, full: float, at_least: float) -> Finding:
    """Whether callers wait for a pool of connections: all in use, waits counted, or the log says so."""
    waiting = case.change(Role.POOL_WAITING, Role.POOL_WAIT_TIME, up=True)
    filled = _filled(case, full)
    words = [pair for pair in named(case, "db-pool-exhaustion") if pair[0].strength * pair[1].weight >= at_least]
    evidence: list[Observation] = [of_pattern(case, move) for move, _ in words[:2]]
    told: list[str] = []
    if waiting is not None:
        evidence.append(of_change(case, waiting))
        told.append(f"callers wait for a connection ({waiting.observed:.3g} {waiting.measure.unit})".replace(" )", ")"))
    if filled is not None:
        told.append(f"{filled[1]:.0f} of {filled[2]:.0f} connections are in use")
        rise = case.change(Role.POOL_IN_USE, up=True)
        evidence += [of_change(case, rise)] if rise else []
    if words:
        told.append(f"the log says: {words[0][0].pattern.template[:120]}")
    strengths = [
        waiting.strength if waiting else 0.0,
        0.8 if filled else 0.0,
        words[0][0].strength * words[0][1].weight if words else 0.0,
    ]
    if not told:
        if not case.of(*POOL) and not heard(case):
            return no_metric(case, POOL)
        against = -2.5 if case.of(*POOL) else -0.5  # whoever waits for a pool may only log that time ran out
        return no("no pool of connections is short", weights={"db-pool-exhaustion": against})
    if waiting is None and not words and filled is not None and not _turned_away(case, filled[0]):
        return no(f"{told[0]}, but nobody waits", weights={})
    behind = _named_behind(case) if words else _behind(case, filled[0] if filled else None)
    gone = dict.fromkeys(set(behind) & set(NOBODY_ANSWERS), 1.0)
    gone |= dict.fromkeys(set(behind) & {LOCKED}, 4.0)
    pool = (filled[0].detail if filled else waiting.measure.detail if waiting else "") or "connection pool"
    return yes(
        "; ".join(told),
        strength=max(strengths),
        weights={"db-pool-exhaustion": 2.0, **gone} if gone else {"db-pool-exhaustion": 4.0},
        evidence=tuple(evidence),
        culprit=Culprit("resource", pool, "connection pool"),
        alike=behind,
    )


def _named_behind(case: Case) -> tuple[str, ...]:
    """Who else the log blames as surely: callers wait for connections because none can be made, or none comes free.

    Whoever waits for a lock in the database keeps its connection; a pool that is empty makes nobody wait for a lock.
    """
    causes = (*NOBODY_ANSWERS, LOCKED)
    said = {cause: [m.strength * s.weight for m, s in named(case, cause)] for cause in causes}
    return tuple(cause for cause in causes if max(said[cause], default=0.0) >= OUTRIGHT)


def _behind(case: Case, used: Measure | None) -> tuple[str, ...]:
    """What may lie behind an empty pool: nothing else where it leaked, and nobody gone where requests succeed."""
    if used is not None and (used.name.startswith(_SERVERS) or _leaked(case, used)):
        return ()
    failing = case.level(Role.ERROR_RATIO)
    return ("slow-dependency",) + (() if failing and failing[1] <= ANSWERS else NOBODY_ANSWERS)


def _leaked(case: Case, used: Measure) -> bool:
    """Whether the connections in use climbed step by step, before anyone waited, and never came back."""
    waiting = case.change(Role.POOL_WAITING, Role.POOL_WAIT_TIME, up=True)
    inside = np.isfinite(used.values) & (used.times >= case.incident.start - CLIMB_S)
    times, values = used.times[inside], used.values[inside]
    if not values.size or waiting is None:
        return False
    full = int(np.argmax(values >= values.max()))
    taken = values[: full + 1] > _quiet(case, used) + 1
    began = times[: full + 1][taken]
    steps = np.unique(values[: full + 1][taken]).size
    stays = float(np.mean(values[full:] >= 0.9 * values.max())) > 0.9
    return bool(stays and steps >= 3 and began.size and times[full] - began[0] >= CLIMB_S)


def _turned_away(case: Case, used: Measure) -> bool:
    """Whether callers suffer from a full pool: they wait, or it is a server's, which lets nobody else in."""
    return (
        used.name.startswith(_SERVERS)
        or case.change(Role.LATENCY, Role.LATENCY_TAIL, Role.IN_FLIGHT, up=True) is not None
    )


def _filled(case: Case, full: float) -> tuple[Measure, float, float] | None:
    limits = case.of(Role.POOL_MAX)
    for used in case.of(Role.POOL_IN_USE):
        limit = max(limits, key=lambda one: (one.detail == used.detail, _alike(one.name, used.name)), default=None)
        works = _WORKERS.search(used.name) and not used.name.startswith(_SERVERS)
        if limit is None or works or not _of_one_pool(limit.name, used.name):
            continue
        most, before = _peak(case, used), _quiet(case, used)
        size = float(np.nanmax(limit.values)) if np.isfinite(limit.values).any() else 0.0
        if size > 0 and most >= full * size and before < full * size:
            return used, most, size
    return None


def _of_one_pool(limit: str, used: str) -> bool:
    return _alike(limit, used) >= 2 or (used.startswith(_SERVERS) and _alike(limit, used) >= 1)


def _alike(name: str, other: str) -> int:
    """How many leading words two metric names share."""
    words = zip(name.split("_"), other.split("_"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], words))


def _peak(case: Case, measure: Measure) -> float:
    inside = measure.values[measure.times >= case.incident.start]
    inside = inside[np.isfinite(inside)]
    return float(np.percentile(inside, 75)) if inside.size else 0.0


def _quiet(case: Case, measure: Measure) -> float:
    before = measure.values[measure.times < case.incident.start]
    before = before[np.isfinite(before)]
    return float(np.median(before)) if before.size else 0.0


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which messages count")

CHECKS = (
    Check(
        CheckSpec(
            "pool.exhausted",
            "Do callers wait for a pool of connections?",
            {"full": ParameterSpec(float, 0.95, "ratio"), "at_least": _AT_LEAST},
            (Signal.METRIC, Signal.LOG),
        ),
        exhausted,
    ),
)

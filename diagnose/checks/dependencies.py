"""What the service calls: whether it answers slowly, or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from diagnose.checks.alike import CALLS_FAIL, REQUESTS_WAIT
from diagnose.checks.case import Case, heard
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, no, unknown, yes
from diagnose.checks.labels import labelled
from diagnose.checks.logs.moves import PatternMove
from diagnose.checks.logs.signatures import Signature
from diagnose.checks.metrics.changes import MetricChange
from diagnose.checks.observe import of_change, of_pattern
from diagnose.checks.resources import no_metric
from diagnose.checks.words import alarming, blamed, named
from diagnose.signals.evidence import Signal
from diagnose.signals.series import Measure, Role

_UPSTREAM = (Role.UPSTREAM_LATENCY, Role.UPSTREAM_REQUESTS, Role.UPSTREAM_ERRORS)
_PEER = (
    "server_address",
    "net_peer_name",
    "peer_service",
    "remote_service",
    "client_name",
    "clientname",
    "upstream",
    "target",
    "peer",
    "dependency",
    "remote",
    "backend",
    "destination",
    "server",
    "host",
    "client",
    "to",
)
_STATISTIC = re.compile(r"(?:^|\s)(?:p\d+|ratio|mean|max)$")
UNNAMED = dict.fromkeys(CALLS_FAIL, 0.7) | {"dependency-down": 1.0, "bad-config": 0.4}
UPSTREAM = 0.9  # weight of words from which they say that somebody else kept one waiting
TIMED_OUT = 0.2  # share of the failing calls that time-outs must be
_WATCHED = re.compile(r"(?:^|_)up$|_status$")


def dependency_of(case: Case, measure: Measure) -> str:
    """What a client metric calls the other side: by its labels, by the only one that is split out, or by its name."""
    labels = dict(measure.labels)
    named = next((labels[label] for label in _PEER if labels.get(label)), "")
    port = labels.get("server_port") or labels.get("net_peer_port")
    if named and port:
        return f"{named}:{port}"
    split = {m.detail for m in case.of(*_UPSTREAM) if m.detail and not _STATISTIC.search(m.detail)}
    return named or measure.detail or (split.pop() if len(split) == 1 else "") or measure.name


def upstream_slow(case: Case, *, ratio: float, at_least: float) -> Finding:
    """Whether a dependency answers much more slowly than before, by its own metric or by time-outs in the log."""
    change = _slower(case)
    words = [pair for pair in named(case, "slow-dependency") if pair[0].strength >= at_least]
    if change is None or change.strength < at_least or not _explains(case, change, ratio):
        return _timed_out(case, words) if words else _not_slow(case)
    name = dependency_of(case, change.measure)
    return yes(
        f"{name} answers in {change.observed:.3g} s instead of {change.baseline:.3g} s",
        strength=change.strength,
        weights={"slow-dependency": 4.0},
        evidence=(of_change(case, change), *(of_pattern(case, m) for m, _ in words[:2])),
        culprit=Culprit("dependency", name, change.measure.name),
    )


def _not_slow(case: Case) -> Finding:
    if counted := labelled(case, "slow-dependency", share=TIMED_OUT):
        return counted
    if case.of(Role.UPSTREAM_LATENCY):
        return no("dependencies answer as before", weights={"slow-dependency": -2.5})
    if not heard(case):
        return no_metric(case, (Role.UPSTREAM_LATENCY,))
    return unknown("no metric tells how fast the dependencies answer, and no time-out was logged")


def _timed_out(case: Case, words: Sequence[tuple[PatternMove, Signature]]) -> Finding:
    """Time-outs that were logged: only those that name somebody else tell him from a pool and a lock."""
    move, signature = words[0]
    vague = signature.weight < UPSTREAM
    if vague and case.of(Role.UPSTREAM_LATENCY):
        silent = unknown("time-outs were logged, and the dependencies that are measured answer as before")
        return replace(silent, weights={"slow-dependency": 0.5})
    return yes(
        f"time-outs in the log: {move.pattern.template[:160]}",
        strength=move.strength * signature.weight,
        weights={"slow-dependency": 2.0, "db-pool-exhaustion": 0.5},
        evidence=tuple(of_pattern(case, m) for m, _ in words[:3]),
        culprit=blamed(move.pattern),
        alike=("dependency-down", *(REQUESTS_WAIT if vague else ())),
    )


def _slower(case: Case) -> MetricChange | None:
    """The dependency whose mean latency rose most; a tail, which jumps between buckets, only where no mean is told."""
    means = any(not _STATISTIC.search(measure.detail) for measure in case.of(Role.UPSTREAM_LATENCY))
    rising = [c for c in case.changes if c.measure.role is Role.UPSTREAM_LATENCY and c.direction > 0]
    lasting = [c for c in rising if c.kind != "spike" and not (means and _STATISTIC.search(c.measure.detail))]
    return max(lasting, key=lambda c: (c.strength, c.measure.detail != ""), default=None)


def _explains(case: Case, upstream: MetricChange, ratio: float) -> bool:
    """Whether the dependency is much slower, by enough to account for what the requests lost."""
    if upstream.observed < ratio * max(upstream.baseline, 1e-9):
        return False
    own = case.change(Role.LATENCY, up=True)
    return own is None or upstream.observed - upstream.baseline >= 0.2 * (own.observed - own.baseline)


def upstream_fails(case: Case, *, at_least: float) -> Finding:
    """Whether a dependency refuses or breaks connections, by its own metric or by the log."""
    down = _found_down(case)
    change = down or case.change(Role.UPSTREAM_ERRORS, up=True)
    words = [pair for pair in named(case, "dependency-down") if pair[0].strength >= at_least]
    if change is None and not words:
        if not case.of(Role.UPSTREAM_ERRORS) and not heard(case):
            return no_metric(case, (Role.UPSTREAM_ERRORS,))
        # Few services measure all that they call; a log speaks of any.
        against = -2.0 if heard(case) else -0.5
        return no("no dependency refuses or breaks connections", weights={"dependency-down": against})
    if change is None:
        move, signature = words[0]
        return yes(
            f"the log says: {move.pattern.template[:160]}",
            strength=move.strength * signature.weight,
            weights={"dependency-down": 3.5},
            evidence=tuple(of_pattern(case, m) for m, _ in words[:3]),
            culprit=blamed(move.pattern),
        )
    name = dependency_of(case, change.measure)
    told = {"dependency-down": 3.5} if words or down else {"dependency-down": 2.5} if alarming(case) else UNNAMED
    return yes(
        f"calls to {name} fail: {change.baseline:.3g} → {change.observed:.3g} per second",
        strength=change.strength,
        weights={**told, "application-error": -2.0},
        evidence=(of_change(case, change), *(of_pattern(case, m) for m, _ in words[:2])),
        culprit=Culprit("dependency", name, change.measure.name),
        alike=() if words or down else CALLS_FAIL,
    )


def _found_down(case: Case) -> MetricChange | None:
    """What tells that somebody who watches a dependency finds it down, which is more than calls to it that fail."""
    watched = [c for c in case.changes if c.measure.role is Role.UPSTREAM_ERRORS and _WATCHED.search(c.measure.name)]
    down = [c for c in watched if c.observed >= 1.0 > c.baseline]
    return max(down, key=lambda c: (c.strength, c.measure.detail != ""), default=None)


_AT_LEAST = ParameterSpec(float, 0.4, "ratio", "strength from which messages count")
_BOTH = (Signal.METRIC, Signal.LOG)

CHECKS = (
    Check(
        CheckSpec(
            "upstream.slow",
            "Does a dependency answer much more slowly?",
            {"ratio": ParameterSpec(float, 2.0), "at_least": _AT_LEAST},
            _BOTH,
        ),
        upstream_slow,
    ),
    Check(
        CheckSpec("upstream.fails", "Does a dependency refuse or break connections?", {"at_least": _AT_LEAST}, _BOTH),
        upstream_fails,
    ),
)

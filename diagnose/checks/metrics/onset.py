"""When it began, as each changed measure tells it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.traffic import SCALING
from diagnose.checks.onset import Candidate
from diagnose.signals.changes import Change
from diagnose.signals.series import Role

_SHARE_OF_KIND = {ChangeKind.SHIFT: 1.0, ChangeKind.TREND: 1.0, ChangeKind.SPIKE: 0.8, ChangeKind.DIP: 0.6}
"""What passes dates less surely than what lasts; reaching a limit or standing still comes after the onset."""
_LESS_IS_BETTER = frozenset(
    {
        Role.LATENCY,
        Role.LATENCY_TAIL,
        Role.ERRORS,
        Role.ERROR_RATIO,
        Role.UPSTREAM_ERRORS,
        Role.UPSTREAM_LATENCY,
        Role.QUEUE,
        Role.IN_FLIGHT,
        Role.POOL_WAITING,
        Role.POOL_WAIT_TIME,
        Role.GC_TIME,
        Role.EVENT_LOOP_LAG,
        Role.LOCK_WAIT,
        Role.THREADS_BLOCKED,
    }
)
_LOAD = frozenset({Role.REQUESTS, Role.UPSTREAM_REQUESTS})
_SAME_S = 60.0
_TOGETHER_S = 30.0
_HELD = frozenset({Role.MEMORY, Role.HEAP})
_LOADED = 0.6
"""Memory that steps up and stays was loaded once, a cache or what a profiler reads; what leaks climbs."""
_SHARE = {Role.OTHER: 0.5, Role.LATENCY_TAIL: 0.5}


def candidates(changes: Sequence[MetricChange], *, restarts: Sequence[Change] = ()) -> tuple[Candidate, ...]:
    """One (moment, strength, what) for each change that can date an onset; what passes counts less.

    A measure whose meaning is unknown counts half: runtimes have dozens of them that move for reasons of their own;
    a high quantile counts less, since a few slow requests move it, and so do more requests and what became better.
    The first of several restarts of one entity counts as strong; a single one may be a deploy and counts little.
    """
    groups: dict[tuple[str, Role], list[MetricChange]] = defaultdict(list)
    for change in changes:
        if change.kind in _SHARE_OF_KIND:
            groups[change.measure.entity, change.measure.role].append(change)
    loads = _loads(changes)
    found = [candidate for group in groups.values() for candidate in _voices(group, loads)]
    return tuple(sorted([*found, *_restarted(restarts)]))


def _loads(changes: Sequence[MetricChange]) -> dict[str, MetricChange]:
    """By entity, the lasting change of its whole request rate upwards, if it has one."""
    return {
        change.measure.entity: change
        for change in changes
        if change.measure.role is Role.REQUESTS and not change.measure.detail and change.direction > 0
        and change.kind in (ChangeKind.SHIFT, ChangeKind.TREND)
    }  # fmt: skip


def _unexplained(change: MetricChange, load: MetricChange | None) -> float:
    """How much of a change is left when the growth of traffic at that time is taken out, 0..1."""
    if load is None or change.measure.role not in SCALING or change.direction < 0 or abs(change.at - load.at) > _SAME_S:
        return 1.0
    if not 1.0 < change.ratio < float("inf"):
        return 1.0
    return max(0.0, 1.0 - math.log(load.ratio) / math.log(change.ratio)) if load.ratio > 1.0 else 1.0


def _voices(group: list[MetricChange], loads: Mapping[str, MetricChange]) -> Iterator[Candidate]:
    """One candidate for all that one role of an entity says at about one time: its parts are not witnesses apart."""
    told: list[Candidate] = []
    for at, power, what in sorted(
        (
            change.at,
            change.strength * _weight(change) * _unexplained(change, loads.get(change.measure.entity)),
            _what(change),
        )
        for change in group
    ):
        if told and at - told[-1][0] <= _TOGETHER_S:
            first, strongest, name = told[-1]
            told[-1] = (at if strongest < 0.7 * power else first, max(strongest, power), name)
        else:
            told.append((at, power, what))
    yield from told


def _weight(change: MetricChange) -> float:
    better = 0.4 if change.direction < 0 and change.measure.role in _LESS_IS_BETTER else 1.0
    if change.direction > 0 and change.measure.role in _LOAD:
        better = min(1.0, max(0.6, 0.2 * change.ratio))
    role = Role.LATENCY_TAIL if change.measure.detail.endswith("p95") else change.measure.role
    loaded = _LOADED if change.kind is ChangeKind.SHIFT and change.measure.role in _HELD else 1.0
    return better * loaded * _SHARE_OF_KIND[change.kind] * _SHARE.get(role, 1.0)


def _restarted(restarts: Sequence[Change]) -> Iterator[Candidate]:
    groups: dict[str, list[float]] = defaultdict(list)
    for change in restarts:
        if change.kind == "restart":
            groups[change.entity].append(change.at)
    for entity, times in sorted(groups.items()):
        yield min(times), 0.9 if len(times) >= 3 else 0.6 if len(times) == 2 else 0.3, f"{entity} restart".strip()


def _what(change: MetricChange) -> str:
    each = change.measure
    name = each.name if each.role is Role.OTHER else each.role.value
    return " ".join(part for part in (each.entity, name, each.detail) if part)

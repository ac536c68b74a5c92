"""Who only suffers from whom, where it is known who uses whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from diagnose.checks.blame.clue import service
from diagnose.checks.metrics.suspects import OWN, Suspect
from diagnose.signals.series import Measure

_SUFFERS = 0.6  # how much of the blame of one goes to a surely guilty service behind it
_TELLS = 0.3  # score below which a suspect explains nobody's trouble
_SLACK_S = 60.0  # so much later a cause may be seen than its effect
_ITSELF = 0.9  # weight from which a measure tells of the entity itself, whoever is behind it


def relieved(ranked: Sequence[Suspect], uses: Iterable[tuple[str, str]]) -> tuple[Suspect, ...]:
    """The ranking with less blame on those whose trouble a suspect behind them explains.

    `uses` are pairs of a service and one that it uses, followed over any number of steps. Whoever moved clearly
    before those behind it, or in its own resources most of all, keeps its blame.
    """
    behind = _behind(uses)
    if not behind:
        return tuple(ranked)
    found = [
        (entity, score * (1.0 - _SUFFERS * _explained((entity, at, measures), ranked, behind)), at, measures)
        for entity, score, at, measures in ranked
    ]
    return tuple(sorted(found, key=lambda each: (-each[1], each[2], each[0])))


def _explained(
    one: tuple[str, float, tuple[Measure, ...]], ranked: Sequence[Suspect], behind: Mapping[str, Set[str]]
) -> float:
    """The highest score among those behind an entity that moved in time to be its cause."""
    entity, at, measures = one
    if measures and OWN.get(measures[0].role, 0.0) >= _ITSELF:
        return 0.0
    reached = behind.get(service(entity), frozenset())
    causes = [score for other, score, moved, _ in ranked if service(other) in reached and moved <= at + _SLACK_S]
    return max((score for score in causes if score >= _TELLS), default=0.0)


def _behind(uses: Iterable[tuple[str, str]]) -> dict[str, Set[str]]:
    """By service all that it uses, directly or not; who use each other do not explain each other."""
    direct: dict[str, set[str]] = defaultdict(set)
    for caller, callee in uses:
        direct[service(caller)].add(service(callee))
    reached = {name: _reach(name, direct) for name in sorted(direct)}
    return {name: {other for other in far if name not in reached.get(other, ())} for name, far in reached.items()}


def _reach(start: str, direct: Mapping[str, Set[str]]) -> Set[str]:
    seen: set[str] = set()
    left = list(direct.get(start, ()))
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left.extend(direct.get(name, ()))
    return seen - {start}

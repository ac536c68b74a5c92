"""One onset from what all signals say."""

from __future__ import annotations

from collections.abc import Sequence

Candidate = tuple[float, float, str]
"""Moment (Unix seconds), strength 0..1, what moved then."""

_STRONG = 0.45
_ENOUGH = 0.7
_ALONE = 0.8
_SHARE = 0.3
_TENTH = 0.1
_NEAR_S = 30.0


def joint(candidates: Sequence[Candidate]) -> tuple[float | None, float]:
    """The moment the trouble began and how many seconds it may be off; (None, 0) when nothing strong moved.

    Candidates are gathered into clusters of half a minute. The onset lies in the earliest cluster that is strong in
    itself or not negligible beside the heaviest, so one early weak blip does not count, but the cause before its
    effects does. Within the cluster it is the weighted first tenth: effects follow, and few moments date too early.
    """
    strong = sorted(candidate for candidate in candidates if candidate[1] >= _STRONG)
    if not strong:
        return None, 0.0
    weights = [sum(power for at, power, _ in strong if start <= at < start + _NEAR_S) for start, _, _ in strong]
    heaviest = max(weights)
    if heaviest < _ENOUGH:
        return None, 0.0
    enough = min(_ALONE, max(_SHARE * heaviest, _ENOUGH))
    start = next(at for (at, _, _), weight in zip(strong, weights, strict=True) if weight >= enough)
    cluster = [candidate for candidate in strong if start <= candidate[0] < start + _NEAR_S]
    total = sum(power for _, power, _ in cluster)
    onset = _reached(cluster, min(max(_TENTH * total, _ENOUGH), _ALONE))
    return onset, max(onset - cluster[0][0], _reached(cluster, 0.75 * total) - onset, 1.0)


def _reached(cluster: Sequence[Candidate], wanted: float) -> float:
    """When the candidates so far weigh as much as wanted."""
    total = 0.0
    for at, power, _ in cluster:
        total += power
        if total >= wanted - 1e-9:
            return at
    return cluster[-1][0]

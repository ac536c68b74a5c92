"""Where requests lose time that served them well before, told from the time between the lines of one trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from diagnose.checks.blame.clue import ENDED, Clue, worth
from diagnose.checks.blame.splits import two_levels, two_shares
from diagnose.signals.talk import Hop

_LEAST = 6  # samples of a hop that a change must be told from
_NOTICED_S = 0.02  # seconds that make a difference to a request, as for any latency
_SURE = 3.0  # nats below which nothing is said


@dataclass(frozen=True, slots=True)
class _Slowed:
    """A hop that takes longer from a moment on; `added` are the seconds lost in all.

    `nats` is how sure that is by how long it takes, `alone` by how often it is slow.
    """

    hop: Hop
    at: float
    nats: float
    alone: float
    added: float
    usual: float
    slow: float


def lost_time(hops: Sequence[Hop]) -> list[Clue]:
    """One clue an entity, by its share of all the time lost and the share of its neighbours with whom it is lost.

    A hop between two entities speaks against both. The one at fault takes part in all that is slow and is slow with
    most others; its neighbours are slow with it alone. What only became faster counts when nothing became slower.
    """
    judged = [hop for hop in hops if not hop.tainted and len(hop.at) >= _LEAST]
    found = [(one, began) for one, began in map(_judged, judged) if one is not None]
    began = [one for one, lasts in found if lasts]
    slowed, factor = (began, 1.0) if began else ([one for one, _ in found], ENDED)
    total = sum(one.added for one in slowed)
    neighbours: dict[str, set[str]] = defaultdict(set)
    for hop in judged:
        for entity, other in _sides(hop):
            neighbours[entity].add(other)
    mine: dict[str, list[tuple[str, _Slowed]]] = defaultdict(list)
    for one in slowed:
        for entity, other in _sides(one.hop):
            mine[entity].append((other, one))
    blame = {
        entity: sum(one.added for _, one in met) / total * _share({other for other, _ in met}, neighbours[entity])
        for entity, met in mine.items()
    }
    most = max(blame.values(), default=1.0)
    return [
        _clue(entity, [one for _, one in met], factor * blame[entity] / most) for entity, met in sorted(mine.items())
    ]


def _share(slow: Set[str], neighbours: Set[str]) -> float:
    """The share of an entity's neighbours with whom it is slow, less sure where it has few."""
    return len(slow) / (1 + len(neighbours))


def _sides(hop: Hop) -> set[tuple[str, str]]:
    """Each entity of a hop with the other one, which is itself for a step inside."""
    return {(hop.before[0], hop.after[0]), (hop.after[0], hop.before[0])}


def _judged(hop: Hop) -> tuple[_Slowed | None, bool]:
    """How much longer a hop takes, and whether it does so from a moment on, not up to it."""
    seconds = np.array(hop.seconds)
    split, nats = two_levels(np.log(seconds + _NOTICED_S))
    first, second = float(np.median(seconds[:split])), float(np.median(seconds[split:]))
    if nats < _SURE or abs(second - first) < _NOTICED_S:
        return None, False
    slow = seconds > np.sqrt((first + _NOTICED_S) * (second + _NOTICED_S)) - _NOTICED_S
    alone = min(nats, two_shares(slow.astype(np.float64), np.ones(len(slow)))[1])
    if second > first:
        return _Slowed(hop, hop.at[split], nats, alone, (second - first) * (len(seconds) - split), first, second), True
    return _Slowed(hop, hop.at[0], nats, alone, (first - second) * split, second, first), False


def _clue(entity: str, ones: list[_Slowed], share: float) -> Clue:
    worst = max(ones, key=lambda one: one.added)
    pair = dict.fromkeys((worst.hop.before[0], worst.hop.after[0]))
    where = f"from {' to '.join(pair)}" if len(pair) > 1 else f"within {entity}"
    text = f"{where} it takes {worst.slow:.3g} s where {worst.usual:.3g} s is usual"
    score, dates = share * worth(max(one.nats for one in ones)), share * worth(_sure(ones))
    return Clue(entity, score, min(one.at for one in ones), text, min(dates, score))


def _sure(ones: list[_Slowed]) -> float:
    """How sure it is that an entity is slow, in nats.

    Durations have heavy tails: a few slow ones make a single hop look surer than it is, so its length counts as far
    as a second hop confirms it, else how often it is slow.
    """
    second = sorted((one.nats for one in ones), reverse=True)[1:2]
    return max(*second, *(one.alone for one in ones), 0.0)

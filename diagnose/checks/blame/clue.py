"""What one finding holds against one entity."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

ENDED = 0.3
"""How much less what passed counts than what began and lasts."""
_NATS = 10.0  # log likelihood ratio at which a clue is worth 0.63
_REPLICA = re.compile(r"-[a-z0-9]{6,10}-[a-z0-9]{5}$|-\d+$")


@dataclass(frozen=True, slots=True)
class Clue:
    """What speaks against an entity: how much (0..1), since when (Unix seconds), and in words.

    `dates` is how much it says that something began at all, which needs more than telling one entity from another.
    """

    entity: str
    score: float
    at: float
    text: str
    dates: float


def worth(nats: float) -> float:
    """What a log likelihood ratio is worth as a score: 0 for none, towards 1."""
    return 1.0 - math.exp(-max(nats, 0.0) / _NATS)


def strongest(clues: Iterable[Clue]) -> list[Clue]:
    """The strongest clue of each entity, sorted by entity."""
    best: dict[str, Clue] = {}
    for clue in clues:
        if clue.entity not in best or best[clue.entity].score < clue.score:
            best[clue.entity] = clue
    return [best[entity] for entity in sorted(best)]


def service(entity: str) -> str:
    """The name of a service without what tells its replicas apart: `cart-7d9f8b6c5-x2x4z` and `cart-0` are `cart`."""
    return _REPLICA.sub("", entity)

"""Who said what in the logs of several services, and what followed what within one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Spoken = tuple[str, str]
"""An entity (pod, service, container ...) and the id of the pattern that it logged."""


@dataclass(frozen=True, eq=False, slots=True)
class Voice:
    """One pattern of one entity: `counts` maps a bucket of the digest to how many of its lines fell into it."""

    entity: str
    pattern: str
    counts: Mapping[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class Hop:
    """A line and the next one with the same trace id, however often: when the second came and seconds in between.

    `tainted` tells that another entity had logged an error in that request before: what follows is a consequence.
    `at` are Unix seconds in ascending order, `seconds` belong to them one by one.
    """

    before: Spoken
    after: Spoken
    tainted: bool
    at: tuple[float, ...]
    seconds: tuple[float, ...]

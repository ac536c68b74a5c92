"""How the lines of a plan are scanned: by their bytes, or as objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from diagnose.sources.logs.digits import Bytes
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.plans import Plan
from diagnose.sources.logs.scan import Lines, Moment, scan
from diagnose.sources.logs.skim import Skimmer
from diagnose.sources.logs.stamps import StampFinder

Scan = Callable[[Bytes, int, Bytes], Lines]
_MINUTES = 10_000


def scanner(plan: Plan, clock: Clock) -> Scan:
    """What tells time and level of the lines in the first so many bytes of a block, given room for its bytes."""
    if plan.keys is not None:
        return Skimmer(plan.keys, clock).scan
    moment = _moments(clock)
    return lambda block, filled, room: scan(block, filled, plan.variants, moment, room)


def _moments(clock: Clock) -> Moment:
    """Unix seconds of the text of a stamp in any notation, NaN when it is none."""
    finder = StampFinder(clock)

    @lru_cache(maxsize=_MINUTES)
    def moment(text: bytes) -> float:
        stamp = finder.find(text.decode("utf-8", "replace"))
        return float("nan") if stamp is None or stamp.start else stamp.at

    return moment

"""Passes over the services on a schedule."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

from diagnose.monitor.configuration import Service
from diagnose.monitor.health import Checkup, together
from diagnose.monitor.look import look
from diagnose.monitor.turns import Known, Turn, turns

JITTER = 0.05
"""Share of the interval by which a pass may be late, so that many watches do not ask one server at once."""
Sleep = Callable[[float], object]


def ticks(
    every_s: float,
    *,
    sleep: Sleep = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
) -> Iterator[None]:
    """One tick at once, then one an interval; those that a long pass has missed are left out, not made up for."""
    due = clock()
    while True:
        yield
        due = max(due + every_s, clock())
        sleep(max(due + JITTER * every_s * chance() - clock(), 0.0))


def rounds(
    services: Sequence[Service], pace: Iterator[None], *, clock: Callable[[], float] = time.time
) -> Iterator[tuple[float, Checkup, tuple[Turn, ...]]]:
    """For each tick the moment (Unix seconds), what was found, and what has turned since the pass before."""
    known: Known = {}
    for _ in pace:
        now = clock()
        found = together(look(one, now=now, progress=lambda _: None) for one in services)
        known, turned = turns(known, found)
        yield now, found, turned

"""What one job found out about its part of the logs: plain data that can travel and be added up in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.signals.events import IntArray
from diagnose.sources.logs.heard import Heard
from diagnose.sources.logs.seek import Part
from diagnose.sources.logs.served import Served

Place = tuple[int, int]
"""Where something was seen first: the number of the job, and the how manieth it was there."""


@dataclass(frozen=True, slots=True)
class Kind:
    """All messages of one template and level; what is kept of one of them bears the place where it was seen."""

    level: int
    template: str
    source: str
    place: Place
    count: int
    first: float
    last: float
    counts: Mapping[int, int]
    examples: tuple[str, ...]
    fields: Mapping[str, Mapping[str, int] | None]
    stack: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one piece of a file was like; `every`: of quiet lines one in so many was told."""

    file: int
    formats: Mapping[str, int]
    packed: str = ""
    part: Part | None = None
    lines: int = 0
    in_window: int = 0
    untimed: int = 0
    broken: int = 0
    cut: int = 0
    undecodable: int = 0
    ended: str = ""
    overflow: int = 0
    every: int = 1
    outside: str = ""
    failed: str = ""
    remedy: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Partial:
    """The counts of one job; `levels` has a row a level and a column a bucket from bucket `low` on."""

    low: int
    levels: IntArray
    kinds: tuple[Kind, ...]
    served: Served
    heard: Heard
    masked: Mapping[str, int]
    readings: tuple[Reading, ...]
    first: float
    last: float

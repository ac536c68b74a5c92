"""When a resource with a known limit will be full, at the pace at which it fills now."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnose.checks.metrics.order import middle
from diagnose.checks.metrics.saturation import LIMITS, level
from diagnose.checks.warmup import HELD, YOUNG_S
from diagnose.signals.series import FloatArray, Measure, Role

WHAT = {
    Role.DISK_USED: "disk",
    Role.DISK_FREE: "disk",
    Role.MEMORY: "memory",
    Role.HEAP: "heap",
    Role.OPEN_FILES: "files",
    Role.POOL_IN_USE: "pool",
    Role.QUEUE: "queue",
}
FEWEST = 12
"""Samples from which a pace is told."""
FULL = 0.98
"""Share of a limit from which a resource is full."""
_BUCKETS = 60
_SPAN_S = 120.0
_SURE = 1.96  # both ends of the slope's 95 % interval
_WIDE = 3.0  # times between the soonest and the latest end beyond which nobody is helped by a number
_GOES_ON = 0.5  # share of the pace that the last third must keep: a warm-up and a bounded cache slow down
_REACH = 16.0
"""Times the observed span that a line may be drawn on; the Kubernetes mixin looks ahead four days from six hours."""
_COLLECTIONS, _COLLECTED = 6, 0.01
"""How often a heap must have fallen, and by which share of its limit, before its floor has a pace."""


@dataclass(frozen=True, eq=False, slots=True)
class Filling:
    """How full a resource is, `used` of 0..1 (None where its size is unknown), and the seconds until it is full.

    `full_in_s` is None where nothing fills it, where it is full already, or where nobody can tell when.
    """

    what: str
    measure: Measure
    used: float | None
    full_in_s: float | None


@dataclass(frozen=True, eq=False, slots=True)
class _Room:
    """What is left of a resource at each of its samples, in a unit of its own, and what there is in all."""

    measure: Measure
    times: FloatArray
    left: FloatArray
    limit: float | None


def fillings(measures: Sequence[Measure], *, end: float, begun: Mapping[str, float]) -> Iterator[Filling]:
    """Every resource whose limit is known, as it stands at `end`; `begun` is when an entity last started.

    Samples from before the start do not count, and of the memory of a young process nobody can tell yet.

    The pace is Theil's and Sen's median of slopes over medians of at most 60 spans (for a heap over what collections
    leave), with Sen's rank interval: it needs no normal errors and bears a quarter of outliers.
    """
    for room in _rooms(measures, begun):
        if room.times.size >= FEWEST and end - room.times[-1] <= 0.1 * (end - room.times[0]) + _SPAN_S:
            held = _collected(room) if room.measure.role is Role.HEAP else room
            yield _filling(held, begun.get(room.measure.entity, -math.inf), end)


def _filling(room: _Room, begun: float, end: float) -> Filling:
    times, left = _thinned(room)
    now = float(np.median(left[-max(3, left.size // 8) :]))
    used = min(max(1.0 - now / room.limit, 0.0), 1.0) if room.limit is not None else None
    told = _steady(room, begun, end) and (used or 0.0) < FULL
    return Filling(WHAT[room.measure.role], room.measure, used, _full_in(times, left, end) if told else None)


def _rooms(measures: Sequence[Measure], begun: Mapping[str, float]) -> Iterator[_Room]:
    limits = {(each.role, each.entity, each.detail): level(each) for each in measures if each.role in LIMITS.values()}
    for measure in measures:
        if measure.role not in WHAT:
            continue
        limit = limits.get((LIMITS.get(measure.role, measure.role), measure.entity, measure.detail))
        limit = 1.0 if measure.role is Role.DISK_USED else limit
        good = np.isfinite(measure.values) & (measure.times >= begun.get(measure.entity, -math.inf))
        times, values = measure.times[good], measure.values[good]
        if measure.role is Role.DISK_FREE:
            yield _Room(measure, times, values, None)
        elif limit is not None and 0 < limit < 1e15:
            yield _Room(measure, times, limit - values, limit)


def _collected(room: _Room) -> _Room:
    """A heap as each collection left it; what lies between is mostly garbage, so without one it is at its lowest."""
    falls = 1 + np.flatnonzero(np.diff(room.left) > _COLLECTED * (room.limit or math.inf))
    if falls.size < _COLLECTIONS:
        falls = np.array([int(room.left.argmax())])
    return replace(room, times=room.times[falls], left=room.left[falls])


def _thinned(room: _Room) -> tuple[FloatArray, FloatArray]:
    """At most 60 spans of samples, each by its medians."""
    parts = np.array_split(np.arange(room.times.size), min(_BUCKETS, room.times.size))
    times = np.array([float(np.median(room.times[part])) for part in parts])
    return times, np.array([float(np.median(room.left[part])) for part in parts])


def _steady(room: _Room, begun: float, end: float) -> bool:
    """Whether a line means something: several points over some time, and no warm-up."""
    young = room.measure.role in HELD and end - begun < YOUNG_S
    return not young and room.times.size >= _COLLECTIONS and room.times[-1] - room.times[0] >= _SPAN_S


def _full_in(times: FloatArray, left: FloatArray, end: float) -> float | None:
    """Seconds until nothing is left; None when it does not shrink for sure, slows down, or lies too far ahead."""
    shallow, slope, steep = _slopes(times, left)
    if shallow >= 0 or steep < _WIDE * shallow or not _goes_on(times, left, slope):
        return None
    now = middle(left - slope * (times - end))
    soon = max(now, 0.0) / -slope
    return soon if soon <= _REACH * (times[-1] - times[0]) else None


def _slopes(times: FloatArray, left: FloatArray) -> tuple[float, float, float]:
    """The most cautious, the median and the steepest fall that the samples allow, per second."""
    first, second = np.triu_indices(times.size, 1)
    slopes = np.sort((left[second] - left[first]) / (times[second] - times[first]))
    count = times.size
    spread = _SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low, high = int((slopes.size - spread) / 2), math.ceil((slopes.size + spread) / 2)
    return (
        float(slopes[min(high, slopes.size - 1)]),
        middle(slopes),
        float(slopes[max(low, 0)]),
    )


def _goes_on(times: FloatArray, left: FloatArray, slope: float) -> bool:
    third = times.size // 3
    recent = (middle(left[-third:]) - middle(left[-2 * third : -third])) / float(times[-1] - times[-1 - third])
    return recent <= _GOES_ON * slope

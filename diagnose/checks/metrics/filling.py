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
_SLOWER, _FASTER = 0.5, 1.35  # times the pace of the last third: a warm-up slows down, a leak that has begun speeds up
_RESTS = 0.15  # share of the fall by which the end may lie above the line
_SHARES = (0.8, 0.65, 0.5, 0.4, 0.3, 0.22)
_LATEST = 3  # points that say where it stands now
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
    leave), with Sen's rank interval: it needs no normal errors and bears a quarter of outliers. A leak that began late
    in the window is timed within two fifths; a pace is seen in one of fifty windows of AR(0.9) noise and, where nobody
    can tell them apart, in one of five random walks that end near their limit.
    """
    for room in _rooms(measures, begun):
        if room.times.size >= FEWEST and end - room.times[-1] <= 0.1 * (end - room.times[0]) + _SPAN_S:
            held = _collected(room) if room.measure.role is Role.HEAP else room
            yield _filling(held, begun.get(room.measure.entity, -math.inf), end)


def _filling(room: _Room, begun: float, end: float) -> Filling:
    times, left = _thinned(room)
    used = min(max(1.0 - middle(left[-_LATEST:]) / room.limit, 0.0), 1.0) if room.limit is not None else None
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
    """Seconds until nothing is left; None when it does not shrink for sure, slows down, or lies too far ahead.

    What counts is the longest stretch up to now that is one line: where the pace rises, a shorter one is tried.
    """
    for at, room in _stretches(times, left):
        shallow, slope, steep = _slopes(at, room)
        if shallow >= 0 or steep < _WIDE * shallow:
            continue
        recent = _recent(at, room)
        if recent > _SLOWER * slope or _stalls(at, room, slope):
            return None
        if recent >= _FASTER * slope:
            soon = max(middle(room - slope * (at - end)), 0.0) / -slope
            return soon if soon <= _REACH * (at[-1] - at[0]) else None
    return None


def _stretches(times: FloatArray, left: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """The whole, and shorter stretches up to now, as long as they lead to where it has never been before."""
    yield times, left
    for share in _SHARES:
        first = times.size - round(times.size * share)
        if times.size - first >= FEWEST and middle(left[-_LATEST:]) < left[:first].min():
            yield times[first:], left[first:]


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


def _recent(times: FloatArray, left: FloatArray) -> float:
    """The pace of the last third, per second."""
    third = times.size // 3
    return (middle(left[-third:]) - middle(left[-2 * third : -third])) / float(times[-1] - times[-1 - third])


def _stalls(times: FloatArray, left: FloatArray, slope: float) -> bool:
    """Whether the last eighth lies well above the line: it has come to rest."""
    above = left - slope * (times - times[-1])
    rest = middle(above[-max(_LATEST, left.size // 8) :]) - middle(above)
    return rest > _RESTS * -slope * float(times[-1] - times[0])

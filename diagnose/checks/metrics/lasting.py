"""Changes that last: a new level, or growth that goes on."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from diagnose.checks.metrics.band import Band, Row, back, band, ratio, share, stays, strength
from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.order import middle
from diagnose.signals.series import FloatArray, Measure, Role

_LAG = 5
"""Samples before a change that may already carry it: rates look back over four."""
_REACH = 30
_STILL = 0.3
_ENOUGH_AFTER = 8
_SOON_S, _HOUR_S = 600.0, 3600.0
_BEGUN, _TENTH = 8, 0.1
"""Samples and share of the window below which no quiet time came before a climb: it has no baseline but its line."""
_STEPS = 8
"""Levels that a climb all through the window takes at least."""
_STEADY = 0.95
_LAY = 0.1
_LINE, _QUARTER, _EVEN = 12, 0.25, 0.6
_HELD = frozenset({Role.MEMORY, Role.HEAP, Role.GOROUTINES, Role.THREADS, Role.OPEN_FILES, Role.SOCKETS})
_OLD = re.compile(r"\b(?:old|tenured) gen", re.IGNORECASE)


def shift(row: Row, index: int) -> MetricChange:
    """A step found at an index, dated by the first sample that left the band; a trend where what is held climbs on."""
    x, usual = row.x, _usual(row, index)
    observed = middle(x[index:])
    direction = 1 if observed >= usual.level else -1
    out = usual.out(x, direction, height=observed - usual.level)
    first = stays(out, back(out, index, reach=_REACH))
    # A quantity that climbs to its new level left the band where the climb began.
    first = _climb(usual, x, first, direction)
    if first > 8 and share(x[: first - 4] == usual.level) >= _STEADY:
        first = back(x != usual.level, first, reach=4)
    at = float(row.times[first])
    if direction > 0 and row.measure.role in _HELD and (pace := _pace(x[index + 1 :], row.times[index + 1 :])):
        return _change(row, ChangeKind.TREND, usual, x[index:], (at, _end(x[index:]), pace))
    return _change(row, ChangeKind.SHIFT, usual, x[index:], (at, observed, 0.0))


def _pace(x: FloatArray, times: FloatArray) -> float:
    """The slope per second of what climbs in all thirds by a quarter of where it began, along a line; 0 otherwise."""
    if x.size < _LINE:
        return 0.0
    slope, level = np.polyfit(times - times[0], x, 1)
    grown = slope * (times[-1] - times[0])
    off = float(np.abs(x - level - slope * (times - times[0])).max())
    thirds = [middle(part) for part in np.array_split(x, 3)]
    steady = min(np.diff(thirds)) >= _EVEN * grown / 3  # what comes to rest slows down before
    return float(slope) if steady and grown >= max(_QUARTER * abs(level), 4 * off) else 0.0


def _climb(usual: Band, x: FloatArray, first: int, direction: int) -> int:
    while (
        first > 0
        and direction * (x[first] - x[first - 1]) > 0
        and direction * (x[first - 1] - usual.level) > 3 * usual.scale
    ):
        first -= 1
    return first


def trend(row: Row, index: int, slope: float) -> MetricChange:
    """A ramp found at an index with a slope per second; one that has come to rest is a shift.

    Still growing means that the last third lies higher than the one before, by 0.3 of what the slope makes one expect
    (after Coroot's rule for leaks, which compares the slope of the last quarter), so warming up and filling a bounded
    cache are no trends, and a collection at the end does not hide one.
    """
    x, times, usual = row.x, row.times, _usual(row, index)
    end = _end(x[index:])
    direction = 1 if end >= usual.level else -1
    if index < max(_BEGUN, _TENTH * x.size) and _goes_on(x, times, slope) and _unbroken(x, times, slope):
        return _climbing(row, slope)
    first = stays(usual.out(x, direction, height=end - usual.level), index)
    at = max(
        float(times[index]), float(times[first]) - _lead(usual, x, first, (slope, end)) - float(times[1] - times[0])
    )
    going_on = _goes_on(x[index:], times[index:], direction * abs(slope))
    observed = end if going_on else middle(x[first:])
    kind = ChangeKind.TREND if going_on else ChangeKind.SHIFT
    return _change(row, kind, usual, x[index:], (at, observed, slope if going_on else 0.0))


def _goes_on(x: FloatArray, times: FloatArray, slope: float) -> bool:
    """Whether the last third lies beyond the one before by 0.3 of what the slope makes one expect."""
    third = max(2, x.size // 3)
    recent = (middle(x[-third:]) - middle(x[-2 * third : -third])) / float(times[-1] - times[-1 - third])
    return bool(recent * np.sign(slope) >= _STILL * abs(slope))


def _unbroken(x: FloatArray, times: FloatArray, slope: float) -> bool:
    """Whether the last quarter climbs at 0.3 of the pace at least, by Coroot's rule: what warms up comes to rest.

    A climb of a few steps, as that of an old generation after a few collections, is no line yet.
    """
    if np.unique(x).size < _STEPS:
        return False
    last = max(3, x.size // 4)
    late = np.polyfit(times[-last:] - times[-1], x[-last:], 1)[0]
    return bool(late * np.sign(slope) >= _STILL * abs(slope))


def _climbing(row: Row, slope: float) -> MetricChange:
    """A climb all through the window: it is held against the line that fits it.

    It counts by where it leads when it goes on for as long as it was seen, an hour at most.
    """
    x, times = row.x, row.times
    line = np.polyval(np.polyfit(times - times[0], x, 1), times - times[0])
    around = band(float(line[0]) + x - line, row.least)
    return _change(row, ChangeKind.TREND, around, x, (float(times[0]), float(line[-1]), slope), begun=True)


def _lead(usual: Band, x: FloatArray, first: int, ramp: tuple[float, float]) -> float:
    """Seconds that a ramp (its slope and its end) stays inside the band before it is seen; none for a jump."""
    slope, end = ramp
    margin = usual.margin(end - usual.level)
    jumps = abs(middle(x[first : first + 3]) - usual.level) > 2 * margin
    return 0.0 if jumps else margin / max(abs(slope), 1e-300)


def _usual(row: Row, index: int) -> Band:
    lag = _LAG if "rate(" in row.measure.query else 1
    return band(row.x[: max(min(index, row.quiet) - lag, 3)], row.least)


def _change(
    row: Row,
    kind: ChangeKind,
    usual: Band,
    after: FloatArray,
    told: tuple[float, float, float],
    *,
    begun: bool = False,
) -> MetricChange:
    at, observed, slope = told
    direction = 1 if observed >= usual.level else -1
    known = min(1.0, after.size / _ENOUGH_AFTER)
    persistence = known * _persistence(usual, after, direction)
    kept = slope != 0.0 and (row.measure.role is Role.MEMORY or (not begun and _aged(row.measure, usual, observed)))
    ahead = min(float(row.times[-1] - row.times[0]), _HOUR_S) if begun else _SOON_S
    power = strength(_tight(usual) if kept else usual, observed, persistence, coming=slope * ahead if kept else 0.0)
    return MetricChange(
        row.measure, kind, direction, at, usual.level, observed, ratio(observed, usual.level), power, slope, _end(after)
    )


def _aged(measure: Measure, usual: Band, observed: float) -> bool:
    """Whether what grows is a JVM's old generation that lay still before.

    One that is filled by and by, until a mixed or full collection, grows all the time.
    """
    old = measure.role is Role.HEAP and any(_OLD.search(value) for _, value in measure.labels)
    return old and usual.high - usual.low <= _LAY * abs(observed - usual.level)


def _tight(usual: Band) -> Band:
    """The band of growing memory: steady growth is sure long before it is as large as what one notices in a step.

    Only for what the system gives a process and hardly ever takes back; heaps and counts come and go with the load.
    """
    spread = (usual.high - usual.low) / 4.1
    return replace(usual, scale=min(usual.scale, max(spread, 0.02 * abs(usual.level), 0.05 * usual.least, 1e-12)))


def _persistence(usual: Band, after: FloatArray, direction: int) -> float:
    """How much of the time since is out of the band; the last quarter decides whether it lasts."""
    out = usual.out(after, direction)
    if not out.any():
        return 0.0
    return share(out[-max(3, out.size // 4) :]) * (0.5 + 0.5 * share(out[out.argmax() :]))


def _end(after: FloatArray) -> float:
    return middle(after[-max(3, after.size // 4) :])

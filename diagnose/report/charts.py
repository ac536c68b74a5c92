"""Series and counts thinned to what a small chart can show, without losing a peak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from diagnose.report import units
from diagnose.report.axis import AXIS
from diagnose.report.pictures import Chart
from diagnose.signals.events import IntArray, Level, LogDigest
from diagnose.signals.series import FloatArray, Measure
from diagnose.signals.window import Window

POINTS = 200
BARS = 120


def line(measure: Measure, window: Window) -> Chart | None:
    """The curve of a measure; every bin keeps its lowest and highest point. None when nothing lies in the window."""
    inside = (measure.times >= window.start) & (measure.times < window.end)
    times, values = measure.times[inside], np.where(np.isfinite(measure.values[inside]), measure.values[inside], np.nan)
    if not np.isfinite(values).any():
        return None
    x = np.round((times - window.start) / window.duration * AXIS).astype(np.int64)
    keep = _peaks(values, POINTS)
    unit = units.canonical(measure.unit)
    low, high = _bounds(float(np.nanmin(values)), float(np.nanmax(values)))
    return Chart(
        kind="line",
        unit=unit,
        x=tuple(int(i) for i in x[keep]),
        y=tuple(units.significant(float(v), 4) for v in values[keep]),
        low=low,
        high=high,
        low_text=units.quantity(low, unit) if low else "0",
        high_text=units.quantity(high, unit),
    )


def counts(per_bucket: IntArray, noun: str = "lines") -> Chart:
    """Counts over the whole window as bars; buckets are joined until there are few enough."""
    join = max(1, -(-len(per_bucket) // BARS))
    padded = np.concatenate([per_bucket, np.zeros(-len(per_bucket) % join, dtype=np.int64)])
    bars = padded.reshape(-1, join).sum(axis=1)
    edge = AXIS * join / max(len(per_bucket), 1)
    shown = np.flatnonzero(bars)
    high = float(bars.max(initial=0)) or 1.0
    return Chart(
        kind="bars",
        unit=noun,
        x=tuple(round(int(i) * edge) for i in shown),
        y=tuple(float(bars[i]) for i in shown),
        low=0.0,
        high=high,
        low_text="0",
        high_text=units.plain(high),
        edge=max(1, round(edge)),
    )


def total(logs: LogDigest, levels: Iterable[Level]) -> IntArray:
    """Lines of these levels per bucket of the window."""
    whole = np.zeros(max(logs.buckets, 1), dtype=np.int64)
    for level in levels:
        counted = logs.levels.get(level, whole[:0])[: len(whole)]
        whole[: len(counted)] += counted
    return whole


def spread(per_bucket: Mapping[int, int], buckets: int) -> IntArray:
    """A pattern's counts as one array; buckets outside are left out."""
    whole = np.zeros(max(buckets, 1), dtype=np.int64)
    for index, count in per_bucket.items():
        if 0 <= index < len(whole):
            whole[index] = count
    return whole


def _peaks(values: FloatArray, points: int) -> IntArray:
    """Indices of the lowest and highest value of each bin, and of a gap's first point, in order."""
    if len(values) <= points:
        return np.arange(len(values), dtype=np.int64)
    edges = np.linspace(0, len(values), points // 2 + 1).astype(np.int64)
    keep: set[int] = {0, len(values) - 1}
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        finite = np.isfinite(part)
        if not finite.all():
            keep.add(start + int(np.flatnonzero(~finite)[0]))
        if finite.any():
            keep |= {start + int(np.nanargmin(part)), start + int(np.nanargmax(part))}
    return np.array(sorted(keep), dtype=np.int64)


def _bounds(low: float, high: float) -> tuple[float, float]:
    """A range to draw in: from zero where that does not flatten the curve."""
    if low == high:
        return (0.0, high * 1.25 or 1.0) if high >= 0 else (low * 1.25, 0.0)
    if 0 <= low < 0.6 * high:
        return 0.0, high
    room = (high - low) * 0.15
    return (max(0.0, low - room) if low >= 0 else low - room), high + room

"""Counters and histograms as rates, means and quantiles; whole families at once, rows x times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.series import FloatArray

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Clock:
    """The times of a target's samples and, for each, the sample that a rate looks back to (itself: none)."""

    times: FloatArray
    back: IndexArray
    step: float
    intervals: int

    @property
    def span(self) -> FloatArray:
        """Seconds that a rate at each time covers; NaN where it covers none."""
        spans = self.times - self.times[self.back]
        spans[spans <= 0] = np.nan
        return spans

    @property
    def range(self) -> str:
        """The range of a PromQL rate that covers the same samples."""
        return f"{max(2, round(self.intervals * self.step))}s"


def clock(times: FloatArray) -> Clock:
    """Rates over four scrape intervals, so that low counts are usable, and over one minute where intervals are long.

    Never across a hole of more than five intervals, which would smear it.
    """
    step = float(np.median(np.diff(times))) if times.size > 1 else 1.0
    intervals = int(np.clip(round(60.0 / step), 1, 4)) if step > 0 else 1
    index = np.arange(times.size)
    holes = np.diff(times, prepend=times[:1]) > 5 * step
    first = np.maximum.accumulate(np.where(holes, index, 0))
    return Clock(times, np.maximum(index - intervals, first), step, intervals)


def increments(values: FloatArray) -> FloatArray:
    """How much each counter (row) grew since its previous sample, 0 where it has none; a fall is a reset.

    A row that begins after the others did counts from zero: clients create a labelled counter with its first event.
    """
    present = ~np.isnan(values)
    index = np.where(present, np.arange(values.shape[1]), -1)
    before = np.maximum.accumulate(index, axis=1)
    before = np.concatenate([np.full((values.shape[0], 1), -1), before[:, :-1]], axis=1)
    previous = np.where(before >= 0, np.take_along_axis(values, np.maximum(before, 0), axis=1), 0.0)
    growth = np.where(values >= previous, values - previous, values)
    growth[~present] = 0.0
    growth[:, 0] = 0.0
    return np.where(np.isfinite(growth) & (growth >= 0), growth, 0.0)


def over(growth: FloatArray, window: Clock) -> FloatArray:
    """Growth within the window that ends at each time, NaN where the window is empty; works on any leading axes."""
    total = np.cumsum(growth, axis=-1)
    grown = total - total[..., window.back]
    grown[..., window.back == np.arange(window.back.size)] = np.nan
    return grown


def quantile(cumulative: FloatArray, edges: FloatArray, q: float) -> FloatArray:
    """The q-quantile from cumulative bucket counts (buckets x times) with upper `edges`, as PromQL interpolates.

    NaN where nothing was observed. In the open last bucket the answer is its lower edge.
    """
    counts = np.maximum.accumulate(np.nan_to_num(cumulative), axis=0)
    total = counts[-1]
    rank = q * total
    at = np.argmax(counts >= rank, axis=0)
    columns = np.arange(counts.shape[1])
    upper = edges[at]
    lower = np.where(at > 0, edges[np.maximum(at - 1, 0)], np.minimum(0.0, upper))
    below = np.where(at > 0, counts[np.maximum(at - 1, 0), columns], 0.0)
    inside = counts[at, columns] - below
    share = np.divide(rank - below, inside, out=np.zeros_like(rank), where=inside > 0)
    value = np.where(np.isfinite(upper), lower + (upper - lower) * share, lower)
    return np.where(total > 0, value, np.nan)

"""Two shapes fitted to many series at once: a step, and a ramp that begins at a kink.

Both are least squares over every possible moment, by cumulative sums, in O(series x times). How well a shape is
told from chance is a likelihood ratio against a constant, with the noise's long-run variance estimated as AR(1)
from what the shape leaves over: without that, autocorrelated noise looks like change (cf. the CUSUM test of
Ploberger and Kramer, and Andrews' AR(1) plug-in for the long-run variance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.metrics.order import quartiles
from diagnose.signals.series import FloatArray

IndexArray = NDArray[np.intp]
_EDGE = 3


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """What was found in each series.

    `index` is where the shape begins, `ratio` how sure it is (likelihood ratio), `size` its height or slope,
    `explained` its share of the variance, `level` the level before.
    """

    index: IndexArray
    ratio: FloatArray
    size: FloatArray
    explained: FloatArray
    level: FloatArray


def despiked(values: FloatArray) -> FloatArray:
    """Each value replaced by the median of itself and its neighbours: single outliers vanish, steps stay sharp."""
    left, right = values[:, :-2], values[:, 2:]
    middle = values[:, 1:-1]
    low, high = np.minimum(left, right), np.maximum(left, right)
    result = values.copy()
    result[:, 1:-1] = np.maximum(low, np.minimum(high, middle))
    return result


def step(values: FloatArray) -> Fit:
    """The best step of each row. `size` is its height; `index` the first sample after it."""
    count = values.shape[1]
    before = np.arange(1, count, dtype=np.float64)
    total = values.sum(axis=1, keepdims=True)
    left = np.cumsum(values[:, :-1], axis=1)
    gain = (left - total * before / count) ** 2 * count / (before * (count - before))
    gain[:, : _EDGE - 1] = gain[:, count - _EDGE :] = -1.0
    at = np.argmax(gain, axis=1) + 1
    rows = np.arange(values.shape[0])
    low = left[rows, at - 1] / at
    high = (total[:, 0] - left[rows, at - 1]) / (count - at)
    model = np.where(np.arange(count) < at[:, None], low[:, None], high[:, None])
    return _fit(values, model, at, high - low, low)


def episode(values: FloatArray) -> tuple[Fit, IndexArray]:
    """The stretch of each row that stands out most from the rest, and the index where it ends.

    Between the lowest and the highest point of the cumulative sum (the epidemic alternative of Levin and Kline). One
    that reaches the end of the row is a step.
    """
    count = values.shape[1]
    mean = values.mean(axis=1, keepdims=True)
    total = np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values - mean, axis=1)], axis=1)
    bounds = np.sort([np.argmin(total, axis=1), np.argmax(total, axis=1)], axis=0)
    start, stop = bounds[0], bounds[1]
    rows = np.arange(values.shape[0])
    length = np.maximum(stop - start, 1)
    inside = mean[:, 0] + (total[rows, stop] - total[rows, start]) / length
    outside = mean[:, 0] - (total[rows, stop] - total[rows, start]) / np.maximum(count - length, 1)
    index = np.arange(count)
    within = (index >= start[:, None]) & (index < stop[:, None])
    model = np.where(within, inside[:, None], outside[:, None])
    return _fit(values, model, start, inside - outside, outside), stop


def ramp(values: FloatArray, times: FloatArray) -> Fit:
    """The best constant-then-straight-line of each row. `size` is the slope per second."""
    count = values.shape[1]
    clock = (times - times[0]) / max(times[-1] - times[0], 1e-9)
    # Sums over the samples after each possible kink k of (t - k), (t - k)^2 and (t - k) x.
    tail = _tails(np.stack([np.ones(count), clock, clock**2]))
    s0, s1, s2 = tail - np.stack([np.ones(count), clock, clock**2])
    h1 = s1 - clock * s0
    h2 = s2 - 2 * clock * s1 + clock**2 * s0
    sx = _tails(values) - values
    stx = _tails(values * clock) - values * clock
    hx = stx - clock * sx
    mean = values.mean(axis=1, keepdims=True)
    spread = h2 - h1**2 / count
    shared = hx - h1 * mean
    usable = (np.arange(count) < count - 2 * _EDGE) & (spread > 1e-12)
    gain = np.where(usable, shared**2 / np.where(usable, spread, 1.0), -1.0)
    at = np.argmax(gain, axis=1)
    rows = np.arange(values.shape[0])
    slope = shared[rows, at] / np.where(spread[at] > 1e-12, spread[at], 1.0)
    level = mean[:, 0] - slope * h1[at] / count
    model = level[:, None] + slope[:, None] * np.maximum(clock - clock[at][:, None], 0.0)
    return _fit(values, model, at, slope / max(times[-1] - times[0], 1e-9), level)


def _tails(values: FloatArray) -> FloatArray:
    result: FloatArray = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
    return result


def _fit(values: FloatArray, model: FloatArray, at: IndexArray, size: FloatArray, level: FloatArray) -> Fit:
    left = values - model
    noise = (left**2).sum(axis=1)
    whole = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    lag = (left[:, 1:] * left[:, :-1]).sum(axis=1)
    phi = np.clip(np.divide(lag, noise, out=np.zeros_like(lag), where=noise > 0), 0.0, 0.97)
    count = values.shape[1]
    long_run = noise / max(count - 3, 1) * (1 + phi) / (1 - phi)
    gain = np.maximum(whole - noise, 0.0)
    tiny = 1e-12 * np.maximum(whole, 1e-300)
    ratio = np.where(whole > 0, gain / np.maximum(long_run, tiny), 0.0)
    explained = np.where(whole > 0, gain / np.maximum(whole, 1e-300), 0.0)
    return Fit(at, ratio, size, explained, level)


def bump(values: FloatArray) -> Fit:
    """The highest (or deepest) short stretch of each row, about a sixtieth of it, three samples at least.

    `ratio` is its distance from the median in standard errors of a mean of that width, AR(1) taken into account;
    `index` is the sample in its middle.
    """
    count = values.shape[1]
    width = max(3, count // 60)
    first, level, third = quartiles(values)
    total = np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)
    means = (total[:, width:] - total[:, :-width]) / width - level[:, None]
    at = np.argmax(np.abs(means), axis=1)
    height = means[np.arange(values.shape[0]), at]
    left = values - level[:, None]
    energy = (left**2).sum(axis=1)
    lag = (left[:, 1:] * left[:, :-1]).sum(axis=1)
    phi = np.clip(np.divide(lag, energy, out=np.zeros_like(lag), where=energy > 0), 0.0, 0.97)
    error = (third - first) / 1.349 * np.sqrt((1 + phi) / (1 - phi) / width)
    height_size = np.abs(height)
    ratio = np.divide(
        height_size, np.maximum(error, 1e-9 * height_size), out=np.zeros_like(error), where=height_size > 0
    )
    return Fit(at + width // 2, ratio, height, np.zeros_like(ratio), level)

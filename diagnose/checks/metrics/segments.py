"""All moments at which a series takes another level or another slope."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from diagnose.checks.metrics.shapes import IndexArray
from diagnose.signals.series import FloatArray

_MOST = 1000  # samples that are segmented; longer series are thinned, since the effort grows with the square
_LEAST = 2
Cost = Callable[[IndexArray, int], FloatArray]


def segments(values: FloatArray) -> tuple[int, ...]:
    """The indices at which a new segment begins, ascending; `values` without NaN.

    Optimal partitioning (Jackson et al. 2005) of the standardised series into constants and straight lines. A segment
    costs 3 log n, as in the modified BIC of Zhang and Siegmund (2007), the slope of a line one parameter more: log n.
    So a change must explain a share of all variance, and steady growth is one segment, not a staircase.
    """
    if len(values) < 2 * _LEAST:
        return ()
    thin = -(-len(values) // _MOST)
    means = values[: len(values) // thin * thin].reshape(-1, thin).mean(axis=1)
    count, spread = len(means), float(means.std())
    if not spread > 1e-9 * abs(float(means.mean())):
        return ()
    penalty = 3.0 * float(np.log(count))
    cost = _costs((means - means.mean()) / spread, float(np.log(count)))
    best, before = np.zeros(count + 1), np.zeros(count + 1, dtype=np.intp)
    best[0], best[1:_LEAST] = -penalty, np.inf
    for stop in range(_LEAST, count + 1):
        starts = np.arange(stop - _LEAST + 1)
        total = best[starts] + cost(starts, stop) + penalty
        before[stop] = np.argmin(total)
        best[stop] = total[before[stop]]
    found, stop = [], int(before[count])
    while stop > 0:
        found.append(stop * thin)
        stop = int(before[stop])
    return tuple(reversed(found))


def _costs(values: FloatArray, slope: float) -> Cost:
    """What a constant or a line, whichever is cheaper, leaves over of the values from each start to a stop."""
    clock = np.arange(len(values), dtype=np.float64)
    x, xx, t, tt, tx = (_sums(each) for each in (values, values**2, clock, clock**2, clock * values))

    def cost(starts: IndexArray, stop: int) -> FloatArray:
        length = stop - starts
        sx, st = x[stop] - x[starts], t[stop] - t[starts]
        constant = np.maximum(xx[stop] - xx[starts] - sx**2 / length, 0.0)
        spread = tt[stop] - tt[starts] - st**2 / length
        shared = tx[stop] - tx[starts] - st * sx / length
        line = constant - np.divide(shared**2, spread, out=np.zeros_like(spread), where=spread > 0)
        return np.asarray(np.minimum(constant, np.maximum(line, 0.0) + slope))

    return cost


def _sums(values: FloatArray) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(values)])

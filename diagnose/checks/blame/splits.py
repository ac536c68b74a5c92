"""Where a row of values or of yes and no changes, and how sure that is: likelihood ratios in nats."""

from __future__ import annotations

import numpy as np

from diagnose.signals.series import FloatArray

_USUAL_VARIANCE, _PRIOR = 0.25, 4.0  # of the logarithm of a duration, and how many observations that belief is worth


def two_levels(values: FloatArray) -> tuple[int, float]:
    """The index from which values are on another level, and how much likelier two levels are than one.

    Student's likelihood with a prior variance, less the logarithm of how many indices were tried; at least four values.
    """
    n = len(values)
    splits = np.arange(2, n - 1)
    sums, squares = np.cumsum(values), float((values**2).sum())
    left, right = sums[splits - 1], sums[-1] - sums[splits - 1]
    within = np.maximum(squares - left**2 / splits - right**2 / (n - splits), 0.0)
    whole, prior = squares - float(sums[-1]) ** 2 / n, _PRIOR * _USUAL_VARIANCE
    nats = 0.5 * (n + _PRIOR) * np.log((whole + prior) / (within + prior))
    best = int(np.argmax(nats))
    return int(splits[best]), float(nats[best] - np.log(len(splits)))


def two_shares(hits: FloatArray, of: FloatArray) -> tuple[int, float]:
    """The index from which another share of `of` is a hit, and how much likelier two shares are than one.

    The likelihood of two binomial shares, less the logarithm of how many indices were tried; at least two values.
    """
    found, total = np.cumsum(hits), np.cumsum(of)
    left, right = found[:-1], found[-1] - found[:-1]
    nats = _binomial(left, total[:-1]) + _binomial(right, total[-1] - total[:-1]) - _binomial(found[-1:], total[-1:])
    best = int(np.argmax(nats))
    return best + 1, float(nats[best] - np.log(np.count_nonzero(of)))


def _binomial(hits: FloatArray, of: FloatArray) -> FloatArray:
    share = np.clip(np.divide(hits, of, out=np.zeros_like(of), where=of > 0), 1e-12, 1 - 1e-12)
    return np.asarray(hits * np.log(share) + (of - hits) * np.log(1 - share))

"""Moments at which a series goes beyond anything that it usually does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from diagnose.signals.series import FloatArray

_BLOCKS = 80
_LENGTH = 8  # samples that a block must hold
_WIDTHS = (1, 6, 36)
_SURE = 8.0  # nats beyond the usual largest of a block: fewer than one series of noise in a hundred reaches it


def outstanding(values: FloatArray) -> tuple[int, ...]:
    """The indices where a series is higher, lower, more restless or calmer than its usual extremes, ascending.

    The largest value of each of eighty blocks is compared with all of them by the quartiles of a Gumbel distribution
    (the method of block maxima). What happens in every block, such as a daily peak or heavy tails, is usual. None for
    fewer than 640 values; `values` without NaN.
    """
    if len(values) < _BLOCKS * _LENGTH:
        return ()
    found: set[int] = set()
    values = values - np.median(values)
    for width in _WIDTHS:
        level, squares = _rolling(values, width), _rolling(values**2, width)
        middle = float(np.median(level))
        restless = np.sqrt(np.maximum(squares - level**2, 0.0))
        for shown in (level - middle, middle - level, restless, -restless):
            found.update((_beyond(shown) + width // 2).tolist())
    return tuple(sorted(found))


def _rolling(values: FloatArray, width: int) -> FloatArray:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[width:] - total[:-width]) / width)


def _beyond(shown: FloatArray) -> FloatArray:
    """Where the largest value of a block is beyond what the largest of the other blocks make likely."""
    edges = np.linspace(0, len(shown), _BLOCKS + 1).astype(np.intp)
    at = np.array([low + np.argmax(shown[low:high]) for low, high in pairwise(edges)])
    most = shown[at]
    first, middle, third = np.quantile(most, [0.25, 0.5, 0.75])
    scale = max((third - first) / 1.5725, 1e-3 * abs(middle), 1e-12)
    mode = middle + np.log(np.log(2.0)) * scale
    return np.asarray(at[most - mode > _SURE * scale])

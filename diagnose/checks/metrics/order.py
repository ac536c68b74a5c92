"""Order statistics of short rows: sorting once costs a tenth of what the general functions of numpy do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnose.signals.series import FloatArray


def quantiles(values: FloatArray, shares: Sequence[float]) -> list[float]:
    """The quantiles of a row without NaN, interpolated linearly as numpy does."""
    ordered, last = np.sort(values), values.size - 1
    found = []
    for share in shares:
        low = int(share * last)
        part = share * last - low
        found.append(ordered.item(low) * (1 - part) + ordered.item(min(low + 1, last)) * part)
    return found


def middle(values: FloatArray) -> float:
    """The median of a row without NaN."""
    ordered = np.sort(values)
    half = ordered.size // 2
    return ordered.item(half) if ordered.size % 2 else 0.5 * ordered.item(half - 1) + 0.5 * ordered.item(half)


def quartiles(rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """First quartile, median and third quartile of each row."""
    ordered = np.sort(rows, axis=1)
    return _at(ordered, 0.25), _at(ordered, 0.5), _at(ordered, 0.75)


def _at(ordered: FloatArray, share: float) -> FloatArray:
    place = share * (ordered.shape[-1] - 1)
    low = int(place)
    high = min(low + 1, ordered.shape[-1] - 1)
    value: FloatArray = ordered[..., low] * (1 - (place - low)) + ordered[..., high] * (place - low)
    return value

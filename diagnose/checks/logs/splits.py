"""Where a series of counts changed its rate, and how its halves compare: quantiles over blocks, no mean and sigma."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray

_BLOCKS = 6  # the baseline is cut into this many blocks; with fewer than three nothing is said of its spread


@dataclass(frozen=True, slots=True)
class Halves:
    """Counts and seconds before and after a split, and how equal blocks of both compare.

    `before_most` and `before_least` are the fullest and emptiest block of the baseline, `after_usual` is the median
    block of the incident, `after_most` its fullest; all in counts per block. `regular` is the share of baseline
    blocks that hold anything.
    """

    before: int
    after: int
    before_s: float
    after_s: float
    before_most: float
    before_least: float
    after_usual: float
    after_most: float
    regular: float
    blocks: int

    @property
    def before_rate(self) -> float:
        """Per second."""
        return self.before / self.before_s if self.before_s else 0.0

    @property
    def after_rate(self) -> float:
        """Per second."""
        return self.after / self.after_s if self.after_s else 0.0

    @property
    def expected(self) -> float:
        """How many the incident would hold at the baseline's rate."""
        return self.before_rate * self.after_s


def best_split(counts: IntArray, low: int, high: int) -> tuple[int, float]:
    """The index in [low, high] that best parts two rates, and twice the logarithm of how much better two are than one.

    The statistic is the likelihood ratio of two Poisson rates against one.
    """
    n, total = len(counts), float(counts.sum())
    if total == 0 or high < low:
        return low, 0.0
    at = np.arange(low, high + 1)
    left = np.concatenate(([0], np.cumsum(counts)))[at].astype(float)
    right = total - left
    gain = _part(left, at) + _part(right, n - at) - total * np.log(total / n)
    best = int(np.argmax(gain))
    return int(at[best]), float(2 * gain[best])


def _part(count: FloatArray, length: IntArray) -> FloatArray:
    rate = np.divide(count, length, out=np.ones_like(count), where=(length > 0) & (count > 0))
    return np.asarray(count * np.log(rate))


def halves(counts: IntArray, split: int, bucket_s: float) -> Halves:
    """How the counts before and after the index `split` compare."""
    before, after = counts[:split], counts[split:]
    length = max(1, min(len(before) // _BLOCKS, max(1, len(after) // 3)) or 1)
    first, second = blocks(before[::-1], length), blocks(after, length)
    return Halves(
        before=int(before.sum()),
        after=int(after.sum()),
        before_s=len(before) * bucket_s,
        after_s=len(after) * bucket_s,
        before_most=float(first.max(initial=0)),
        before_least=float(first.min()) if first.size else 0.0,
        after_usual=float(np.median(second)) if second.size else 0.0,
        after_most=float(second.max(initial=0)),
        regular=float(np.mean(first > 0)) if first.size else 0.0,
        blocks=int(first.size),
    )


def blocks(counts: IntArray, length: int) -> IntArray:
    """Sums of consecutive runs of `length` values, an incomplete last run left out unless it is the only one."""
    whole = len(counts) // length
    if whole == 0:
        return counts.sum(keepdims=True) if len(counts) else counts
    return np.asarray(counts[: whole * length].reshape(whole, length).sum(axis=1))

"""Bytes and decimal digits at many places of a block at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
_PLACES = np.uint64(0x0001020304050607)
_ONE, _TOP = np.uint64(1), np.uint64(56)
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)
# Pairs, then fours, then eights of digits are joined by one multiplication each.
_JOIN = tuple(
    (np.uint64(mask), np.uint64(factor), np.uint64(shift))
    for mask, factor, shift in (
        (0x0F0F0F0F0F0F0F0F, 2561, 8),
        (0x00FF00FF00FF00FF, 6553601, 16),
        (0x0000FFFF0000FFFF, 42949672960001, 32),
    )
)


def newlines(block: Bytes, size: int) -> IntArray:
    """Where the newlines among the first `size` bytes are; eight bytes are looked at together, since few hold any."""
    hit = block[: -(-size // 8) * 8] == 10
    hit[size:] = False
    words = hit.view(np.uint64)
    held = np.flatnonzero(words != 0)
    found = words[held]
    if (found & (found - _ONE)).any():  # two newlines side by side
        return np.flatnonzero(hit)
    return np.asarray((held << 3) + ((found * _PLACES) >> _TOP).astype(np.int64))


def rows(block: Bytes, at: IntArray, width: int) -> Words:
    """The `width` bytes (a multiple of eight) at each place as one row of words."""
    overlapping = np.ndarray((len(block) - width + 1,), dtype=f"V{width}", buffer=block.data, strides=(1,))
    return overlapping[at].view("<u8").reshape(len(at), width // 8)


def word(piece: bytes) -> np.uint64:
    """Up to eight bytes as one number, the first byte lowest."""
    return np.uint64(int.from_bytes(piece.ljust(8, b"\0"), "little"))


def number(block: Bytes, at: IntArray, count: int) -> tuple[FloatArray, Flags]:
    """The number that `count` digits at each place make, and where there are others than digits."""
    if count > 8:
        high, wrong = number(block, at, count - 8)
        low, wrong_too = number(block, at + (count - 8), 8)
        return high * 1e8 + low, wrong | wrong_too
    text = rows(block, at, 8)[:, 0] ^ _ZEROS
    text <<= np.uint64(64 - 8 * count)
    above = ((text + _ABOVE_NINE) | text) & _HIGH_BITS
    for mask, factor, shift in _JOIN:
        text &= mask
        text *= factor
        text >>= shift
    return text.astype(np.float64), np.not_equal(above, 0)

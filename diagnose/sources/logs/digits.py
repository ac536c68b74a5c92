"""Bytes and decimal digits at many places of a block at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
_PLACES = np.uint64(0x0001020304050607)
_ONE, _TOP = np.uint64(1), np.uint64(56)
_ZERO = np.uint8(48)
_WORD = 8
_ZEROS, _SIXES, _HIGH = (np.uint64(digit * 0x0101010101010101) for digit in (0x30, 0x06, 0xF0))
# Neighbours of eight digits are joined to pairs, pairs to fours, fours to the whole: (factor, shift, mask).
_JOINS = tuple(
    (np.uint64(factor), np.uint64(shift), np.uint64(mask))
    for factor, shift, mask in (
        ((10 << 8) + 1, 8, 0x00FF00FF00FF00FF),
        ((100 << 16) + 1, 16, 0x0000FFFF0000FFFF),
        ((10_000 << 32) + 1, 32, 0x00000000FFFFFFFF),
    )
)


def newlines(block: Bytes, hit: Bytes) -> IntArray:
    """Where the newlines of a block are; eight bytes are looked at together, since few hold any.

    `hit` is room for as many bytes as the block has, rounded up to a multiple of eight.
    """
    size = len(block)
    np.equal(block, 10, out=hit[:size].view(np.bool_))
    hit[size:] = 0
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


def field(heads: Bytes, at: int, kind: str) -> NDArray[Any]:
    """The number of this type that stands at one place of every row."""
    size, width = heads.shape
    return np.ndarray((size,), dtype=kind, buffer=heads.data, offset=at, strides=(width,))


def number(heads: Bytes, at: int, count: int) -> tuple[NDArray[np.uint32], Flags]:
    """The number that up to nine digits at one place of every row make, and where there are others than digits."""
    size, done = len(heads), _WORD if count >= _WORD else 0
    total, wrong = _eight(heads, at) if done else (np.zeros(size, dtype=np.uint32), np.zeros(size, dtype=np.bool_))
    highest = np.zeros(size, dtype=np.uint8)
    for column in range(at + done, at + count):
        digit = heads[:, column] - _ZERO
        np.maximum(highest, digit, out=highest)
        total *= np.uint32(10)
        total += digit
    wrong |= highest > 9
    return total, wrong


def _eight(heads: Bytes, at: int) -> tuple[NDArray[np.uint32], Flags]:
    """The number that eight digits make, all of them at once in a word."""
    digits = field(heads, at, "<u8") ^ _ZEROS
    wrong = (((digits + _SIXES) | digits) & _HIGH) != 0
    for factor, shift, mask in _JOINS:
        digits *= factor
        digits >>= shift
        digits &= mask
    return digits.astype(np.uint32), wrong


def places(text: bytes, wanted: bytes, starts: IntArray) -> IntArray:
    """Where in each of the lines of a text these bytes stand, -1 where they do not or do so more than once."""
    lengths = np.fromiter(map(len, text.split(wanted)), dtype=np.int64)[:-1]
    found = np.cumsum(lengths + len(wanted)) - len(wanted)
    line = np.searchsorted(starts, found, side="right") - 1
    place = np.full(len(starts), -1)
    place[line] = found
    place[np.bincount(line, minlength=len(starts)) != 1] = -1
    return place

"""Bytes and decimal digits at many places of a block at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.events import IntArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
_NEWLINE = np.uint8(10)
_PLACES = np.uint64(0x0001020304050607)
_ONE, _TOP = np.uint64(1), np.uint64(56)
_ZEROS, _SIXES, _HIGH = (np.uint64(digit * 0x0101010101010101) for digit in (0x30, 0x06, 0xF0))
# Neighbours of eight digits are joined to pairs, these to fours, and so on: (digits before, factor, shift, mask).
_JOINS = tuple(
    (width, np.uint64(factor), np.uint64(shift), np.uint64(mask))
    for width, factor, shift, mask in (
        (1, (10 << 8) + 1, 8, 0x00FF00FF00FF00FF),
        (2, (100 << 16) + 1, 16, 0x0000FFFF0000FFFF),
        (4, (10_000 << 32) + 1, 32, 0x00000000FFFFFFFF),
    )
)


def newlines(block: Bytes, hit: Bytes) -> IntArray:
    """Where the newlines of a block are; eight bytes are looked at together, since few hold any.

    `hit` is room for as many bytes as the block has, rounded up to a multiple of eight.
    """
    size = len(block)
    np.equal(block, _NEWLINE, out=hit[:size].view(np.bool_))
    hit[size:] = 0
    words = hit.view(np.uint64)
    held = np.flatnonzero(words != 0)
    found = words[held]
    if (found & (found - _ONE)).any():  # two newlines side by side
        return np.flatnonzero(hit)
    return np.asarray((held << 3) + ((found * _PLACES) >> _TOP).astype(np.int64))


def columns(block: Bytes, at: IntArray, width: int) -> Words:
    """The `width` bytes (a multiple of eight) at each place, eight of them in a row, with a column for every place."""
    overlapping = np.ndarray((len(block) - width + 1,), dtype=f"V{width}", buffer=block.data, strides=(1,))
    return np.ascontiguousarray(overlapping[at].view("<u8").reshape(len(at), width // 8).T)


def word(piece: bytes) -> np.uint64:
    """Up to eight bytes as one number, the first byte lowest."""
    return np.uint64(int.from_bytes(piece.ljust(8, b"\0"), "little"))


def upto(columns: Words, end: int) -> Words:
    """The eight bytes before one offset of every place, the last byte highest."""
    row, used = divmod(end - 1, 8)
    if used == 7:
        found: Words = columns[row]
        return found
    found = columns[row] << np.uint64(56 - 8 * used)
    if row:
        found |= columns[row - 1] >> np.uint64(8 * used + 8)
    return found


def number(columns: Words, at: int, count: int) -> tuple[Words, Flags]:
    """The number that digits at one offset of every place make, and where there are others than digits."""
    if count > 8:
        high, wrong = number(columns, at, count - 8)
        low, wrong_too = number(columns, at + count - 8, 8)
        return high * np.uint64(10**8) + low, wrong | wrong_too
    digits = upto(columns, at + count) ^ _ZEROS
    if count < 8:
        digits &= np.uint64((1 << 64) - (1 << 64 - 8 * count))
    wrong = (((digits + _SIXES) | digits) & _HIGH) != 0
    for width, factor, shift, mask in _JOINS:
        if count <= width:
            return digits >> np.uint64(64 - 8 * width), wrong
        digits *= factor
        digits >>= shift
        digits &= mask
    return digits, wrong


def places(text: bytes, wanted: bytes, starts: IntArray) -> IntArray:
    """Where in each of the lines of a text these bytes stand, -1 where they do not or do so more than once."""
    lengths = np.fromiter(map(len, text.split(wanted)), dtype=np.int64)[:-1]
    found = np.cumsum(lengths + len(wanted)) - len(wanted)
    line = np.searchsorted(starts, found, side="right") - 1
    place = np.full(len(starts), -1)
    place[line] = found
    place[np.bincount(line, minlength=len(starts)) != 1] = -1
    return place

"""Messages of protobuf that hold nothing but varints, thousands at a time.

First all their numbers are read at once, then their fields in lock-step: the first of each message, the second, ...
What these ways do not understand they leave to protobuf, by raising `Odd`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Lengths = NDArray[np.int32] | NDArray[np.int64]
_STEPS = 512
_FIELDS = 1 << 29
_VARINT, _BYTES = 0, 2
_PADDING = 8
_LONGEST = 1 << 22


class Odd(Exception):  # noqa: N818 - not an error: the plain way is asked instead
    """Only protobuf may judge these bytes."""


def bounded(lengths: Lengths) -> None:
    """Raises ValueError where one message is longer than those of any real stack."""
    if len(lengths) and int(lengths.max()) > _LONGEST:
        raise ValueError(f"a message of {int(lengths.max())} bytes, longer than any stack")


@dataclass(frozen=True, eq=False, slots=True)
class Varints:
    """All varints of `data`: their values (signed where they are wide), and the offset of the last byte of each."""

    data: bytes
    values: NDArray[Any]
    ends: Ints

    def messages(self, lengths: Lengths) -> tuple[Ints, Ints]:
        """Which varints the messages of these lengths begin and end with, one message behind the other."""
        stops = np.cumsum(lengths, dtype=np.int64)
        limits = np.searchsorted(self.ends, stops).astype(np.int64)
        if (self._byte(limits) != stops).any():
            raise Odd
        return np.concatenate((np.zeros(1, np.int64), limits))[:-1], limits

    def content(self, at: Ints) -> tuple[Ints, Ints]:
        """First and last but one of the varints that the byte strings hold whose lengths are the varints `at`."""
        length = self.values[at].astype(np.int64)
        stops = self._byte(at + 1) + length
        after = np.searchsorted(self.ends, stops).astype(np.int64)
        if (length < 0).any() or (stops > len(self.data)).any() or (self._byte(after) != stops).any():
            raise Odd
        return at + 1, after

    def bytes_of(self, start: int, stop: int) -> bytes:
        """The bytes of the varints from `start` up to `stop`."""
        begin = int(self.ends[start - 1]) + 1 if start else 0
        return self.data[begin : int(self.ends[stop - 1]) + 1] if stop > start else b""

    def _byte(self, index: Ints) -> Ints:
        """The offset at which a varint begins, and for the one behind the last where that ends."""
        if not len(self.ends):
            return np.zeros(len(index), np.int64)
        found: Ints = np.where(index > 0, self.ends[index - 1] + 1, 0)
        return found


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One field of each of some messages: its number, and from which varint to which it reaches."""

    rows: Ints
    field: Ints
    packed: Flags
    start: Ints
    stop: Ints


def varints(data: bytes) -> Varints:
    """Every varint in `data`, which must end with one. Raises Odd.

    Each is gathered with the three bytes behind it as one word; the word's lowest clear top bit marks its end, and two
    shifts close the gaps of the other top bits. The few that are longer are read byte by byte.
    """
    plain = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(plain < 0x80)
    if len(data) and (not len(ends) or int(ends[-1]) != len(data) - 1):
        raise Odd
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))[: len(ends)]
    words = np.ndarray((len(data),), "<u4", data + bytes(_PADDING), strides=(1,)).take(starts)
    final = ~words & 0x80808080
    words &= final ^ (final - np.uint32(1))
    words = (words & 0x007F007F) | ((words & 0x7F007F00) >> 1)
    words = (words & 0x3FFF) | ((words >> 2) & 0x0FFFC000)
    long = np.flatnonzero(final == 0)
    return Varints(data, _widened(words, plain, starts, ends, long) if len(long) else words, ends)


def _widened(words: NDArray[Any], plain: NDArray[np.uint8], starts: Ints, ends: Ints, long: Ints) -> Ints:
    """The values as 64-bit numbers, with those that are longer than four bytes read anew."""
    first, last = starts[long], ends[long]
    longest = int((last - first).max()) + 1
    if longest > 10 or (plain[last[last - first == 9]] > 1).any():
        raise Odd
    wide = words.astype(np.uint64)
    value = np.zeros(len(long), np.uint64)
    for k in range(longest):
        at = first + k
        part = (plain[np.minimum(at, last)] & 0x7F).astype(np.uint64) << np.uint64(7 * k)
        value |= np.where(at <= last, part, np.uint64(0))
    wide[long] = value
    return wide.view(np.int64)


def steps(read: Varints, at: Ints, limit: Ints) -> Iterator[Step]:
    """The fields of messages, the first of each, then the second of each, and so on. Raises Odd."""
    rows = np.arange(len(at))
    for _ in range(_STEPS):
        alive = at < limit
        if not alive.all():
            rows, at, limit = rows[alive], at[alive], limit[alive]
        if not len(at):
            return
        tag = read.values[at].astype(np.int64)
        packed, field = tag & 7 == _BYTES, tag >> 3
        if (at + 1 >= limit).any() or not ((field > 0) & (field < _FIELDS) & (packed | (tag & 7 == _VARINT))).all():
            raise Odd
        start, stop = at + 1, at + 2
        if packed.any():
            inner, after = read.content(start[packed])
            start[packed], stop[packed] = inner, after
            if (stop > limit).any():
                raise Odd
        yield Step(rows, field, packed, start, stop)
        at = stop
    raise Odd

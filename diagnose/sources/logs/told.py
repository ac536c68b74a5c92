"""Lines told by their bytes: of messages that are known well, most lines are counted without being read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress, repeat

import numpy as np

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.sources.logs.patterns import Group
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.tally import Tally

_WELL_KNOWN = 10  # messages of a group after which only its count matters
_EVERY = 64  # of these, one in so many is read and speaks of fields and requests for the others
_KEYS = 50_000
_PENDING = 1 << 13
_DIGITS = b"0123456789abcdefABCDEF"


@dataclass(slots=True)
class _Kind:
    """A group that is known well, its record that was read last, and how many lines per bucket wait for the next."""

    group: Group
    record: Record
    waiting: dict[int, int] = field(default_factory=dict)
    lines: int = 0


class Told:
    """Counts lines that stand on their own, whose time is known."""

    def __init__(self, tally: Tally, read: Callable[[bytes], Record | None]) -> None:
        self._tally = tally
        self._read = read
        self._known: dict[bytes, int] = {}
        self._kinds: list[_Kind] = []
        self._numbers: dict[int, int] = {}
        self._lines: list[bytes] = []
        self._pending: list[tuple[IntArray, FloatArray, IntArray]] = []

    def tell(self, lines: list[bytes], time: FloatArray, *, weight: int) -> int:
        """Counts lines that each stand for `weight` of their kind; gives how many had to be read."""
        if not lines:
            return 0
        keys = b"\n".join(lines).translate(None, _DIGITS).split(b"\n")
        numbers = np.fromiter(map(self._known.get, keys, repeat(-1)), dtype=np.int64, count=len(keys))
        new = 0
        for index in np.flatnonzero(numbers < 0).tolist():
            if (number := self._known.get(keys[index])) is not None:
                numbers[index] = number
                continue
            self._learn(keys[index], lines[index], weight)
            new += 1
        if new:
            old = numbers >= 0
            lines, numbers, time = list(compress(lines, old.tolist())), numbers[old], time[old]
        self._lines += lines
        self._pending.append((numbers, time, np.full(len(numbers), weight, dtype=np.int64)))
        if len(self._lines) >= _PENDING:
            self._settle()
        return new

    def finish(self) -> None:
        """Counts what is still waiting."""
        self._settle()
        for kind in self._kinds:
            if kind.waiting:
                self._tally.observe(kind.record, kind.group, kind.waiting)
                kind.waiting = {}

    def _learn(self, key: bytes, line: bytes, weight: int) -> None:
        record = self._read(line)
        if record is None or record.time is None:
            return
        group = self._tally.describe(record, record.time, weight=weight)
        if group.seen >= _WELL_KNOWN:
            if len(self._known) >= _KEYS:
                self._known.clear()
            self._known[key] = self._numbers.setdefault(id(group), len(self._kinds))
            if self._known[key] == len(self._kinds):
                self._kinds.append(_Kind(group, record))

    def _settle(self) -> None:
        """Adds up the pending lines per kind and bucket."""
        lines, pending = self._lines, self._pending
        self._lines, self._pending = [], []
        if not lines:
            return
        number, time, weight = (np.concatenate(parts) for parts in zip(*pending, strict=True))
        bucket = self._tally.bucket(time)
        cell = number * self._tally.buckets + bucket
        order = np.argsort(cell, kind="stable")
        cell, number, time = cell[order], number[order], time[order]
        cells, kinds = _firsts(cell), _firsts(number)
        weights = np.add.reduceat(weight[order], cells).tolist()
        buckets = bucket[order][cells].tolist()
        lowest, highest = np.minimum.reduceat(time, kinds).tolist(), np.maximum.reduceat(time, kinds).tolist()
        edges = np.searchsorted(cells, [*kinds, len(order)]).tolist()
        ends = [*kinds[1:].tolist(), len(order)]
        for index, first in enumerate(kinds.tolist()):
            low, high = edges[index], edges[index + 1]
            counts = dict(zip(buckets[low:high], weights[low:high], strict=True))
            kind, seen = self._kinds[number[first]], ends[index] - first
            kind.group.seen += seen
            kind.group.count_many(counts, lowest[index], highest[index])
            self._wait(kind, counts, seen, lines[order[ends[index] - 1]])

    def _wait(self, kind: _Kind, counts: dict[int, int], seen: int, line: bytes) -> None:
        """Lets lines wait until there are enough of them that one is worth reading."""
        for bucket, count in counts.items():
            kind.waiting[bucket] = kind.waiting.get(bucket, 0) + count
        kind.lines += seen
        if kind.lines < _EVERY:
            return
        kind.record = self._read(line) or kind.record
        self._tally.observe(kind.record, kind.group, kind.waiting)
        kind.waiting, kind.lines = {}, 0


def _firsts(ordered: IntArray) -> IntArray:
    """Where the runs of equal numbers begin."""
    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))

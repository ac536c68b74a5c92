"""Units told by their bytes: of messages that are known well, most are counted without being read.

A unit is a line with a time stamp and the lines without one that follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress, repeat

import numpy as np

from diagnose.signals.events import IntArray
from diagnose.signals.series import FloatArray
from diagnose.sources.logs.digits import Flags
from diagnose.sources.logs.keys import ending, keys_of
from diagnose.sources.logs.patterns import Group
from diagnose.sources.logs.plans import ASKED, Plan
from diagnose.sources.logs.record import Record
from diagnose.sources.logs.scan import Codes
from diagnose.sources.logs.tally import Tally

Read = Callable[[bytes], list[Record]]

_WELL_KNOWN = 10  # messages of a group after which only its count matters
_EVERY = 128  # of these, one in so many is read and tells of fields and requests for the others
_KEYS = 50_000
_PENDING = 1 << 13
_NEW = -1


@dataclass(slots=True)
class _Kind:
    """A group that is known well, or its requests of one ending.

    `record` was read last; units wait per bucket for the next to speak for them.
    """

    group: Group
    record: Record
    waiting: dict[int, int] = field(default_factory=dict)
    units: int = 0


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the window: their bytes, time, level by the plan, and which of them are counted nowhere else.

    Those are units of more than one line, and those whose level has to be ASKED of their text.
    """

    texts: list[bytes]
    time: FloatArray
    level: Codes
    apart: Flags


class Told:
    """Counts units; the levels of most are counted elsewhere."""

    def __init__(self, tally: Tally, read: Read, formats: Counter[str], plan: Plan) -> None:
        self._tally = tally
        self._plan = plan
        self._formats = formats
        self._read = read
        self._known: dict[bytes, int] = {}
        self._kinds: list[_Kind] = []
        self._numbers: dict[tuple[int, bytes], int] = {}
        self._buckets = list(range(tally.buckets))  # shared, since every group holds most of these numbers
        self._texts: list[bytes] = []
        self._pending: list[tuple[IntArray, FloatArray, IntArray]] = []

    def tell(self, units: Units, *, weight: int) -> int:
        """Counts units that each stand for `weight` of their kind; gives how many had to be read."""
        texts, known = units.texts, self._known
        if not texts:
            return 0
        keys = keys_of(texts, self._plan)
        numbers = np.fromiter(map(known.get, keys, repeat(_NEW)), dtype=np.int64, count=len(keys))
        read = 0
        for index in np.flatnonzero(numbers == _NEW).tolist():
            if (number := known.get(keys[index])) is not None:
                numbers[index] = number
                continue
            self._learn(keys[index], units, index, weight)
            read += 1
        self._add(units, numbers, weight)
        return read

    def _add(self, units: Units, numbers: IntArray, weight: int) -> None:
        """Lets units of known kinds wait to be counted."""
        told = numbers != _NEW
        self._texts += compress(units.texts, told.tolist())
        numbers, time = numbers[told], units.time[told]
        self._pending.append((numbers, time, np.full(len(numbers), weight, dtype=np.int64)))
        if (apart := units.apart[told]).any():
            level = [self._kinds[number].group.level for number in numbers[apart].tolist()]
            self._tally.count(np.array(level, dtype=np.int8), time[apart])
        if len(self._texts) >= _PENDING:
            self._settle()

    def finish(self) -> None:
        """Counts what is still waiting."""
        self._settle()
        for kind in self._kinds:
            if kind.waiting:
                self._tally.observe(kind.record, kind.group, kind.waiting)
                kind.waiting = {}

    def _learn(self, key: bytes, units: Units, index: int, weight: int) -> None:
        """Reads a unit; when its group is known well by now, units with the same key need not be read."""
        records, apart, level = self._read(units.texts[index]), units.apart[index], units.level[index]
        for record in records:
            self._formats[record.format] += weight
            if apart:
                group = self._tally.add(record)
            elif record.time is not None:
                group = self._tally.describe(record, record.time, weight=weight)
        if len(records) != 1 or record.time != units.time[index] or level not in {record.level, ASKED}:
            return
        if group is not None and group.seen >= _WELL_KNOWN:
            if len(self._known) >= _KEYS:
                self._known.clear()
            self._known[key] = self._numbers.setdefault((id(group), ending(key, self._plan)), len(self._kinds))
            if self._known[key] == len(self._kinds):
                self._kinds.append(_Kind(group, record))

    def _settle(self) -> None:
        """Adds up the pending units per kind and bucket."""
        texts, pending = self._texts, self._pending
        self._texts, self._pending = [], []
        if not texts:
            return
        number, time, weight = (np.concatenate(parts) for parts in zip(*pending, strict=True))
        bucket = self._tally.bucket(time)
        cell = number * self._tally.buckets + bucket
        order = np.argsort(cell, kind="stable")
        cell, number, time = cell[order], number[order], time[order]
        cells, kinds = _firsts(cell), _firsts(number)
        weights = np.add.reduceat(weight[order], cells).tolist()
        buckets = [self._buckets[number] for number in bucket[order][cells].tolist()]
        lowest, highest = np.minimum.reduceat(time, kinds).tolist(), np.maximum.reduceat(time, kinds).tolist()
        edges = np.searchsorted(cells, [*kinds, len(order)]).tolist()
        ends = [*kinds[1:].tolist(), len(order)]
        for index, first in enumerate(kinds.tolist()):
            low, high = edges[index], edges[index + 1]
            counts = dict(zip(buckets[low:high], weights[low:high], strict=True))
            kind, seen = self._kinds[number[first]], ends[index] - first
            kind.group.seen += seen
            self._formats[kind.record.format] += sum(counts.values())
            kind.group.count_many(counts, lowest[index], highest[index])
            self._wait(kind, counts, seen, texts[order[ends[index] - 1]])

    def _wait(self, kind: _Kind, counts: dict[int, int], seen: int, text: bytes) -> None:
        """Lets units wait until there are enough of them that one is worth reading."""
        for bucket, count in counts.items():
            kind.waiting[bucket] = kind.waiting.get(bucket, 0) + count
        kind.units += seen
        if kind.units < _EVERY:
            return
        kind.record = next(iter(self._read(text)), kind.record)
        self._tally.observe(kind.record, kind.group, kind.waiting)
        kind.waiting, kind.units = {}, 0


def _firsts(ordered: IntArray) -> IntArray:
    """Where the runs of equal numbers begin."""
    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))

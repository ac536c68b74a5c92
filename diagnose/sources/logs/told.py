"""Units told by their bytes: of messages that are known well, most are counted without being read.

A unit is a line with a time stamp and the lines without one that follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import compress, count, repeat

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
_EVERY = 128  # of these, one in so many of a block is read and tells of fields and requests for the others
_KEYS = 50_000
_PENDING = 1 << 15
_NEW = -1


@dataclass(slots=True)
class _Run:
    """Units of one kind in a row, per bucket; `record` speaks for them, of a run that is done its last.

    Units are of one kind if they are of one group that is known well and, of requests, ended the same way.
    """

    group: Group
    record: Record
    done: bool = False
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the window.

    Their bytes, time, level by the plan, which of them are counted nowhere else, and for how many of its kind each
    stands. Those of more than one line are counted nowhere else, and those whose level has to be ASKED of their text.
    """

    texts: list[bytes]
    time: FloatArray
    level: Codes
    apart: Flags
    weight: IntArray

    def where(self, chosen: Flags) -> Units:
        """Those that are chosen."""
        texts = list(compress(self.texts, chosen.tolist()))
        return Units(texts, self.time[chosen], self.level[chosen], self.apart[chosen], self.weight[chosen])


class Told:
    """Counts units; the levels of most are counted elsewhere."""

    def __init__(self, tally: Tally, read: Read, formats: Counter[str], plan: Plan) -> None:
        self._tally = tally
        self._plan = plan
        self._formats = formats
        self._read = read
        self._known: dict[bytes, int] = {}
        self._kinds: dict[tuple[int, bytes], int] = {}
        self._runs: dict[int, _Run] = {}
        self._numbers = count()
        self._run = np.zeros(0, dtype=np.int64)  # of each kind, the number of the run that goes on
        self._units = np.zeros(0, dtype=np.int64)  # of each kind, how many units its run has
        self._buckets = list(range(tally.buckets))  # shared, since every group holds most of these numbers
        self._pending: list[tuple[IntArray, FloatArray, IntArray]] = []
        self._waiting = 0

    def tell(self, units: Units) -> int:
        """Counts units; gives how many that stand for others had to be read."""
        texts, known = units.texts, self._known
        if not texts:
            return 0
        keys = keys_of(texts, self._plan)
        kinds = np.fromiter(map(known.get, keys, repeat(_NEW)), dtype=np.int64, count=len(keys))
        read = 0
        for index in np.flatnonzero(kinds == _NEW).tolist():
            if (kind := known.get(keys[index])) is not None:
                kinds[index] = kind
                continue
            self._learn(keys[index], units, index)
            read += int(units.weight[index]) > 1
        told = kinds != _NEW
        if not told.all():
            units, kinds = units.where(told), kinds[told]
        if len(kinds):
            self._add(units, kinds)
        return read

    def finish(self) -> None:
        """Counts what is still waiting."""
        self._settle()
        for run in self._runs.values():
            if run.counts:
                self._tally.observe(run.record, run.group, run.counts)

    def _learn(self, key: bytes, units: Units, index: int) -> None:
        """Reads a unit; when its group is known well by now, units with the same key need not be read."""
        records, apart, level = self._read(units.texts[index]), units.apart[index], units.level[index]
        weight = int(units.weight[index])
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
            self._known[key] = self._kind(group, ending(key, self._plan), record)

    def _kind(self, group: Group, end: bytes, record: Record) -> int:
        """The number of the kind with this group and ending."""
        kind = self._kinds.setdefault((id(group), end), len(self._kinds))
        if kind == len(self._run):
            self._run, self._units = np.append(self._run, self._begin(group, record)), np.append(self._units, 0)
        return kind

    def _begin(self, group: Group, record: Record) -> int:
        """The number of a new run."""
        number = next(self._numbers)
        self._runs[number] = _Run(group, record)
        return number

    def _add(self, units: Units, kinds: IntArray) -> None:
        """Lets units of known kinds wait to be counted."""
        runs = self._run[kinds]
        self._pending.append((runs, units.time, units.weight))
        self._waiting += len(kinds)
        if units.apart.any():
            level = [self._runs[number].group.level for number in runs[units.apart].tolist()]
            self._tally.count(np.array(level, dtype=np.int8), units.time[units.apart])
        self._units += np.bincount(kinds, minlength=len(self._units))
        for kind in np.flatnonzero(self._units >= _EVERY).tolist():
            self._end(kind, units.texts[int(np.flatnonzero(kinds == kind)[-1])])
        if self._waiting >= _PENDING:
            self._settle()

    def _end(self, kind: int, text: bytes) -> None:
        """Reads the last unit of a run that is long enough, and begins another."""
        run = self._runs[self._run[kind]]
        run.record, run.done = next(iter(self._read(text)), run.record), True
        self._run[kind], self._units[kind] = self._begin(run.group, run.record), 0

    def _settle(self) -> None:
        """Adds up the pending units; what is done speaks for itself."""
        for number, counts, span, seen in self._sums():
            run = self._runs[number]
            run.group.seen += seen
            self._formats[run.record.format] += sum(counts.values())
            run.group.count_many(counts, *span)
            for bucket, weight in counts.items():
                run.counts[bucket] = run.counts.get(bucket, 0) + weight
            if run.done:
                self._tally.observe(run.record, run.group, run.counts)
                del self._runs[number]

    def _sums(self) -> Iterator[tuple[int, dict[int, int], tuple[float, float], int]]:
        """Of each run with pending units: its number, their weight per bucket, first and last moment, how many."""
        pending, self._pending, self._waiting = self._pending, [], 0
        if not pending:
            return
        number, time, weight = (np.concatenate(parts) for parts in zip(*pending, strict=True))
        bucket = self._tally.bucket(time)
        cell = number * self._tally.buckets + bucket
        order = np.argsort(cell)
        cell, number, time = cell[order], number[order], time[order]
        cells, runs = _firsts(cell), _firsts(number)
        weights = np.add.reduceat(weight[order], cells).tolist()
        buckets = [self._buckets[each] for each in bucket[order][cells].tolist()]
        spans = zip(np.minimum.reduceat(time, runs).tolist(), np.maximum.reduceat(time, runs).tolist(), strict=True)
        edges = np.searchsorted(cells, [*runs, len(order)]).tolist()
        sizes = np.diff([*runs, len(order)]).tolist()
        for index, (run, span) in enumerate(zip(number[runs].tolist(), spans, strict=True)):
            low, high = edges[index], edges[index + 1]
            yield run, dict(zip(buckets[low:high], weights[low:high], strict=True)), span, sizes[index]


def _firsts(ordered: IntArray) -> IntArray:
    """Where the runs of equal numbers begin."""
    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))

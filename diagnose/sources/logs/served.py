"""Requests that log records told of: how many, how many failed, how long they took, in whole numbers.

Sums of whole numbers are the same in any order, so parts of a log can be counted apart and added up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from diagnose.signals.events import LoggedRequests
from diagnose.signals.series import FloatArray
from diagnose.sources.logs.request_fields import Unit

ENDPOINTS = 20
BILLION = 10**9
_MOST = 4_000
_ORDINARY = 0.05  # least share of requests that must be told at a quiet level


@dataclass(slots=True)
class Counts:
    """Per bucket [requests, errors, timed, nanoseconds]; durations whose unit is not yet known stand apart by field.

    Those are [timed, sum in billionths of the unit].
    """

    buckets: dict[int, list[int]] = field(default_factory=dict)
    raw: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    total: int = 0
    quiet: int = 0

    def add(self, other: Counts) -> None:
        """Adds what another part of the log told."""
        _add(self.buckets, other.buckets)
        for name, cells in other.raw.items():
            _add(self.raw.setdefault(name, {}), cells)
        self.total += other.total
        self.quiet += other.quiet


Table = dict[str, Counts]


@dataclass(frozen=True, slots=True)
class Served:
    """Requests by endpoint (`` stands for all): told for sure, by warnings of slow ones, and by errors."""

    sure: Table = field(default_factory=dict)
    slow: Table = field(default_factory=dict)
    failed: Table = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def add(self, other: Served) -> None:
        """Adds what another part of the log told."""
        for mine, theirs in ((self.sure, other.sure), (self.slow, other.slow), (self.failed, other.failed)):
            for name, counts in theirs.items():
                if name in mine or len(mine) < _MOST:
                    mine.setdefault(name, Counts()).add(counts)
        for name, unit in other.units.items():
            self.units.setdefault(name, Unit()).add(unit)

    def requests(self, buckets: int) -> tuple[LoggedRequests, ...]:
        """All requests together (endpoint ''), then those of the busiest endpoints; nothing when they are not told."""
        tables = self._telling(buckets)
        if sum(table[""].quiet for table in tables) <= _ORDINARY * sum(table[""].total for table in tables):
            return ()
        totals = {
            name: sum(table[name].total for table in tables if name in table) for table in tables for name in table
        }
        names = sorted((name for name in totals if name), key=lambda name: (-totals[name], name))[:ENDPOINTS]
        return tuple(
            _arrays(name, sum((self._cells(table[name], buckets) for table in tables if name in table), start=_ZERO))
            for name in ["", *names]
        )

    def _telling(self, buckets: int) -> list[Table]:
        """The tables that together tell of every request once."""
        sure, slow, failed = (self._totals(table, buckets) for table in (self.sure, self.slow, self.failed))
        tables = [self.sure] if self.sure else []
        if self.slow and (not self.sure or slow[3] > 2 * sure[3]):
            tables.append(self.slow)
        if self.failed and (not self.sure or failed[1] > 2 * sure[1]):
            tables.append(self.failed)
        return [table for table in tables if "" in table]

    def _totals(self, table: Table, buckets: int) -> FloatArray:
        return np.asarray(self._cells(table[""], buckets).sum(axis=0)) if "" in table else np.zeros(4)

    def _cells(self, counts: Counts, buckets: int) -> FloatArray:
        """One row a bucket: requests, errors, how many were timed, their seconds."""
        cells = np.zeros((buckets, 4))
        for bucket, (requests, errors, timed, spent) in counts.buckets.items():
            cells[bucket] += (requests, errors, timed, spent / BILLION)
        for key, raw in sorted(counts.raw.items()):
            scale = self.units[key].scale()
            for bucket, (timed, total) in raw.items():
                cells[bucket, 2:] += (timed, total / BILLION * scale)
        return cells


_ZERO = np.zeros(())


def _add(into: dict[int, list[int]], cells: dict[int, list[int]]) -> None:
    for bucket, cell in cells.items():
        held = into.get(bucket)
        into[bucket] = cell if held is None else [a + b for a, b in zip(held, cell, strict=True)]


def _arrays(name: str, cells: FloatArray) -> LoggedRequests:
    with np.errstate(invalid="ignore", divide="ignore"):
        latency = np.where(cells[:, 2] > 0, cells[:, 3] / cells[:, 2], np.nan)
    return LoggedRequests(cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64), latency, name)

"""Requests as log records tell them: how many, how many failed, how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from diagnose.signals.events import LoggedRequests
from diagnose.signals.series import FloatArray
from diagnose.sources.logs import levels
from diagnose.sources.logs.record import Value
from diagnose.sources.logs.request_fields import Plan, Took, Unit, is_failure, plan_of, route, status_of, took

ENDPOINTS = 20
_TRACKED = 400
_RECENT = 8_192
_PLANS = 2_000
_APART = 120  # buckets after which an id is taken to be used anew
_ORDINARY = 0.05  # least share of requests that must be told at a quiet level
_ERRORS = frozenset({levels.ERROR, levels.FATAL})
_LOUD = frozenset({levels.WARN, levels.ERROR, levels.FATAL})


@dataclass(slots=True)
class _Seen:
    """What records said so far of the request with one id."""

    bucket: int
    counted: bool = False
    failed: bool = False
    timed: bool = False
    answered: bool = False


@dataclass(slots=True)
class _Counts:
    """Per bucket [requests, errors, timed, seconds]; durations whose unit is not yet known stand apart by field."""

    buckets: dict[int, list[float]] = field(default_factory=dict)
    raw: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    total: int = 0
    quiet: int = 0


Table = dict[str, _Counts]


class Traffic:
    """Counts requests per bucket and endpoint (`` stands for all).

    A record is a request when it has a status, or a duration or an error level together with an endpoint. Several
    records of one request (same request id) count once. Records with neither status nor id may speak of a request
    that has a line of its own: warnings of slow requests and errors are kept apart, and are only added when the
    others tell of no such durations or failures. A log that only tells of its bad requests tells no traffic.
    """

    def __init__(self) -> None:
        self._sure: Table = {}
        self._slow: Table = {}
        self._failed: Table = {}
        self._units: dict[str, Unit] = {}
        self._recent: dict[Value, _Seen] = {}
        self._plans: dict[tuple[str, ...], Plan] = {}

    def add(self, fields: dict[str, Value], level: int, where: Mapping[int, int]) -> None:
        """Looks at the fields of one record, which stands for as many of its kind as `where` has per bucket."""
        plan = self._plan(tuple(fields))
        if not plan:
            return
        statuses, endpoints, ids, durations = plan
        endpoint = route(fields[endpoints[0]]) if endpoints else None
        status = status_of(statuses, fields, endpoint=endpoint is not None) if statuses else None
        spent = took(durations[0], fields[durations[0]]) if durations else None
        failed = level in _ERRORS if status is None else is_failure(status)
        if status is None and (endpoint is None or (spent is None and not failed)):
            return
        state = self._state(fields[ids[0]], min(where), answered=status is not None) if ids else None
        table = self._sure if status is not None or state is not None else self._failed if failed else self._slow
        counted, marked = state is not None and state.counted, state is not None and state.failed
        told = (not counted, failed and not marked)
        for name in ("", endpoint) if endpoint else ("",):
            counts = table.get(name) or _made(table, name)
            if counts is not None:
                counts.quiet += sum(where.values()) * (level not in _LOUD)
                self._count(counts, where, told, None if state is not None and state.timed else spent)
        if state is not None:
            state.counted = True
            state.failed |= failed
            state.timed |= spent is not None
            state.answered |= status is not None

    def _plan(self, names: tuple[str, ...]) -> Plan:
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) > _PLANS:
                self._plans.clear()
            plan = self._plans[names] = plan_of(names)
        return plan

    def _state(self, request_id: Value, bucket: int, *, answered: bool) -> _Seen | None:
        """What is known already of a request; a second answer under one id is another request."""
        if request_id is None or request_id == "":
            return None
        state = self._recent.get(request_id)
        if state is None or bucket > state.bucket + _APART or (answered and state.answered):
            if len(self._recent) >= _RECENT:
                del self._recent[next(iter(self._recent))]
            state = self._recent[request_id] = _Seen(bucket)
        return state

    def _count(self, counts: _Counts, where: Mapping[int, int], told: tuple[bool, bool], spent: Took | None) -> None:
        request, failed = told
        for bucket, weight in where.items():
            cell = counts.buckets.get(bucket)
            if cell is None:
                cell = counts.buckets[bucket] = [0.0, 0.0, 0.0, 0.0]
            cell[0] += weight * request
            cell[1] += weight * failed
            counts.total += weight * request
            if spent is not None:
                self._spent(counts, cell, bucket, weight, spent)

    def _spent(self, counts: _Counts, cell: list[float], bucket: int, weight: int, spent: Took) -> None:
        name, value, unit = spent
        if unit:
            cell[2] += weight
            cell[3] += value * unit * weight
            return
        self._units.setdefault(name, Unit()).see(value)
        raw = counts.raw.setdefault(name, {}).setdefault(bucket, [0.0, 0.0])
        raw[0] += weight
        raw[1] += value * weight

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
        sure, slow, failed = (self._totals(table, buckets) for table in (self._sure, self._slow, self._failed))
        tables = [self._sure] if self._sure else []
        if self._slow and (not self._sure or slow[3] > 2 * sure[3]):
            tables.append(self._slow)
        if self._failed and (not self._sure or failed[1] > 2 * sure[1]):
            tables.append(self._failed)
        return [table for table in tables if "" in table]

    def _totals(self, table: Table, buckets: int) -> FloatArray:
        return np.asarray(self._cells(table[""], buckets).sum(axis=0)) if "" in table else np.zeros(4)

    def _cells(self, counts: _Counts, buckets: int) -> FloatArray:
        """One row a bucket: requests, errors, how many were timed, their seconds."""
        cells = np.zeros((buckets, 4))
        for bucket, cell in counts.buckets.items():
            cells[bucket] += cell
        for key, raw in counts.raw.items():
            scale = self._units[key].scale()
            for bucket, (timed, total) in raw.items():
                cells[bucket, 2:] += (timed, total * scale)
        return cells


_ZERO = np.zeros(())


def _made(table: Table, name: str) -> _Counts | None:
    """A new row of the table, None when it is full; the row of all is always there."""
    if name and len(table) >= _TRACKED:
        return None
    table[name] = _Counts()
    return table[name]


def _arrays(name: str, cells: FloatArray) -> LoggedRequests:
    with np.errstate(invalid="ignore", divide="ignore"):
        latency = np.where(cells[:, 2] > 0, cells[:, 3] / cells[:, 2], np.nan)
    return LoggedRequests(cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64), latency, name)

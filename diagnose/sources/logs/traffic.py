"""Requests as log records tell them, one record at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.sources.logs import levels
from diagnose.sources.logs.record import Value
from diagnose.sources.logs.request_fields import Plan, Took, Unit, is_failure, plan_of, route, status_of, took
from diagnose.sources.logs.served import BILLION, Counts, Served, Table

_TRACKED = 400
_RECENT = 8_192
_PLANS = 2_000
_APART = 120  # buckets after which an id is taken to be used anew
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


class Traffic:
    """Counts requests per bucket and endpoint.

    A record is a request when it has a status, or a duration or an error level together with an endpoint. Several
    records of one request (same request id) count once. Records with neither status nor id may speak of a request
    that has a line of its own: warnings of slow requests and errors are kept apart, and are only added when the
    others tell of no such durations or failures. A log that only tells of its bad requests tells no traffic.
    """

    def __init__(self) -> None:
        self.served = Served()
        self._recent: OrderedDict[Value, _Seen] = OrderedDict()
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
        served = self.served
        table = served.sure if status is not None or state is not None else served.failed if failed else served.slow
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
                self._recent.popitem(last=False)
            state = self._recent[request_id] = _Seen(bucket)
        return state

    def _count(self, counts: Counts, where: Mapping[int, int], told: tuple[bool, bool], spent: Took | None) -> None:
        request, failed = told
        name, value, unit = spent or ("", 0.0, 0.0)
        timed, nanos = bool(unit), round(value * unit * BILLION)
        buckets = counts.buckets
        for bucket, weight in where.items():
            cell = buckets.get(bucket)
            if cell is None:
                cell = buckets[bucket] = [0, 0, 0, 0]
            cell[0] += weight * request
            cell[1] += weight * failed
            cell[2] += weight * timed
            cell[3] += weight * nanos
        counts.total += sum(where.values()) * request
        if spent is not None and not timed:
            self._raw(counts, where, name, value)

    def _raw(self, counts: Counts, where: Mapping[int, int], name: str, value: float) -> None:
        """Counts durations whose field tells no unit."""
        cells, billionths = counts.raw.setdefault(name, {}), round(value * BILLION)
        self.served.units.setdefault(name, Unit()).see(value, len(where))
        for bucket, weight in where.items():
            raw = cells.setdefault(bucket, [0, 0])
            raw[0] += weight
            raw[1] += billionths * weight


def _made(table: Table, name: str) -> Counts | None:
    """A new row of the table, None when it is full; the row of all is always there."""
    if name and len(table) >= _TRACKED:
        return None
    table[name] = Counts()
    return table[name]

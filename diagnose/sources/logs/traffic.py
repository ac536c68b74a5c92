"""Requests as log records tell them: how many, how many failed, how long they took."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from diagnose.signals.events import LoggedRequests
from diagnose.sources.logs import levels
from diagnose.sources.logs.record import Record, Value

ENDPOINTS = 20
_TRACKED = 400
_RECENT = 8_192
_APART = 120  # buckets after which an id is taken to be used anew
_STATUS = [
    "status",
    "status_code",
    "statuscode",
    "http_status",
    "http_status_code",
    "http.status_code",
    "http.response.status_code",
    "response.status",
    "response.status_code",
    "response.statuscode",
    "res.statuscode",
    "res.status",
    "response_code",
    "responsecode",
    "sc-status",
    "edgeresponsestatus",
    "grpc.code",
    "grpc_code",
    "rpc.grpc.status_code",
    "code",
]
_ENDPOINT = [
    "http.route",
    "route",
    "handler",
    "endpoint",
    "path",
    "uri",
    "request_uri",
    "http.target",
    "url.path",
    "http.path",
    "request.uri",
    "request.path",
    "req.url",
    "request_path",
    "requestpath",
    "url",
    "request",
    "edgerequesturi",
    "grpc.method",
    "rpc.method",
    "operation",
    "cs-uri-stem",
]
_REQUEST_ID = [
    "request_id",
    "requestid",
    "req_id",
    "reqid",
    "request.id",
    "http.request.id",
    "x_request_id",
    "correlation_id",
    "trace_id",
]
_DURATION = re.compile(
    r"(?:^|[._-])(?:duration|latency|elapsed|took|request_time|response_?time|process(?:ing)?_time|time_taken|dur|rt|"
    r"cost|time-taken|service_time|upstream_time)(?:[._-]?(?P<unit>ns|nanos\w*|us|micros\w*|ms|millis\w*|msec|s|secs?|seconds?))?$"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNITS = {"n": 1e-9, "u": 1e-6, "ms": 1e-3, "mil": 1e-3, "mic": 1e-6, "s": 1.0}
_TEXT = re.compile(r"(?:(\d+(?:\.\d+)?)(h|ms|µs|μs|us|ns|m|s))")
_SCALE = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_VARIABLE = re.compile(r"/(?:\d[\w.-]*|[0-9a-fA-F-]{8,}|[\w-]*\d{3,}[\w-]*)(?=/|$)")
_FAILED_RPC = frozenset(
    [
        "unknown",
        "deadlineexceeded",
        "deadline_exceeded",
        "internal",
        "unavailable",
        "dataloss",
        "data_loss",
        "resourceexhausted",
        "resource_exhausted",
        "aborted",
        "2",
        "4",
        "8",
        "10",
        "13",
        "14",
        "15",
    ]
)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> tuple[str, int]:
    """What a field says of a request: (status | endpoint | id | duration | '', rank among its like)."""
    lowered = name.lower()
    for kind, names in (("status", _STATUS), ("endpoint", _ENDPOINT), ("id", _REQUEST_ID)):
        if lowered in names:
            return kind, names.index(lowered)
    if duration_unit(name) is not None:
        return "duration", len(name)
    return "", 0


@lru_cache(maxsize=4096)
def duration_unit(name: str) -> float | None:
    """Seconds in one unit of a field that holds a duration, 0 when its name does not say; None for other fields."""
    found = _DURATION.search(_CAMEL.sub("_", name).lower())
    if found is None:
        return None
    unit = found["unit"] or ""
    if not unit:
        plain = name.lower().replace("_", "").replace("-", "")
        return 1.0 if plain.endswith("requesttime") else 1e-3 if plain.endswith(("responsetime", "timetaken")) else 0.0
    return next(scale for prefix, scale in _UNITS.items() if unit.startswith(prefix))


def duration_text(text: str) -> float | None:
    """Seconds of `12ms`, `1.5s`, `1m2.5s`; None for anything else."""
    parts = _TEXT.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SCALE[unit] for number, unit in parts)


@dataclass(slots=True)
class _Unit:
    """A duration field that names no unit: it is told from all of its values at the end.

    Whole numbers are nanoseconds when they are typically above 30 000 (Go's time.Duration), else milliseconds;
    fractions are seconds, or milliseconds when they are typically above 50.
    """

    logs: float = 0.0
    count: int = 0
    whole: bool = True

    def see(self, value: float) -> None:
        self.whole = self.whole and float(value).is_integer()
        if value > 0:
            self.logs += math.log10(value)
            self.count += 1

    def scale(self) -> float:
        typical = 10 ** (self.logs / self.count) if self.count else 0.0
        if self.whole:
            return 1e-9 if typical > 30_000 else 1e-3
        return 1.0 if typical <= 50 else 1e-3 if typical < 1e5 else 1e-9


@dataclass(slots=True)
class _Counts:
    """Per bucket [requests, errors, timed, seconds]; durations whose unit is not yet known stand apart by field."""

    buckets: dict[int, list[float]] = field(default_factory=dict)
    raw: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    total: int = 0


@dataclass(slots=True)
class _Seen:
    """What records said so far of the request with one id."""

    bucket: int
    counted: bool = False
    failed: bool = False
    timed: bool = False
    answered: bool = False


_Plan = tuple[tuple[str, ...], ...]
_PLANS = 2_000


def _planned(names: tuple[str, ...]) -> _Plan:
    """The names of statuses, endpoints, ids and durations among the fields, best first; empty without any."""
    found = [
        tuple(name for _, name in sorted((kind_of(name)[1], name) for name in names if kind_of(name)[0] == kind))
        for kind in ("status", "endpoint", "id", "duration")
    ]
    return tuple(found) if found[0] or found[1] or found[3] else ()


class Traffic:
    """Counts requests per bucket and endpoint.

    A record is a request when it has a status, or a duration or an error level together with an endpoint. Several
    records of one request (same request id) are counted once. Records without either status or request id only
    count when no others tell of requests, so that a warning about a slow request is not a second request.
    """

    def __init__(self) -> None:
        self._sure: dict[str, _Counts] = {}
        self._spare: dict[str, _Counts] = {}
        self._units: dict[str, _Unit] = {}
        self._recent: dict[Value, _Seen] = {}
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def add(self, record: Record, bucket: int) -> None:
        """Looks at one record."""
        status, endpoint, request_id, took = self._parts(record.fields)
        failed = record.level in _ERRORS if status is None else is_failure(status)
        if status is None and (endpoint is None or (took is None and not failed)):
            return
        state = self._state(request_id, bucket, status is not None)
        table = self._spare if status is None and state is None else self._sure
        new = state is None or not state.counted
        for name in ("", endpoint) if endpoint else ("",):
            counts = table.get(name)
            if counts is None:
                if len(table) >= _TRACKED:
                    continue
                counts = table[name] = _Counts()
            again = state is not None and state.failed
            self._count(counts, bucket, (new, failed and not again), None if state and state.timed else took)
        if state is not None:
            state.counted = True
            state.failed |= failed
            state.timed |= took is not None
            state.answered |= status is not None

    def _parts(self, fields: dict[str, Value]) -> tuple[Value, str | None, Value, tuple[str, float, float] | None]:
        """Status, endpoint, request id and duration among the fields, each None when there is none."""
        names = tuple(fields)
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) > _PLANS:
                self._plans.clear()
            plan = self._plans[names] = _planned(names)
        if not plan:
            return None, None, None, None
        statuses, endpoints, ids, durations = plan
        status = next((fields[name] for name in statuses if is_status(name, fields[name])), None) if statuses else None
        endpoint = route(fields[endpoints[0]]) if endpoints else None
        if endpoint is None and statuses and status is not None and statuses[-1].lower() == "code":
            status = None if len(statuses) == 1 else status
        took = seconds(durations[0], fields[durations[0]]) if durations else None
        return status, endpoint, fields[ids[0]] if ids else None, took

    def _state(self, request_id: Value, bucket: int, answered: bool) -> _Seen | None:
        """What is known already of a request; a second answer under one id is another request."""
        if request_id is None or request_id == "":
            return None
        state = self._recent.get(request_id)
        if state is None or bucket > state.bucket + _APART or (answered and state.answered):
            if len(self._recent) >= _RECENT:
                del self._recent[next(iter(self._recent))]
            state = self._recent[request_id] = _Seen(bucket)
        return state

    def _count(
        self, counts: _Counts, bucket: int, flags: tuple[bool, bool], took: tuple[str, float, float] | None
    ) -> None:
        cell = counts.buckets.get(bucket)
        if cell is None:
            cell = counts.buckets[bucket] = [0.0, 0.0, 0.0, 0.0]
        cell[0] += flags[0]
        cell[1] += flags[1]
        counts.total += flags[0]
        if took is None:
            return
        name, value, unit = took
        if unit:
            cell[2] += 1
            cell[3] += value * unit
            return
        self._units.setdefault(name, _Unit()).see(value)
        raw = counts.raw.setdefault(name, {}).setdefault(bucket, [0.0, 0.0])
        raw[0] += 1
        raw[1] += value

    def requests(self, buckets: int) -> tuple[LoggedRequests, ...]:
        """All requests together (endpoint ''), then those of the busiest endpoints."""
        table = self._sure or self._spare
        names = sorted((name for name in table if name), key=lambda name: (-table[name].total, name))[:ENDPOINTS]
        return tuple(self._arrays(name, table[name], buckets) for name in (["", *names] if "" in table else []))

    def _arrays(self, name: str, counts: _Counts, buckets: int) -> LoggedRequests:
        cells = np.zeros((buckets, 4))
        for bucket, cell in counts.buckets.items():
            cells[bucket] += cell
        for key, raw in counts.raw.items():
            scale = self._units[key].scale()
            for bucket, (timed, total) in raw.items():
                cells[bucket, 2:] += (timed, total * scale)
        with np.errstate(invalid="ignore", divide="ignore"):
            latency = np.where(cells[:, 2] > 0, cells[:, 3] / cells[:, 2], np.nan)
        return LoggedRequests(cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64), latency, name)


_ERRORS = frozenset({levels.ERROR, levels.FATAL})


def is_status(name: str, value: Value) -> bool:
    """Whether a value is the outcome of a request: an HTTP status, or a gRPC code under a name that says so."""
    if "grpc" in name.lower():
        return True
    text = str(value)
    return len(text) == 3 and text.isdigit() and "100" <= text < "600"


def is_failure(status: Value) -> bool:
    """Whether the server failed: HTTP 5xx, or the gRPC codes that blame the server."""
    text = str(status).lower()
    return text.startswith("5") if len(text) == 3 and text.isdigit() else text in _FAILED_RPC


def seconds(name: str, value: Value) -> tuple[str, float, float] | None:
    """(field, number, seconds in its unit or 0 when that is to be told later) of a duration."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        spoken = duration_text(value)
        if spoken is not None:
            return name, spoken, 1.0
        try:
            value = float(value)
        except ValueError:
            return None
    return (name, float(value), duration_unit(name) or 0.0) if 0 <= value < 1e15 else None


@lru_cache(maxsize=8192)
def _route(text: str) -> str:
    path = text.partition("?")[0]
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return _VARIABLE.sub("/:id", path)[:120]


def route(value: Value) -> str | None:
    """An endpoint without its query, identifiers masked; None when the value is no text."""
    return _route(value) if isinstance(value, str) and value else None

"""Which fields of a record tell of a request: its status, endpoint, id and duration."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from diagnose.sources.logs.record import Value

_NAMES = {
    "status": "status status_code statuscode http_status http_status_code http.status_code http.response.status_code "
    "response.status response.status_code response.statuscode res.statuscode res.status response_code responsecode "
    "sc-status edgeresponsestatus httprequest.status grpc.code grpc_code rpc.grpc.status_code code",
    "endpoint": "http.route route handler endpoint path uri request_uri http.target url.path http.path request.uri "
    "request.path req.url request_path requestpath url request edgerequesturi grpc.method rpc.method operation "
    "cs-uri-stem httprequest.requesturl",
    "id": "request_id requestid req_id reqid request.id http.request.id x_request_id correlation_id trace_id",
}
_RANKS = {name: (kind, rank) for kind, names in _NAMES.items() for rank, name in enumerate(names.split())}
_DURATION = re.compile(
    r"(?:^|[._-])(?:duration|latency|elapsed|took|request_time|response_?time|process(?:ing)?_time|time_taken|dur|rt|"
    r"cost|time-taken|service_time|upstream_time)"
    r"(?:[._-]?(?P<unit>ns|nanos\w*|us|micros\w*|ms|millis\w*|msec|s|secs?|seconds?))?$"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNITS = {"n": 1e-9, "u": 1e-6, "ms": 1e-3, "mil": 1e-3, "mic": 1e-6, "s": 1.0}
_TEXT = re.compile(r"(\d+(?:\.\d+)?)(h|ms|µs|μs|us|ns|m|s)")
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

_MILLION = 10**6

Plan = tuple[tuple[str, ...], ...]
Took = tuple[str, float, float]  # field, number, seconds in its unit (0: to be told from all of its values)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> tuple[str, int]:
    """What a field says of a request: (status | endpoint | id | duration | '', rank among its like)."""
    known = _RANKS.get(name.lower())
    if known is not None:
        return known
    return ("", 0) if duration_unit(name) is None else ("duration", len(name))


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


def plan_of(names: tuple[str, ...]) -> Plan:
    """The names of statuses, endpoints, ids and durations among the fields, best first; empty without any."""
    found = [
        tuple(name for _, name in sorted((kind_of(name)[1], name) for name in names if kind_of(name)[0] == kind))
        for kind in ("status", "endpoint", "id", "duration")
    ]
    return tuple(found) if found[0] or found[1] or found[3] else ()


def status_of(names: tuple[str, ...], fields: dict[str, Value], *, endpoint: bool) -> Value:
    """The outcome of a request; a bare `code` only counts beside an endpoint."""
    for name in names:
        if is_status(name, fields[name]) and (endpoint or name.lower() != "code"):
            return fields[name]
    return None


def is_status(name: str, value: Value) -> bool:
    """Whether a value is the outcome of a request: an HTTP status, or a gRPC code under a name that says so."""
    if "grpc" in name.lower():
        return value is not None
    text = str(value)
    return len(text) == 3 and text.isdigit() and "100" <= text < "600"


def is_failure(status: Value) -> bool:
    """Whether the server failed: HTTP 5xx, or the gRPC codes that blame the server."""
    text = str(status).lower()
    return text.startswith("5") if len(text) == 3 and text.isdigit() else text in _FAILED_RPC


def duration_text(text: str) -> float | None:
    """Seconds of `12ms`, `1.5s`, `1m2.5s`; None for anything else."""
    parts = _TEXT.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SCALE[unit] for number, unit in parts)


def took(name: str, value: Value) -> Took | None:
    """The duration in a field, None when it holds none."""
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


def route(value: Value) -> str | None:
    """An endpoint without its query, identifiers masked; None when the value is no text."""
    return _route(value) if isinstance(value, str) and value else None


@lru_cache(maxsize=8192)
def _route(text: str) -> str:
    path = text.partition("?")[0]
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return _VARIABLE.sub("/:id", path)[:120]


@dataclass(slots=True)
class Unit:
    """A duration field whose name tells no unit: it is told from all of its values at the end.

    Whole numbers are nanoseconds when they are typically above 30 000 (Go's time.Duration), else milliseconds;
    fractions are seconds, or milliseconds when they are typically above 50.
    """

    logs: int = 0  # sum of decimal logarithms, in millionths
    count: int = 0
    whole: bool = True

    def see(self, value: float, times: int) -> None:
        """A value that the field has so many times."""
        self.whole = self.whole and value.is_integer()
        if value > 0:
            self.logs += round(math.log10(value) * _MILLION) * times
            self.count += times

    def add(self, other: Unit) -> None:
        """The values that another part of the log held."""
        self.logs += other.logs
        self.count += other.count
        self.whole = self.whole and other.whole

    def scale(self) -> float:
        """Seconds in one unit."""
        typical = 10 ** (self.logs / _MILLION / self.count) if self.count else 0.0
        if self.whole:
            return 1e-9 if typical > 30_000 else 1e-3
        return 1.0 if typical <= 50 else 1e-3 if typical < 1e5 else 1e-9

"""Which side of a call a metric speaks of, and which of its labels say route, upstream, status."""

from __future__ import annotations

import re
from collections.abc import Iterable

from diagnose.signals.series import Labels, Role

_OUT = re.compile(
    r"(?:^|_)(?:client|upstream|outbound|outgoing|dependency|dependencies|remote|egress|external|backend|"
    r"target|peer|out|calls?|db|sql|jdbc|database|redis|mongo|mongodb|postgres|mysql|cassandra|lettuce|s3|sqs|query)(?:_|$)"
)
_IN = re.compile(r"(?:^|_)(?:server|inbound|incoming|ingress|handler|downstream)(?:_|$)")
_OUT_LABELS = frozenset(
    {
        "upstream",
        "upstream_host",
        "target",
        "peer",
        "peer_service",
        "dependency",
        "remote",
        "client_name",
        "clientname",
        "server_address",
        "outbound",
        "remote_service",
        "destination_service",
        "destination_workload",
        "db_system",
        "backend",
        "downstream",
    }
)
_REPORTERS = ("source", "destination")  # which side's proxy counts a call in a service mesh
_DIRECTION = re.compile(r"outbound|out|egress|client|outgoing|upstream", re.IGNORECASE)
_OUTWARD = {
    Role.REQUESTS: Role.UPSTREAM_REQUESTS,
    Role.ERRORS: Role.UPSTREAM_ERRORS,
    Role.ERROR_RATIO: Role.UPSTREAM_ERRORS,
    Role.LATENCY: Role.UPSTREAM_LATENCY,
    Role.LATENCY_TAIL: Role.UPSTREAM_LATENCY,
}
_STATUS = (
    "status_code",
    "code",
    "status",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "grpc_code",
    "rpc_grpc_status_code",
    "response_code",
    "envoy_response_code",
    "envoy_response_code_class",
    "outcome",
    "result",
    "state",
    "error",
    "success",
)
_FAILED = re.compile(
    r"5\d\d|5xx|error|err|fail\w*|exception|server_error|timeout|panic|unknown|deadlineexceeded|deadline_exceeded|"
    r"resourceexhausted|resource_exhausted|aborted|internal|unavailable|dataloss|data_loss|unimplemented|"
    r"unhandled|rejected",
    re.IGNORECASE,
)
_GRPC_NUMBERS = frozenset({"2", "4", "8", "10", "12", "13", "14", "15"})
_ROUTES = (
    "handler",
    "route",
    "path",
    "uri",
    "endpoint",
    "http_route",
    "url",
    "view",
    "grpc_method",
    "rpc_method",
    "operation",
    "action",
    "controller",
    "method",
    "mountpoint",
    "persistentvolumeclaim",
    "name",
)
_TARGETS = (*sorted(_OUT_LABELS), "host", "service", "name", "db", "database", "pool", "envoy_cluster_name")


def outbound(name: str, labels: Labels) -> bool:
    """Whether the metric speaks of calls that the service makes, rather than of calls that it answers."""
    words = re.sub(r"[:.\-]", "_", name.lower())
    if reporter := next((value for key, value in labels if key == "reporter" and value in _REPORTERS), ""):
        return reporter == "source"
    if any(key.lower() in _OUT_LABELS for key, _ in labels):
        return not _IN.search(words)
    if any(key in ("direction", "kind", "span_kind", "side") and _DIRECTION.fullmatch(value) for key, value in labels):
        return True
    return bool(_OUT.search(words)) and not _IN.search(words)


def outward(role: Role) -> Role:
    """The role that a measure of requests has when it speaks of calls made."""
    return _OUTWARD.get(role, role)


def status_label(keys: Iterable[str]) -> str | None:
    """The label that tells success from failure, or None."""
    present = set(keys)
    return next((key for key in _STATUS if key in present), None)


def failed(label: str, value: str) -> bool:
    """Whether a status means that the service failed: 5xx, gRPC codes of the server's fault, or a word for it."""
    if label == "error":
        return value.lower() not in ("", "none", "false", "0", "ok")
    if label.endswith("_class"):
        return value in ("5", "5xx")
    if label == "success":
        return value.lower() in ("false", "0", "no")
    if label in ("grpc_code", "rpc_grpc_status_code") and value.isdigit():
        return value in _GRPC_NUMBERS
    return bool(_FAILED.fullmatch(value))


def refused(value: str) -> bool:
    """Whether a status means that the caller was turned away: 401, 403, 429 or the gRPC words for them."""
    return value in ("401", "403", "429") or value.lower() in (
        "unauthenticated",
        "permissiondenied",
        "permission_denied",
    )


def split_label(keys: Iterable[str], *, outwards: bool) -> str | None:
    """The label that splits a metric best: the route for calls answered, the upstream for calls made."""
    present = {key.lower(): key for key in keys}
    order = (*_TARGETS, *_ROUTES) if outwards else _ROUTES
    return next((present[key] for key in order if key in present), None)

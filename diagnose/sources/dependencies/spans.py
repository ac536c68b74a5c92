"""Who calls whom, from the spans of traces: OTLP, Jaeger, Zipkin and flat lists, all as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_PEERS = ("peer.service", "server.address", "db.system", "messaging.system")


class _Span(NamedTuple):
    trace: str
    id: str
    parent: str
    service: str
    peer: str = ""


def calls(content: Any) -> set[tuple[str, str]]:
    """Pairs of a calling service and the one that it calls; empty when the content holds no spans.

    A pair is a span whose parent is of another service, or a span that names its peer and has no child there.
    """
    spans = list(_spans(content))
    services = {(span.trace, span.id): span.service for span in spans}
    found = {(services.get((span.trace, span.parent), ""), span.service) for span in spans}
    found |= {(span.service, span.peer) for span in spans if span.peer}
    return {(caller, callee) for caller, callee in found if caller and callee and caller != callee}


def _spans(content: Any) -> Iterator[_Span]:
    if isinstance(content, Mapping):
        yield from _otlp(content)
        for trace in _list(content, "data"):
            yield from _jaeger(trace)
        if "spanId" in content or "span_id" in content or "localEndpoint" in content:
            yield from _flat(content)
    elif isinstance(content, list):
        for each in content:
            yield from _spans(each)


def _otlp(content: Mapping[str, Any]) -> Iterator[_Span]:
    for resource in _list(content, "resourceSpans"):
        about = resource.get("resource")
        service = _attributes(about if isinstance(about, Mapping) else {}).get("service.name", "")
        for scope in _list(resource, "scopeSpans"):
            for span in _list(scope, "spans"):
                known = _attributes(span)
                peer = next((known[name] for name in _PEERS if known.get(name)), "")
                yield _Span(_text(span, "traceId"), _text(span, "spanId"), _text(span, "parentSpanId"), service, peer)


def _attributes(holder: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for each in _list(holder, "attributes"):
        value = each.get("value")
        if isinstance(value, Mapping) and isinstance(value.get("stringValue"), str):
            found[_text(each, "key")] = value["stringValue"]
    return found


def _jaeger(trace: Any) -> Iterator[_Span]:
    processes = trace.get("processes")
    known = processes if isinstance(processes, Mapping) else {}
    for span in _list(trace, "spans"):
        process = known.get(_text(span, "processID"))
        parent = next((ref for ref in _list(span, "references") if ref.get("refType") == "CHILD_OF"), {})
        tags = {_text(tag, "key"): _text(tag, "value") for tag in _list(span, "tags")}
        yield _Span(
            _text(span, "traceID"),
            _text(span, "spanID"),
            _text(parent, "spanID"),
            _text(process, "serviceName") if isinstance(process, Mapping) else "",
            tags.get("peer.service", ""),
        )


def _flat(span: Mapping[str, Any]) -> Iterator[_Span]:
    """Zipkin's span, and the ones of exporters that write one object a span."""
    local, remote = span.get("localEndpoint"), span.get("remoteEndpoint")
    service = _text(local, "serviceName") if isinstance(local, Mapping) else _first(span, "service", "service.name")
    peer = _text(remote, "serviceName") if isinstance(remote, Mapping) else _first(span, "peer.service")
    parent = _first(span, "parentId", "parent_id", "parentSpanId", "parent_span_id")
    yield _Span(_first(span, "traceId", "trace_id"), _first(span, "id", "spanId", "span_id"), parent, service, peer)


def _first(holder: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(holder, name))), "")


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _list(holder: Any, name: str) -> list[Mapping[str, Any]]:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []

"""Which service uses which, from lists and traces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diagnose.sources.dependencies.files import collect

OTLP: dict[str, Any] = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
            "scopeSpans": [{"spans": [{"traceId": "t", "spanId": name, "parentSpanId": parent}]}],
        }
        for name, parent in (("shop", ""), ("cart", "shop"), ("stock", "cart"))
    ]
}
JAEGER = {
    "data": [
        {
            "processes": {"p1": {"serviceName": "shop"}, "p2": {"serviceName": "cart"}},
            "spans": [
                {"traceID": "t", "spanID": "a", "processID": "p1", "references": []},
                {
                    "traceID": "t",
                    "spanID": "b",
                    "processID": "p2",
                    "references": [{"refType": "CHILD_OF", "spanID": "a"}],
                    "tags": [{"key": "peer.service", "value": "stock"}],
                },
            ],
        }
    ]
}
ZIPKIN = [
    {"traceId": "t", "id": "1", "localEndpoint": {"serviceName": "shop"}},
    {"traceId": "t", "id": "2", "parentId": "1", "localEndpoint": {"serviceName": "cart"}},
    {"traceId": "t", "id": "3", "parentId": "2", "localEndpoint": {"serviceName": "stock"}},
]
FLAT = [
    {"trace_id": "t", "span_id": "1", "parent_id": None, "service": "shop"},
    {"trace_id": "t", "span_id": "2", "parent_id": "1", "service": "cart"},
    {"trace_id": "t", "span_id": "3", "parent_id": "2", "service": "cart", "peer.service": "stock"},
]
BOTH = (("cart", "stock"), ("shop", "cart"))


@pytest.mark.parametrize(
    "text",
    [
        "shop: [cart]\ncart: stock\n",
        "services:\n  shop:\n    depends_on: [cart]\n  cart: {uses: [stock, cart]}\n",
        json.dumps({"dependencies": {"shop": ["cart"], "cart": ["stock"]}}),
        json.dumps(OTLP),
        "\n".join(json.dumps({"resourceSpans": [one]}) for one in OTLP["resourceSpans"][::-1]) + "\n",
        json.dumps(JAEGER),
        json.dumps(ZIPKIN),
        "\n".join(map(json.dumps, ZIPKIN)),
        json.dumps(FLAT),
    ],
    ids=["yaml", "compose", "json", "otlp", "otlp lines", "jaeger", "zipkin", "zipkin lines", "flat"],
)
def test_every_form_tells_the_same(tmp_path: Path, text: str) -> None:
    place = tmp_path / "uses"
    place.write_text(text, encoding="utf-8")
    assert collect([str(place)]) == (BOTH, ())


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"3", b"\xff\xfe\x00", b"{", b"a: [", b"[1, null, {}]", b'{"data": [{"spans": [{}, 1]}]}',
     b'{"resourceSpans": [{"scopeSpans": 3}]}', b"a: {b: {c: d}}", b'{"a": [["b"]]}', b"x: &x [*x]"],
)  # fmt: skip
def test_what_tells_nothing_is_a_gap(tmp_path: Path, data: bytes) -> None:
    place = tmp_path / "uses"
    place.write_bytes(data)
    pairs, gaps = collect([str(place)])
    assert pairs == ()
    assert len(gaps) == 1
    assert "uses" in gaps[0].why


def test_a_file_that_is_not_there_is_a_gap(tmp_path: Path) -> None:
    pairs, gaps = collect([str(tmp_path / "no"), str(tmp_path)])
    assert pairs == ()
    assert len(gaps) == 2

"""What Alertmanager posts becomes an order, whatever a label holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diagnose.errors import UsageError
from diagnose.monitor.alerts import order, read
from diagnose.monitor.configuration import Configuration, Service
from diagnose.monitor.orders import Order

NOW = 1_769_830_200.0
GIVEN = Configuration(
    prometheus="http://prometheus:9090",
    services=(
        Service(name="cart", prometheus="http://prometheus:9090", select='job="cart", zone="a"'),
        Service(name="depot", metrics="depot.om"),
        Service(name="loose", prometheus="http://prometheus:9090", select='job=~"lo.*"'),
    ),
)


def alert(status: str = "firing", at: str = "2026-01-31T03:00:00Z", mark: str = "f1", **labels: str) -> dict[str, Any]:
    return {
        "status": status, "labels": {"alertname": "Slow", **labels}, "annotations": {}, "startsAt": at,
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus/graph", "fingerprint": mark,
    }  # fmt: skip


def posted(*alerts: dict[str, Any], **more: Any) -> bytes:
    """A notification as version 0.25 of Alertmanager sends it."""
    told = {
        "version": "4", "groupKey": '{}:{alertname="Slow"}', "truncatedAlerts": 0, "status": "firing",
        "receiver": "diagnose", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093", "alerts": list(alerts),
    }  # fmt: skip
    return json.dumps(told | more).encode()


def ordered(*alerts: dict[str, Any], given: Configuration = GIVEN) -> Order:
    found = order(read(posted(*alerts)), given, now=NOW)
    assert found is not None
    return found


def test_labels_that_all_alerts_share_narrow_the_default_sources() -> None:
    found = ordered(
        alert(job="shop", instance="a:1", severity="page"),
        alert(job="shop", instance="b:1", severity="page", at="2026-01-31T02:58:00.5Z", mark="f2"),
    )
    assert found.arguments == (
        "--prometheus=http://prometheus:9090",
        '--select=job="shop"',
        "--at=2026-01-31T02:58:00.500Z",
    )
    assert (found.title, found.name) == ("Slow: shop", "shop-Slow")
    assert len(found.alerts) == 2


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"job": "cart", "zone": "a"}, '--select=job="cart", zone="a"'),
        ({"service": "cart"}, '--select=job="cart", zone="a"'),
        ({"job": "cart2", "zone": "a"}, '--select=job="cart2"'),
        ({"job": "depot"}, "--metrics=depot.om"),
        ({"job": "lollipop"}, '--select=job="lollipop"'),
        ({}, "--at=2026-01-31T03:00:00Z"),
    ],
)
def test_a_service_of_the_configuration_says_where_to_look(labels: dict[str, str], expected: str) -> None:
    assert expected in ordered(alert(**labels)).arguments


@pytest.mark.parametrize(
    ("labels", "select"),
    [
        ({"job": 'a"} or up{job="b'}, r'--select=job="a\"} or up{job=\"b"'),
        ({"job": "a\\"}, '--select=job="a\\\\"'),
        ({"job": "--out=/etc"}, '--select=job="--out=/etc"'),
        ({"job": "a\nb"}, r'--select=job="a\nb"'),
        ({"job": ""}, None),
    ],
)
def test_no_label_can_leave_its_matcher(labels: dict[str, str], select: str | None) -> None:
    found = ordered(alert(**labels))
    assert [one for one in found.arguments if one.startswith("--select")] == ([select] if select else [])
    assert all(one.startswith(("--prometheus=", "--select=", "--at=")) for one in found.arguments)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "1960-01-01T00:00:00+01:00"])
def test_a_start_that_cannot_be_is_now(at: str) -> None:
    assert ordered(alert(at=at)).at == NOW


def test_nothing_that_fires_is_no_order() -> None:
    assert order(read(posted(alert("resolved"), status="resolved")), GIVEN, now=NOW) is None
    assert order(read(posted()), GIVEN, now=NOW) is None
    assert ordered(alert("resolved", mark="old"), alert()).alerts == frozenset({"f1@1769828400.000"})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"a"', b"\xff\xfe", b"[" * 100_000, b'{"version": "4"}',
        posted(alert(), version="5"), posted(alerts=[1]), posted(alerts={}), posted({**alert(), "labels": {"a": 1}}),
        posted(alert(at="soon")), posted(alert(at="99999-01-01T00:00:00Z")), posted(groupKey=None),
        b'{"version":"4","groupKey":"g","alerts":' + b"[" * 50_000,
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_notification_is_refused_in_one_line(body: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        read(body)
    assert "\n" not in str(caught.value)


def test_many_alerts_make_one_order_of_bounded_size() -> None:
    found = ordered(*(alert(mark=f"{number:05}", job="shop", note="x" * 500) for number in range(1000)))
    assert len(found.alerts) <= 200

"""Any body of a request is refused in words, or becomes an order whose arguments are those that were meant."""

from __future__ import annotations

import json
import re

from diagnose.errors import UsageError
from diagnose.monitor.alerts import order, read
from diagnose.monitor.configuration import Configuration, Service
from diagnose.monitor.records import record

NOW = 1.77e9
GIVEN = Configuration(prometheus="http://prometheus:9090", services=(Service(name="cart", select='job="cart"'),))
SELECT = re.compile(r'--select=(?:(?:job|namespace|pod|instance)="(?:[^"\\\n]|\\.)*"(?:,|$))+')


def run(data: bytes) -> None:
    """Reads one body, and one whose labels are the same text."""
    said = data.decode("utf-8", "replace")
    labels = {"alertname": said, "job": said[1:], "pod": said[::-1], said[:8]: "x"}
    alert = {"status": "firing", "labels": labels, "startsAt": "2026-01-31T03:00:00Z", "fingerprint": said}
    for body in (data, json.dumps({"version": "4", "groupKey": said, "alerts": [alert]}).encode()):
        judge(body)


def judge(body: bytes) -> None:
    """Raises when an order asks for anything else than it may."""
    try:
        found = order(read(body), GIVEN, now=NOW)
    except UsageError:
        return
    if found is None:
        return
    given = dict(word.split("=", 1) for word in found.arguments)
    assert set(given) <= {"--prometheus", "--select", "--at"}
    assert all(SELECT.fullmatch(word) for word in found.arguments if word.startswith("--select"))
    assert re.fullmatch(r"\d{8}T\d{6}Z-[A-Za-z0-9._-]{1,70}", record(found, now=NOW).id)
    assert "\n" not in found.title

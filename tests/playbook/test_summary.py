"""The verdict's sentence: short, and in words that a tired person understands."""

from __future__ import annotations

import pytest

from diagnose.checks.finding import Culprit
from diagnose.playbook.summary import sentence

LONG = (
    "GET /v1/balance failed after 9ms: Get https://rates.internal/history: tls: certificate is valid for other.internal"
)


@pytest.mark.parametrize(
    ("cause", "culprit", "told"),
    [
        ("goroutine-leak", None, "shop leaks goroutines, since 10:00:00 UTC."),
        ("goroutine-leak", Culprit("function", "a.org/b/api.(*S).Run"), "shop leaks goroutines in api.(*S).Run, since"),
        ("traffic-surge", Culprit("endpoint", "/search"), "shop gets far more requests than before, since"),
        ("slow-dependency", Culprit("dependency", "rates:443"), "waits for a slow dependency (rates:443), since"),
        ("memory-leak", Culprit("resource", "process_resident_memory_bytes"), "it no longer needs, since"),
        (
            "disk-full",
            Culprit("log-pattern", "write failed: no space left"),
            "full: “write failed: no space left”, since",
        ),
        (
            "tls-certificate",
            Culprit("log-pattern", LONG),
            "/history: tls: certificate is valid for other.internal”, since",
        ),
        ("disk-full", Culprit("log-pattern", "word " * 40), "word…”, since"),
        ("own-cause", Culprit("version", "2.4.1"), "shop: own cause (2.4.1), since"),
    ],
)
def test_the_sentence_names_what_where_and_since_when(cause: str, culprit: Culprit | None, told: str) -> None:
    text = sentence(cause=cause, service="shop", culprit=culprit, onset=1795600800.0)
    assert told in text
    assert len(text) < 190


def test_without_a_service_or_an_onset() -> None:
    assert sentence(cause="healthy", service="", culprit=None, onset=None).startswith("The service is healthy")

"""The verdict's sentence: short, and in words that a tired person understands."""

from __future__ import annotations

import pytest

from diagnose.checks.finding import Culprit
from diagnose.playbook.summary import SENTENCES, sentence

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
        ("memory-leak", Culprit("resource", "process_resident_memory_bytes", "memory"), "it no longer needs, since"),
        ("memory-leak", Culprit("function", "main.add"), "it no longer needs, allocated in main.add, since"),
        ("connection-leak", Culprit("function", "main.get"), "opens connections in main.get and does not release them"),
        (
            "connection-leak",
            Culprit("dependency", "shop_rates_sockets", "shop_rates_sockets"),
            "(rates sockets), s",
        ),
        ("db-pool-exhaustion", Culprit("resource", "connection pool", "connection pool"), "left in its pool, since"),
        (
            "db-pool-exhaustion",
            Culprit("resource", "orders_db", "connection pool"),
            "pool (orders_db), since",
        ),
        ("goroutine-leak", Culprit("resource", "go_goroutines", "goroutines"), "shop leaks goroutines, since"),
        (
            "bad-deploy",
            Culprit("version", "shop_build_info version: 2.3.1 -> 2.4.0", "shop"),
            "release (version 2.3.1 → 2.4.0), since",
        ),
        (
            "bad-config",
            Culprit("log-pattern", "configuration reloaded (pool.size: 8 -> 1; revision: 41 -> 42) (logger: shop)"),
            "configuration: “pool.size: 8 -> 1; revision: 41 -> 42”, since",
        ),
        ("bad-config", Culprit("log-pattern", "options loaded: " + "a=0 " * 40), "configuration: “options loaded: a=0"),
        ("disk-full", Culprit("log-pattern", "write failed: no space left"), "full: “write failed: no space left”, s"),
        (
            "disk-full",
            Culprit("function", "Book.add", "Book.java:3 (no space left: java.io.IOException: no space l…)"),
            "shop cannot write, the disk is full: “no space left”, since",
        ),
        (
            "tls-certificate",
            Culprit("function", "get", "/srv/rates.js:40 (rates: has expired: has expired)"),
            "certificate: “rates: has expired”, since",
        ),
        ("tls-certificate", Culprit("log-pattern", LONG), "/history: tls: certificate is valid for other.internal”, s"),
        ("disk-full", Culprit("log-pattern", "word " * 40), "word…”, since"),
        ("own-cause", Culprit("version", "2.4.1"), "shop: own cause (version 2.4.1), since"),
        ("inconclusive", None, "Something is wrong with shop since 10:00:00 UTC, but the evidence does not tell what."),
    ],
)
def test_the_sentence_names_what_where_and_since_when(cause: str, culprit: Culprit | None, told: str) -> None:
    text = sentence(cause=cause, service="shop", culprit=culprit, onset=1795600800.0)
    assert told in text
    assert len(text) < 190


def test_without_a_service_or_an_onset() -> None:
    assert sentence(cause="healthy", service="", culprit=None, onset=None).startswith("The service is healthy")
    assert "what, if anything, is wrong" in sentence(cause="inconclusive", service="", culprit=None, onset=None)


@pytest.mark.parametrize("cause", sorted(SENTENCES))
@pytest.mark.parametrize("kind", ["function", "endpoint", "log-pattern", "resource", "dependency", "version"])
def test_every_cause_reads_with_every_kind_of_culprit(cause: str, kind: str) -> None:
    text = sentence(cause=cause, service="shop", culprit=Culprit(kind, "that"), onset=1795600800.0)
    assert text.startswith("shop ")
    assert text.endswith(".")
    assert "{" not in text
    assert text.count(": ") <= 1


def test_what_was_not_seen_is_told_instead_of_what_is_wrong() -> None:
    text = sentence(cause="inconclusive", service="shop", culprit=None, onset=1.0, unseen="no log was given")
    assert text == "The evidence does not tell whether shop is well: no log was given."

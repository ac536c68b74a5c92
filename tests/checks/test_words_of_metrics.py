"""Metrics that name a fault: codes and reasons of failing calls, limits, certificates, and exported settings."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.labels import word_for
from diagnose.checks.settings import changed
from diagnose.checks.words import says
from diagnose.signals.evidence import Evidence
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window

WINDOW = Window(1_790_000_000.0, 1_790_000_600.0)
TIMES = np.arange(1_790_000_000.0, 1_790_000_600.0, 5.0)
ONSET = 1_790_000_300.0
AFTER = np.maximum(TIMES - ONSET, 0.0)


def counter(name: str, rate: float, failing: float, **labels: str) -> Series:
    values = rate * (TIMES - WINDOW.start) + failing * AFTER
    return Series(name, tuple(sorted({"job": "a", **labels}.items())), TIMES, values, MetricType.COUNTER)


def gauge(name: str, values: FloatArray, **labels: str) -> Series:
    return Series(name, tuple(sorted({"job": "a", **labels}.items())), TIMES, values, MetricType.GAUGE)


def after(before: float, during: float) -> FloatArray:
    return np.where(TIMES < ONSET, before, during)


FAILING = (
    counter("http_requests_total", 10.0, -5.0, code="200"),
    counter("http_requests_total", 0.0, 5.0, code="500"),
)


def answer(cause: str, *series: Series) -> Answer:
    case = align(Evidence(window=WINDOW, service="a", series=(*FAILING, *series)))
    return says(case, cause=cause, at_least=0.4, share=0.2).answer


@pytest.mark.parametrize(
    ("cause", "series"),
    [
        ("auth-failure", counter("http_client_requests_seconds_count", 0.0, 5.0, status="401", client_name="bank")),
        ("auth-failure", counter("grpc_client_handled_total", 0.0, 5.0, grpc_code="Unauthenticated")),
        ("rate-limited", counter("envoy_cluster_upstream_rq", 0.0, 5.0, envoy_response_code="429")),
        ("rate-limited", counter("aws_sdk_client_errors_total", 0.0, 5.0, error_code="ThrottlingException")),
        ("tls-certificate", counter("http_client_errors_total", 0.0, 5.0, exception="SSLHandshakeException")),
        ("tls-certificate", counter("outbound_failures_total", 0.0, 5.0, error_type="CERT_HAS_EXPIRED")),
        (
            "dns-failure",
            counter("http_client_errors_total", 0.0, 5.0, error_type="java.net.UnknownHostException"),
        ),
        ("dns-failure", counter("calls_failed_total", 0.0, 5.0, reason="no such host")),
        ("dependency-down", counter("istio_requests_total", 0.0, 5.0, destination_service="bank", response_flags="UF")),
        ("dependency-down", counter("db_client_errors_total", 0.0, 5.0, error="ECONNREFUSED")),
        ("disk-full", counter("write_errors_total", 0.0, 5.0, errno="ENOSPC")),
        ("disk-full", gauge("node_filesystem_avail_bytes", after(8e10, 0.0), mountpoint="/data")),
        ("fd-leak", counter("accept_errors_total", 0.0, 5.0, reason="too many open files")),
        ("tls-certificate", gauge("probe_ssl_earliest_cert_expiry", np.full(TIMES.size, ONSET - 2.0))),
    ],
)
def test_a_failure_that_is_counted_by_its_name_is_named(cause: str, series: Series) -> None:
    assert answer(cause, series) is Answer.YES


@pytest.mark.parametrize(
    ("cause", "series"),
    [
        ("auth-failure", counter("http_server_requests_seconds_count", 0.0, 5.0, status="401")),  # the callers' fault
        ("dependency-down", counter("http_requests_total", 0.0, 5.0, code="503")),  # its own answer
        ("rate-limited", counter("container_cpu_cfs_throttled_periods_total", 0.0, 5.0)),
        ("auth-failure", counter("http_client_requests_seconds_count", 5.0, 0.5, status="401")),  # as often as before
        ("auth-failure", counter("http_client_requests_seconds_count", 0.0, 0.005, status="401")),  # once or twice
        ("disk-full", gauge("node_filesystem_avail_bytes", after(8e10, 7.9e10), mountpoint="/data")),
        ("disk-full", gauge("node_filesystem_avail_bytes", np.zeros(TIMES.size), mountpoint="/snap")),  # always full
        ("tls-certificate", gauge("probe_ssl_earliest_cert_expiry", np.full(TIMES.size, ONSET + 9e6))),
    ],
)
def test_what_is_no_fault_or_was_there_before_names_none(cause: str, series: Series) -> None:
    assert answer(cause, series) is Answer.UNKNOWN


@pytest.mark.parametrize("word", ["None", "success", "ok", "200", "2xx", "GET", "total", "Settings", "connection", ""])
def test_ordinary_words_name_no_cause(word: str) -> None:
    assert word_for(word) is None


def test_a_limit_that_was_changed_at_the_onset_is_a_setting() -> None:
    series = (*FAILING, gauge("app_db_connections_max", after(20.0, 2.0)))
    found = changed(align(Evidence(window=WINDOW, service="a", series=series)), before_s=30.0, after_s=10.0)
    assert found.answer is Answer.YES, found.because
    assert "from 20 to 2" in found.because


def test_metrics_without_limits_tell_nothing_of_settings() -> None:
    found = changed(align(Evidence(window=WINDOW, service="a", series=FAILING)), before_s=30.0, after_s=10.0)
    assert found.answer is Answer.UNKNOWN, found.because

"""What frameworks add to logs and metrics that must not be read as something else."""

from __future__ import annotations

import numpy as np
import pytest

from diagnose.checks.dependencies import dependency_of
from diagnose.checks.examine import align
from diagnose.checks.finding import Answer
from diagnose.checks.lifecycle import logged_starts
from diagnose.checks.logs.traces import culprit
from diagnose.checks.releases import starts_unnamed
from diagnose.checks.settings import changed
from diagnose.checks.words import errors
from diagnose.signals.events import Level, LogDigest, LogSource, Pattern
from diagnose.signals.evidence import Evidence
from diagnose.signals.measures import measures
from diagnose.signals.series import MetricType, Role, Series
from diagnose.signals.window import Window
from tests.checks.test_words_of_metrics import FAILING, ONSET, WINDOW, after, gauge

CALM = after(0.02, 0.02)


@pytest.mark.parametrize(
    ("name", "before", "during"),
    [("puma_pool_capacity", 4.0, 0.0), ("db_pool_capacity", 4.0, 0.0), ("db_pool_max_size", 4.0, 16.0)],
)
def test_what_is_left_of_a_pool_or_a_larger_pool_is_no_wrong_setting(name: str, before: float, during: float) -> None:
    case = align(Evidence(window=WINDOW, service="a", series=(*FAILING, gauge(name, after(before, during)))))
    assert changed(case, before_s=30.0, after_s=10.0).answer is not Answer.YES


@pytest.mark.parametrize(
    ("line", "fields", "version"),
    [
        ("starting quay", {"version": {"2.9.0": 1}}, "2.9.0"),
        ("ropewalk 4.2.0 booting, ruby 3.1.7: worker started", {}, "4.2.0"),
        ("Starting Harbour v1.5.0-rc.1 using Java 17.0.15", {}, "1.5.0-rc.1"),
        ("Starting Servlet engine: [Apache Tomcat/10.1.31]", {}, "that nothing names"),
        ("Now listening on: http://127.0.0.1:8080", {}, "that nothing names"),
    ],
)
def test_a_start_tells_the_version_that_its_line_tells(
    line: str, fields: dict[str, dict[str, int]], version: str
) -> None:
    start = Pattern("log-0", Level.INFO, line, 1, ONSET, ONSET, {30: 1}, (line,), fields)
    logs = LogDigest(WINDOW, 10.0, (), {Level.INFO: np.ones(60, dtype=np.int64)}, (start,))
    found = starts_unnamed(align(Evidence(window=WINDOW, service="a", series=FAILING, logs=logs)))
    assert [one.title.endswith(version) for one in found] == [True]


@pytest.mark.parametrize(("latency", "shared"), [((), True), ((gauge("request_latency_seconds", CALM),), False)])
def test_a_vague_error_is_no_wait_where_nobody_waits(latency: tuple[Series, ...], shared: bool) -> None:
    vague = Pattern(
        "log-0", Level.ERROR, "cannot serve", 30, ONSET, WINDOW.end, dict.fromkeys(range(30, 60), 1), ("x",), {}
    )
    source = LogSource("app.log", "text", 30, 30, 0)
    logs = LogDigest(WINDOW, 10.0, (source,), {Level.ERROR: np.repeat([0, 1], 30)}, (vague,))
    found = errors(
        align(Evidence(window=WINDOW, service="a", series=(*FAILING, *latency), logs=logs)), at_least=0.4, own=False
    )
    assert (found.answer, "deadlock" in found.alike) == (Answer.YES, shared)


STACK = ("main.report", "\t/src/quay/main.go:237", "net/http.serverHandler.ServeHTTP", "\t/go/net/http/server.go:3311")
PANIC = ("panic", "\t/go/src/runtime/panic.go:884", "main.load", "\t/src/quay/main.go:90", *STACK)


@pytest.mark.parametrize(
    ("stack", "caller", "blamed"),
    [
        (STACK, "quay/main.go:237", None),
        (STACK, "quay/other.go:5", "main.report"),
        (PANIC, "quay/main.go:90", "main.load"),
    ],
)
def test_the_stack_of_the_call_that_logs_blames_nobody(stack: tuple[str, ...], caller: str, blamed: str | None) -> None:
    told = Pattern("log-0", Level.ERROR, "begin: late", 1, 0.0, 0.0, {0: 1}, (), {"caller": {caller: 1}}, stack)
    found = culprit(told)
    assert (found[0] if found else None) == blamed


def test_the_other_side_is_named_by_address_and_port() -> None:
    window = Window(0.0, 100.0)
    labels = {"job": "a", "server_address": "tariffs", "server_port": "8080", "http_request_method": "GET"}
    times = np.arange(0.0, 100.0, 5.0)
    series = [
        Series(f"http_client_request_duration_seconds_{part}", tuple(sorted(labels.items())), times, times, kind)
        for part, kind in (("sum", MetricType.HISTOGRAM), ("count", MetricType.HISTOGRAM))
    ]
    told = next(each for each in measures(series, window) if each.role is Role.UPSTREAM_LATENCY)
    assert dependency_of(align(Evidence(window=window, series=tuple(series))), told) == "tariffs:8080"


@pytest.mark.parametrize(
    ("counts", "starts"),
    [({30: 1, 31: 1}, 1), ({30: 2}, 1), ({30: 1, 34: 1, 38: 1}, 3), ({30: 2, 34: 2}, 2), ({30: 5}, 5)],
)
def test_a_server_with_two_ports_starts_once(counts: dict[int, int], starts: int) -> None:
    total, line = sum(counts.values()), "Tomcat started on port 8080 (http)"
    said = Pattern("log-0", Level.INFO, line, total, ONSET, ONSET, counts, (line,), {})
    logs = LogDigest(WINDOW, 10.0, (), {Level.INFO: np.ones(60, dtype=np.int64)}, (said,))
    assert logged_starts(align(Evidence(window=WINDOW, service="a", series=FAILING, logs=logs))) == starts


@pytest.mark.parametrize("name", ["jvm_info", "go_info", "python_info", "nodejs_version_info"])
def test_the_version_of_a_runtime_is_not_that_of_the_service(name: str) -> None:
    told = measures([gauge(name, np.ones(120), version="17.0.15")], WINDOW)
    assert [each.role for each in told] == [Role.OTHER]

"""The Prometheus source against servers that are guarded, slow, odd or enormous, on loopback."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from diagnose.signals.window import Window
from diagnose.sources.metrics import plan, prometheus, wire
from tests.sources.metrics.test_metrics_prometheus import WINDOW, Handler, Reply, Script, answer, good, serve

__all__ = ["serve"]  # a fixture


def test_a_user_and_a_password_are_sent_as_basic_authentication(
    serve: Callable[[Script], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = "Basic " + base64.b64encode(b"ops:pa:ss").decode()

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        return good(path, query, headers) if headers.get("Authorization") == wanted else (401, b"", "text/plain")

    url = serve(script)
    assert "credentials" in prometheus.collect(url, WINDOW, select="")[1][0].why
    monkeypatch.setenv("DIAGNOSE_PROMETHEUS_USER", "ops")
    monkeypatch.setenv("DIAGNOSE_PROMETHEUS_PASSWORD", "pa:ss")
    series, gaps = prometheus.collect(url, WINDOW, select="")
    assert (len(series), gaps) == (2, ())


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """A certificate that signs itself, and its key."""
    files = (str(folder / f"{name}.crt"), str(folder / f"{name}.key"))
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


class Quiet(ThreadingHTTPServer):
    """A server that does not print which clients went away in the middle."""

    def handle_error(self, *_: object) -> None:
        return


def test_a_server_that_wants_a_client_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a server behind TLS that lets nobody in without a certificate that it knows
    own, client = certificate(tmp_path, "server"), certificate(tmp_path, "client")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own)
    context.load_verify_locations(client[0])
    context.verify_mode = ssl.CERT_REQUIRED
    server = Quiet(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": staticmethod(good)}))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://127.0.0.1:{server.server_port}"
    try:
        # WHEN it is asked without trust, without a certificate, and with both
        distrusted = prometheus.collect(url, WINDOW, select="")
        monkeypatch.setenv("DIAGNOSE_PROMETHEUS_CA", own[0])
        nameless = prometheus.collect(url, WINDOW, select="")
        monkeypatch.setenv("DIAGNOSE_PROMETHEUS_CERT", client[0])
        monkeypatch.setenv("DIAGNOSE_PROMETHEUS_KEY", client[1])
        known = prometheus.collect(url, WINDOW, select="")
    finally:
        server.shutdown()
        server.server_close()
    # THEN only the last gives series, and the others say why not
    assert "certificate is not trusted" in distrusted[1][0].why
    assert nameless[0] == ()
    assert nameless[1]
    assert (len(known[0]), known[1]) == (2, ())


def test_a_server_that_answers_too_slowly_is_a_gap(
    serve: Callable[[Script], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_READ_S", 0.2)
    release = threading.Event()

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        release.wait(5)
        return good(path, query, headers)

    began = time.monotonic()
    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    release.set()
    assert series == ()
    assert "no answer in time" in gaps[0].why
    assert time.monotonic() - began < 5


def test_a_server_that_goes_on_failing_is_asked_a_few_times_and_then_left(serve: Callable[[Script], str]) -> None:
    asked: list[str] = []

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        asked.append(path)
        return 503, b"store is away", "text/plain"

    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert series == ()
    assert "HTTP 503" in gaps[0].why
    assert 1 < len(asked) < 10


def test_a_server_without_raw_samples_is_asked_for_sampled_ones(serve: Callable[[Script], str]) -> None:
    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if path.endswith("/query") and query["query"][0].endswith("ms]"):
            return 400, b'{"error":"invalid expression type range vector for an instant query"}', "application/json"
        return good(path, query, headers)

    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert (len(series), gaps) == (2, ())


ODD = {
    "resultType": "matrix",
    "result": [
        {"metric": {"__name__": "odd"}, "values": [[1000, "NaN"], [1010, "+Inf"], [1020, "-Inf"], [1030, "1e400"]]},
        {"metric": {"__name__": "one"}, "values": [[1030, "7"]]},
        {"metric": {"__name__": "mixed"}, "values": [[1040, "4"], [1010, "1"], [1040, "5"], [1020, "2"], [5000, "9"]]},
        {"metric": {"__name__": "none"}, "values": []},
        {"metric": {"__name__": "text"}, "values": [[1000, "seven"]]},
    ],
}


def test_odd_samples_are_put_in_order_and_keep_their_values(serve: Callable[[Script], str]) -> None:
    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if path.endswith("/series"):
            return answer([row["metric"] for row in ODD["result"]])  # type: ignore[index]
        return good(path, query, headers) if "count_over" in str(query) or "metadata" in path else answer(ODD)

    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert [gap.why for gap in gaps] == ["1 series hold samples that are no numbers"]
    found = {each.name: (each.times.tolist(), each.values.tolist()) for each in series}
    assert found["one"] == ([1030.0], [7.0])
    assert found["mixed"] == ([1010.0, 1020.0, 1040.0], [1.0, 2.0, 5.0])
    assert np.array_equal(found["odd"][1], [np.nan, np.inf, -np.inf, np.inf], equal_nan=True)
    assert set(found) == {"odd", "one", "mixed"}


def test_a_lost_part_of_the_time_loses_the_metric_and_makes_no_hole(
    serve: Callable[[Script], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a metric that is asked for in parts of the time, of which the server fails for the last
    monkeypatch.setattr(plan, "_PART_SAMPLES", 10)
    window = Window(1000.0, 1360.0)

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        late = float(query.get("time", ["0"])[0]) > window.end - 1
        if path.endswith("/query") and "count_over" not in str(query) and late:
            return 500, b"", "text/plain"
        return good(path, query, headers)

    # WHEN it is collected THEN nothing of it is kept, and the loss is told
    series, gaps = prometheus.collect(serve(script), window, select="")
    assert series == ()
    assert "could not be fetched" in gaps[0].why


def test_a_hundred_thousand_series_are_added_up_by_the_server(serve: Callable[[Script], str]) -> None:
    family = [
        {"__name__": "hits_total", "job": "shop", "instance": f"h{n % 5}", "user": f"u{n}"} for n in range(100_000)
    ]
    asked: list[str] = []

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if path.endswith("/series"):
            return answer(family)
        asked.append(query.get("query", [""])[0])
        if path.endswith("/query_range"):
            rows = [
                {"metric": {"job": "shop", "instance": f"h{n}"}, "values": [[1000 + 5 * i, str(i)] for i in range(12)]}
                for n in range(5)
            ]
            return answer({"resultType": "matrix", "result": rows})
        return good(path, query, headers)

    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert 'sum by (instance, job) ({__name__=~"hits_total"})' in asked
    assert [(each.name, each.label("instance"), each.values.size) for each in series] == [
        ("hits_total", f"h{n}", 12) for n in range(5)
    ]
    assert "100000 of the selector's series were added up" in gaps[0].why


def test_native_histograms_come_with_the_classic_series_beside_them(serve: Callable[[Script], str]) -> None:
    native = {"count": "3", "sum": "1.5", "buckets": [[0, "0", "0.5", "2"], [0, "0.5", "1", "1"]]}
    rows = [
        {"metric": {"__name__": "lat_seconds", "job": "a"}, "histograms": [[1000 + 10 * i, native] for i in range(6)]}
    ]

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if path.endswith("/series"):
            return answer([{"__name__": "lat_seconds", "job": "a"}])
        if path.endswith("/metadata"):
            return answer({"lat_seconds": [{"type": "histogram"}]})
        return good(path, query, headers) if "count_over" in str(query) else answer({"result": rows})

    series, _ = prometheus.collect(serve(script), WINDOW, select="")
    assert {each.name for each in series} == {"lat_seconds_bucket", "lat_seconds_count", "lat_seconds_sum"}
    assert json.dumps([each.type.value for each in series]).count("histogram") == len(series)

"""The Prometheus source against a server that answers well, badly, slowly or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from diagnose.errors import UsageError
from diagnose.signals.series import MetricType
from diagnose.signals.window import Window
from diagnose.sources.metrics import decode, prometheus

WINDOW = Window(1000.0, 1060.0)
Reply = tuple[int, bytes, str]
Script = Callable[[str, dict[str, list[str]], dict[str, str]], Reply]


class Handler(BaseHTTPRequestHandler):
    script: Script

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        status, content, kind = type(self).script(self.path.split("?")[0], parse_qs(body), dict(self.headers))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def serve() -> Iterator[Callable[[Script], str]]:
    servers: list[ThreadingHTTPServer] = []

    def start(script: Script) -> str:
        handler = type("Scripted", (Handler,), {"script": staticmethod(script)})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(data: object, **more: object) -> Reply:
    return 200, json.dumps({"status": "success", "data": data, **more}).encode(), "application/json"


SERIES = [{"__name__": "up", "job": "a"}, {"__name__": "hits", "job": "a"}]
ROWS = {
    "resultType": "matrix",
    "result": [
        {"metric": {"__name__": "up", "job": "a"}, "values": [[1000 + 10 * i, "1"] for i in range(6)]},
        {"metric": {"__name__": "hits", "job": "a"}, "values": [[1000 + 10 * i, "NaN"] for i in range(6)]},
    ],
}


def good(path: str, query: dict[str, list[str]], _: dict[str, str]) -> Reply:
    if path.endswith("/series"):
        return answer(SERIES)
    if path.endswith("/metadata"):
        return answer({"hits": [{"type": "counter", "help": "", "unit": ""}]})
    if query["query"][0].startswith("count_over_time"):
        return answer({"resultType": "vector", "result": [{"metric": {}, "value": [1060, "6"]}]})
    return answer(ROWS)


def test_raw_samples_with_declared_types(serve: Callable[[Script], str]) -> None:
    series, gaps = prometheus.collect(serve(good), WINDOW, select='job="a"')
    assert gaps == ()
    assert [(each.name, each.type) for each in series] == [("hits", MetricType.COUNTER), ("up", MetricType.UNKNOWN)]
    assert series[0].times is series[1].times
    assert np.isnan(series[0].values).all()


def test_credentials_come_from_the_environment(serve: Callable[[Script], str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        seen.append(headers)
        return good(path, query, headers)

    monkeypatch.setenv("DIAGNOSE_PROMETHEUS_TOKEN", "t0k")
    monkeypatch.setenv("DIAGNOSE_PROMETHEUS_TENANT", "team-a")
    prometheus.collect(serve(script), WINDOW, select="")
    assert {headers["Authorization"] for headers in seen} == {"Bearer t0k"}
    assert {headers["X-Scope-OrgID"] for headers in seen} == {"team-a"}


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((200, b"<!doctype html><html>login</html>", "text/html"), "answers with HTML"),
        ((200, b"{not json", "application/json"), "not what the Prometheus API gives"),
        ((422, b'{"status":"error","error":"too many samples"}', "application/json"), "too many samples"),
        ((401, b"", "text/plain"), "credentials"),
        ((404, b"not here", "text/plain"), "HTTP 404"),
        ((200, b'{"status":"success","data":[]}', "application/json"), "no series of"),
    ],
)
def test_a_useless_answer_is_a_gap_that_says_what_came(serve: Callable[[Script], str], reply: Reply, why: str) -> None:
    series, gaps = prometheus.collect(serve(lambda *_: reply), WINDOW, select="")
    assert series == ()
    assert why in gaps[0].why
    assert gaps[0].command


def test_a_dead_server_is_a_gap() -> None:
    series, gaps = prometheus.collect("http://127.0.0.1:9", WINDOW, select="")
    assert series == ()
    assert "connection refused" in gaps[0].why


def test_a_server_that_stumbles_is_asked_again(serve: Callable[[Script], str]) -> None:
    asked: list[str] = []

    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        asked.append(path)
        return (503, b"", "text/plain") if len(asked) == 1 else good(path, query, headers)

    series, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert len(series) == 2
    assert gaps == ()


def test_what_is_refused_at_once_is_asked_in_parts_and_the_rest_is_said(serve: Callable[[Script], str]) -> None:
    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        text = query.get("query", [""])[0]
        if path.endswith("/query") and not text.startswith("count") and ("up" not in text or "|" in text):
            return 422, b'{"error":"query processing would load too many samples"}', "application/json"
        return good(path, query, headers)

    big = [{"__name__": name, "job": "a", "n": str(n)} for name in ("up", "hits", "misses") for n in range(3)]
    url = serve(lambda path, query, headers: answer(big) if path.endswith("/series") else script(path, query, headers))
    series, gaps = prometheus.collect(url, WINDOW, select="")
    assert series
    assert "could not be fetched" in gaps[0].why
    assert "too many samples" in gaps[0].why


def test_warnings_of_the_server_are_passed_on(serve: Callable[[Script], str]) -> None:
    def script(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        return answer(SERIES, warnings=["store-3 is away"]) if path.endswith("/series") else good(path, query, headers)

    _, gaps = prometheus.collect(serve(script), WINDOW, select="")
    assert "store-3 is away" in gaps[0].why


def test_a_selector_that_is_none_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        prometheus.collect("http://127.0.0.1:9", WINDOW, select="shop")


def test_a_native_histogram_becomes_cumulative_buckets() -> None:
    native = {"count": "3", "sum": "1.5", "buckets": [[0, "0", "0.5", "2"], [0, "0.5", "1", "1"]]}
    body = json.dumps({"data": {"result": [{"metric": {"__name__": "lat"}, "histograms": [[1000, native]]}]}}).encode()
    rows, _ = decode.matrix(body)
    assert {(name, labels): values.tolist() for name, labels, _, values in rows} == {
        ("lat_count", ()): [3.0],
        ("lat_sum", ()): [1.5],
        ("lat_bucket", (("le", "0.5"),)): [2.0],
        ("lat_bucket", (("le", "1"),)): [3.0],
        ("lat_bucket", (("le", "inf"),)): [3.0],
    }

"""One line of every format: its time, level, message and fields."""

# ruff: noqa: E501 - one line of log is one line here

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from diagnose.sources.logs.levels import LEVELS
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.moments import Clock

REFERENCE = datetime.fromisoformat("2026-02-01T00:00:00Z").timestamp()
AT = "2026-01-31T03:04:05"


def reader(zone: str = "UTC") -> LineReader:
    return LineReader(Clock(zone=ZoneInfo(zone), reference=REFERENCE))


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


LINES: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "slog": (
        '{"time":"2026-01-31T03:04:05.123456789Z","level":"ERROR","msg":"request failed","err":"no luck","route":"/cart"}',
        AT + ".123457Z", "error", "request failed: no luck", {"route": "/cart"},
    ),
    "zap": (
        '{"level":"warn","ts":1769828645.25,"caller":"a/b.go:1","msg":"slow","took":1.5}',
        AT + ".25Z", "warn", "slow", {"caller": "a/b.go:1", "took": 1.5},
    ),
    "structlog, padded": (
        "2026-01-31T03:04:05Z [error    ] cannot reach stock             order=7",
        AT + "Z", "error", "cannot reach stock             order=7", {},
    ),
    "nest": (
        "[Nest] 31  - 01/31/2026, 3:04:05 AM     LOG [OrdersService] order placed",
        AT + "Z", "info", "order placed", {},
    ),
    "tracing": (
        '{"timestamp":"2026-01-31T03:04:05Z","level":"ERROR","fields":{"message":"request failed","error":"no luck"}}',
        AT + "Z", "error", "request failed: no luck", {},
    ),
    "zerolog": (
        '{"level":"info","service":"pay","time":1769828645,"message":"ready"}',
        AT + "Z", "info", "ready", {"service": "pay"},
    ),
    "logrus": (
        '{"fields.pod":"a-1","level":"fatal","msg":"boom","time":"2026-01-31T04:04:05+01:00"}',
        AT + "Z", "fatal", "boom", {"fields.pod": "a-1"},
    ),
    "pino": (
        '{"level":50,"time":1769828645250,"pid":1,"hostname":"h","err":{"type":"TypeError","message":"x is null",'
        '"stack":"TypeError: x is null\\n    at f (/srv/a.js:1:2)"},"msg":"failed"}',
        AT + ".25Z", "error", "failed: TypeError: x is null", {"hostname": "h"},
    ),
    "bunyan": (
        '{"name":"api","hostname":"h","pid":1,"level":40,"msg":"careful","time":"2026-01-31T03:04:05.000Z","v":0}',
        AT + "Z", "warn", "careful", {"name": "api"},
    ),
    "serilog": (
        '{"@t":"2026-01-31T03:04:05.1000000Z","@mt":"Order {Id} failed","@l":"Error","@x":"System.Exception: no\\n   at A.B() in /a.cs:line 3","Id":7}',
        AT + ".1Z", "error", "Order {Id} failed: System.Exception: no", {"Id": 7},
    ),
    "ecs": (
        '{"@timestamp":"2026-01-31T03:04:05Z","log.level":"ERROR","message":"gone","service":{"name":"cart"},'
        '"error":{"type":"java.lang.X","message":"why","stack_trace":"java.lang.X: why\\n\\tat a.B.c(B.java:1)"}}',
        AT + "Z", "error", "gone: java.lang.X: why", {"service.name": "cart"},
    ),
    "opentelemetry": (
        '{"timeUnixNano":"1769828645000000000","severityNumber":17,"body":{"stringValue":"bad"},"attributes":{"k":"v"}}',
        AT + "Z", "error", "bad", {"attributes.k": "v"},
    ),
    "mongodb": (
        '{"t":{"$date":"2026-01-31T03:04:05.000+00:00"},"s":"E","c":"NETWORK","msg":"down"}',
        AT + "Z", "error", "down", {"c": "NETWORK"},
    ),
    "gelf": (
        '{"version":"1.1","host":"h","short_message":"eek","timestamp":1769828645.0,"level":3}',
        AT + "Z", "error", "eek", {"host": "h"},
    ),
    "journald": (
        '{"__REALTIME_TIMESTAMP":"1769828645000000","PRIORITY":"4","MESSAGE":"low on air","_SYSTEMD_UNIT":"a.service"}',
        AT + "Z", "warn", "low on air", {"_SYSTEMD_UNIT": "a.service"},
    ),
    "epoch in text, nanoseconds": ('{"ts":"1769828645000000000","lvl":"error","msg":"boom"}', AT + "Z", "error", "boom", {}),
    "time within another key": (
        '{"meta":{"timestamp":"2026-01-31T03:04:05Z","level":"error"},"message":"boom"}', AT + "Z", "error", "boom", {},
    ),
    "elastic, nested": (
        '{"event":{"created":1769828645250},"log":{"level":"error"},"message":"boom"}', AT + ".25Z", "error", "boom", {},
    ),
    "stackdriver": (
        '{"jsonPayload":{"message":"boom","code":7},"severity":"ERROR","timestamp":"2026-01-31T03:04:05.250Z",'
        '"receiveTimestamp":"2026-01-31T03:05:05Z"}',
        AT + ".25Z", "error", "boom", {"jsonPayload.code": 7},
    ),
    "stackdriver, text": ('{"textPayload":"boom","severity":"ERROR","timestamp":"2026-01-31T03:04:05Z"}', AT + "Z", "error", "boom", {}),
    "stackdriver, seconds and nanos": (
        '{"severity":"WARNING","timestamp":{"seconds":1769828645,"nanos":250000000},"message":"boom"}', AT + ".25Z", "warn", "boom", {},
    ),
    "cloudwatch insights": ('{"@timestamp":"2026-01-31 03:04:05.250","@message":"ERROR boom"}', AT + ".25Z", "error", "boom", {}),
    "cloudwatch event": ('{"timestamp":1769828645250,"message":"ERROR boom","eventId":"3"}', AT + ".25Z", "error", "boom", {}),
    "logcli jsonl": (
        '{"labels":{"app":"cart"},"line":"level=error msg=boom","timestamp":"2026-01-31T03:04:05.25Z"}',
        AT + ".25Z", "error", "boom", {"labels.app": "cart"},
    ),
    "logcli": ('2026-01-31T03:04:05Z {app="cart", pod="p-1"} level=error msg="boom"', AT + "Z", "error", "boom", {"app": "cart", "pod": "p-1"}),
    "kubectl, logfmt": (
        "[pod/cart-7/cart] 2026-01-31T03:04:05.250000000Z level=error msg=boom", AT + ".25Z", "error", "boom", {"pod": "cart-7", "container": "cart"},
    ),
    "kubectl, JSON": (
        '[pod/cart-7/cart] 2026-01-31T03:04:05.250000000Z {"level":"error","msg":"boom","time":"2026-01-31T03:04:04Z"}',
        AT + ".25Z", "error", "boom", {"pod": "cart-7"},
    ),
    "kubectl, klog": (
        "2026-01-31T03:04:05.250000000Z E0131 03:04:05.250000       7 reflector.go:138] boom", AT + ".25Z", "error", "boom", {"caller": "reflector.go:138"},
    ),
    "compose with times": ("web-1  | 2026-01-31T03:04:05.250000000Z level=error msg=boom", AT + ".25Z", "error", "boom", {"container": "web-1"}),
    "journal, short-iso": ("2026-01-31T03:04:05+0000 host1 cart[123]: ERROR boom", AT + "Z", "error", "boom", {}),
    "journal, short-full": ("Sat 2026-01-31 03:04:05 UTC host1 cart[123]: ERROR boom", AT + "Z", "error", "boom", {}),
    "journal, short-unix": ("1769828645.250000 host1 cart[123]: ERROR boom", AT + ".25Z", "error", "boom", {}),
    "journal, logfmt": ("2026-01-31T03:04:05+00:00 host1 cart[123]: level=error msg=boom", AT + "Z", "error", "boom", {"app": "cart"}),
    "fluent bit around CRI": (
        '{"date":1769828645.25,"log":"2026-01-31T03:04:05.25Z stderr F level=error msg=boom","kubernetes":{"pod_name":"p-1"}}',
        AT + ".25Z", "error", "boom", {"kubernetes.pod_name": "p-1"},
    ),
    "docker": (
        '{"log":"level=error msg=\\"it broke\\"\\n","stream":"stderr","time":"2026-01-31T03:04:05.5Z"}',
        AT + ".5Z", "error", "it broke", {},
    ),
    "cri": (
        '2026-01-31T03:04:05.500000000+00:00 stderr F {"level":"error","msg":"it broke","time":"2026-01-31T03:04:04Z"}',
        AT + ".5Z", "error", "it broke", {},
    ),
    "own time wins over the clock in its text": (
        '{"time":"2026-01-31T03:04:05Z","pod":"p-1","message":"11:04:05.100 ERROR c.a.Cart#12 could not pay"}',
        AT + "Z", "error", "could not pay", {"pod": "p-1"},
    ),
    "logfmt": (
        'ts=2026-01-31T03:04:05Z level=error component=api msg="it \\"broke\\"" err="no luck" status=500',
        AT + "Z", "error", 'it "broke": no luck', {"component": "api", "status": "500"},
    ),
    "logfmt, time not first": ("level=info msg=ok time=2026-01-31T03:04:05Z", AT + "Z", "info", "ok", {}),
    "klog": (
        "E0131 03:04:05.250000       7 reflector.go:138] watch failed", AT + ".25Z", "error", "watch failed", {},
    ),
    "logcat": ("01-31 03:04:05.250  1702  2395 W Window: odd", AT + ".25Z", "warn", "odd", {}),
    "python": (
        "2026-01-31 03:04:05,250 - shop.cart - ERROR - it broke", AT + ".25Z", "error", "it broke", {},
    ),
    "python basic": ("ERROR:shop.cart:2026-01-31 03:04:05,250: it broke", AT + ".25Z", "error", "it broke", {"logger": "shop.cart"}),
    "gunicorn": ("[2026-01-31 03:04:05 +0000] [7] [INFO] Listening at", AT + "Z", "info", "Listening at", {}),
    "celery": ("[2026-01-31 03:04:05,000: ERROR/ForkPoolWorker-1] it broke", AT + "Z", "error", "it broke", {}),
    "log4j": (
        "2026-01-31 03:04:05,250 WARN  [main] org.acme.Cart: it broke", AT + ".25Z", "warn", "it broke", {"logger": "org.acme.Cart"},
    ),
    "spring boot": (
        "2026-01-31T03:04:05.250Z ERROR 1 --- [shop] [nio-8080-exec-1] c.a.Cart   : it broke",
        AT + ".25Z", "error", "it broke", {"logger": "c.a.Cart"},
    ),
    "tomcat": (
        "31-Jan-2026 03:04:05.250 SEVERE [main] org.apache.X.f it broke", AT + ".25Z", "error", "org.apache.X.f it broke", {},
    ),
    "rust": ("2026-01-31T03:04:05.250Z ERROR shop::cart: it broke", AT + ".25Z", "error", "it broke", {}),
    "ruby": ("E, [2026-01-31T03:04:05.250000 #7] ERROR -- : it broke", AT + ".25Z", "error", "it broke", {}),
    "zap console": (
        '2026-01-31T03:04:05.250Z\terror\ta/b.go:1\tit broke\t{"error": "no luck", "pod": "p"}',
        AT + ".25Z", "error", "a/b.go:1\tit broke: no luck", {"pod": "p"},
    ),
    "hclog": ("2026-01-31T03:04:05.250Z [ERROR] core: it broke", AT + ".25Z", "error", "it broke", {"logger": "core"}),
    "laravel": ("[2026-01-31 03:04:05] local.ERROR: it broke", AT + "Z", "error", "it broke", {}),
    "go": ("2026/01/31 03:04:05.250000 main.go:3: it broke", AT + ".25Z", "unknown", "main.go:3: it broke", {}),
    "go with a letter": ("2026/01/31 03:04:05.250 E [intake] it broke", AT + ".25Z", "error", "it broke", {}),
    "postgresql": (
        '2026-01-31 03:04:05.250 UTC [7] ERROR:  relation "x" does not exist', AT + ".25Z", "error", 'relation "x" does not exist', {},
    ),
    "postgresql log": ("2026-01-31 03:04:05.250 UTC [7] LOG:  ready", AT + ".25Z", "info", "ready", {}),
    "redis": ("7:M 31 Jan 2026 03:04:05.250 # it broke", AT + ".25Z", "warn", "it broke", {}),
    "mysql": ("2026-01-31T03:04:05.250000Z 7 [ERROR] [MY-010] [Server] it broke", AT + ".25Z", "error", "it broke", {}),
    "nginx error": (
        "2026/01/31 03:04:05 [error] 7#7: *1 connect() failed (111: Connection refused)",
        AT + "Z", "error", "7#7: *1 connect() failed (111: Connection refused)", {},
    ),
    "apache error": (
        "[Sat Jan 31 03:04:05.250000 2026] [core:error] [pid 7] it broke", AT + ".25Z", "error", "it broke", {},
    ),
    "nginx access": (
        '10.0.0.1 - - [31/Jan/2026:03:04:05 +0000] "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl" rt=1.250',
        AT + "Z", "unknown", "GET /cart 502", {"status": 502, "path": "/cart?id=7", "request_time": 1.25},
    ),
    "haproxy": (
        "Jan 31 03:04:05 haproxy[7]: 10.0.0.1:51972 [31/Jan/2026:03:04:02.000] web bank/b1 0/0/-1/-1/3003 503 217 - - SC-- "
        '13/12/11/0/3 0/0 "GET /pay?id=7 HTTP/1.1"',
        AT + "Z", "unknown", "GET /pay 503", {"status": 503, "path": "/pay?id=7", "request_time": 3.003, "backend": "bank"},
    ),
    "stern around json": (
        'shop-7d9-abcde app {"ts":"2026-01-31T03:04:05.250Z","level":"error","msg":"it broke"}',
        AT + ".25Z", "error", "it broke", {"pod": "shop-7d9-abcde", "container": "app"},
    ),
    "envoy": (
        '[2026-01-31T03:04:05.250Z] "GET /cart?id=7 HTTP/2" 503 UF,URX 0 91 15 - "-" "curl" "4f2a" "cart" "10.0.0.7:80"',
        AT + ".25Z", "unknown", "GET /cart 503: upstream connection failure, upstream retry limit reached",
        {"status": 503, "response_flags": "UF,URX", "duration_ms": 15},
    ),
    "istio": (
        '[2026-01-31T03:04:05.250Z] "GET /cart HTTP/1.1" 503 UF details{x} - "tls: it broke" 0 91 15 - "-" "curl" "4f2a" "cart" "-"',
        AT + ".25Z", "unknown", "GET /cart 503: upstream connection failure", {"upstream_transport_failure_reason": "tls: it broke"},
    ),
    "envoy without flags": (
        '[2026-01-31T03:04:05.250Z] "GET /cart HTTP/2" 200 - 0 91 15 14 "-" "curl" "4f2a" "cart" "10.0.0.7:80"',
        AT + ".25Z", "unknown", "GET /cart 200", {"status": 200, "duration_ms": 15, "response_flags": None},
    ),
    "envoy whose client left": (
        '[2026-01-31T03:04:05.250Z] "GET /cart HTTP/2" 0 DC 0 0 5003 - "-" "curl" "4f2a" "cart" "10.0.0.7:80"',
        AT + ".25Z", "unknown", "GET /cart 0: client disconnected", {"response_flags": "DC"},
    ),
    "envoy in JSON": (
        '{"start_time":"2026-01-31T03:04:05.250Z","method":"GET","path":"/cart?id=7","response_code":503,"response_flags":"UH"}',
        AT + ".25Z", "unknown", "GET /cart 503: no healthy upstream", {"response_code": 503},
    ),
    "envoy in JSON without flags": (
        '{"start_time":"2026-01-31T03:04:05.250Z","method":"GET","path":"/cart","response_code":200,"response_flags":"-"}',
        AT + ".25Z", "unknown", "", {"response_code": 200},
    ),
    "gin": (
        '[GIN] 2026/01/31 - 03:04:05 | 500 |    1.2ms |  10.0.0.1 | POST     "/cart"',
        AT + "Z", "unknown", "POST /cart 500", {"status": 500, "latency": "1.2ms"},
    ),
    "syslog": (
        "Jan 31 03:04:05 node1 kernel: Out of memory: Killed process 7 (java)",
        AT + "Z", "unknown", "Out of memory: Killed process 7 (java)", {"host": "node1", "app": "kernel"},
    ),
    "syslog 5424": (
        "<11>1 2026-01-31T03:04:05.250Z node1 cart 7 - - it broke", AT + ".25Z", "error", "it broke", {"host": "node1", "app": "cart"},
    ),
    "syslog around json": (
        'Jan 31 03:04:05 node1 cart[7]: {"level":"error","msg":"it broke"}',
        AT + "Z", "error", "it broke", {"host": "node1"},
    ),
    "elasticsearch": (
        "[2026-01-31T03:04:05,250][WARN ][o.e.c.Disk] [node-1] watermark", AT + ".25Z", "warn", "watermark", {},
    ),
    "compose": ("cart-1  | 2026-01-31T03:04:05Z ERROR it broke", AT + "Z", "error", "it broke", {"container": "cart-1"}),
    "kubectl": (
        "[pod/cart-7f/app] 2026-01-31T03:04:05Z ERROR it broke", AT + "Z", "error", "it broke", {"pod": "cart-7f", "container": "app"},
    ),
    "colours": ("\x1b[2m2026-01-31T03:04:05Z\x1b[0m \x1b[31mERROR\x1b[0m it broke", AT + "Z", "error", "it broke", {}),
    "logback without a date": ("03:04:05.250 [main] ERROR c.a.Cart - it broke", "2026-02-01T03:04:05.250Z", "error", "it broke", {}),
    "epoch milliseconds": ("1769828645250 it broke", AT + ".25Z", "unknown", "it broke", {}),
    "french month": ("31 janv. 2026 03:04:05 it broke", AT + "Z", "unknown", "it broke", {}),
    "half a JSON line": (
        '{"time":"2026-01-31T03:04:05Z","level":"error","msg":"it broke", "st', AT + "Z", "error", "it broke", {},
    ),
    "windows": ("2026-01-31 03:04:05, Info                  CBS    ready", AT + "Z", "info", "CBS    ready", {}),
    "us date": ("01/31/2026 3:04:05 AM ERROR it broke", AT + "Z", "error", "it broke", {}),
    "epoch before words": ("- 1769828645 2026.01.31 R02-M1 2026-01-30-19.04.05.363779 R02-M1 RAS KERNEL FATAL it broke", AT + "Z", "fatal", "it broke", {}),
    "epoch after words": ("134681 node-246 unix.hw state.change 1769828645 1 it broke", AT + "Z", "unknown", "1 it broke", {}),
    "packed": ("20260131-3:4:5:250|Step|30002312|it broke", AT + ".25Z", "unknown", "Step|30002312|it broke", {}),
    "spark": ("26/01/31 03:04:05 WARN storage.Block: it broke", AT + "Z", "warn", "it broke", {"logger": "storage.Block"}),
    "month and day": ("[01.31 03:04:05] chrome.exe - it broke", AT + "Z", "unknown", "chrome.exe - it broke", {}),
    "yymmdd": ("260131 030405 7 WARN dfs.Node: it broke", AT + "Z", "warn", "it broke", {"logger": "dfs.Node"}),
}  # fmt: skip


@pytest.mark.parametrize(("line", "at", "level", "message", "fields"), LINES.values(), ids=LINES.keys())
def test_reads_a_line(line: str, at: str, level: str, message: str, fields: dict[str, Any]) -> None:
    record = reader().read(line)
    assert record is not None
    assert record.time == pytest.approx(moment(at), abs=1e-6)
    assert LEVELS[record.level].value == level
    assert record.message == message
    assert {name: record.fields.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    "line",
    [
        "",
        "    at org.acme.Cart.total(Cart.java:7)",
        "goroutine 7 [running]:",
        "just words",
        "{",
        "started 3 workers at once",
        '{"no":"time"}',
    ],
)
def test_lines_without_a_time_have_none(line: str) -> None:
    record = reader().read(line)
    assert record is None or record.time is None


@pytest.mark.parametrize(
    ("zone", "stamp", "utc"),
    [
        ("Europe/Berlin", "2026-01-31 04:04:05", AT + "Z"),
        ("Europe/Berlin", "2026-07-01 04:04:05", "2026-07-01T02:04:05Z"),
        ("Europe/Berlin", "2026-07-01T04:04:05Z", "2026-07-01T04:04:05Z"),
        ("America/New_York", "Jan 30 22:04:05", AT + "Z"),
        ("UTC", "2026-01-31 03:04:05 PST", "2026-01-31T11:04:05Z"),
        ("UTC", "2026-01-31T03:04:05+0330", "2026-01-30T23:34:05Z"),
    ],
)
def test_zones(zone: str, stamp: str, utc: str) -> None:
    record = reader(zone).read(f"{stamp} ERROR it broke")
    assert record is not None
    assert record.time == moment(utc)


@pytest.mark.parametrize(
    ("reference", "stamp", "utc"),
    [
        ("2026-01-01T00:10:00Z", "Dec 31 23:59:00", "2025-12-31T23:59:00Z"),
        ("2025-12-31T23:00:00Z", "Jan  1 00:01:00", "2026-01-01T00:01:00Z"),
        ("2024-03-01T00:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00Z"),
        ("2026-01-01T00:10:00Z", "23:59:00.000", "2025-12-31T23:59:00Z"),
    ],
)
def test_what_a_stamp_leaves_out_is_what_brings_it_nearest(reference: str, stamp: str, utc: str) -> None:
    record = LineReader(Clock(reference=moment(reference))).read(f"{stamp} host app: it broke")
    assert record is not None
    assert record.time == moment(utc)


def test_a_clock_deeper_in_the_text_starts_no_record() -> None:
    lines = reader()
    assert lines.read("2026-01-31 03:04:05 INFO ready") is not None
    assert lines.read("the certificate ended on 2026-01-01 00:00:00 and nobody saw it") is None


def test_a_line_in_parts_is_put_together() -> None:
    lines = reader()
    first = lines.read("2026-01-31T03:04:05Z stdout P ERROR it ")
    assert first is not None
    assert first.time is None
    whole = lines.read("2026-01-31T03:04:05Z stdout F broke")
    assert whole is not None
    assert (LEVELS[whole.level].value, whole.message) == ("error", "it broke")


def test_columns_of_w3c_files() -> None:
    lines = reader()
    lines.read("#Fields: date time cs-method cs-uri-stem sc-status time-taken")
    record = lines.read("2026-01-31 03:04:05 GET /cart 503 1250")
    assert record is not None
    assert record.time == moment(AT + "Z")
    assert record.message == "GET /cart 503"
    assert record.fields["sc-status"] == "503"

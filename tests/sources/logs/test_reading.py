"""From files to a digest: formats, windows, damage, traces, requests, secrets."""

# ruff: noqa: E501 - one line of log is one line here

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from diagnose.signals.events import Level, LogDigest, Pattern
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs import collect, span

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

START = datetime(2026, 1, 31, 3, 0, 0, tzinfo=UTC).timestamp()
HOUR = Window(START, START + 3600)


def stamped(second: float, text: str) -> str:
    return f"{rfc3339(START + second)} {text}\n"


def logged(second: float, level: str, msg: str, **fields: object) -> str:
    return json.dumps({"time": rfc3339(START + second), "level": level, "msg": msg, **fields}) + "\n"


def digest_of(tmp_path: Path, text: str | bytes, window: Window = HOUR) -> LogDigest:
    file = tmp_path / "app.log"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    digest, _ = collect([str(file)], window)
    assert digest is not None
    return digest


def only(digest: LogDigest) -> Pattern:
    assert len(digest.patterns) == 1, [pattern.template for pattern in digest.patterns]
    return digest.patterns[0]


def test_equal_messages_become_one_pattern_with_counts_per_bucket(tmp_path: Path) -> None:
    text = "".join(logged(s, "ERROR", f"order {s * 7919} failed", handler="/a" if s % 2 else "/b") for s in range(60))
    digest = digest_of(tmp_path, text)
    pattern = only(digest)
    assert (pattern.level, pattern.template, pattern.count) == (Level.ERROR, "order <num> failed", 60)
    assert (pattern.first, pattern.last) == (START, START + 59)
    assert pattern.counts == dict.fromkeys(range(60), 1)
    assert pattern.fields == {"handler": {"/a": 30, "/b": 30}}
    assert pattern.examples[0] == "order 0 failed"
    assert digest.bucket_s == 1.0
    assert int(digest.levels[Level.ERROR].sum()) == 60


def test_only_the_window_counts_and_its_end_lies_outside(tmp_path: Path) -> None:
    text = "".join(stamped(s, "INFO tick") for s in (-1, 0, 59, 60, 61))
    digest = digest_of(tmp_path, text, Window(START, START + 60))
    assert digest.sources[0].lines == 5
    assert digest.sources[0].in_window == 2
    assert (digest.first, digest.last) == (START - 1, START + 61)


def test_long_windows_get_wider_buckets(tmp_path: Path) -> None:
    digest = digest_of(tmp_path, stamped(0, "INFO tick"), Window(START, START + 6 * 3600))
    assert digest.bucket_s == 3.0
    assert digest.buckets == 7200
    assert digest.levels[Level.INFO].shape == (7200,)


GO_PANIC = """panic: assignment to entry in nil map

goroutine 20 [running]:
main.feed()
\t/src/app/feed.go:81 +0x128
created by main.main
\t/src/app/main.go:75 +0x4a5
exit status 2
"""


def test_a_panic_in_a_json_log_is_fatal_and_keeps_its_trace(tmp_path: Path) -> None:
    text = logged(5, "INFO", "ready") + GO_PANIC + logged(9, "INFO", "ready")
    digest = digest_of(tmp_path, text)
    panic = next(pattern for pattern in digest.patterns if pattern.level is Level.FATAL)
    assert panic.template == "panic: assignment to entry in nil map"
    assert panic.first == START + 5
    assert "main.feed()" in panic.stack
    assert next(pattern for pattern in digest.patterns if pattern.level is Level.INFO).count == 2


def test_a_panic_in_a_container_log_is_one_record(tmp_path: Path) -> None:
    lines = [
        json.dumps({"log": line + "\n", "stream": "stderr", "time": rfc3339(START + 5)})
        for line in GO_PANIC.split("\n")
    ]
    pattern = only(digest_of(tmp_path, "\n".join(lines)))
    assert (pattern.level, pattern.count) == (Level.FATAL, 1)
    assert "main.feed()" in pattern.stack


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        (
            "java.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\n\t... 3 more",
            "java.lang.IllegalStateException: no",
        ),
        (
            "a.X: outer\n\tat a.B.c(B.java:1)\nCaused by: a.YException: inner\n\tat a.B.d(B.java:2)",
            "a.YException: inner",
        ),
        (
            "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\n    g()\nKeyError: 'sku'",
            "KeyError: <quoted>",
        ),
        ("TypeError: x is null\n    at f (/srv/a.js:1:2)", "TypeError: x is null"),
        ("System.Exception: no\n   at A.B() in /a.cs:line 3", "System.Exception: no"),
    ],
)
def test_the_exception_joins_the_message(tmp_path: Path, trace: str, said: str) -> None:
    digest = digest_of(tmp_path, stamped(1, "ERROR it broke") + trace + "\n" + stamped(2, "INFO on we go"))
    broke = next(pattern for pattern in digest.patterns if pattern.level is Level.ERROR)
    assert broke.template == f"it broke: {said}"
    assert broke.stack
    assert len(digest.patterns) == 2


def test_an_uncaught_error_of_node_is_fatal(tmp_path: Path) -> None:
    text = logged(1, "info", "ready") + (
        "file:///srv/work.js:144\n  throw new Error('x')\n        ^\n\nError: page 17 is null\n"
        "    at Module.replay (file:///srv/work.js:144:25)\n\nNode.js v20.20.2\n"
    )
    fatal = next(pattern for pattern in digest_of(tmp_path, text).patterns if pattern.level is Level.FATAL)
    assert fatal.examples == ("file:///srv/work.js:144: Error: page 17 is null",)
    assert fatal.stack


@pytest.mark.parametrize("thread", ["'main'", "'tokio-rt-worker' (22931)"])
def test_what_a_panic_of_rust_says_stands_on_the_next_line(tmp_path: Path, thread: str) -> None:
    panics = f"thread {thread} panicked at src/cart.rs:57:9:"
    text = stamped(0, "INFO ready") + f"{panics}\ncalled `unwrap()` on a `None` value\n"
    (panic,) = (one for one in digest_of(tmp_path, text).patterns if one.level is Level.FATAL)
    assert panic.examples == (f"{panics} called `unwrap()` on a `None` value",)


def test_an_exception_of_elixir_joins_the_message_and_keeps_its_frames(tmp_path: Path) -> None:
    text = stamped(0, "ERROR request terminated") + (
        "** (exit) an exception was raised:\n    ** (MatchError) no match of nil\n"
        "        (shop 0.1.0) lib/shop/cart.ex:57: Shop.Cart.total/1\n"
    )
    failed = only(digest_of(tmp_path, text))
    assert failed.examples == ("request terminated: ** (MatchError) no match of nil",)
    assert failed.stack[-1].endswith("Shop.Cart.total/1")


def test_java_util_logging_writes_its_level_on_the_second_line(tmp_path: Path) -> None:
    text = "Jan 31, 2026 3:00:05 AM org.acme.Cart total\nSEVERE: it broke\n" * 2
    pattern = only(digest_of(tmp_path, text))
    assert (pattern.level, pattern.template, pattern.count) == (Level.ERROR, "it broke", 2)


def test_lines_without_a_time_take_that_of_the_record_before(tmp_path: Path) -> None:
    digest = digest_of(tmp_path, "too early\n" + logged(5, "INFO", "ready") + "plain words\nKilled\n")
    assert {pattern.template: pattern.level for pattern in digest.patterns} == {
        "ready": Level.INFO,
        "plain words": Level.UNKNOWN,
        "Killed": Level.FATAL,
    }
    assert digest.sources[0].unparsed_time == 3


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstd.compress,
}


@pytest.mark.parametrize("kind", PACKERS)
def test_compression_is_told_by_content(tmp_path: Path, kind: str) -> None:
    text = "".join(stamped(s, "INFO tick") for s in range(500)).encode()
    file = tmp_path / "without-a-telling-name"
    file.write_bytes(PACKERS[kind](text))
    digest, gaps = collect([str(file)], HOUR)
    assert gaps == ()
    assert digest is not None
    assert digest.sources[0].in_window == 500
    assert span([str(file)]) == (START, START + 499)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_truncated_file_gives_what_it_holds_and_a_gap(tmp_path: Path, kind: str) -> None:
    text = "".join(stamped(s / 20, f"INFO tick {s * 7919 % 1000003}") for s in range(60_000)).encode()
    file = tmp_path / "app.log.gz"
    packed = PACKERS[kind](text)
    file.write_bytes(packed[: len(packed) // 2])
    digest, gaps = collect([str(file)], HOUR)
    assert digest is not None
    assert len(gaps) == 1
    assert "breaks off" in gaps[0].why
    assert gaps[0].command
    if kind != "bz2":  # its blocks are larger than half of this file
        assert digest.sources[0].in_window > 1000


HOSTILE = {
    "nothing": b"",
    "one newline": b"\n",
    "NUL bytes": b"\x00" * 5000 + b"\n" + stamped(1, "INFO ok").encode(),
    "invalid UTF-8": b"2026-01-31T03:00:01Z ERROR caf\xe9 \xff\xfe broke\n",
    "random bytes": bytes(range(256)) * 40,
    "half an object": b'{"time":"2026-01-31T03:00:01Z","level":"error","msg":"it',
    "no newline at the end": stamped(1, "INFO ok").encode()[:-1],
    "deep nesting": b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n",
    "carriage returns": b"2026-01-31T03:00:01Z INFO ok\r\n" * 3,
    "a number": b"1e400\n",
    "strange times": b'{"time":1e300,"msg":"x"}\n{"time":-5,"msg":"x"}\n{"time":"9999-99-99T99:99:99Z","msg":"x"}\n',
    "strange values": b'{"time":"2026-01-31T03:00:01Z","level":{"a":[1]},"msg":["x",{"y":1}],"status":true,"duration":null}\n',
    "UTF-16": "2026-01-31T03:00:01Z INFO ok\n".encode("utf-16"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_is_counted_not_fatal(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(content)
    digest, _ = collect([str(file)], HOUR)
    assert digest is not None
    assert sum(int(counts.sum()) for counts in digest.levels.values()) == digest.sources[0].in_window
    span([str(file)])


def test_a_line_of_many_megabytes_is_cut_and_said(tmp_path: Path) -> None:
    text = stamped(1, "ERROR " + "x" * 5_000_000) + stamped(2, "INFO ok")
    digest = digest_of(tmp_path, text)
    assert digest.sources[0].in_window == 2
    assert digest.sources[0].unreadable == 1
    assert "cut" in digest.sources[0].note
    assert all(len(example) <= 2_000 for pattern in digest.patterns for example in pattern.examples)


def test_what_cannot_be_read_is_a_gap_with_a_command(tmp_path: Path) -> None:
    digest, gaps = collect([str(tmp_path / "none.log"), str(tmp_path / "*.log"), "http://logs.example/x"], HOUR)
    assert digest is None
    assert [bool(gap.command) for gap in gaps] == [True, True, True]


def test_one_bad_source_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(stamped(1, "INFO ok"))
    digest, gaps = collect([str(tmp_path / "gone.log"), str(tmp_path / "a.log")], HOUR)
    assert digest is not None
    assert digest.sources[0].in_window == 1
    assert len(gaps) == 1


def test_a_log_of_another_day_says_which_time_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(stamped(1, "INFO ok"))
    digest, gaps = collect([str(tmp_path / "a.log")], Window(START + 86400, START + 90000))
    assert digest is not None
    assert digest.patterns == ()
    assert rfc3339(START + 1) in gaps[0].why


def test_rotated_files_are_read_oldest_first(tmp_path: Path) -> None:
    for number, name in enumerate(("app.log.2.gz", "app.log.1", "app.log")):
        text = stamped(10 * number, f"INFO part {'abc'[number]}").encode()
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    (tmp_path / "heap.pb.gz").write_bytes(b"\x1f\x8b")
    digest, gaps = collect([str(tmp_path)], HOUR)
    assert gaps == ()
    assert digest is not None
    assert [Path(source.name).name for source in digest.sources] == ["app.log.2.gz", "app.log.1", "app.log"]


def test_access_lines_become_requests(tmp_path: Path) -> None:
    lines = [
        f'10.0.0.1 - - [31/Jan/2026:03:00:{s:02} +0000] "GET /cart/{s} HTTP/1.1" {502 if s >= 30 else 200} 1 "-" "c" {s}.000\n'
        for s in range(60)
    ]
    overall, cart = digest_of(tmp_path, "".join(lines)).requests
    assert (overall.endpoint, cart.endpoint) == ("", "/cart/:id")
    assert (int(overall.requests.sum()), int(overall.errors.sum())) == (60, 30)
    assert overall.latency[7] == 7.0
    assert np.isnan(overall.latency[100])


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"duration_ms": 250}, 0.25),
        ({"elapsedMillis": 250}, 0.25),
        ({"latency": "250ms"}, 0.25),
        ({"latency": "1m2.5s"}, 62.5),
        ({"duration": 250_000_000}, 0.25),
        ({"duration": 250}, 0.25),
        ({"duration": 0.25}, 0.25),
        ({"request_time": 0.25}, 0.25),
        ({"responseTime": 250}, 0.25),
        ({"took_us": 250_000}, 0.25),
    ],
)
def test_units_of_durations(tmp_path: Path, fields: dict[str, object], seconds: float) -> None:
    text = "".join(logged(s, "INFO", "request done", path="/a", status=200, **fields) for s in range(5))
    assert digest_of(tmp_path, text).requests[0].latency[0] == pytest.approx(seconds)


def test_several_records_of_one_request_count_once(tmp_path: Path) -> None:
    text = ""
    for s in range(100):
        text += logged(s, "ERROR", "request failed", request_id=f"r{s}", path="/a", err="no")
        text += logged(s, "WARN", "slow request", request_id=f"r{s}", path="/a", duration_ms=2000)
        text += logged(s, "INFO", "request done", request_id=f"r{s}", path="/a", status=500, duration_ms=2000)
    overall = digest_of(tmp_path, text).requests[0]
    assert (int(overall.requests.sum()), int(overall.errors.sum())) == (100, 100)


@pytest.mark.parametrize("failing", ["status 500 as well", "a line of their own"])
def test_failures_are_counted_once_however_they_are_told(tmp_path: Path, failing: str) -> None:
    text = ""
    for s in range(100):
        fails = s >= 50
        if not fails or failing == "status 500 as well":
            text += stamped(s, f"INFO GET /cart {500 if fails else 200} in 12ms")
        if fails:
            text += stamped(s, "ERROR GET /cart failed after 12ms: no luck")
    overall = digest_of(tmp_path, text).requests[0]
    assert (int(overall.requests.sum()), int(overall.errors.sum())) == (100, 50)
    assert overall.latency[0] == pytest.approx(0.012)


def test_a_log_of_nothing_but_failures_tells_no_traffic(tmp_path: Path) -> None:
    text = "".join(stamped(s, "ERROR GET /cart failed after 12ms: no luck") for s in range(50, 100))
    assert digest_of(tmp_path, text).requests == ()


def test_secrets_are_masked_everywhere(tmp_path: Path) -> None:
    secret = "hunter2-Zx9"
    text = logged(
        1, "ERROR", f"login with password={secret} failed", password=secret, url=f"postgres://a:{secret}@db/x"
    )
    text += logged(2, "ERROR", "crash", stack=f"main.f()\n\t/a.go:1 password={secret}")
    digest = digest_of(tmp_path, text)
    kept = repr([(p.template, p.examples, p.fields, p.stack) for p in digest.patterns])
    assert secret not in kept
    assert sum(digest.masked.values()) >= 3


def test_too_many_templates_are_bounded_and_said(tmp_path: Path) -> None:
    def word(number: int) -> str:
        return "".join(chr(ord("g") + int(digit)) for digit in str(number))

    text = "".join(logged(s % 3600, "INFO", f"{word(s)} {word(s + 7)} happened") for s in range(6_000))
    digest = digest_of(tmp_path, text)
    assert sum(pattern.count for pattern in digest.patterns) == 6_000
    assert any("other messages" in pattern.template for pattern in digest.patterns)
    assert "counted together" in digest.sources[0].note


def test_the_same_input_gives_the_same_digest(tmp_path: Path) -> None:
    text = "".join(logged(s, "ERROR", f"order {s} failed", pod=f"p{s % 5}") for s in range(500))
    first, second = digest_of(tmp_path, text), digest_of(tmp_path, text)
    for one, other in zip(first.patterns, second.patterns, strict=True):
        assert (one.id, one.template, one.fields, one.examples) == (
            other.id,
            other.template,
            other.fields,
            other.examples,
        )


def test_span_reads_only_the_ends(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_text("".join(stamped(s / 10, "INFO " + "x" * 200) for s in range(30_000)))
    assert span([str(file)]) == (START, pytest.approx(START + 2999.9))
    assert span([str(tmp_path / "none")]) is None


def test_a_large_ordered_file_is_entered_at_the_window(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    times = np.arange(0, 60_000, 0.5) + rng.uniform(-2, 2, 120_000)
    file = tmp_path / "app.log"
    file.write_text("".join(stamped(s, "INFO tick " + "x" * 60) for s in times.tolist()))
    window = Window(START + 30_000, START + 30_600)
    digest, _ = collect([str(file)], window)
    assert digest is not None
    within = (times >= 30_000) & (times < 30_600)
    assert digest.sources[0].in_window == int(within.sum())
    assert digest.sources[0].lines < 10_000
    assert "hold the window" in digest.sources[0].note


def test_a_large_file_out_of_order_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    halves = [range(20_000, 40_000), range(20_000)]
    file.write_text("".join(stamped(s / 10, "INFO tick " + "x" * 300) for half in halves for s in half))
    digest, _ = collect([str(file)], Window(START + 100, START + 200))
    assert digest is not None
    assert digest.sources[0].in_window == 1000
    assert digest.sources[0].lines >= 40_000


def test_several_files_are_told_apart(tmp_path: Path) -> None:
    for name, count in (("cart.log", 7), ("pay.log", 3)):
        (tmp_path / name).write_text("".join(stamped(s, "ERROR it broke") for s in range(count)))
    digest, _ = collect([str(tmp_path)], HOUR)
    assert digest is not None
    found = only(digest).fields["log.file"]
    assert {Path(name).name: count for name, count in found.items()} == {"cart.log": 7, "pay.log": 3}


def test_calls_to_others_are_no_requests(tmp_path: Path) -> None:
    text = "".join(stamped(s, "INFO POST https://bank.example/v1/charges 200 in 12ms") for s in range(9))
    assert digest_of(tmp_path, text).requests == ()

"""Whatever stands in a log, nothing crashes and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.signals.window import Window
from diagnose.sources.logs import collect, span
from diagnose.sources.logs.lines import LineReader
from diagnose.sources.logs.masks import key_of, mask
from diagnose.sources.logs.moments import Clock
from diagnose.sources.logs.record import Record
from diagnose.sources.redact import Redactor

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        *("time", "ts", "level", "msg", "message", "err", "error", "stack", "status", "path", "duration_ms", "log"),
        *("trace_id", "stream", "MESSAGE", "PRIORITY", "__REALTIME_TIMESTAMP", "@t", "@mt", "body", "severityNumber"),
    ]
)
OBJECTS = st.dictionaries(NAMES | st.text(max_size=6), VALUES, max_size=8)
PIECES = st.sampled_from(
    [
        *(
            "2026-01-31T03:04:05Z",
            "2026-01-31 03:04:05,123",
            "Jan 31 03:04:05",
            "[31/Jan/2026:03:04:05 +0000]",
            "03:04:05",
        ),
        *(
            "1769828645",
            "E0131 03:04:05.1",
            "ERROR",
            "[error]",
            "level=info",
            'msg="',
            "{",
            "}",
            '"GET / HTTP/1.1" 500 1',
        ),
        *(
            "panic: ",
            "goroutine 1 [running]:",
            "\tat a.B.c(B.java:1)",
            "Traceback (most recent call last):",
            "Caused by: ",
        ),
        *(
            "host app[1]: ",
            "stdout F ",
            "web-1  | ",
            "#Fields: date time",
            "<34>1 ",
            "password=",
            "\x1b[31m",
            "\x00",
            " - ",
        ),
    ]
)
LINES = st.one_of(
    st.text(max_size=120),
    st.lists(PIECES | st.text(max_size=10), max_size=8).map(" ".join),
    OBJECTS.map(lambda found: json.dumps(found, ensure_ascii=False)),
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=12))
def test_any_line_is_a_record_or_none(lines: list[str]) -> None:
    reader = LineReader(Clock(reference=1.77e9))
    for line in lines:
        record = reader.read(line)
        assert record is None or isinstance(record, Record)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=20) | st.binary(max_size=400).map(lambda raw: [raw.decode("latin-1")]))
def test_any_file_gives_a_digest_that_adds_up(lines: list[str]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "app.log"
        file.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
        digest, _ = collect([str(file)], Window(1.7e9, 1.8e9))
        span([str(file)])
    assert digest is not None
    counted = sum(int(counts.sum()) for counts in digest.levels.values())
    assert counted == digest.sources[0].in_window == sum(pattern.count for pattern in digest.patterns)
    assert all(sum(pattern.counts.values()) == pattern.count for pattern in digest.patterns)


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=10), max_size=8).map(" ".join))
def test_redaction_and_masks_settle(text: str) -> None:
    once = Redactor().redact(text)
    assert Redactor().redact(once) == once
    mask(once)
    key_of(once.encode("utf-8", "surrogatepass"))

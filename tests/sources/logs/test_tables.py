"""Exports of log stores that are no lines of a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.signals.events import Level, LogDigest
from diagnose.signals.window import Window
from diagnose.sources.logs import collect

WINDOW = Window(1_770_000_000.0, 1_770_000_060.0)


def digest(tmp_path: Path, content: bytes) -> LogDigest:
    file = tmp_path / "export"
    file.write_bytes(content)
    found, _ = collect([str(file)], WINDOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "content",
    [
        b'"Date","Line","tsNs","app"\n"2026-02-02 02:40:05.123","ERROR it broke, badly","1770000005123000000","shop"\n',
        b'Date,Host,Service,Status,Message\n2026-02-02T02:40:05.123Z,web1,shop,error,"it broke, badly"\n',
        b"\xef\xbb\xbf@timestamp,@message\n2026-02-02 02:40:05.123,ERROR it broke\n",
        b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1770000005123000\nPRIORITY=3\nMESSAGE=it broke\n_PID=7\n\n",
        b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1770000005123000\nPRIORITY=3\nMESSAGE\n\x0b\0\0\0\0\0\0\0it broke\nit\n\n",
    ],
    ids=["Loki in Grafana", "Datadog", "CloudWatch Insights", "journald", "journald with a field of bytes"],
)
def test_an_export_is_read_as_its_records(tmp_path: Path, content: bytes) -> None:
    found = digest(tmp_path, content)
    (pattern,) = found.patterns
    assert (pattern.level, pattern.first) == (Level.ERROR, pytest.approx(1_770_000_005.123))
    assert pattern.examples[0].removeprefix("ERROR ").startswith("it broke")


def test_rows_that_do_not_fit_and_a_table_that_breaks_off_lose_nothing_else(tmp_path: Path) -> None:
    rows = b"".join(b"2026-02-02T02:40:%02dZ,error,it broke\n" % second for second in range(20))
    found = digest(tmp_path, b"Date,Status,Message\n" + rows + b"odd\n" + b'2026-02-02T02:40:30Z,error,"it bro')
    assert sum(int(counts.sum()) for counts in found.levels.values()) >= 20


def test_a_line_of_a_log_is_no_header(tmp_path: Path) -> None:
    assert digest(tmp_path, b"2026-02-02T02:40:05Z ERROR time, message\n").patterns[0].template == "time, message"


def test_a_table_in_which_something_else_begins_says_so(tmp_path: Path) -> None:
    rows = b"".join(b"2026-02-02T02:40:%02dZ,error,it broke\n" % second for second in range(20))
    file = tmp_path / "export"
    file.write_bytes(b"Date,Status,Message\n" + rows + b'2026-02-02T02:40:30Z,error,"' + b"x\n" * 200_000)
    found, gaps = collect([str(file)], WINDOW)
    assert found is not None
    assert sum(int(counts.sum()) for counts in found.levels.values()) >= 20
    assert any("is no row of a table" in gap.why for gap in gaps)


def test_a_carriage_return_makes_no_header(tmp_path: Path) -> None:
    found = digest(tmp_path, b"time,mess\rage,message\n2026-02-02T02:40:05Z ERROR it broke\n")
    assert found.patterns[0].template == "it broke"

"""The fast way and the slow way agree on all that is promised to be exact."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path

import numpy as np
import pytest

from diagnose.signals.events import Level, LogDigest
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs import collect, fast, scan, scanning
from tests.sources.logs.mixed import SHAPES, START, as_logfmt, write

LOUD = {Level.WARN, Level.ERROR, Level.FATAL}


def both(file: Path, window: Window, monkeypatch: pytest.MonkeyPatch) -> tuple[LogDigest, LogDigest]:
    slow, _ = collect([str(file)], window)
    monkeypatch.setattr(fast, "FROM_BYTES", 1)
    quick, _ = collect([str(file)], window)
    assert slow is not None
    assert quick is not None
    return slow, quick


def loud(digest: LogDigest) -> dict[str, tuple[object, ...]]:
    return {
        each.id: (each.template, each.count, dict(each.counts), each.first, each.last, each.examples[:2], each.stack)
        for each in digest.patterns
        if each.level in LOUD
    }


@pytest.mark.parametrize("shapes", [[name] for name in SHAPES] + [list(SHAPES)], ids=[*SHAPES, "mixed"])
@pytest.mark.parametrize("shift", [0.0, 100.25])
def test_counts_and_loud_patterns_are_exact(
    tmp_path: Path, shapes: list[str], shift: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.log"
    write(file, shapes)
    slow, quick = both(file, Window(START + shift, START + 900 + shift), monkeypatch)
    assert quick.levels.keys() == slow.levels.keys()
    for level, counts in slow.levels.items():
        assert (quick.levels[level] == counts).all(), level
    assert quick.sources[0].in_window == slow.sources[0].in_window
    assert quick.sources[0].lines == slow.sources[0].lines
    if len(shapes) == 1:  # of lines outside of the window that follow no plan no time is read
        assert (quick.first, quick.last) == (slow.first, slow.last)
    assert loud(quick) == loud(slow)


def test_quiet_patterns_and_requests_are_close_and_said_to_be_estimates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.log"
    write(file, ["json"], lines=20_000)
    monkeypatch.setattr(fast, "_QUIET_READ", 4_000)
    monkeypatch.setattr(fast, "_LINE", 100)
    slow, quick = both(file, Window(START, START + 5_000), monkeypatch)
    exact = {each.template: each.count for each in slow.patterns}
    for each in quick.patterns:
        if each.level is Level.INFO:
            assert each.count == pytest.approx(exact[each.template], rel=0.2)
    assert int(quick.requests[0].requests.sum()) == pytest.approx(int(slow.requests[0].requests.sum()), rel=0.1)
    assert "was read for patterns" in quick.sources[0].note


@pytest.mark.parametrize("shape", ["access", "plain", "envoy", "envoy-json"])
def test_lines_without_a_level_are_all_told(tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    write(file, [shape], lines=20_000)
    slow, quick = both(file, Window(START, START + 5_000), monkeypatch)
    exact = {each.id: (each.count, each.counts) for each in slow.patterns}
    assert {each.id: (each.count, each.counts) for each in quick.patterns} == exact
    for one, other in zip(slow.requests[:1], quick.requests[:1], strict=True):
        assert (one.requests == other.requests).all()
        assert (one.errors == other.errors).all()


def test_what_is_said_rarely_is_always_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    monkeypatch.setattr(fast, "_LINE", 1)
    monkeypatch.setattr(fast, "_QUIET_READ", 1_000)
    lines = [as_logfmt(rfc3339(START + s / 10), "INFO", "tick") for s in range(9_000)]
    for index in (100, 4_000, 8_000):
        lines[index] = as_logfmt(rfc3339(START + index / 10), "INFO", "shop listening on :80")
    file.write_text("\n".join(lines) + "\n")
    _, quick = both(file, Window(START, START + 900), monkeypatch)
    assert {each.template: each.count for each in quick.patterns}["shop listening on :<num>"] == 3


def test_a_file_without_a_plan_is_read_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    lines = [json.dumps({"a": "x" * (s % 50), "level": "info", "time": START + s}) for s in range(600)]
    file.write_text("\n".join(lines) + "\n")
    slow, quick = both(file, Window(START, START + 900), monkeypatch)
    assert quick.sources == slow.sources


def test_small_logs_that_tell_what_follows_what_are_read_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "app.log"
    said = [{"service": name, "trace_id": f"t{s}"} for s in range(600) for name in ("shop", "stock")]
    records = [{"time": rfc3339(START + s / 2), "level": "INFO", "msg": "ok", **who} for s, who in enumerate(said)]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    slow, quick = both(file, Window(START, START + 900), monkeypatch)
    assert slow.hops
    assert [hop.at for hop in quick.hops] == [hop.at for hop in slow.hops]
    monkeypatch.setattr(fast, "HOPS_FROM_BYTES", 1)
    large, _ = collect([str(file)], Window(START, START + 900))
    assert large is not None
    assert not large.hops


def test_lines_longer_than_a_block_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "app.log"
    lines = [as_logfmt(rfc3339(START + s), "INFO", "tick") for s in range(6_000)]
    lines[3_000] = as_logfmt(rfc3339(START + 3_000), "ERROR", "x" * 3_000_000)
    file.write_text("\n".join(lines) + "\n")
    _, quick = both(file, Window(START, START + 6_000), monkeypatch)
    assert quick.sources[0].in_window == 6_000
    assert quick.sources[0].unreadable == 1


def test_what_a_job_counted_is_freed_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[scanning.Tally]] = []

    class Seen(scanning.Tally):
        def __init__(self, window: Window, *, job: int) -> None:
            super().__init__(window, job=job)
            made.append(weakref.ref(self))

    file = tmp_path / "app.log"
    write(file, ["json"])
    monkeypatch.setattr(fast, "FROM_BYTES", 1)
    monkeypatch.setattr(scanning, "Tally", Seen)
    gc.disable()
    try:
        collect([str(file)], Window(START, START + 900))
        assert [tally() for tally in made] == [None]
    finally:
        gc.enable()


def test_every_word_of_a_level_has_a_slot_of_its_own() -> None:
    codes = np.array(list(scan._NAMED), dtype=np.uint64)
    assert len(np.unique(scan._slots(codes))) == len(codes)
